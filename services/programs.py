"""Programs: add and list the services at sites that deliver stages."""

from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from models.requests import NewProgram
from services import ids
from services.access import Principal
from services.errors import Invalid
from services.store import ledger
from services.store import programs as stored
from services.store.programs import ProgramView
from services.store.work import Work


def add(work: Work, request: NewProgram, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Add a program. Raises: Invalid, if the zone is no IANA time zone."""
    if request.zone not in available_timezones():
        raise Invalid("This is no IANA time zone; write it like America/New_York.", pointer="/zone")
    program_id = ids.new()
    stored.add(work, program_id, request.name, request.zone, at=at)
    ledger.installation_entry(work, "program.added", actor=by.actor(via), at=at, program=program_id)
    return program_id


def listed(work: Work) -> tuple[ProgramView, ...]:
    """Return the programs in scope, the default one first."""
    return stored.listed(work)
