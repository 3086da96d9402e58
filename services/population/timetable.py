"""When the invented clinic meets: groups by pathway and stage, planned on the working day before."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

_SATURDAY = 5


class Group(NamedTuple):
    """A group that meets on some days of the week. Units: minutes."""

    definition: str
    stage: str
    weekdays: tuple[int, ...]
    starts: time
    minutes: int


_GROUPS = (
    Group("sud-adult", "iop", (0, 1, 3, 4), time(9), 180),
    Group("mh-adult", "iop", (0, 1, 2, 4), time(13, 15), 180),
    Group("sud-adult", "op", (1,), time(15, 30), 90),
    Group("mh-adult", "op", (3,), time(15, 30), 90),
)


def groups(day: date) -> Iterator[Group]:
    """Return the groups that meet on a day."""
    return (group for group in _GROUPS if day.weekday() in group.weekdays)


def next_days(day: date) -> Iterator[date]:
    """Return the days to plan for at the end of a working day: up to the next working day."""
    if day.weekday() >= _SATURDAY:
        return
    while True:
        day += timedelta(days=1)
        yield day
        if day.weekday() < _SATURDAY:
            return
