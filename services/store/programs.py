"""Programs: the services at sites that deliver stages."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert

from models.requests import NewProgram
from models.tables import care
from models.views import Occupancy
from services.errors import NotFound
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """A program with its IANA time zone, and how full its stages are where that was asked for."""

    id: UUID
    name: str
    zone: str
    setting: str | None = None
    crisis_line: str | None = None
    places: tuple[Occupancy, ...] = ()


def add(work: Work, program_id: UUID, request: NewProgram, *, at: datetime) -> None:
    """Store a program."""
    told = request.model_dump(include={"name", "zone", "setting", "crisis_line"})
    work.run(insert(care.Program), {"id": program_id, "created_at": at, **told})


def listed(work: Work) -> tuple[ProgramView, ...]:
    """Return the programs in scope, the oldest first: the first is the default one."""
    found = work.rows(
        """SELECT id, name, zone, setting, crisis_line FROM program
           WHERE CAST(:programs AS uuid[]) IS NULL OR id = ANY(CAST(:programs AS uuid[])) ORDER BY created_at, id"""
    )
    return tuple(ProgramView(**row._mapping) for row in found)


def everywhere(work: Work) -> tuple[ProgramView, ...]:
    """Return every program of the installation: somebody may be handed to where one sees nobody."""
    found = work.rows("SELECT id, name, zone, setting, crisis_line FROM program ORDER BY created_at, id")
    return tuple(ProgramView(**row._mapping) for row in found)


def one(work: Work, program_id: UUID | None) -> ProgramView:
    """Return a program in scope, or the default one where none is named. Raises: NotFound."""
    found = {program.id: program for program in listed(work)}
    if not found or (program_id is not None and program_id not in found):
        raise NotFound("program", pointer="/program_id")
    return found[program_id] if program_id else next(iter(found.values()))


def say_crisis_line(work: Work, program_id: UUID, line: str | None) -> None:
    """Say whom the clients of a program reach at any hour, or that nobody is named."""
    work.run("UPDATE program SET crisis_line = :line WHERE id = :id", id=program_id, line=line)


def crisis_line(work: Work, program_id: UUID) -> str | None:
    """Return whom the clients of a program reach at any hour."""
    row = work.first("SELECT crisis_line FROM program WHERE id = :id", id=program_id)
    return row.crisis_line if row else None


def mark(work: Work, program_id: UUID, day: date, *, closed: bool) -> None:
    """Say that a program is closed on a day, or open."""
    work.run(
        """INSERT INTO program_day (program_id, day, closed) VALUES (:program, :day, :closed)
           ON CONFLICT (program_id, day) DO UPDATE SET closed = excluded.closed""",
        program=program_id,
        day=day,
        closed=closed,
    )


def marked(work: Work, program_id: UUID, first: date, last: date) -> dict[date, bool]:
    """Return what a program said of its days, both ends included: whether it is closed."""
    found = work.rows(
        "SELECT day, closed FROM program_day WHERE program_id = :program AND day BETWEEN :first AND :last",
        program=program_id,
        first=first,
        last=last,
    )
    return {row.day: row.closed for row in found}
