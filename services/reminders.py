"""Reminders: write the morning letters of programs, hand out what is to be sent, and keep what became of it.

They tell how many looks are soon, due and overdue. Nothing waits for them: the board says the same at any moment.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.alerting import Failure, Letter
from models.catalogue import holidays, morning
from models.reminding import Outlook
from services.rules import delivering, reminding
from services.store import on_call, reminders
from services.store.work import Work

_AHEAD = timedelta(days=5)
"""Looks due later are soon in no zone."""

_WORDS = {"overdue": "overdue", "today": "due", "soon": "due within three days"}


def write_due(work: Work, *, at: datetime) -> int:
    """Write the letters of every program whose morning has come; return how many letters.

    Shapes: any number of programs in a number of queries that does not depend on it.
    """
    told, around = morning(), frozenset(holidays().between((at - _AHEAD).date(), (at + _AHEAD).date()))
    waiting = reminders.waiting(work, at=at)
    ready = [one.program_id for one in waiting if reminding.is_morning(told, one, around, at=at)]
    mine = reminders.begin(work, ready, at=at) if ready else []
    letters = [
        letter for one in _outlooks(work, mine, at) for letter in reminding.reminders(told, one, at=at)
    ]
    reminders.put(work, letters)
    return len(letters)


def _outlooks(work: Work, program_ids: list[UUID], at: datetime) -> list[Outlook]:
    if not program_ids:
        return []
    crews = on_call.crews(work, program_ids, at=at)
    looks = reminders.looks(work, program_ids, until=at + _AHEAD)
    supervisors = reminders.supervisors(work, program_ids)
    return [
        Outlook(program_id=one, crew=crews[one], looks=looks[one], supervisors=supervisors[one])
        for one in program_ids
    ]


def take(work: Work, channel: str, *, at: datetime) -> Letter | None:
    """Take the next letter that may be tried, its attempt counted; none where nothing waits."""
    row = reminders.take(work, channel, at=at, until=at + delivering.LEASE)
    return _letter(row) if row is not None else None


def sent(work: Work, letter: Letter, *, at: datetime) -> None:
    """Note that a letter was taken over by whoever carries it on."""
    reminders.sent(work, letter.delivery_id, at=at)


def failed(work: Work, letter: Letter, failure: Failure, *, at: datetime) -> None:
    """Note that a letter was not taken: it is tried again, or it is dead, and the board says what it would have said."""
    next_at = delivering.fails(failure, letter.attempts, at=at)
    reminders.failed(work, letter.delivery_id, failure.code, next_at=next_at, at=at)


def _letter(row: Row[Any]) -> Letter:
    counts = (f"{getattr(row, state)} {word}" for state, word in _WORDS.items() if getattr(row, state))
    return Letter(
        delivery_id=row.id,
        notice_id=None,
        kind="morning",
        says=f"Reassessments: {', '.join(counts)}.",
        program=row.program,
        address=row.address,
        attempts=row.attempts,
    )
