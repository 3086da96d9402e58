"""Looks: exactly one periodic look is open in a stage that has a review, and at most one triggered look beside it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from models.definition import Pace, Review, Stage, StageKind
from models.facts import Event
from models.people import Role
from models.word import Span
from services import ids
from services.rules import work
from services.rules.cadence import Clock, clock_of, deadline_of, earliest
from services.rules.sight import RATINGS, Sight
from services.rules.triggers import Call, calls

_AT_ONCE = Span(0, "d")
_OF_LOOKS = ("reassess", "overdue")


def look_again(sight: Sight) -> tuple[Change, ...]:
    """Open, hasten, call and escalate the looks of the present stage. A pathway on hold has no clocks."""
    if sight.stage.review is None or sight.case.held:
        return ()
    set_ = (*_periodic(sight, sight.stage.review), *_triggered(sight))
    standing = looks_after(sight.case.reassessments, set_, sight.at)
    waiting = [look for look in standing if not is_complete(look, sight)]
    return (*set_, *_called(sight, waiting), *_escalated(sight, waiting))


def is_complete(look: Reassessment, sight: Sight) -> bool:
    """Tell whether every part of a look has a signed assessment that counts; of scales, those in use are enough."""
    scales = sight.stage.review.scales if sight.stage.review else ()
    used = _scales(sight, sight.stage.review)
    asked = (part for part in look.parts if part not in scales or part in used)
    newest = [next(iter(sight.signed(part)), None) for part in asked]
    return all(one is not None and one.effective_at >= look.counts_from for one in newest)


def fallen_away(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    """Close looks that no longer apply, with their work."""
    gone = [look.id for look in looks]
    closing = (
        ReassessmentClosed(pathway_id=sight.case.pathway_id, reassessment_id=one, status="cancelled")
        for one in gone
    )
    return (*closing, *work.closed(sight.case, _OF_LOOKS, "cancelled", gone))


def welcomed_back(sight: Sight, stage: Stage, event: Event) -> ReassessmentOpened | None:
    """Open the look that a client who comes back is owed at once."""
    if stage.review is None:
        return None
    clock = deadline_of(event.effective_at, _AT_ONCE, sight.case.zone)
    reason = Reason(trigger="returned", fact_id=event.id)
    look_id, parts = _for_reason(sight, reason), _whole(sight, stage.review)
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
                standing[change.reassessment_id] = replace(standing[change.reassessment_id], **told)
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
    )


def _periodic(sight: Sight, review: Review) -> tuple[Change, ...]:
    """The look that follows the last one; named by it, so that it opens once.

    A stay is named by its number: two of one stage may begin at the same moment, where what happened was told late.
    """
    case = sight.case
    last = max(filter(None, (case.since, case.reviewed_at, case.resumed_at)))
    wanted = ids.named("look", case.pathway_id, len(case.stays), case.reviewed_at, case.resumed_at)
    standing = [look for look in case.reassessments if look.kind == "periodic"]
    if any(look.id == wanted for look in standing):
        return ()
    clock, parts = _due(sight, review, last)
    counts_from = max(clock.due_at - review.counts, _counts_after(sight, last))
    opened = _opened(sight, wanted, sight.stage, clock, counts_from, parts)
    return (*fallen_away(sight, standing), opened)


def _due(sight: Sight, review: Review, last: datetime) -> tuple[Clock, tuple[str, ...]]:
    """When the look that follows the last one is due, and what it asks for."""
    since, zone, whole = sight.case.since, sight.case.zone, _whole(sight, review)
    if last == sight.case.resumed_at or _is_unseen(sight):
        return clock_of(review, last, zone, every=_AT_ONCE), whole
    if review.first and last == since:
        return clock_of(Pace(every=review.first, outer=review.first), last, zone), whole
    clock, checkup = clock_of(review.pace(last - since), last, zone), _checkup(sight, review)
    if checkup and checkup.due_at <= clock.due_at:
        return earliest((clock, checkup)), whole
    return clock, (*review.parts, *_scales(sight, review))


def _checkup(sight: Sight, review: Review) -> Clock | None:
    """The clock of what is asked for less often: it runs from the last ratings of this stay."""
    if review.checkup is None:
        return None
    since = sight.case.since
    rated = max([since, *(one.effective_at for one in sight.signed(RATINGS)[:1])])
    return clock_of(review.checkup.pace(rated - since), rated, sight.case.zone)


def _counts_after(sight: Sight, last: datetime) -> datetime:
    """A look is answered by what came after the last one. Only the first of a walk counts what was known before it."""
    if sight.case.reviewed_at == last:
        return last + timedelta.resolution
    return last if len(sight.case.stays) > 1 or last != sight.case.since else datetime.min.replace(tzinfo=UTC)


def _is_unseen(sight: Sight) -> bool:
    """Whether the client came straight to a level of care, and nobody has signed ratings yet."""
    direct = len(sight.case.stays) == 1 and sight.stage.kind == StageKind.CARE
    return direct and sight.case.reviewed_at is None and not sight.signed(RATINGS)


def _whole(sight: Sight, review: Review) -> tuple[str, ...]:
    checkup = review.checkup.parts if review.checkup else ()
    return tuple(dict.fromkeys((RATINGS, *review.parts, *checkup, *_scales(sight, review))))


def _scales(sight: Sight, review: Review | None) -> tuple[str, ...]:
    """Of a review's scales those in use for the client; all of them where nobody has used one yet."""
    if review is None:
        return ()
    return tuple(sight.in_use(review.scales, review.counts)) or review.scales


def _triggered(sight: Sight) -> tuple[Change, ...]:
    new = calls(sight)
    reached = (
        opened
        for call in new
        for opened in work.outreach(sight.case, call.outreach, call.fact.id, call.since)
    )
    return (*_early_look(sight, new), *reached) if new else ()


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
) -> ReassessmentOpened:
    return ReassessmentOpened(
        pathway_id=sight.case.pathway_id,
        reassessment_id=look_id,
        kind="triggered" if reasons else "periodic",
        stage=stage.key,
        counts_from=counts_from,
        due_at=clock.due_at,
        late_at=clock.late_at,
        outer_at=clock.outer_at,
        parts=parts,
        reasons=reasons,
    )


def _called(sight: Sight, looks: Iterable[Reassessment]) -> tuple[Change, ...]:
    """A periodic look is called when it falls due, a triggered one at once: its deadline is to be met."""
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
