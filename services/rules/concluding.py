"""Conclusions: a decision where the verdict is new or a look is complete, and the work it asks of people."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from models.canonical import digest
from models.case import Reassessment
from models.changes import Change, DecisionMade, ReassessmentClosed, WorkOpened
from models.decision import Decision, Met
from models.definition import Authority
from models.people import Role
from services import ids
from services.rules import moving, planning, work
from services.rules.decisions import ENGINE, decide, open_risk
from services.rules.placement import urgent
from services.rules.reassessing import is_complete
from services.rules.sight import RATINGS, Sight

_TWO_DAYS = timedelta(days=2)


class Conclusion(NamedTuple):
    """What a pass concludes. `unsettled` where the case must be looked at once more, at once."""

    decision: Decision
    changes: tuple[Change, ...]
    unsettled: bool


def conclude(sight: Sight, looks: tuple[Reassessment, ...], *, called: bool = False) -> Conclusion:
    """Decide, and say what is new in it. What was declined is asked again where something new has `called`."""
    decision = decide(sight.definition, [sight.case], at=sight.at)[0]
    done = [look for look in looks if is_complete(look, sight)]
    standing, waits = sight.case.standing, sight.case.signature is not None
    again = standing is not None and not waits and (standing.withdrawn or (standing.signed and called))
    if standing and standing.verdict == decision.verdict and not done and not again:
        return Conclusion(decision, _urgent(sight, decision), False)
    made = _made(sight, decision, next(iter((*done, *looks)), None))
    moved = _moved(sight, decision, made.decision_id, [look for look in looks if look not in done])
    changes = (
        made,
        *_closed(sight, done, made.decision_id),
        *(moved or (*_asked(sight, decision, made.decision_id), *planning.owed(sight, done))),
        *_urgent(sight, decision),
    )
    return Conclusion(decision, changes, bool(done or moved))


def _made(sight: Sight, decision: Decision, look: Reassessment | None) -> DecisionMade:
    case, standing = sight.case.to_bytes(), sight.case.standing
    return DecisionMade(
        pathway_id=decision.pathway_id,
        decision_id=ids.named("decision", decision.pathway_id, standing.id if standing else "first"),
        reassessment_id=look.id if look else None,
        supersedes=standing.id if standing else None,
        definition=decision.definition,
        definition_hash=sight.definition.digest,
        engine=ENGINE,
        outcome=str(decision.outcome),
        rule=decision.route,
        to_stage=decision.to_stage,
        authority=str(decision.authority) if decision.authority else None,
        case_sha256=digest(case).hex(),
        evidence_sha256=decision.evidence.hex(),
        verdict=decision.verdict,
        decision=decision,
        case=case,
    )


def _closed(sight: Sight, done: Iterable[Reassessment], decision_id: UUID) -> tuple[Change, ...]:
    complete = [look.id for look in done]
    closing = (
        ReassessmentClosed(
            pathway_id=sight.case.pathway_id, reassessment_id=one, status="completed", decision_id=decision_id
        )
        for one in complete
    )
    return (*closing, *work.closed(sight.case, work.OF_LOOKS, "done", complete))


def _moved(
    sight: Sight, decision: Decision, decision_id: UUID, looks: Iterable[Reassessment]
) -> tuple[Change, ...]:
    if decision.to_stage is None or decision.authority != Authority.AUTOMATIC:
        return ()
    return (*moving.left(sight, looks), moving.by_route(sight, decision, decision_id))


def _asked(sight: Sight, decision: Decision, decision_id: UUID) -> tuple[Change, ...]:
    """Ask for a signature under a new proposal, unless the same move is signed and only waits for its day."""
    overtaken = work.closed(sight.case, ("sign-off",), "superseded")
    signed = sight.case.signature.to_stage if sight.case.signature else None
    if decision.to_stage is None or decision.authority is None or decision.to_stage == signed:
        return overtaken
    due_at = sight.at + _TWO_DAYS
    return (*overtaken, work.opened(sight.case, "sign-off", decision_id, decision.authority, due_at))


def _urgent(sight: Sight, decision: Decision) -> tuple[WorkOpened, ...]:
    """Call a clinician now, once for each fact: a high risk is open, or a rating asks for emergency care."""
    known = {*sight.case.settled, *(item.cause for item in sight.case.work if item.kind == "call-now")}
    return tuple(
        work.opened(sight.case, "call-now", cause, Role.CLINICIAN, sight.at)
        for cause in dict.fromkeys(_dangers(sight, decision))
        if cause not in known
    )


def _dangers(sight: Sight, decision: Decision) -> Iterable[UUID]:
    """An urgent rating calls from whoever recorded it, though others are missing, until signed ratings take it back."""
    for finding in open_risk(sight.definition, decision):
        yield from finding.evidence if finding.met == Met.NOT_MET else ()
    rated = (one for one in sight.speaking(RATINGS) if one.effective_at > sight.rated_since)
    yield from (one.id for one in rated if urgent(sight.definition.placement, one.answers))
