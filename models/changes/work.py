"""Changes of what people must do, and of what they were told."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from models.changes.change import UNTOLD, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOpened(Change):
    """Something a person must do, by when, and for which role; of `program_id`, where that is not the pathway's own."""

    action: ClassVar[str] = "work.opened"
    work_id: UUID
    kind: str
    cause: UUID
    for_role: str
    due_at: datetime
    program_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkClosed(Change):
    """A work item ended: done by a person, or no longer needed."""

    action: ClassVar[str] = "work.closed"
    work_id: UUID
    outcome: str
    sealed: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAcknowledged(Change):
    """A named person took over what a notice asks for; nobody further is told."""

    action: ClassVar[str] = "notice.acknowledged"
    notice_id: UUID
