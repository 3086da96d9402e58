"""Following up: by when a client is seen after a request, a stage, an event or a hand-off, and what follows if not.

Whoever attends is seen. Each ask opens once, a later one only while the one before is open and late; all end with the
visit, with the fact they rest on, and with the walk.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from models.case import Received
from models.changes import Change, Moved, WorkClosed, WorkOpened
from models.definition import StageKind
from models.facts import Assessment, Attendance, AttendanceStatus, Checklist
from models.people import Role
from models.terms import OUTREACH, Ask, FirstService, MissedVisit, reaching_out
from models.word import Span
from services import ids
from services.rules import work
from services.rules.cadence import after, day_of, start_of
from services.rules.sight import RATINGS, Sight, is_here

_DAY = Span(1, "d")
FIRST_SERVICE, FIRST_VISIT, MISSED = "first-service", "first-visit", "first-visit-missed"


class _Step(NamedTuple):
    """One ask of a row of them, with its cause and the one before, after which it follows; and when the row is over."""

    cause: UUID
    ask: Ask
    due_at: datetime
    late_at: datetime
    follows_at: datetime
    last_at: datetime | None
    before: "_Step | None"


def asked(sight: Sight, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Ask for the client to be seen, and end what was asked for once they are. On hold and elsewhere nothing new is."""
    moves = [change for change in changes if isinstance(change, Moved)]
    if sight.stage.kind == StageKind.END or any(one.ends for one in moves):
        return (*work.closed(sight.case, _kinds(sight), "cancelled"), *_visited(sight, "cancelled"))
    if moves or sight.case.held or not is_here(sight.stage):
        return ()
    return (*_first_service(sight), *_first_visit(sight))


def turns(sight: Sight) -> Iterator[datetime]:
    """When time alone asks for more."""
    if is_here(sight.stage):
        yield from (step.late_at for step in _steps(sight))
        if (missed := _missed(sight)) and sight.definition.hand_off and sight.definition.hand_off.missed:
            yield after(missed.effective_at, sight.definition.hand_off.missed.then, sight.case.zone)


def _first_service(sight: Sight) -> tuple[Change, ...]:
    steps = list(_steps(sight))
    open_ = {item.cause for item in sight.case.work if item.kind in _kinds(sight)}
    over = open_ - {step.cause for step in steps}
    return (*work.closed(sight.case, _kinds(sight), "ended", over), *_opened(steps, open_, sight))


def _kinds(sight: Sight) -> frozenset[str]:
    return frozenset(ask.work for standard in sight.definition.first_service for ask in standard.asks)


def _opened(steps: Iterable[_Step], open_: set[UUID], sight: Sight) -> Iterator[WorkOpened]:
    for step in steps:
        if step.cause not in sight.case.settled and _opens(step, open_, sight.at):
            open_.add(step.cause)
            yield work.opened(sight.case, step.ask.work, step.cause, step.ask.role, step.due_at)


def _opens(step: _Step, open_: set[UUID], at: datetime) -> bool:
    if step.before is None:
        return step.last_at is None or at < step.last_at
    return step.before.cause in open_ and step.follows_at <= at


def _steps(sight: Sight) -> Iterator[_Step]:
    """The asks for a first service that no visit has answered yet."""
    for standard in sight.definition.first_service:
        since = _since(standard, sight)
        if since and not _attended(sight, since) and not _interviewed(standard, since, sight):
            yield from _row(standard, since, sight)


def _row(standard: FirstService, since: datetime, sight: Sight) -> Iterator[_Step]:
    asks = (*standard.asks, *filter(None, (standard.last,)))
    dues = [after(since, ask.within, sight.case.zone, sight.case.closed_days) for ask in asks]
    lates, before = [after(due_at, _DAY, sight.case.zone) for due_at in dues], None
    over_at = None if standard.entered else max(lates)
    for ask, due_at, late_at in zip(asks, dues, lates, strict=True):
        cause = ids.named(ask.work, sight.case.pathway_id, since, str(ask.within))
        follows_at = late_at if ask == standard.last or before is None else before.late_at
        before = _Step(cause, ask, due_at, late_at, follows_at, over_at, before)
        yield before


