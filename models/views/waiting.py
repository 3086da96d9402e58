"""Who waits for a place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.views.board import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One line of the waiting list, the next one first. `place_free` where a place is there for them now.

    `requested_at` is the original request; `interim` and `admit` say by when what must be done, after `source`.
    """

    pathway_id: UUID
    short_id: str
    initials: str
    program_id: UUID
    program: str
    zone: str
    here: str
    stage: str
    stage_label: str
    priority: str
    priority_label: str
    recommended: str | None
    requested_at: datetime
    days: int
    place_free: bool
    interim: Due
    interim_at: datetime | None
    admit: Due
    offered_at: datetime | None
    refused_at: datetime | None
    source: str
