"""When to look again, and how a due time stands now. Days are the program's own; hours are exact."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from models.rhythm import Pace
from models.word import Span

_SOON = timedelta(days=3)
_SATURDAY = 5


class Clock(NamedTuple):
    """When a look is due, from when it is overdue, and when the supervisor is called."""

    due_at: datetime
    late_at: datetime
    outer_at: datetime


class DueState(NamedTuple):
    """How a due time stands. `days` counts local days until it, negative once it has passed."""

    state: Literal["later", "soon", "today", "overdue"]
    days: int


def start_of(day: date, zone: str) -> datetime:
    """Return the first moment of a local day, also where its midnight is skipped or comes twice."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """Return the local day of a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def after(start: datetime, span: Span, zone: str, closed: Collection[date] = ()) -> datetime:
    """Return the moment a span after another.

    Time:   `d` counts calendar days in the zone, `b` those on which the program is open, and both give the start of that
            day; `h` and `m` are exact. `closed` are the program's closed days beside Saturdays and Sundays.
    """
    if _exact(span):
        return start + span.length
    first = day_of(start, zone)
    if span.unit == "b":
        return start_of(_business_day(first, span.count, closed), zone)
    return start_of(first + timedelta(days=span.count), zone)


def before(day: date, span: Span, zone: str, closed: Collection[date] = ()) -> datetime:
    """Return the start of the day that lies a span of days before another: of business days the nth that is open."""
    if span.unit == "b":
        return start_of(_business_day(day, -span.count, closed), zone)
    return start_of(day - span.length, zone)


def _business_day(first: date, number: int, closed: Collection[date]) -> date:
    """Return the nth open day after the first, or before it; the 0th is the first itself, or the next that is open."""
    way = -1 if number < 0 else 1
    days = (first + timedelta(days=n) for n in count(way if number else 0, way))
    is_open = (day for day in days if day.weekday() < _SATURDAY and day not in closed)
    return next(islice(is_open, max(0, abs(number) - 1), None))


def clock_of(
    pace: Pace, last: datetime, zone: str, *, every: Span | None = None, closed: Collection[date] = ()
) -> Clock:
    """Return the clock of the look that follows the last one; `every` where this look has a step of its own."""
    step = every or pace.every
    due_at = max(last, after(last, step, zone, closed))
    late_at = due_at + pace.grace.length if _exact(step) else _late(due_at, pace.grace, zone, closed)
    outer_at = max(due_at, _end(after(last, pace.outer, zone, closed), pace.outer, zone))
    return Clock(due_at, min(late_at, outer_at), outer_at)


def deadline_of(start: datetime, deadline: Span, zone: str, closed: Collection[date] = ()) -> Clock:
    """Return the clock of a triggered look: overdue once its deadline is over, and then the supervisor is called."""
    due_at = max(start, after(start, deadline, zone, closed))
    late_at = _end(due_at, deadline, zone)
    return Clock(due_at, late_at, late_at)


def share_used(opened_at: datetime, due_at: datetime, at: datetime) -> int:
    """Return how much of the time until something is due is used, in whole per cent: over 100 once it is overdue."""
    whole = due_at - opened_at
    return max(0, int(100 * (at - opened_at) / whole)) if whole > timedelta() else 100


def earliest(clocks: Iterable[Clock]) -> Clock:
    """Return the strictest of several clocks, limit by limit."""
    due, late, outer = zip(*clocks, strict=True)
    return Clock(min(due), min(late), min(outer))


def due_state(due_at: datetime, late_at: datetime, at: datetime, zone: str) -> DueState:
    """Say how a due time stands now; computed on read, so that nothing shows stale."""
    days = (day_of(due_at, zone) - day_of(at, zone)).days
    if at >= late_at:
        return DueState("overdue", days)
    if days <= 0:
        return DueState("today", days)
    return DueState("soon" if days <= _SOON.days else "later", days)


def _exact(span: Span) -> bool:
    return span.unit in "hm"


def _late(due_at: datetime, grace: Span, zone: str, closed: Collection[date]) -> datetime:
    return after(after(due_at, Span(1, "d"), zone), grace, zone, closed)


def _end(due_at: datetime, span: Span, zone: str) -> datetime:
    return due_at if _exact(span) else after(due_at, Span(1, "d"), zone)
