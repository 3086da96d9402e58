"""What must be taken over, and who was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """Who was told, or could not be. `state` is one of sent, waiting, dead, dropped."""

    standby: str
    person: str | None
    channel: str | None
    state: str
    at: datetime
    error: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Something a person must take over, and who was told of it. `state` is one of open, acknowledged, over."""

    id: UUID
    kind: str
    title: str
    pathway_id: UUID
    short_id: str
    initials: str
    stage: str
    program: str
    zone: str
    raised_at: datetime
    state: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    told: tuple[ToldLine, ...]

    @property
    def untold(self) -> bool:
        """Whether nobody could be told so far."""
        return bool(self.told) and all(one.state == "dead" for one in self.told)

    @property
    def dead(self) -> int:
        """How many letters are dead."""
        return sum(one.state == "dead" and one.person is not None for one in self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Alerts that nobody has taken over: all, those nobody could be told of, those with dead letters, those told late."""

    open: int
    untold: int
    dead: int
    late: int

    @property
    def needs_somebody(self) -> bool:
        """Whether telling itself has failed."""
        return bool(self.untold or self.dead or self.late)