def _interviewed(standard: FirstService, since: datetime, sight: Sight) -> bool:
    """Whether anything of an assessment is there since the day of the request, or ratings that its first look counts."""
    if standard.entered is None:
        return False
    day = start_of(day_of(since, sight.case.zone), sight.case.zone)
    forms = (one for one in sight.case.facts if isinstance(one, Assessment | Checklist))
    told = (*sight.of_kinds(standard.ended_by), *(one for one in forms if one.effective_at <= sight.at))
    return any(one.effective_at >= day for one in told) or _is_rated(since, sight)


def _is_rated(since: datetime, sight: Sight) -> bool:
    counts = sight.stage.review.counts if sight.stage.review else timedelta()
    return any(one.effective_at >= since - counts for one in sight.signed(RATINGS)[:1])


def _since(standard: FirstService, sight: Sight) -> datetime | None:
    """From when it counts: when the stage was entered, or left last and not entered since, or it happened while with us."""
    if standard.entered:
        return sight.known.here_since if sight.stage.key == standard.entered else None
    if standard.event:
        events = (one.effective_at for one in sight.of_kinds((standard.event,)))
        return next((moment for moment in events if moment >= sight.known.with_us_since), None)
    stay = next((one for one in reversed(sight.case.stays) if one.stage == standard.left), None)
    if stay is None or (standard.by and _led_there(stay.started_at, sight) != standard.by):
        return None
    return stay.ended_at


def _led_there(moment: datetime, sight: Sight) -> str | None:
    """The report by which the client went elsewhere at a moment."""
    away = {one.event for one in sight.definition.reported if one.to != "previous"}
    return next((one.event for one in sight.of_kinds(away) if one.effective_at <= moment), None)


def _first_visit(sight: Sight) -> tuple[Change, ...]:
    """Reach out to who missed the first visit after a hand-off; in the end tell the sender, and the supervisor here."""
    received, times = sight.case.received, sight.definition.hand_off
    if received is None or times is None or times.missed is None:
        return ()
    if _attended(sight, received.at):
        return _visited(sight, "seen")
    if (missed := _missed(sight)) is None:
        return _visited(sight, "cancelled", (OUTREACH, MISSED))
    return _called_after(sight, received, times.missed, missed.effective_at)


def _called_after(
    sight: Sight, received: Received, times: MissedVisit, since: datetime
) -> tuple[WorkOpened, ...]:
    called = reaching_out(times.outreach) if received.id not in sight.case.settled else ()
    over = after(since, times.then, sight.case.zone) <= sight.at
    told = _told(sight, received) if over and _of_missed(received.id) not in sight.case.settled else ()
    return (*work.asked(sight.case, called, received.id, since), *told)


def _told(sight: Sight, received: Received) -> Iterator[WorkOpened]:
    cause, at = _of_missed(received.id), sight.at
    yield work.opened(sight.case, MISSED, cause, Role.SUPERVISOR, at)
    yield replace(
        work.opened(sight.case, MISSED, cause, Role.COORDINATOR, at, received.from_program_id),
        program_id=received.from_program_id,
    )


def _visited(
    sight: Sight, outcome: str, kinds: tuple[str, ...] = (FIRST_VISIT, OUTREACH, MISSED)
) -> tuple[WorkClosed, ...]:
    """End what was asked for because of the last hand-off."""
    received = sight.case.received
    causes = (received.id, _of_missed(received.id)) if received else ()
    return work.closed(sight.case, kinds, outcome, causes)


def _of_missed(hand_off_id: UUID) -> UUID:
    return ids.named(MISSED, hand_off_id)


def _missed(sight: Sight) -> Attendance | None:
    """The first session missed since the client was taken over, where none was attended."""
    received = sight.case.received
    if received is None or _attended(sight, received.at):
        return None
    missed = (one for one in sight.attendance if one.status == AttendanceStatus.MISSED)
    since = [one for one in missed if one.effective_at >= received.at]
    return min(since, key=lambda one: (one.effective_at, one.id), default=None)


def _attended(sight: Sight, since: datetime) -> bool:
    came = (one for one in sight.attendance if one.status == AttendanceStatus.ATTENDED)
    return any(one.effective_at >= since for one in came)
