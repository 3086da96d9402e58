"""Public holidays by rule: a day of a month, or the nth weekday of one."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import Field, model_validator

from models.word import Word

SATURDAY = 5


class Holiday(Word):
    """One holiday: on a day of its month, or on its nth weekday (Monday is 0), -1 for the last."""

    key: str
    month: int = Field(ge=1, le=12)
    day: int | None = Field(default=None, ge=1, le=31)
    weekday: int | None = Field(default=None, ge=0, le=6)
    week: int | None = Field(default=None, ge=-1, le=5)
    source: str

    @model_validator(mode="after")
    def _says_when(self) -> "Holiday":
        if (self.day is None) == (self.weekday is None or not self.week):
            raise ValueError("a holiday has a day, or a weekday and a week")
        return self

    def kept_on(self, year: int) -> date:
        """Return the weekday on which it is kept: in lieu of a Saturday the day before, of a Sunday the day after."""
        if self.day is None:
            return self._nth(year)
        on = date(year, self.month, self.day)
        return on + timedelta(days={SATURDAY: -1, SATURDAY + 1: 1}.get(on.weekday(), 0))

    def _nth(self, year: int) -> date:
        weekday, week = self.weekday or 0, self.week or 1
        if week > 0:
            first = date(year, self.month, 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))
        last = date(year, self.month, monthrange(year, self.month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)


class HolidayCalendar(Word):
    """The public holidays of a place, dated and sourced."""

    key: str
    version: int = Field(ge=1)
    title: str
    in_force: date
    source: str
    holidays: tuple[Holiday, ...]

    def between(self, first: date, last: date) -> Iterator[date]:
        """Return the days kept from one day until another, both included; New Year may be kept the year before."""
        for year in range(first.year, last.year + 2):
            kept = (one.kept_on(year) for one in self.holidays)
            yield from (day for day in kept if first <= day <= last)
