"""What a stage delivers: the services, on how many days, and how soon a session is to be charted."""

from datetime import time

from pydantic import Field, model_validator

from models.service import Service
from models.word import Step, Word


class Days(Word):
    """On how many days of a week a stage is usually attended. A week outside of it warns; it decides nothing."""

    least: int = Field(ge=1, le=7)
    most: int = Field(default=7, ge=1, le=7)
    source: str

    @model_validator(mode="after")
    def _ascends(self) -> "Days":
        if self.most < self.least:
            raise ValueError("the most lies below the least")
        return self


class Minutes(Word):
    """How long a session of a stage usually is. One that is shorter or longer warns; it decides nothing."""

    least: int = Field(ge=1, le=24 * 60)
    most: int = Field(ge=1, le=24 * 60)
    source: str

    @model_validator(mode="after")
    def _ascends(self) -> "Minutes":
        if self.most < self.least:
            raise ValueError("the most lies below the least")
        return self


class Offered(Word):
    """A service that a stage delivers, by the word it is planned and charted by, as it is called there.

    `counts` where its time is care: hours, attendance share and missed sessions leave out what does not.
    """

    key: Service
    label: str
    counts: bool = True
    source: str


class TimeOfDay(Word):
    """A part of the day, by the program's own clock, as it is called."""

    label: str
    since: time
    until: time

    def __str__(self) -> str:
        return f"{self.label} ({self.since:%H:%M} to {self.until:%H:%M})"

    @model_validator(mode="after")
    def _ascends(self) -> "TimeOfDay":
        if self.until <= self.since:
            raise ValueError("a time of day ends after it begins")
        return self


class Meets(Word):
    """At what times of day a stage is offered. What lies outside of them warns; it decides nothing."""

    times: tuple[TimeOfDay, ...] = Field(min_length=1)
    source: str

    def __str__(self) -> str:
        return " or ".join(map(str, self.times))


class Charting(Word):
    """How long after its beginning a session nobody charted becomes work for whoever led it."""

    within: Step
    source: str
