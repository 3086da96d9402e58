"""Advances pathways: what one pass makes of each, in the clinic's own order.

What has happened moves the client. Then what was signed, if it still holds. Then the looks that are due. Then the
decision, and who must hear of it. At most one decision and one move in a pass; every id follows from its cause, so the
same cause never makes two rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models.case import Case, Reassessment, Signature
from models.changes import Change, ReassessmentHastened, ReassessmentOpened, SignOffSetAside, Step
from models.decision import Decision
from models.definition import PathwayDefinition, StageKind
from services.rules import (
    charting,
    contact,
    discharging,
    dosing,
    ending,
    following,
    handing,
    moving,
    staying,
    work,
)
from services.rules.concluding import conclude
from services.rules.decisions import decide
from services.rules.reassessing import look_again, looks_after
from services.rules.reporting import late_reports, reported
from services.rules.sight import Sight, is_here


def advance(definition: PathwayDefinition, cases: Sequence[Case], *, at: datetime) -> list[Step]:
    """Return one step per case, in the order given: its changes in order, and when to look again.

    Shapes: n cases in, n steps out; n may be 0.
    Time:   `at` is aware UTC; facts dated after it are not seen. A step that wakes at `at` wants another pass at once.
    Raises: NoSuchStage, if a case stands where this definition has no stage.
    """
    sights = (Sight(definition, case, at) for case in cases)
    return [handing.along(definition, sight.case, _advance(sight), sight.at) for sight in sights]


def _advance(sight: Sight) -> Step:
    step = _walk(sight)
    asked = (*charting.asked(sight, step.changes), *following.asked(sight, step.changes))
    return replace(step, changes=(*step.changes, *asked))


def _walk(sight: Sight) -> Step:
    if sight.stage.kind == StageKind.END:
        return Step(sight.case.pathway_id, (), None)
    reviews = late_reports(sight)
    moved = reported(sight) or _as_signed(sight)
    if moved:
        return Step(sight.case.pathway_id, (*reviews, *moved), sight.at)
    aside, sight = _set_aside(sight)
    if not is_here(sight.stage):
        return Step(sight.case.pathway_id, (*reviews, *aside), _wake(sight, (), None))
    return _look_and_decide(sight, (*reviews, *aside))


def _look_and_decide(sight: Sight, before: tuple[Change, ...]) -> Step:
    set_ = look_again(sight)
    looks = looks_after(sight.case.reassessments, set_, sight.at)
    called = any(isinstance(one, ReassessmentOpened | ReassessmentHastened) and one.reasons for one in set_)
    concluded = conclude(sight, looks, called=called)
    left = looks_after(looks, concluded.changes, sight.at)
    wake_at = sight.at if concluded.unsettled else _wake(sight, left, concluded.decision)
    changes = (*before, *set_, *concluded.changes, *contact.silence(sight), *staying.reviewed(sight))
    return Step(sight.case.pathway_id, (*changes, *work.closed_at_once(changes)), wake_at)


def _as_signed(sight: Sight) -> tuple[Change, ...]:
    """Make the move whose day has come, if nothing speaks against it now."""
    signature, case = sight.case.signature, sight.case
    if signature is None or signature.starts_at > sight.at or _contrary(sight, signature):
        return ()
    moved = moving.by_signature(sight, signature, _decision(sight))
    return (*moving.left(sight, case.reassessments), moved)


def _set_aside(sight: Sight) -> tuple[tuple[Change, ...], Sight]:
    """Set a signed move aside if its day has come and it did not take place; look again without it."""
    case, signature = sight.case, sight.case.signature
    if signature is None or signature.starts_at > sight.at:
        return (), sight
    aside = SignOffSetAside(
        pathway_id=case.pathway_id, sign_off_id=signature.id, because=_contrary(sight, signature)
    )
    return (aside,), Sight(sight.definition, _without(case, signature), sight.at)


def _without(case: Case, signature: Signature) -> Case:
    """The case once a signature is set aside: what it accepted may be proposed anew."""
    standing = case.standing
    if standing and standing.id == signature.decision_id:
        standing = replace(standing, withdrawn=True)
    return replace(case, signature=None, standing=standing)


def _contrary(sight: Sight, signature: Signature) -> str:
    """Say what speaks against a signed move, in a word; nothing if it holds."""
    if discharging.against(sight, signature.discharge, signature.reason_code):
        return "guard-not-met"
    if signature.to_stage == sight.stage.key:
        return "is-there-already"
    if signature.meaning == "accepted" and _decision(sight).to_stage != signature.to_stage:
        return "verdict-changed"
    return ""


def _decision(sight: Sight) -> Decision:
    return decide(sight.definition, [sight.case], at=sight.at)[0]


def _wake(sight: Sight, looks: Sequence[Reassessment], decision: Decision | None) -> datetime | None:
    """The next moment at which time alone may change something."""
    moments = [finding.until for finding in decision.findings] if decision else []
    moments += (*charting.turns(sight), *following.turns(sight), *staying.turns(sight))
    moments += [fact.effective_at for fact in sight.case.facts if fact.effective_at > sight.at]
    if sight.case.signature:
        moments.append(sight.case.signature.starts_at)
    if not sight.case.held:
        moments += [look.due_at for look in looks if look.called_at is None]
        moments += [look.outer_at for look in looks if look.escalated_at is None]
        moments += (*dosing.turns(sight), *contact.turns(sight), *ending.turns(sight))
    return min((moment for moment in moments if moment and moment > sight.at), default=None)
