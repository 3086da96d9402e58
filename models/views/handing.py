"""Walks on their way from one program to another."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffView:
    """A hand-off that is open. `status` is offered or accepted; `receives` and `sends` say which side the reader is on.

    `told` is what was said at the introduction, opened for both sides.
    """

    id: UUID
    pathway_id: UUID
    short_id: str
    initials: str
    stage: str
    from_program_id: UUID
    from_program: str
    to_program_id: UUID
    to_program: str
    zone: str
    kind: str
    status: str
    starts_at: datetime | None
    offered_at: datetime
    offered_by: str | None
    accepted_by: str | None
    consent_id: UUID
    told: str
    sends: bool
    receives: bool
