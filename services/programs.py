"""Programs: add and list the services at sites that deliver stages, and say how many places each has."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from models.catalogue import holidays, queue
from models.catalogue.pathway_files import definitions
from models.definition import StageKind
from models.faults import escaped
from models.requests import NewProgram, ProgramChange
from models.views import Occupancy
from services import ids
from services.access import Principal
from services.errors import Invalid, NoSuchStage
from services.rules.waiting import is_nearly_full
from services.store import capacity, ledger
from services.store import programs as stored
from services.store.programs import ProgramView
from services.store.work import Work

_SATURDAY, _YEAR = 5, timedelta(days=365)


def add(work: Work, request: NewProgram, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Add a program. Raises: Invalid, if the zone is no IANA time zone, NoSuchStage."""
    if request.zone not in available_timezones():
        raise Invalid("This is no IANA time zone; write it like America/New_York.", pointer="/zone")
    _refuse_unknown(request.places)
    program_id = ids.new()
    stored.add(work, program_id, request, at=at)
    ledger.installation_entry(work, "program.added", actor=by.actor(via), at=at, program=program_id)
    if request.places:
        _set(work, program_id, request.places, by=by, at=at, via=via)
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


def change(
    work: Work,
    program_id: UUID | None,
    request: ProgramChange,
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> ProgramView:
    """Set how many places a program has, and its crisis line. Raises: NotFound, NoSuchStage, Invalid if nothing changes."""
    program, asked = stored.one(work, program_id), request.model_fields_set
    if not request.places and "crisis_line" not in asked:
        raise Invalid("Say what changes: places, by stage, or crisis_line.", pointer="/places")
    _refuse_unknown(request.places)
    if request.places:
        _set(work, program.id, request.places, by=by, at=at, via=via)
    if "crisis_line" in asked:
        _say_crisis_line(work, program.id, request.crisis_line, by=by, at=at, via=via)
    return program


def listed(work: Work) -> tuple[ProgramView, ...]:
    """Return the programs in scope, the default one first."""
    return stored.listed(work)


def everywhere(work: Work) -> tuple[ProgramView, ...]:
    """Return every program of the installation, by name: somebody may be handed to where one sees nobody."""
    return tuple(sorted(stored.everywhere(work), key=lambda one: (one.name.casefold(), one.id)))


def with_places(work: Work) -> tuple[ProgramView, ...]:
    """Return the programs in scope, the default one first, with how full their stages are."""
    rooms: defaultdict[UUID, list[Occupancy]] = defaultdict(list)
    for row in capacity.standing(work):
        rooms[row.program_id].append(occupancy(row.stage, row.places, row.taken, row.promised))
    return tuple(replace(one, places=tuple(rooms[one.id])) for one in stored.listed(work))


def rooms(work: Work, *, program_id: UUID | None = None) -> dict[str, Occupancy]:
    """Return how full each stage is that has places, over the programs in scope or in one of them."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in capacity.standing(work, program_id=program_id):
        more = (row.places, row.taken, row.promised)
        sums[row.stage] = [one + other for one, other in zip(sums[row.stage], more, strict=True)]
    return {stage: occupancy(stage, *numbers) for stage, numbers in sums.items()}


def occupancy(stage: str, places: int, taken: int, promised: int) -> Occupancy:
    """Return how full a stage is, with a warning where somebody must be told."""
    nearly_full = is_nearly_full(queue(), places=places, taken=taken)
    return Occupancy(stage=stage, places=places, taken=taken, promised=promised, nearly_full=nearly_full)


def _set(
    work: Work, program_id: UUID, places: Mapping[str, int | None], *, by: Principal, at: datetime, via: str
) -> None:
    capacity.put(work, program_id, places, at=at)
    told = {stage: "none" if number is None else number for stage, number in places.items()}
    ledger.installation_entry(
        work, "program.places-set", actor=by.actor(via), at=at, program=program_id, places=told
    )


def _say_crisis_line(
    work: Work, program_id: UUID, line: str | None, *, by: Principal, at: datetime, via: str
) -> None:
    stored.say_crisis_line(work, program_id, line)
    told = {"program": program_id, "crisis_line": line or "none"}
    ledger.installation_entry(work, "program.crisis-line-set", actor=by.actor(via), at=at, **told)


def _refuse_unknown(places: Mapping[str, int | None]) -> None:
    """Places are in stages that hold clients. Raises: NoSuchStage."""
    holding = (StageKind.ENTRY, StageKind.CARE)
    known = {stage.key for one in definitions() for stage in one.stages if stage.kind in holding}
    for stage in places:
        if stage not in known:
            raise NoSuchStage("stage", sorted(known), pointer=f"/places/{escaped(stage)}")
