"""Alerting: who is told that somebody must act, up which ladder, and how far the telling has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from models.weekly import Weekly
from models.word import Reviewed, Window, Word

NOBODY, NO_CONTACT, NOT_NEEDED = "nobody-on-duty", "no-contact", "not-needed"
"""Why a delivery was never tried: no person, no address, no need any more."""


class Standby(StrEnum):
    """As what somebody is on duty; a rung of a ladder tells those who stand by as this."""

    ON_CALL = "on-call"
    BACKUP = "backup"
    SUPERVISOR = "supervisor"
    LEAD = "lead"


class Channel(StrEnum):
    """By what way somebody is reached."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Rung(Word):
    """One step of a ladder: who is told, and how long they may stay silent before the next are told."""

    to: Standby
    wait: Window
    source: str


class Pace(Word):
    """How often something is done again."""

    every: Window = Field(gt=timedelta(0))
    source: str


class Ladder(Reviewed):
    """Whom a kind of notice is told, rung after rung, until somebody acknowledges it.

    `again` is how often the last rung is told once more; `vacant` how soon a rung is tried again that had nobody to tell.
    """

    key: str
    version: int
    title: str
    says: str = Field(description="what must be done, in words that tell nothing of a client")
    source: str
    rungs: tuple[Rung, ...] = Field(min_length=1)
    again: Pace
    vacant: Pace

    def reached_after(self, rung: int) -> timedelta:
        """Return how long after its notice a rung is told at the latest."""
        return sum((one.wait for one in self.rungs[:rung]), timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Weekly):
    """Somebody stands by, every week at the same times."""

    person_id: UUID
    standby: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is not there; whoever covers takes their duties, nobody where none is named."""

    person_id: UUID
    starts_at: datetime
    ends_at: datetime
    cover_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach somebody."""

    id: UUID
    person_id: UUID
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who can be told in a program: its duties, who is absent, how each is reached. `zone` is the program's."""

    zone: str
    duties: Sequence[Duty] = ()
    absences: Sequence[Absence] = ()
    contacts: Sequence[Contact] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The outgoing word that somebody must act on a pathway. Not `open`: acknowledged, or nothing is left to do."""

    id: UUID
    kind: str
    raised_at: datetime
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notice on its way to one address of one person. Without an address: the note that there was none.

    `round` counts how often the ladder was begun again, `rung` from 0. Its id stays the same however often it is tried.
    """

    id: UUID
    notice_id: UUID
    round: int
    rung: int
    standby: str
    begun_at: datetime
    person_id: UUID | None = None
    contact_id: UUID | None = None
    channel: str | None = None
    address: str | None = None
    next_at: datetime | None = None
    sent_at: datetime | None = None
    dead_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Climb:
    """Who must be told now, and when to look again; never, where nobody needs to be told any more."""

    deliveries: tuple[Delivery, ...]
    look_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a delivery was not taken. `final`: trying again cannot help. The code tells nothing of anybody."""

    code: str
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is being sent: all that may leave the house, and where it goes. `attempts` counts this one too.

    Without a notice it is a reminder: it interrupts nobody, and nobody acknowledges it.
    """

    delivery_id: UUID
    notice_id: UUID | None
    kind: str
    says: str
    program: str
    address: str
    secret: str = ""
    attempts: int = 1
