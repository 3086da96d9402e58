"""Reminding: the morning letter. Once a day a program is open, whoever is concerned is told what is soon, due, overdue.

Who is absent is told nothing: whoever covers is. A look in nobody's caseload concerns the supervisors in its owner's place.
It goes by mail alone, as a pager is for what cannot wait.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from models.alerting import Channel, Contact
from models.reminding import Concerned, Morning, OpenLook, Outlook, Reminder, Waiting
from services import ids
from services.rules.cadence import day_of, due_state
from services.rules.duty import present

_SATURDAY = 5


def is_morning(morning: Morning, program: Waiting, holidays: Collection[date], *, at: datetime) -> bool:
    """Tell whether a program is open today and its letters are to be written by now, however late it has become."""
    day = day_of(at, program.zone)
    closed = day in holidays if program.closed is None else program.closed
    begins = datetime.combine(day, morning.at, ZoneInfo(program.zone)).astimezone(UTC)
    return day.weekday() < _SATURDAY and not closed and begins <= at


def reminders(morning: Morning, outlook: Outlook, *, at: datetime) -> tuple[Reminder, ...]:
    """Return the letters of a program's morning, one for each mail address of each person concerned.

    Shapes: whom nothing concerns gets none; the same day and address give the same letter, so that none is sent twice.
    """
    counts: dict[UUID, Counter[str]] = {}
    for look in outlook.looks:
        state = due_state(look.due_at, look.late_at, at, outlook.crew.zone).state
        for person_id in _concerned(morning, outlook, look, state, at):
            counts.setdefault(person_id, Counter())[state] += 1
    return tuple(
        letter for person_id, count in counts.items() for letter in _written(outlook, person_id, count, at)
    )


def _concerned(
    morning: Morning, outlook: Outlook, look: OpenLook, state: str, at: datetime
) -> Iterator[UUID]:
    """Return each person who is there to be told of a look, once."""
    to = morning.tells[state].to if state in morning.tells else ()
    owner = (look.owner_id,) if look.owner_id else outlook.supervisors
    named = {Concerned.OWNER: owner, Concerned.SUPERVISOR: outlook.supervisors}
    there = (present(outlook.crew, person_id, at=at) for one in to for person_id in named[one])
    yield from dict.fromkeys(person_id for person_id in there if person_id)


def _written(outlook: Outlook, person_id: UUID, count: Counter[str], at: datetime) -> Iterator[Reminder]:
    mailed = [one for one in outlook.crew.contacts if one.channel == Channel.EMAIL]
    return (_letter(outlook, one, count, at) for one in mailed if one.person_id == person_id)


def _letter(outlook: Outlook, contact: Contact, count: Counter[str], at: datetime) -> Reminder:
    day = day_of(at, outlook.crew.zone)
    return Reminder(
        id=ids.named("reminder", outlook.program_id, str(day), contact.id),
        program_id=outlook.program_id,
        contact_id=contact.id,
        day=day,
        soon=count["soon"],
        today=count["today"],
        overdue=count["overdue"],
        next_at=at,
    )
