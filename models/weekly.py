"""What comes back every week, by a clock on the wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """On these weekdays (Monday is 0), from a time of the program's own clock until another.

    `until` at or before `since` is that of the next day. `first_on` and `last_on` bound the days on which it begins.
    """

    weekdays: Sequence[int]
    since: time
    until: time
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation(Weekly):
    """What a client is bound to every week beside their care: work, school, family, volunteering."""

    id: UUID
    client_id: UUID
    kind: str
