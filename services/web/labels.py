"""What codes are called on a screen. One place, so that a word reads the same everywhere."""

from collections.abc import Collection

from models import payer
from models.care_plan import Dose
from models.discharge import ENDS
from models.instrument import Instrument
from models.rhythm import alternatives
from models.views import Task
from services import telling
from services.web.care_labels import SERVICES

DUE_MARKS = {"overdue": "!", "today": "●", "soon": "◔", "later": "○", "paused": "‖", "none": "–"}
MET_MARKS = {"met": "✓", "not met": "✕", "unknown": "?"}

INSTRUMENTS = {
    "phq-9": "PHQ-9",
    "gad-7": "GAD-7",
    "pcl-5": "PCL-5",
    "audit": "AUDIT",
    "audit-c": "AUDIT-C",
    "dast-10": "DAST-10",
    "ciwa-ar": "CIWA-Ar",
    "cows": "COWS",
    "bam": "BAM",
    "bam-r": "BAM-R",
    "c-ssrs": "C-SSRS",
    "who-5": "WHO-5",
    "assist": "ASSIST",
    "sds": "SDS",
    "tea": "TEA",
    "cgi": "CGI",
    "six-dimensions": "Six dimensions",
}

CHANGES = {
    "meaningful": "meaningfully better",
    "reliable": "reliably better",
    "response": "response",
    "remission": "remission",
    "deterioration": "worse",
}
"""What a change of a score is called."""

SAID = {
    "signed-in": "You are signed in.",
    "enrolled": "The client is enrolled. The first look is set by itself within a moment.",
    "assessed": "The assessment is recorded and scored.",
    "attended": "The attendance is recorded.",
    "reported": "The event is recorded.",
    "planned": "The plan is recorded.",
    "checked-off": "The parts of the assessment are recorded.",
    "authorised": "The authorisation is recorded.",
    "plan-unchanged": "It is recorded that the plan is unchanged.",
    "countersigned": "You stand beside this version of the plan.",
    "corrected": "It is corrected; what was recorded before stays in the record.",
    "retracted": "It is retracted; what was recorded before stays in the record.",
    "attempted": "The attempt to reach the client is recorded.",
    "held": "The pathway is on hold; its clocks stand.",
    "redated": "The due date is moved.",
    "resumed": "The clocks run again; the client is looked at at once.",
    "released": "The engine looks at this pathway again.",
    "moved": "Signed, and the client has moved.",
    "signed": "Signed; the move follows by itself.",
    "declined": "The proposal is declined; the client stays.",
    "withdrawn": "The signed move is withdrawn; the client stays.",
    "scheduled": "Signed; the move takes place at the planned start.",
    "session-planned": "The session is planned.",
    "charted": "The session is charted.",
    "obliged": "It is noted; planning a session then warns.",
    "released-from": "It is ended.",
    "closed": "The work item is closed.",
    "places-set": "The places are set.",
    "hand-off-offered": "The other program is asked. Until it takes the client over, this one answers for them.",
    "hand-off-accepted": "Accepted. Your program answers for the client from the day that was agreed.",
    "hand-off-declined": "Declined; the client stays with the other program.",
    "hand-off-revoked": "Revoked; the client stays.",
    "consented": "The consent is recorded.",
    "revoked": "The consent is revoked for what is told from now on.",
    "acknowledged": "You have taken this over; nobody further is told.",
    "retried": "The dead letters are tried again within a moment.",
}

_UNSIGNED = "unsigned-"
RATINGS = {
    "r1": "Withdrawal or intoxication",
    "r2": "Physical health",
    "r3": "Mood, thinking and behaviour",
    "r4": "Willingness to change",
    "r5": "Likelihood of using again",
    "r6": "Home and the people around",
}
"""What the six ratings are about, in our own words."""
NEEDS = {0: "none", 1: "mild", 2: "moderate", 3: "serious", 4: "imminent"}
"""How much need a rating stands for."""
DIMENSIONS = {number: RATINGS[f"r{number}"] for number in range(1, 7)}
"""The dimensions by number, as goals of a plan name them."""

