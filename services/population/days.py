"""The half-days of a demo: the clinic writes up its mornings at half past twelve and its afternoons at half past five."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "America/New_York"
"""Where the invented clinic stands."""

_ENDS = (time(12, 30), time(17, 30))
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDay:
    """A morning or an afternoon. `day` counts from the first day of the story; `at` is when it is written up."""

    day: int
    date: date
    afternoon: bool
    at: datetime

    @property
    def is_workday(self) -> bool:
        """Whether the clinic is open; only withdrawal and danger are looked after on other days."""
        return self.date.weekday() < _SATURDAY

    def before(self, minutes: int) -> datetime:
        """Return a moment so many minutes before this half-day was written up."""
        return self.at - timedelta(minutes=minutes)


def half_days(today: date, days: int) -> Iterator[HalfDay]:
    """Return the half-days before today, oldest first; of a weekend only the mornings."""
    for number in range(days):
        day = today - timedelta(days=days - number)
        for afternoon in (False, True) if day.weekday() < _SATURDAY else (False,):
            at = moment(day, _ENDS[afternoon])
            yield HalfDay(day=number, date=day, afternoon=afternoon, at=at)


def last_workday(today: date) -> date:
    """Return the last working day before today."""
    day = today - timedelta(days=1)
    return day if day.weekday() < _SATURDAY else last_workday(day)


def moment(day: date, clock: time) -> datetime:
    """Return a time of the clinic's own clock."""
    return datetime.combine(day, clock, ZoneInfo(ZONE)).astimezone(UTC)
