"""Changes of the occasions to look again."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from models.case import Reason
from models.changes.change import UNTOLD, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentOpened(Change):
    """An occasion to look again was set."""

    action: ClassVar[str] = "reassessment.opened"
    reassessment_id: UUID
    kind: Literal["periodic", "check-up", "triggered"]
    stage: str
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    outer_at: datetime
    parts: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentHastened(Change):
    """Another reason for a look that is open already: the earliest deadline stands, every reason is kept.

    `reasons` are the new ones only; evidence counts from the latest of them.
    """

    action: ClassVar[str] = "reassessment.hastened"
    reassessment_id: UUID
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    outer_at: datetime
    parts: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentMoved(Change):
    """A person chose another due date for an open look, with a reason; its outer limit stays."""

    action: ClassVar[str] = "reassessment.moved"
    move_id: UUID
    reassessment_id: UUID
    due_before: datetime
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    reason_code: str
    sealed: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentCalled(Change):
    """A reassessment fell due."""

    action: ClassVar[str] = "reassessment.called"
    reassessment_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentEscalated(Change):
    """A reassessment passed its outer limit; the supervisor is called."""

    action: ClassVar[str] = "reassessment.escalated"
    reassessment_id: UUID
    outer_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentClosed(Change):
    """A look was completed by a decision, or fell away because the client is elsewhere."""

    action: ClassVar[str] = "reassessment.closed"
    reassessment_id: UUID
    status: Literal["completed", "cancelled"]
    decision_id: UUID | None = None
