"""Hours of care by the week: what was attended in each whole week of a stay, in days of the program's own zone."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from models.criterion import Underdosed
from models.facts import Attendance, AttendanceStatus
from services.rules.cadence import day_of, start_of
from services.rules.reading import Answer, standing, unknown
from services.rules.sight import Sight

_CHARTED = (AttendanceStatus.ATTENDED, AttendanceStatus.MISSED)


def underdosed(criterion: Underdosed, sight: Sight) -> Answer:
    """Say whether each of the last whole weeks fell short. A week in which nothing was charted could be anything."""
    ended = [start for start in _weeks(sight) if _closes(start, criterion, sight) <= sight.at]
    last = list(reversed(ended))[: criterion.weeks]
    charted = [_charted(start, sight) for start in last]
    if len(last) < criterion.weeks or not all(charted):
        return unknown(f"no {criterion.weeks} whole weeks with charted sessions")
    hours = [_hours(week) for week in charted]
    actual = " and ".join(f"{one:g}" for one in reversed(hours)) + " hours in the last weeks"
    evidence = sorted((one for week in charted for one in week), key=lambda one: (one.effective_at, one.id))
    short = all(one < criterion.hours for one in hours)
    return standing(short, actual, evidence, until=_turns(criterion, sight))


def turns(sight: Sight) -> Iterator[datetime]:
    """When another week has closed, where a trigger of this stage counts hours: time alone may then call for a look."""
    for trigger in sight.definition.triggers:
        asked = sight.definition.criterion(trigger.criterion) if trigger.criterion else None
        if isinstance(asked, Underdosed) and sight.stage.key in (trigger.stages or (sight.stage.key,)):
            yield _turns(asked, sight)


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
    first = day_of(max(filter(None, (sight.case.since, sight.case.resumed_at))), sight.case.zone)
    return (start_of(first + timedelta(days=7 * number), sight.case.zone) for number in count())


def _after(start: datetime, sight: Sight) -> datetime:
    return start_of(day_of(start, sight.case.zone) + timedelta(days=7), sight.case.zone)


def _closes(start: datetime, criterion: Underdosed, sight: Sight) -> datetime:
    return _after(start, sight) + criterion.settles


def _charted(start: datetime, sight: Sight) -> list[Attendance]:
    end = _after(start, sight)
    return [one for one in sight.attendance if start <= one.effective_at < end and one.status in _CHARTED]


def _hours(week: list[Attendance]) -> float:
    return sum(one.minutes for one in week if one.status == AttendanceStatus.ATTENDED) / 60
