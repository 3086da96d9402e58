"""When something that comes back every week takes place, by the program's own clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.weekly import Weekly
from services.rules.cadence import day_of

_DAY = timedelta(days=1)


def is_during(one: Weekly, zone: str, start: datetime, end: datetime) -> bool:
    """Tell whether it takes place at any moment from a start until an end; a moment alone is its own end."""
    return any(
        start < ends and (begins < end or begins == start)
        for begins, ends in stretches(one, zone, day_of(start, zone) - _DAY, day_of(end, zone))
    )


def stretches(one: Weekly, zone: str, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
    """Return from when until when it takes place, as often as it begins between two days."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() in one.weekdays and _is_bound(one, day):
            ends_on = day if one.until > one.since else day + _DAY
            yield _moment(day, one.since, zone), _moment(ends_on, one.until, zone)


def _is_bound(one: Weekly, day: date) -> bool:
    return (one.first_on or date.min) <= day <= (one.last_on or date.max)


def _moment(day: date, clock: time, zone: str) -> datetime:
    """Return a time of the program's clock.

    Of an hour that comes twice the first is meant, of one that is left out the moment it would have been: so what ends
    then ends exactly when the next begins, on every night of the year.
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
