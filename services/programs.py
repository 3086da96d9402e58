"""Programs: add and list the services at sites that deliver stages."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from models.catalogue import holidays
from models.requests import NewProgram
from services import ids
from services.access import Principal
from services.errors import Invalid
from services.store import ledger
from services.store import programs as stored
from services.store.programs import ProgramView
from services.store.work import Work

_SATURDAY, _YEAR = 5, timedelta(days=365)


def add(work: Work, request: NewProgram, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Add a program. Raises: Invalid, if the zone is no IANA time zone."""
    if request.zone not in available_timezones():
        raise Invalid("This is no IANA time zone; write it like America/New_York.", pointer="/zone")
    program_id = ids.new()
    stored.add(work, program_id, request.name, request.zone, at=at)
    ledger.installation_entry(work, "program.added", actor=by.actor(via), at=at, program=program_id)
    return program_id


def mark(
    work: Work, program_id: UUID | None, day: date, *, closed: bool, by: Principal, at: datetime, via: str
) -> ProgramView:
    """Say that a program is closed on a weekday, or open on a public holiday. Raises: NotFound, Invalid."""
    program = stored.one(work, program_id)
    if day.weekday() >= _SATURDAY:
        raise Invalid("Saturdays and Sundays are no business days anyway.", pointer="/day")
    stored.mark(work, program.id, day, closed=closed)
    told = {"program": program.id, "day": day, "closed": closed}
    ledger.installation_entry(work, "program.day-marked", actor=by.actor(via), at=at, **told)
    return program


def closed_days(work: Work, program_id: UUID | None, first: date) -> tuple[date, ...]:
    """Return the weekdays on which a program is closed in the year from a day on. Raises: NotFound."""
    program, last = stored.one(work, program_id), first + _YEAR
    days = dict.fromkeys(holidays().between(first, last), True)
    days |= stored.marked(work, program.id, first, last)
    return tuple(sorted(day for day, closed in days.items() if closed))


def listed(work: Work) -> tuple[ProgramView, ...]:
    """Return the programs in scope, the default one first."""
    return stored.listed(work)
