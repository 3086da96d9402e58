"""What the invented clinic sees of a client when it acts: where they stand, what is due, what waits for a signature."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.population.days import ZONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An open reassessment."""

    kind: str
    due_at: datetime
    counts_from: datetime
    open_parts: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def due_on(self) -> date:
        """The day of the clinic on which it falls due."""
        return self.due_at.astimezone(ZoneInfo(ZONE)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One open pathway. `proposal`, an outcome and a stage, waits for a signature; `planned`: this stay has a plan."""

    stage: str
    since: date
    held: bool
    risk: str
    waiting: bool
    proposal: tuple[str, str] | None
    planned: bool = False
    looks: tuple[Look, ...] = ()
