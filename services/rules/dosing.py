"""Hours of care by the week: what was attended in each whole week of a stay, in days of the program's own zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from models.criterion import Underdosed
from models.facts import Attendance, AttendanceStatus
from services.rules.cadence import day_of, start_of
from services.rules.reading import Answer, met, not_met, unknown
from services.rules.sight import Sight

_CHARTED = frozenset({AttendanceStatus.ATTENDED, AttendanceStatus.MISSED})


def underdosed(criterion: Underdosed, sight: Sight) -> Answer:
    """Say whether each of the last whole weeks fell short. Sessions nobody charted could have gone either way."""
    ended = [start for start in _weeks(sight) if _closes(start, criterion, sight) <= sight.at]
    weeks = [_planned(start, sight) for start in ended[-criterion.weeks :]]
    charted = [one for week in weeks for one in week if one.status in _CHARTED]
    if len(weeks) < criterion.weeks or not all(_CHARTED.intersection(_states(week)) for week in weeks):
        return unknown(f"no {criterion.weeks} whole weeks with charted sessions")
    low = [_hours(week, AttendanceStatus.ATTENDED) for week in weeks]
    high = [hours + _hours(week, AttendanceStatus.UNLOGGED) for hours, week in zip(low, weeks, strict=True)]
    actual = " and ".join(f"{hours:g}" for hours in low) + " hours in the last weeks"
    if max(low) >= criterion.hours:
        return not_met(actual, charted)
    return met(actual, charted) if max(high) < criterion.hours else unknown(actual, charted)


def turns(sight: Sight) -> Iterator[datetime]:
    """When another week has closed, where a trigger of this stage counts hours: time alone may then call for a look."""
    return (_turns(asked, sight) for asked in sight.watches(Underdosed))


def _turns(criterion: Underdosed, sight: Sight) -> datetime:
    closing = (_closes(start, criterion, sight) for start in _every_week(sight))
    return next(moment for moment in closing if moment > sight.at)


def _weeks(sight: Sight) -> Iterator[datetime]:
    """When each week began that has ended, oldest first."""
    for start in _every_week(sight):
        if _after(start, sight) > sight.at:
            return
        yield start


def _every_week(sight: Sight) -> Iterator[datetime]:
    """The first day of care begins a week; a week that a hold or an absence broke into counts from the return."""
    first = day_of(_begun(sight), sight.case.zone)
    return (start_of(first + timedelta(days=7 * number), sight.case.zone) for number in count())


def _begun(sight: Sight) -> datetime:
    return max(filter(None, (sight.case.since, sight.case.resumed_at)))


def _after(start: datetime, sight: Sight) -> datetime:
    return start_of(day_of(start, sight.case.zone) + timedelta(days=7), sight.case.zone)


def _closes(start: datetime, criterion: Underdosed, sight: Sight) -> datetime:
    return _after(start, sight) + criterion.settles


def _planned(start: datetime, sight: Sight) -> list[Attendance]:
    """The sessions of a week of this stay, oldest first; what was cancelled was none."""
    begun, end = max(start, _begun(sight)), _after(start, sight)
    found = [one for one in sight.attendance if begun <= one.effective_at < end]
    return [one for one in reversed(found) if one.status != AttendanceStatus.CANCELLED]


def _states(week: list[Attendance]) -> set[AttendanceStatus]:
    return {one.status for one in week}


def _hours(week: list[Attendance], status: AttendanceStatus) -> float:
    return sum(one.minutes for one in week if one.status == status) / 60
