"""Sessions and their rosters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from models.people import Role
from models.requests import NewSession
from models.tables import care
from services.errors import NotFound
from services.store import people
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One expected client. `status` is how the session was charted for them, or unlogged."""

    pathway_id: UUID
    short_id: str
    initials: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A planned meeting with its roster. Units: minutes."""

    id: UUID
    service: str
    starts_at: datetime
    minutes: int
    program: str
    zone: str
    facilitator_id: UUID | None
    facilitator: str | None
    roster: tuple[Seat, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """Somebody who may lead a session."""

    id: UUID
    name: str


def add(work: Work, session_id: UUID, program_id: UUID, request: NewSession) -> None:
    """Store a session; its roster follows as changes of the pathways."""
    work.run(
        insert(care.Session),
        {
            "id": session_id,
            "program_id": program_id,
            "service": request.service,
            "starts_at": request.starts_at,
            "minutes": request.minutes,
            "facilitator_id": request.facilitator_id,
        },
    )


def one(work: Work, session_id: UUID) -> SessionView:
    """Return a session in scope. Raises: NotFound."""
    found = _views(work, session_id=session_id)
    if not found:
        raise NotFound("session")
    return found[0]


def seats(work: Work, wanted: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], str]:
    """Return how seats, each (session, pathway), were charted, or unlogged; one on no roster in scope is left out."""
    found = work.rows(_CHARTED, sessions=[one for one, _ in wanted], pathways=[one for _, one in wanted])
    return {(row.session_id, row.pathway_id): row.status or "unlogged" for row in found}


def facilitators(work: Work, program_id: UUID | None, roles: Collection[Role]) -> tuple[Facilitator, ...]:
    """Return who works in a program, or in any in scope, in one of these roles, by name."""
    found = work.rows(_STAFF, program=program_id, roles=sorted(role.value for role in roles))
    return tuple(Facilitator(id=row.id, name=row.name) for row in found)


def between(work: Work, start: datetime, end: datetime) -> tuple[SessionView, ...]:
    """Return the sessions that start in an interval, earliest first."""
    return _views(work, start=start, end=end)


def _views(
    work: Work, *, session_id: UUID | None = None, start: datetime | None = None, end: datetime | None = None
) -> tuple[SessionView, ...]:
    sessions = work.rows(_SESSIONS, id=session_id, start=start, end=end)
    seats = _seats(work, [row.id for row in sessions])
    return tuple(SessionView(**row._mapping, roster=seats.get(row.id, ())) for row in sessions)


def _seats(work: Work, session_ids: list[UUID]) -> Mapping[UUID, tuple[Seat, ...]]:
    found = work.rows(_SEATS, ids=session_ids)
    clients = people.views(work, [row.client_id for row in found])
    seats: dict[UUID, tuple[Seat, ...]] = {}
    for row in found:
        seat = Seat(
            pathway_id=row.pathway_id,
            short_id=people.short_id(row.pathway_id),
            initials=clients[row.client_id].initials if row.client_id in clients else "··",
            status=row.status or "unlogged",
        )
        seats[row.session_id] = (*seats.get(row.session_id, ()), seat)
    return seats


_SESSIONS = """
SELECT s.id, s.service, s.starts_at, s.minutes, program.name AS program, program.zone, s.facilitator_id,
       person.name AS facilitator
FROM care_session s JOIN program ON program.id = s.program_id LEFT JOIN person ON person.id = s.facilitator_id
WHERE (CAST(:id AS uuid) IS NULL OR s.id = :id)
  AND (CAST(:start AS timestamptz) IS NULL OR s.starts_at >= :start)
  AND (CAST(:end AS timestamptz) IS NULL OR s.starts_at < :end)
  AND (CAST(:programs AS uuid[]) IS NULL OR s.program_id = ANY(CAST(:programs AS uuid[])))
ORDER BY s.starts_at, s.id
"""
_STAFF = """
SELECT id, name FROM person WHERE disabled_at IS NULL AND role = ANY(CAST(:roles AS text[]))
  AND (programs = '{}' OR CAST(:program AS uuid) IS NULL OR CAST(:program AS uuid) = ANY(programs))
  AND (programs = '{}' OR CAST(:programs AS uuid[]) IS NULL OR programs && CAST(:programs AS uuid[]))
ORDER BY name, id
"""
_STATUS = """
(SELECT convert_from(f.body, 'UTF8')::json ->> 'status' FROM fact f
  WHERE f.session_id = r.session_id AND f.pathway_id = r.pathway_id ORDER BY f.pathway_version DESC LIMIT 1) AS status
"""
_CHARTED = f"""
SELECT r.session_id, r.pathway_id, {_STATUS}
FROM roster r JOIN care_session s ON s.id = r.session_id
JOIN unnest(CAST(:sessions AS uuid[]), CAST(:pathways AS uuid[])) AS wanted(session_id, pathway_id)
     ON wanted.session_id = r.session_id AND wanted.pathway_id = r.pathway_id
WHERE CAST(:programs AS uuid[]) IS NULL OR s.program_id = ANY(CAST(:programs AS uuid[]))
"""  # noqa: S608 - constants
_SEATS = f"""
SELECT r.session_id, r.pathway_id, p.client_id, {_STATUS}
FROM roster r JOIN pathway p ON p.id = r.pathway_id
WHERE r.session_id = ANY(CAST(:ids AS uuid[])) ORDER BY r.session_id, r.pathway_id
"""  # noqa: S608 - constants
