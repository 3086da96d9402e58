"""Wording: the few words that leave the house. No name, no initials, no stage, no score, no id of a client or pathway."""

from models.alerting import Letter


def subject(letter: Letter) -> str:
    """Return a mail's subject."""
    return f"Stepdown: {letter.says}"


def body(letter: Letter, public_url: str) -> str:
    """Return a mail's text."""
    return f"""\
{letter.says}

Program: {letter.program}

{_ALERT if letter.notice_id else _REMINDER}
{link(letter, public_url)}

This message carries no client data. Sign-in is needed.
"""


def link(letter: Letter, public_url: str) -> str:
    """Return the address of the page on which a notice is acknowledged, or of the board."""
    return f"{public_url}/alerts/{letter.notice_id}" if letter.notice_id else f"{public_url}/"


_ALERT = """\
Open this page, see what it is, and acknowledge it; until somebody does, the next ones on call are told:"""
_REMINDER = "The board says who is meant, and what to do next:"
