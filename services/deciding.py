"""Decide: load cases, let the pure rules conclude, write what follows. The engine's own use case, and its preview."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from models.case import Case
from models.catalogue.pathway_files import definition
from models.changes import Change, Moved, Quarantined, Step
from models.decision import Decision
from models.people import Actor
from services.errors import NotFound
from services.rules import advancing, decisions
from services.store import cases, claims, ledger
from services.store.work import Work

ENGINE_ID = UUID("00000000-0000-4000-8000-000000000001")
"""How the audit names the engine."""

TRIES = 5
"""After so many failures a pathway is left aside, visibly."""


def advance(work: Work, pathway_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> list[Step]:
    """Make one pass over pathways: decide, and move those whose move is reported or signed.

    Shapes: n ids in, at most n steps out. A pathway whose rules raise is counted, not moved; the others go on.
    """
    loaded = cases.load(work, pathway_ids)
    steps, failed = _steps(loaded, at)
    changes: list[Change] = [change for step in steps for change in step.changes]
    ledger.write(work, changes, actor=actor, at=at, wakes={step.pathway_id: step.wake_at for step in steps})
    claims.forget_attempts(work, [step.pathway_id for step in steps])
    if failed:
        _set_aside(work, failed, actor=actor, at=at)
    return steps


def leave(work: Work, pathway_id: UUID, error: str, *, actor: Actor, at: datetime) -> None:
    """Count a failure of one pathway, and try it again later; if somebody else holds it now it is theirs to try."""
    held = claims.still_due(work, [pathway_id], at=at)
    _set_aside(work, {row.id: error for row in held}, actor=actor, at=at)


def preview(work: Work, pathway_id: UUID, *, at: datetime) -> Decision:
    """Return what the rules would say now; nothing is written. Raises: NotFound."""
    loaded = cases.load(work, [pathway_id])
    if not loaded:
        raise NotFound("pathway")
    return decisions.decide(definition(loaded[0].definition), loaded, at=at)[0]


def restless(work: Work, pathway_ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Return the pathways that a pass at a moment would change, or that cannot be read; nothing is written.

    At rest there are none.
    """
    try:
        steps, failed = _steps(cases.load(work, pathway_ids), at)
    except (LookupError, TypeError, ValueError):
        half = len(pathway_ids) // 2
        halves = (pathway_ids[:half], pathway_ids[half:]) if half else ()
        return [one for part in halves for one in restless(work, part, at=at)] or list(pathway_ids)
    return [*(step.pathway_id for step in steps if step.changes), *failed]


def moves(steps: Iterable[Step]) -> list[Moved]:
    """Return the moves among what passes came to."""
    return [change for step in steps for change in step.changes if isinstance(change, Moved)]


def _steps(loaded: Sequence[Case], at: datetime) -> tuple[list[Step], dict[UUID, str]]:
    steps: list[Step] = []
    failed: dict[UUID, str] = {}
    by_definition: defaultdict[str, list[Case]] = defaultdict(list)
    for case in loaded:
        by_definition[case.definition].append(case)
    for name, together in by_definition.items():
        for case in together:
            try:
                steps += advancing.advance(definition(name), [case], at=at)
            except Exception as error:
                failed[case.pathway_id] = type(error).__name__
    return steps, failed


def _set_aside(work: Work, failed: dict[UUID, str], *, actor: Actor, at: datetime) -> None:
    """Try again later, each time later; after the last try leave the pathway aside for a person to look at."""
    attempts = claims.count_attempt(work, list(failed))
    spent = [one for one in failed if attempts[one] >= TRIES]
    ledger.write(
        work,
        [Quarantined(pathway_id=one, error=failed[one]) for one in spent],
        actor=actor,
        at=at,
        wakes={one: None if one in spent else claims.later(at, attempts[one]) for one in failed},
    )


def set_aside_circling(work: Work, asked: Mapping[UUID, int], *, actor: Actor, at: datetime) -> None:
    """Set aside who has asked for as many passes as the definition has stages, and is not at rest yet."""
    circling = [
        row.id
        for row in claims.still_due(work, list(asked), at=at)
        if asked[row.id] >= len(definition(row.definition).stages)
    ]
    changes = [Quarantined(pathway_id=one, error="runs in circles") for one in circling]
    ledger.write(work, changes, actor=actor, at=at, wakes=dict.fromkeys(circling))
