"""Moves: what a client's move is, and what falls away with the stage they leave."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.case import Reassessment, Signature
from models.changes import Change, Moved
from models.decision import Decision
from models.definition import Outcome, Stage, StageKind
from models.facts import Event
from models.occurrence import Reported
from services import ids
from services.rules import work
from services.rules.reassessing import fallen_away
from services.rules.sight import Sight

How = Literal["route", "override", "discharge", "reported"]
_HOW: dict[str, How] = {"accepted": "route", "overridden": "override", "discharged": "discharge"}
# TEDS reasons for discharge: completed, and transferred to another program.
_DISCHARGE = {Outcome.COMPLETE: 1, Outcome.REFER: 4}


def left(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    """Close what belongs to the stage that is left: its looks, proposals not signed yet, a word owed, an open question."""
    return (
        *fallen_away(sight, looks),
        *work.closed(sight.case, ("sign-off", "review-plan", "no-contact", "stay-review"), "moved"),
    )


def by_report(sight: Sight, event: Event, said: Reported, to: Stage) -> Moved:
    """Return the move that has happened already, at its true time, or where the present stay began if that was later."""
    at = max(event.effective_at, sight.case.since)
    moved = _move(sight, to, event.id, "reported", "reported", at)
    return replace(moved, fact_id=event.id, discharge=said.discharge)


def by_signature(sight: Sight, signature: Signature, decision: Decision) -> Moved:
    """Return the move a person signed: along the route decided, or around the routes."""
    to = sight.definition.stage(signature.to_stage)
    along = signature.meaning == "accepted"
    outcome = str(decision.outcome) if along else _around(sight, to)
    starts_at = max(signature.starts_at, sight.case.since)
    return replace(
        _move(sight, to, signature.id, _HOW[signature.meaning], outcome, starts_at),
        rule=decision.route if along else None,
        decision_id=signature.decision_id,
        sign_off_id=signature.id,
        discharge=signature.discharge or (_discharge(to, decision) if along else None),
    )


def by_route(sight: Sight, decision: Decision, decision_id: UUID) -> Moved:
    """Return the move of a route that asks for nobody's signature."""
    to = sight.definition.stage(decision.to_stage or "")
    moved = _move(sight, to, decision_id, "route", str(decision.outcome), sight.at)
    return replace(moved, rule=decision.route, decision_id=decision_id, discharge=_discharge(to, decision))


def _move(sight: Sight, to: Stage, cause: UUID, how: How, outcome: str, effective_at: datetime) -> Moved:
    return Moved(
        pathway_id=sight.case.pathway_id,
        transition_id=ids.named("transition", sight.case.pathway_id, cause),
        placement_id=ids.named("placement", sight.case.pathway_id, cause),
        how=how,
        from_stage=sight.stage.key,
        to_stage=to.key,
        outcome=outcome,
        ends=to.kind == StageKind.END,
        effective_at=effective_at,
    )


def _around(sight: Sight, to: Stage) -> str:
    """Say what an override comes to, so that a later case knows which level was completed."""
    if to.kind == StageKind.END:
        return "discharge"
    step = sight.intensity(to.level) - sight.intensity(sight.stage.level)
    return str(Outcome.STEP_DOWN if step < 0 else Outcome.STEP_UP)


def _discharge(to: Stage, decision: Decision) -> int | None:
    return _DISCHARGE.get(decision.outcome) if to.kind == StageKind.END else None
