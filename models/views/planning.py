"""What speaks against a session, and what clients are bound to beside their care."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionWarning:
    """One thing that speaks against a session for one client.

    `code`: double-booked, obligation, time-of-day, length, over-hours, over-days.
    """

    code: str
    pathway_id: UUID
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationView:
    """What a client is bound to every week, by the clock of their program; `until` at or before `since` is the next day."""

    id: UUID
    kind: str
    days: tuple[str, ...]
    since: time
    until: time
    first_on: date | None
    last_on: date | None
