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
from uuid import UUID

from models.catalogue.pathway_files import UnknownDefinition, definition, definitions
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
_FEWEST_STAGES = min(len(one.stages) for one in definitions())


@dataclass(frozen=True, slots=True)
class Tally:
    """What a walk came to: how many were passed, by cohort; moves by from and to; who asked for another pass."""

    passed: Counter[str] = field(default_factory=Counter)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: Counter[UUID] = field(default_factory=Counter)


Call = Callable[[], Tally]
Do = Callable[[Cohort, Call], Tally]


def plainly(_cohort: Cohort, call: Call) -> Tally:
    """Call a cohort's work without an engine."""
    return call()


def walk(database: Database, *, at: datetime, actor: Actor, do: Do = plainly) -> Tally:
    """Pass over all that is due at `at`: first the reassessments, then stage by stage, until nothing more is due.

    Who asks for more passes than the definition has stages runs in circles, and is set aside. What others hold just
    now is left to them: it stays due.
    """
    total, before = Tally(), -1
    while total.passed.total() > before and (cohorts := _cohorts(database, at)):
        before = total.passed.total()
        for cohort in cohorts:
            total = _sum(total, do(cohort, partial(work_off, database, cohort, at=at, actor=actor)))
        _stop_circles(database, total.asked, at=at, actor=actor)
    return total


def work_off(database: Database, cohort: Cohort, *, at: datetime, actor: Actor) -> Tally:
    """Make one pass over a cohort, chunk by chunk, each in a transaction of its own.

    A chunk that fails is halved until the pathway that spoils it stands alone; that one is counted and left for later,
    and the others go on. A lost database is not a pathway's fault. Raises: Unavailable.
    """
    total = Tally()
    for steps in _chunks(database, cohort, at=at, actor=actor):
        total.passed[label(cohort)] += len(steps)
        total.moved.update((move.from_stage, move.to_stage) for move in deciding.moves(steps))
        total.asked.update(step.pathway_id for step in steps if step.wake_at == at)
    return total


def _chunks(database: Database, cohort: Cohort, *, at: datetime, actor: Actor) -> Iterator[list[Step]]:
    """Claim and pass are one transaction: a worker that dies lets go, and the rows are due again."""
    place: Place | None = None
    limit = CHUNK
    while True:
        claimed: list[Place] = []
        try:
            with database.transaction(EVERYWHERE) as work:
                claimed = claims.claim(work, cohort, at=at, limit=limit, after=place)
                steps = deciding.advance(work, [one for _, one in claimed], actor=actor, at=at)
        except Unavailable:
            raise
        except Exception as error:
            if not claimed:
                raise
            log.warning("a chunk of %d in %s failed (%s)", len(claimed), label(cohort), type(error).__name__)
            if len(claimed) > 1:
                limit = len(claimed) // 2
                continue
            _leave_for_later(database, claimed[0], type(error).__name__, at=at, actor=actor)
        else:
            yield steps
        if len(claimed) < limit:
            return
        place, limit = claimed[-1], min(CHUNK, limit * 2)


def _leave_for_later(database: Database, spoilt: Place, error: str, *, at: datetime, actor: Actor) -> None:
    """Count the failure of the one that failed: by now another may be the next to claim."""
    with database.transaction(EVERYWHERE) as work:
        deciding.leave(work, spoilt[1], error, actor=actor, at=at)


def due(database: Database, *, at: datetime) -> Counter[str]:
    """Return how many pathways are due, by cohort, and touch none."""
    return sum((Counter({label(cohort): cohort.size}) for cohort in _cohorts(database, at)), Counter[str]())


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


def _stages(cohort: Cohort) -> list[str]:
    """Return the stages of a cohort's definition in walking order; one that is not in the catalogue has its own."""
    try:
        return [stage.key for stage in definition(str(cohort.definition)).stages]
    except UnknownDefinition:
        return [str(cohort.stage)]


def _stop_circles(database: Database, asked: Counter[UUID], *, at: datetime, actor: Actor) -> None:
    tired = {one: times for one, times in asked.items() if times >= _FEWEST_STAGES}
    if tired:
        with database.transaction(EVERYWHERE) as work:
            deciding.set_aside_circling(work, tired, actor=actor, at=at)


def _sum(total: Tally, more: Tally) -> Tally:
    return Tally(total.passed + more.passed, total.moved + more.moved, total.asked + more.asked)
