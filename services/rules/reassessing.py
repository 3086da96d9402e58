"""Looks: in a stage with a review one periodic look is open, one check-up where it asks for such, at most one triggered."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from models.case import Reason, Reassessment
from models.changes import (
    Change,
    ReassessmentCalled,
    ReassessmentClosed,
    ReassessmentEscalated,
    ReassessmentHastened,
    ReassessmentOpened,
)
from models.definition import Stage
from models.facts import Assessment, Event
from models.people import Role
from models.rhythm import Review, alternatives
from services import ids
from services.rules import work
from services.rules.cadence import Clock, deadline_of, earliest
from services.rules.occasions import AT_ONCE, Occasion, occasions, whole
from services.rules.occasions import scales as scales_in_use
from services.rules.sight import RATINGS, Sight
from services.rules.triggers import Call, calls, groundless


def look_again(sight: Sight) -> tuple[Change, ...]:
    """Open, hasten, call and escalate the looks of the present stage. A pathway on hold has no clocks."""
    if sight.stage.review is None or sight.case.held:
        return ()
    set_ = (*_by_clock(sight, sight.stage.review), *_triggered(sight))
    standing = looks_after(sight.case.reassessments, set_, sight.at)
    waiting = [look for look in standing if not is_complete(look, sight)]
    return (*set_, *_called(sight, waiting), *_escalated(sight, waiting))


def is_complete(look: Reassessment, sight: Sight) -> bool:
    """Tell whether every part of a look has a signed assessment that counts; of scales, those in use are enough.

    A periodic look at a withdrawal scale is done by whoever may record it: it asks for a measure, not for a judgement.
    """
    scales = sight.stage.review.scales if sight.stage.review else ()
    used = scales_in_use(sight, sight.stage.review)
    asked = [part for part in look.parts if part not in scales or part in used] or look.parts
    return all(_is_in(sight, look, part, part in scales) for part in asked)


def _is_in(sight: Sight, look: Reassessment, part: str, is_scale: bool) -> bool:
    """Whether a part of a look was recorded since it counts; of alternatives any one is enough."""
    newest = (one for key in alternatives(part) for one in _counting(sight, look, key, is_scale)[:1])
    return any(one.effective_at >= look.counts_from for one in newest)


def _counting(sight: Sight, look: Reassessment, part: str, is_scale: bool) -> list[Assessment]:
    measured = is_scale and look.kind == "periodic" and RATINGS not in look.parts
    return sight.finished(part) if measured else sight.signed(part)


def fallen_away(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    """Close looks that no longer apply, with their work."""
    gone = [look.id for look in looks]
    closing = (
        ReassessmentClosed(pathway_id=sight.case.pathway_id, reassessment_id=one, status="cancelled")
        for one in gone
    )
    return (*closing, *work.closed(sight.case, work.OF_LOOKS, "cancelled", gone))


def welcomed_back(sight: Sight, stage: Stage, event: Event) -> ReassessmentOpened | None:
    """Open the look that a client who comes back is owed at once."""
    if stage.review is None:
        return None
    clock = deadline_of(event.effective_at, AT_ONCE, sight.case.zone)
    reason = Reason(trigger="returned", fact_id=event.id)
    look_id, parts = _for_reason(sight, reason), whole(sight, stage.review)
    return _opened(sight, look_id, stage, clock, event.effective_at, parts, (reason,))


def looks_after(
    looks: tuple[Reassessment, ...], changes: Iterable[Change], at: datetime
) -> tuple[Reassessment, ...]:
    """Return the open looks once these changes are written."""
    standing = {look.id: look for look in looks}
    for change in changes:
        match change:
            case ReassessmentOpened():
                standing[change.reassessment_id] = _look(change, at)
            case ReassessmentHastened():
                names = ("counts_from", "due_at", "late_at", "outer_at", "parts")
                told = {name: getattr(change, name) for name in names}
                before = standing[change.reassessment_id]
                reasons = (*before.reasons, *change.reasons)
                standing[change.reassessment_id] = replace(before, **told, reasons=reasons)
            case ReassessmentCalled():
                standing[change.reassessment_id] = replace(standing[change.reassessment_id], called_at=at)
            case ReassessmentEscalated():
                standing[change.reassessment_id] = replace(standing[change.reassessment_id], escalated_at=at)
            case ReassessmentClosed():
                del standing[change.reassessment_id]
            case _:
                pass
    return tuple(sorted(standing.values(), key=lambda look: (look.due_at, look.id)))


def _look(opened: ReassessmentOpened, at: datetime) -> Reassessment:
    return Reassessment(
        id=opened.reassessment_id,
        kind=opened.kind,
        stage=opened.stage,
        opened_at=at,
        counts_from=opened.counts_from,
        due_at=opened.due_at,
        late_at=opened.late_at,
        outer_at=opened.outer_at,
        parts=opened.parts,
        reasons=opened.reasons,
    )


def _by_clock(sight: Sight, review: Review) -> tuple[Change, ...]:
    """Open the looks that the clock asks for; what is open of a kind already gives way to another occasion of it."""
    return tuple(change for one in occasions(sight, review) for change in _kept_open(sight, one))


def _kept_open(sight: Sight, one: Occasion) -> tuple[Change, ...]:
    standing = [look for look in sight.case.reassessments if look.kind == one.kind]
    if any(look.id == one.id or is_complete(look, sight) for look in standing):
        return ()
    opened = _opened(sight, one.id, sight.stage, one.clock, one.counts_from, one.parts, kind=one.kind)
    return (*fallen_away(sight, standing), opened)


def _triggered(sight: Sight) -> tuple[Change, ...]:
    new = calls(sight)
    asked = (one for call in new for one in work.asked(sight.case, call.asks, call.fact.id, call.since))
    gone = groundless(sight)
    kinds, causes = sight.definition.asked, [reason.fact_id for reason in gone]
    overtaken = work.closed(sight.case, kinds, "cancelled", causes)
    called = (*_early_look(sight, new), *asked) if new else _retracted(sight, gone)
    return (*overtaken, *called)


def _retracted(sight: Sight, gone: frozenset[Reason]) -> tuple[Change, ...]:
    """An early look falls away with the last of its reasons, unless somebody has looked already."""
    return fallen_away(
        sight,
        (
            look
            for look in sight.case.reassessments
            if look.reasons and gone.issuperset(look.reasons) and not is_complete(look, sight)
        ),
    )


def _early_look(sight: Sight, new: tuple[Call, ...]) -> tuple[Change, ...]:
    """One triggered look is open at a time: the earliest deadline, all the parts, every reason."""
    clock = earliest(call.clock for call in new)
    parts = tuple(dict.fromkeys(part for call in new for part in call.parts))
    counts_from = max(call.counts_from for call in new)
    standing = next((look for look in sight.case.reassessments if look.kind == "triggered"), None)
    if standing:
        return _hastened(sight, standing, new, clock, parts, counts_from)
    reasons = tuple(call.reason for call in new)
    look_id = _for_reason(sight, reasons[0])
    return (_opened(sight, look_id, sight.stage, clock, counts_from, parts, reasons),)


def _for_reason(sight: Sight, reason: Reason) -> UUID:
    return ids.named("look", sight.case.pathway_id, reason.trigger, reason.fact_id)


def _hastened(
    sight: Sight,
    standing: Reassessment,
    new: tuple[Call, ...],
    clock: Clock,
    parts: tuple[str, ...],
    counts_from: datetime,
) -> tuple[Change, ...]:
    sooner = earliest((clock, Clock(standing.due_at, standing.late_at, standing.outer_at)))
    hastened = ReassessmentHastened(
        pathway_id=sight.case.pathway_id,
        reassessment_id=standing.id,
        counts_from=max(counts_from, standing.counts_from),
        due_at=sooner.due_at,
        late_at=sooner.late_at,
        outer_at=sooner.outer_at,
        parts=tuple(dict.fromkeys((*standing.parts, *parts))),
        reasons=tuple(call.reason for call in new),
    )
    old = work.closed(sight.case, ("reassess",), "hastened", (standing.id,))
    # Who has looked already is not asked once more: the same pass closes the look as done.
    (then,) = looks_after((standing,), (hastened,), sight.at)
    if not old or then.late_at == standing.late_at or is_complete(then, sight):
        return (hastened,)
    again = work.opened(sight.case, "reassess", standing.id, Role.COORDINATOR, sooner.late_at, new[0].fact.id)
    return (hastened, *old, again)


def _opened(
    sight: Sight,
    look_id: UUID,
    stage: Stage,
    clock: Clock,
    counts_from: datetime,
    parts: tuple[str, ...],
    reasons: tuple[Reason, ...] = (),
    kind: Literal["periodic", "check-up", "triggered"] = "triggered",
) -> ReassessmentOpened:
    return ReassessmentOpened(
        pathway_id=sight.case.pathway_id,
        reassessment_id=look_id,
        kind=kind,
        stage=stage.key,
        counts_from=counts_from,
        due_at=clock.due_at,
        late_at=clock.late_at,
        outer_at=clock.outer_at,
        parts=parts,
        reasons=reasons,
    )


def _called(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    """A look by the clock is called when it falls due, a triggered one at once: its deadline is to be met."""
    due = [
        one for one in looks if one.called_at is None and (one.kind == "triggered" or one.due_at <= sight.at)
    ]
    return tuple(change for look in due for change in _call(sight, look))


def _call(sight: Sight, look: Reassessment) -> tuple[Change, ...]:
    called = ReassessmentCalled(pathway_id=sight.case.pathway_id, reassessment_id=look.id, due_at=look.due_at)
    return called, work.opened(sight.case, "reassess", look.id, Role.COORDINATOR, look.late_at)


def _escalated(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    past = [one for one in looks if one.escalated_at is None and one.outer_at <= sight.at]
    return tuple(change for look in past for change in _escalate(sight, look))


def _escalate(sight: Sight, look: Reassessment) -> tuple[Change, ...]:
    escalated = ReassessmentEscalated(
        pathway_id=sight.case.pathway_id, reassessment_id=look.id, outer_at=look.outer_at
    )
    return escalated, work.opened(sight.case, "overdue", look.id, Role.SUPERVISOR, sight.at)
