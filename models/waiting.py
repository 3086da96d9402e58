"""Waiting: places, and who waits for one. Read from `models/catalogue/waiting/*.yaml`, each threshold with its source."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from pydantic import Field, model_validator

from models.word import Window, Word


class NearlyFull(Word):
    """From which share of its places on a program must tell somebody."""

    percent: int = Field(ge=1, le=100)
    says: str
    source: str


class PriorityFact(Word):
    """An event that gives priority, for a while."""

    fact: str
    event: str
    within: Window
    source: str


class PriorityClass(Word):
    """Who is admitted before others. All times count from the request.

    `interim` is by when services must be offered meanwhile, `admit` by when the client is admitted, or, where those were
    offered in time, `at_latest`.
    """

    key: str
    label: str
    facts: tuple[str, ...]
    interim: Window | None = None
    admit: Window | None = None
    at_latest: Window | None = None
    source: str


class Queue(Word):
    """The rules of places and of waiting for one. The first class whose facts all hold is a client's own.

    `interim`, `offered` and `refused` are the events by which services meanwhile, a place and its refusal are recorded.
    """

    key: str
    version: int
    title: str
    in_force: date
    source: str
    nearly_full: NearlyFull
    facts: tuple[PriorityFact, ...]
    classes: tuple[PriorityClass, ...]
    interim: str
    offered: str
    refused: str

    @property
    def events(self) -> tuple[str, ...]:
        """Return the events these rules read."""
        return (*(one.event for one in self.facts), self.interim, self.offered, self.refused)

    @model_validator(mode="after")
    def _holds_everybody(self) -> "Queue":
        unknown = {fact for one in self.classes for fact in one.facts} - {one.fact for one in self.facts}
        if unknown or not self.classes or self.classes[-1].facts:
            raise ValueError("classes are of the facts above, and the last one is everybody's")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Somebody who waits for a place. `urgency` is the intensity of the level the rules ask for."""

    pathway_id: UUID
    requested_at: datetime
    urgency: int = 0
    events: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Where somebody stands in the queue: in which class, and by when what must be done for them."""

    waiter: Waiter
    priority: PriorityClass
    interim_by: datetime | None = None
    interim_at: datetime | None = None
    admit_by: datetime | None = None
    offered_at: datetime | None = None
    refused_at: datetime | None = None
