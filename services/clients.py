"""Register and find clients. Names are shown to those in whose programs the client is, and to nobody else."""

from datetime import datetime
from uuid import UUID

from models.people import Actor
from models.requests import NewClient, NewObligation
from models.views import ObligationView
from models.weekly import WEEKDAYS, Obligation
from services import ids
from services.access import Principal
from services.errors import Conflict, Invalid, NotFound
from services.store import ledger, obligations, people, programs
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


def oblige(
    work: Work,
    client_id: UUID,
    request: NewObligation,
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> UUID:
    """Note what a client is bound to every week, so that planning can warn. Raises: NotFound, Invalid."""
    find(work, client_id)
    if request.first_on and request.last_on and request.last_on < request.first_on:
        raise Invalid("An obligation ends after it begins.", pointer="/last_on")
    told = request.model_dump(exclude={"days"})
    weekdays = sorted({WEEKDAYS.index(day) for day in request.days})
    one = Obligation(id=ids.new(), client_id=client_id, weekdays=weekdays, **told)
    obligations.add(work, one, at=at)
    _tell(work, "obligation.added", client_id, one.id, by.actor(via), at)
    return one.id


def release(
    work: Work, client_id: UUID, obligation_id: UUID, *, by: Principal, at: datetime, via: str = "api"
) -> None:
    """End what a client was bound to. Raises: NotFound."""
    people.view(work, client_id)
    if not obligations.end(work, client_id, obligation_id, at=at):
        raise NotFound("obligation")
    _tell(work, "obligation.ended", client_id, obligation_id, by.actor(via), at)


def obliged(work: Work, client_id: UUID) -> tuple[ObligationView, ...]:
    """Return what a client is bound to every week. Raises: NotFound."""
    people.view(work, client_id)
    return tuple(map(_obligation, obligations.of(work, [client_id]).get(client_id, ())))


def _obligation(one: Obligation) -> ObligationView:
    told = {name: getattr(one, name) for name in ("id", "kind", "since", "until", "first_on", "last_on")}
    return ObligationView(**told, days=tuple(WEEKDAYS[day] for day in one.weekdays))


def _tell(work: Work, action: str, client_id: UUID, one_id: UUID, actor: Actor, at: datetime) -> None:
    ledger.installation_entry(work, action, actor=actor, at=at, client=client_id, one=one_id)


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