ENTRY_REASONS = {
    "intake": "Intake",
    "direct-entry": "Direct entry",
    "transfer": "Transfer from elsewhere",
    "readmission": "Readmission",
    "onboarding": "Was in care when Stepdown began",
}
STATUSES = {"attended": "Attended", "missed": "Missed", "cancelled": "Cancelled"}
PARTS = {"done": "Done", "not-done": "Not done", "not-applicable": "Not applicable"}
PART_MARKS = {"done": "✓", "not-done": "✕", "not-applicable": "–", None: "?"}
GOALS = {"open": "Open", "met": "Met", "transferred": "Handed on to the next level"}
GOAL_STATUSES = {**GOALS, "dropped": "No longer pursued"}
GOALS_FOR_CLIENTS = {
    "open": "You are working on this.",
    "met": "You have reached this.",
    "transferred": "You go on with this in the next step.",
}
PARTICIPATION = {
    "agrees": "The client agrees",
    "disagrees": "The client disagrees",
    "not-asked": "The client was not asked yet",
}
PARTICIPATION_FOR_CLIENTS = {
    "agrees": "You agree with this plan.",
    "disagrees": "You do not agree with this plan. Tell us what should be different.",
    "not-asked": "We have not asked you yet. Tell us what you think of it.",
}
STAGES_FOR_CLIENTS = {
    "iop": "Intensive outpatient program",
    "op": "Outpatient program",
    "discharged": "The end of treatment here",
}
DEVIATIONS = {"left-out": "without {}", "added": "with {}", "changed": "another amount of {}"}
HOLDS = {
    "hospital": "In hospital",
    "jail": "In jail",
    "travel": "Travelling",
    "illness": "Ill",
    "family": "Family",
    "other": "Other",
}
DUE_MOVES = {
    "client-asked": "The client asked",
    "clinical-need": "Clinical need",
    "appointment": "An appointment is booked",
    "closed-day": "We are closed that day",
    "staffing": "Nobody is free",
    "other": "Other",
}
"""Why a due date was moved."""
DISCHARGES = ENDS
amount = payer.amount
PAYER_SAID = {key: said.capitalize() for key, said in payer.SAID.items()}
UNITS = {"day": "A day", "session": "A session", "15-min": "A quarter of an hour", "hour": "An hour"}
AUTHORISATIONS = {
    "in-force": ("✓", "ok", "In force"),
    "to-come": ("◔", "later", "Not yet"),
    "used-up": ("!", "overdue", "Used up"),
    "ended": ("–", "later", "Ended"),
    "pending": ("◔", "soon", "Asked for"),
    "denied": ("✕", "overdue", "Denied"),
    "replaced": ("–", "later", "Replaced"),
}
"""How an authorisation stands: its mark, its badge, its words."""
OVERRIDES = {
    "need": "Clinical need",
    "preference": "The client's wish",
    "cost": "Cost",
    "availability": "No place at the recommended level",
    "time": "Time: work, school, family",
    "other": "Other",
}
"""Why somebody selects another level than the rules recommend."""
HAND_OFF_KINDS = {"warm": "Warm: introduced, with the client there", "cold": "Cold: referred"}
HAND_OFF_WAYS = {"accepted": "Accept", "declined": "Decline", "revoked": "Revoke"}
CONSENT_KINDS = {"single-tpo": "All who treat, pay and run care", "specific": "Those named only"}
DUES = {"": "Any time", "overdue": "Overdue", "today": "Due today", "soon": "Due soon"}
ATTEMPTS = {
    "reached": "Reached",
    "no-answer": "No answer",
    "message-left": "Message left",
    "wrong-number": "Wrong number",
    "declined": "Reached, declined",
}
ATTEMPT_WAYS = {"phone": "Phone", "visit": "Visit", "letter": "Letter", "text": "Text", "other": "Other"}
WORK_ENDS = {"done": "Done", "not-needed": "No longer needed"}
YES_NO = {0: "no", 1: "yes"}
TIMELINE_MARKS = {
    "assessment": "◔",
    "attendance": "●",
    "event": "!",
    "plan": "≡",
    "checklist": "☑",
    "authorisation": "§",
    "countersigned": "✓",
    "retraction": "⌫",
    "attempt": "☎",
    "decision": "◆",
    "sign-off": "✓",
    "move": "→",
    "look": "○",
    "due-date": "⇄",
    "hold": "‖",
    "resume": "▸",
    "hand-off": "⇄",
    "opened": "★",
}
_WAYS = {
    "call-now": "",
    "reassess": "/assessments",
    "overdue": "/assessments",
    "review-plan": "/plan",
    "countersign-plan": "/plan",
    "outreach": "/attempts",
    "first-visit": "/attendance",
    "first-service": "/attendance",
    "interview": "/assessments",
    "crisis-plan": "/plan",
    "safety-plan": "/plan",
}


