"""How a walk may end: the reasons for discharge of TEDS, and the sub-reasons that a site tells apart, with their words.

Jail stops the clocks when it is reported; that it lasts is signed (5). Death (6) is reported, never chosen.
Source: TEDS-D codebook (2020), reason for discharge; sub-reasons are the house's own.
"""

LEFT, ENDED, TRANSFERRED = 2, 3, 4
NO_CONTACT, HOSPITAL = "no-contact", "hospital"

ENDS = {
    "1": "Treatment completed",
    "2": "Left",
    "2 against-advice": "Left against advice",
    "2 no-contact": "Left: no contact for 30 days",
    "2 declined": "Left: declined care",
    "3": "Ended by the program",
    "3 rule-breach": "Ended by the program: breach of rules",
    "3 could-not-be-served": "Ended by the program: could not be served here",
    "3 capacity": "Ended by the program: no capacity",
    "4": "Transferred",
    "4 level-inside": "Transferred to another level here",
    "4 level-outside": "Transferred to another level elsewhere",
    "4 hospital": "Transferred to a hospital",
    "5": "In jail",
    "7": "Other",
    "7 moved": "Moved away",
    "7 lost-coverage": "Lost coverage",
    "7 illness": "Ill",
    "7 duplicate-admission": "Admitted twice",
}
"""By reason, and by reason and sub-reason: all that a person may sign."""


def sub_reasons(reason: int) -> tuple[str, ...]:
    """Return the sub-reasons of a reason."""
    return tuple(code.partition(" ")[2] for code in ENDS if code.startswith(f"{reason} "))
