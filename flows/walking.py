"""Walk: pass over everything that is due until nothing is, in walking order, chunk by chunk.

The same walk runs inside a Prefect flow, where each cohort is a task, and without it when the engine is away. `do`
says how a cohort's work is called.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from models.catalogue.pathway_files import UnknownDefinition, definition
from models.changes import Step
from models.people import Actor
from services import deciding
from services.access import EVERYWHERE
from services.errors import Unavailable
from services.store import claims
from services.store.claims import Cohort, Place
from services.store.database import Database

log = logging.getLogger(__name__)

CHUNK = 500
"""Pathways in one transaction."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a walk came to: passes made, by cohort; moves by from and to. Counts only."""

    passes: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)


Call = Callable[[], Tally]
Do = Callable[[Cohort, Call], Tally]


def plainly(_cohort: Cohort, call: Call) -> Tally:
    """Call a cohort's work without an engine."""
    return call()


def walk(database: Database, *, at: datetime, actor: Actor, do: Do = plainly) -> Tally:
    """Pass over all that is due at `at`: first the reassessments, then stage by stage, until nothing more is due.

    What is still due after as many passes as its definition has stages runs in circles, and is set aside.
    """
    total = Tally()
    for number in range(_most_passes(database, at)):
        cohorts = _cohorts(database, at)
        if not cohorts:
            return total
        for cohort in cohorts:
            more = do(cohort, partial(work_off, database, cohort, at=at, actor=actor))
            total = _sum(total, more, number + 1)
    _stop_circles(database, at=at, actor=actor)
    return total


def work_off(database: Database, cohort: Cohort, *, at: datetime, actor: Actor) -> Tally:
    """Make one pass over a cohort, chunk by chunk, each in a transaction of its own.

    A chunk that fails is halved until the pathway that spoils it stands alone; that one is counted and left for later,
    and the others go on. A lost database is not a pathway's fault. Raises: Unavailable.
    """
    passed: Counter[str] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    for steps in _chunks(database, cohort, at=at, actor=actor):
        passed[label(cohort)] += len(steps)
        moved.update((move.from_stage, move.to_stage) for move in deciding.moves(steps))
    return Tally(passed=passed, moved=moved)


def _chunks(database: Database, cohort: Cohort, *, at: datetime, actor: Actor) -> Iterator[list[Step]]:
    place: Place | None = None
    limit, ended = CHUNK, False
    while not ended:
        try:
            with database.transaction(EVERYWHERE) as work:
                steps, place = deciding.advance_due(
                    work, cohort, actor=actor, at=at, limit=limit, after=place
                )
        except Unavailable:
            raise
        except Exception as error:
            log.warning("a chunk of %d in %s failed (%s)", limit, label(cohort), type(error).__name__)
            if limit > 1:
                limit //= 2
                continue
            place = _leave_for_later(database, cohort, type(error).__name__, at=at, actor=actor, after=place)
        else:
            yield steps
        limit, ended = min(CHUNK, limit * 2), place is None


def _leave_for_later(
    database: Database, cohort: Cohort, error: str, *, at: datetime, actor: Actor, after: Place | None
) -> Place | None:
    with database.transaction(EVERYWHERE) as work:
        return deciding.leave_next(work, cohort, error, actor=actor, at=at, after=after)


def label(cohort: Cohort) -> str:
    """Return what a cohort's task is called: the pathway's own word."""
    return "reassess" if cohort.due_looks else str(cohort.stage)


def _cohorts(database: Database, at: datetime) -> list[Cohort]:
    with database.transaction(EVERYWHERE) as work:
        looks, stages = claims.due_looks(work, at=at), claims.due_stages(work, at=at)
    return [*([looks] if looks.size else []), *sorted(stages, key=_walking_order)]


def _walking_order(cohort: Cohort) -> tuple[str, int]:
    stages = _stages(cohort)
    return str(cohort.definition), stages.index(str(cohort.stage)) if cohort.stage in stages else -1


def _most_passes(database: Database, at: datetime) -> int:
    with database.transaction(EVERYWHERE) as work:
        cohorts = claims.due_stages(work, at=at)
    return max((len(_stages(cohort)) for cohort in cohorts), default=0)


def _stages(cohort: Cohort) -> list[str]:
    """Return the stages of a cohort's definition in walking order; one that is not in the catalogue has its own."""
    try:
        return [stage.key for stage in definition(str(cohort.definition)).stages]
    except UnknownDefinition:
        return [str(cohort.stage)]


def _stop_circles(database: Database, *, at: datetime, actor: Actor) -> None:
    with database.transaction(EVERYWHERE) as work:
        deciding.set_aside_due(work, actor=actor, at=at)


def _sum(total: Tally, more: Tally, passes: int) -> Tally:
    return Tally(passes=passes, passed=total.passed + more.passed, moved=total.moved + more.moved)
