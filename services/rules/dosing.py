"""Weeks of care: the weeks of a stay in days of the program's own zone, and how many hours were attended in each."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count

from models.criterion import Underdosed
from models.facts import Attendance, AttendanceStatus
from services.rules.cadence import day_of, start_of
from services.rules.reading import Answer, met, not_met, unknown
from services.rules.sight import Sight

CHARTED = frozenset({AttendanceStatus.ATTENDED, AttendanceStatus.MISSED})
"""What says something of a session: unlogged is unknown, and what was cancelled was none."""


def underdosed(criterion: Underdosed, sight: Sight) -> Answer:
    """Say whether each of the last whole weeks fell short. Sessions nobody charted could have gone either way."""
    ended = [start for start in _weeks(sight) if _closes(start, criterion, sight) <= sight.at]
    weeks = [in_week(start, reversed(sight.attendance), sight) for start in ended[-criterion.weeks :]]
    charted = [one for week in weeks for one in week if one.status in CHARTED]
    if len(weeks) < criterion.weeks or not all(CHARTED.intersection(_states(week)) for week in weeks):
        return unknown(f"no {criterion.weeks} whole weeks with charted sessions")
    low = [_hours(week, AttendanceStatus.ATTENDED) for week in weeks]
    high = [hours + _hours(week, AttendanceStatus.UNLOGGED) for hours, week in zip(low, weeks, strict=True)]
    actual = " and ".join(f"{hours:g}" for hours in low) + " hours in the last weeks"
    if max(low) >= criterion.hours:
        return not_met(actual, charted)
    over = after_week(ended[-1], sight)
    return met(actual, charted, since=over) if max(high) < criterion.hours else unknown(actual, charted)


def turns(sight: Sight) -> Iterator[datetime]:
    """When another week has closed, where a trigger of this stage counts hours: time alone may then call for a look."""
    return (_turns(asked, sight) for asked in sight.watches(Underdosed))


def _turns(criterion: Underdosed, sight: Sight) -> datetime:
    closing = (_closes(start, criterion, sight) for start in every_week(sight))
    return next(moment for moment in closing if moment > sight.at)


def _weeks(sight: Sight) -> Iterator[datetime]:
    """When each week began that has ended, oldest first."""
    for start in every_week(sight):
        if after_week(start, sight) > sight.at:
            return
        yield start


def every_week(sight: Sight) -> Iterator[datetime]:
    """Return when each week begins: from the first day of care, or from the return after a hold or an absence."""
    first = day_of(_begun(sight), sight.case.zone)
    return (start_of(first + timedelta(days=7 * number), sight.case.zone) for number in count())


def _begun(sight: Sight) -> datetime:
    return max(filter(None, (sight.case.since, sight.case.resumed_at)))


def after_week(start: datetime, sight: Sight) -> datetime:
    """Return when a week is over."""
    return start_of(day_of(start, sight.case.zone) + timedelta(days=7), sight.case.zone)


def _closes(start: datetime, criterion: Underdosed, sight: Sight) -> datetime:
    return after_week(start, sight) + criterion.settles


def in_week(start: datetime, sessions: Iterable[Attendance], sight: Sight) -> list[Attendance]:
    """Return those of some sessions that are of a week of this stay; what was cancelled was none."""
    begun, end = max(start, _begun(sight)), after_week(start, sight)
    found = [one for one in sessions if begun <= one.effective_at < end]
    return [one for one in found if one.status != AttendanceStatus.CANCELLED]


def expected(within: timedelta, sight: Sight) -> list[Attendance]:
    """Return the sessions of a time that were to take place and have begun, newest first; what was cancelled was none."""
    window = sight.within(within)
    found = [one for one in sight.attendance if one.effective_at > window]
    return [
        one
        for one in found
        if one.status != AttendanceStatus.CANCELLED and sight.known.was_with_us(one.effective_at)
    ]


def _states(week: list[Attendance]) -> set[AttendanceStatus]:
    return {one.status for one in week}


def _hours(week: list[Attendance], status: AttendanceStatus) -> float:
    return sum(one.minutes for one in week if one.status == status) / 60
