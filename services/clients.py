"""Register and find clients. Names are shown to those in whose programs the client is, and to nobody else."""

from datetime import datetime
from uuid import UUID

from models.requests import NewClient
from services import ids
from services.access import Principal
from services.errors import Conflict, Invalid
from services.store import ledger, people, programs
from services.store.people import ClientView
from services.store.work import Work

EARLIEST_BIRTH_YEARS = 120


def register(work: Work, request: NewClient, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Register a person who comes into care. Raises: Invalid, Conflict if an identifier is known, NotFound."""
    _refuse_birth(request, at)
    _refuse_identifiers(work, request)
    client_id = ids.new()
    program = programs.one(work, request.program_id)
    people.add(work, [(client_id, program.id, request)], at=at)
    ledger.installation_entry(work, "client.registered", actor=by.actor(via), at=at, client=client_id)
    return client_id


def find(work: Work, client_id: UUID) -> ClientView:
    """Return one client. Raises: NotFound."""
    return people.view(work, client_id)


def search(work: Work, text: str = "", *, limit: int = 20) -> tuple[ClientView, ...]:
    """Return clients whose name contains a text, by family name. Names are opened to be searched; none is indexed."""
    wanted = text.casefold().strip()
    found = (
        one
        for one in people.views(work).values()
        if wanted in f"{one.given_name} {one.family_name}".casefold()
    )
    return tuple(
        sorted(found, key=lambda one: (one.family_name.casefold(), one.given_name.casefold(), one.id))
    )[:limit]


def _refuse_identifiers(work: Work, request: NewClient) -> None:
    """Two spellings that are found alike are one identifier."""
    blinds = [work.vault.blind(one.system, one.value) for one in request.identifiers]
    known = people.registered(work, blinds)
    for number, blind in enumerate(blinds):
        if blind in blinds[:number]:
            raise Invalid("This identifier is given twice.", pointer=f"/identifiers/{number}")
        if blind in known:
            raise Conflict(
                "A client with this identifier is registered already.", pointer=f"/identifiers/{number}"
            )


def _refuse_birth(request: NewClient, at: datetime) -> None:
    if not at.year - EARLIEST_BIRTH_YEARS <= request.birth_date.year or request.birth_date > at.date():
        raise Invalid("A birth date lies in the past 120 years.", pointer="/birth_date")