def way(task: Task) -> str:
    """Return the address of the form with which a work item is done."""
    if task.session_id:
        return f"/sessions/{task.session_id}"
    if task.kind == "accept-hand-off" or (task.kind, task.for_role) == ("first-visit-missed", "coordinator"):
        return "/hand-offs"  # told to a program that does not walk with the client
    return f"/pathways/{task.pathway_id}{_WAYS.get(task.kind, '#decision')}"


def dose(one: Dose) -> str:
    """Say what is given each week: *Group, 3 times a week, 3 hours each*."""
    often = "once a week" if one.per_week == 1 else f"{one.per_week} times a week"
    hours = one.minutes / 60
    length = (
        f"{hours:g} hour{'s' if hours != 1 else ''}" if one.minutes % 30 == 0 else f"{one.minutes} minutes"
    )
    return f"{SERVICES.get(one.service, words(one.service))}, {often}, {length} each"


def stage_for_client(key: str, label: str) -> str:
    """Return what a stage is called in a client's own copy: spelled out."""
    return STAGES_FOR_CLIENTS.get(key, label)


def deviations(codes: Collection[str]) -> str:
    """Say what a plan does otherwise than usual."""
    told = (code.partition(":") for code in codes)
    return ", ".join(DEVIATIONS[how].format(telling.plain(what)) for how, _, what in told)


def instrument(key: str) -> str:
    """Return what clinicians call an instrument."""
    return INSTRUMENTS.get(key, key.upper())


def words(code: str) -> str:
    """Return a code as words: `left-against-advice` reads *Left against advice*."""
    return telling.heading(code)


def said(code: str) -> str | None:
    """Return what is said after a form, by the short code in the address; nothing for a code that is none."""
    kept = code.removeprefix(_UNSIGNED)
    if kept != code and kept in INSTRUMENTS:
        return f"{instrument(kept)} is recorded and scored. It is not signed: it counts once a clinician signs it."
    return SAID.get(code)


def is_unfinished(code: str) -> bool:
    """Tell whether what is said after a form leaves something for somebody to do."""
    return code.startswith(_UNSIGNED)


def item(name: str, number: int) -> str:
    """Return what an item of a form is called: its number, and what it is about where that has a name of ours."""
    if name.startswith("item"):
        return words(name)
    return " · ".join(filter(None, (f"Item {number}", RATINGS.get(name) or words(name))))


def answer(name: str, values: Collection[int], value: int) -> str:
    """Return how an answer reads beside its button."""
    if name in RATINGS:
        return f"{value} {NEEDS[value]}"
    return YES_NO[value] if set(values) == set(YES_NO) else str(value)


def part(key: str) -> str:
    """Return what a part of a reassessment is called: an instrument, any one of some, or what else was asked for."""
    *others, last = (INSTRUMENTS.get(one) or words(one) for one in alternatives(key))
    return f"{', '.join(others)} or {last}" if others else last


def changes(kinds: Collection[str]) -> str:
    """Say what a score has changed."""
    return ", ".join(CHANGES[kind] for kind in kinds)


def editions(form: Instrument) -> dict[str, str]:
    """Return the editions that ratings may be made in, by key."""
    return {one.key: f"{one.key}, {one.title}" for one in form.editions}


def sets(form: Instrument) -> dict[str, str]:
    """Return the band sets of a form that may be named, by key."""
    return {key: key.capitalize() for key in form.named_sets}
