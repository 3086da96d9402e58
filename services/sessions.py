"""Sessions: plan a meeting with its roster, chart a whole group at once.

What nobody charts stays unlogged: neither attended nor missed.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from models.case import Case
from models.catalogue.pathway_files import definition
from models.changes import SessionPlanned
from models.facts import AttendanceStatus
from models.requests import NewAttendance, NewSession, SessionAttendance
from models.views import SessionWarning
from models.weekly import Obligation
from models.word import Span
from services import ids, recording
from services.access import CARE, Principal
from services.errors import Conflict, Invalid
from services.rules import cadence, clashing
from services.rules.clashing import Meeting, Warned
from services.store import cases, ledger, obligations, pathways, programs
from services.store import sessions as stored
from services.store.pathways import Target
from services.store.sessions import Facilitator, SessionView
from services.store.work import Work


def plan(work: Work, request: NewSession, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Plan a session. Raises: NotFound, if a pathway or the program is not in scope, Invalid."""
    session_id = ids.new()
    program = programs.one(work, request.program_id)
    _find_facilitator(work, request, program.id)
    roster = pathways.targets(work, request.roster)
    stored.add(work, session_id, program.id, request)
    told = {name: getattr(request, name) for name in ("service", "starts_at", "minutes")}
    changes = [SessionPlanned(pathway_id=one, session_id=session_id, **told) for one in roster]
    ledger.write(work, changes, actor=by.actor(via), at=at)
    return session_id


def warnings(work: Work, request: NewSession, *, at: datetime) -> tuple[SessionWarning, ...]:
    """Return what speaks against a session for the clients of its roster, before it is planned. Raises: NotFound.

    What two plan at the same moment does not see each other; whoever looks at the week later does.
    """
    roster = pathways.glimpses(work, request.roster)
    others = [other for one in roster.values() for other in one.others]
    known = {case.pathway_id: case for case in cases.load(work, list({*roster, *others}))}
    bound = obligations.of(work, [whose.client_id for whose in roster.values()])
    meeting = Meeting(request.service, request.starts_at, request.minutes)
    found = (_speaks_against(meeting, whose, known, bound, at) for whose in roster.values())
    return tuple(SessionWarning(**one._asdict()) for some in found for one in some)


def _speaks_against(
    meeting: Meeting,
    whose: Target,
    known: Mapping[UUID, Case],
    bound: Mapping[UUID, Sequence[Obligation]],
    at: datetime,
) -> tuple[Warned, ...]:
    return clashing.warnings(
        definition(whose.definition),
        known[whose.pathway_id],
        meeting,
        others=[known[other] for other in whose.others if other in known],
        obligations=bound.get(whose.client_id, ()),
        at=at,
    )


def _find_facilitator(work: Work, request: NewSession, program_id: UUID) -> None:
    wanted = request.facilitator_id
    if wanted and wanted not in {one.id for one in stored.facilitators(work, program_id, CARE)}:
        raise Invalid("Nobody of this id gives care in this program.", pointer="/facilitator_id")


def facilitators(work: Work) -> tuple[Facilitator, ...]:
    """Return who may lead a session in the programs in scope, by name."""
    return stored.facilitators(work, None, CARE)


def one(work: Work, session_id: UUID) -> SessionView:
    """Return one session with its roster. Raises: NotFound."""
    return stored.one(work, session_id)


def chart(
    work: Work, session_id: UUID, request: SessionAttendance, *, by: Principal, at: datetime, via: str = "api"
) -> list[UUID]:
    """Chart what became of a session for clients of its roster. Raises: NotFound, Invalid, Conflict if charted before."""
    session = stored.one(work, session_id)
    if session.starts_at > at:
        raise Invalid("This session has not begun.", pointer="/statuses")
    expected = {seat.pathway_id for seat in session.roster}
    for pathway_id in request.statuses:
        if pathway_id not in expected:
            raise Invalid("This pathway is not on the roster.", pointer=f"/statuses/{pathway_id}")
    _take_seats(work, session_id, list(request.statuses))
    entries = [(one, _attended(session, status)) for one, status in request.statuses.items()]
    return recording.attendance(work, entries, by=by, at=at, via=via)


def _take_seats(work: Work, session_id: UUID, pathway_ids: Sequence[UUID]) -> None:
    """Lock first, then look: or all who chart at once would find the seats unlogged."""
    pathways.targets(work, pathway_ids)
    for (_, pathway_id), status in stored.seats(work, [(session_id, one) for one in pathway_ids]).items():
        if status != AttendanceStatus.UNLOGGED:
            raise Conflict("This client's attendance is charted already.", pointer=f"/statuses/{pathway_id}")


def _attended(session: SessionView, status: AttendanceStatus) -> NewAttendance:
    return NewAttendance(
        kind=session.service,
        minutes=session.minutes,
        status=status,
        effective_at=session.starts_at,
        session_id=session.id,
    )


def listed(work: Work, *, day: date | None, at: datetime) -> tuple[SessionView, ...]:
    """Return the sessions of a day in the default program's zone; today's where none is named."""
    zone = programs.one(work, None).zone
    start = cadence.start_of(day or cadence.day_of(at, zone), zone)
    return stored.between(work, start, cadence.after(start, Span(1, "d"), zone))
