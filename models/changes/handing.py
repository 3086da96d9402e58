"""Changes by which a walk goes from one program to another. Until it is taken over, the sender answers for the client."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from models.changes.change import UNTOLD, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffOffered(Change):
    """A program was asked to take the client over, by a consent; warm where both were introduced, cold where not."""

    action: ClassVar[str] = "hand-off.offered"
    hand_off_id: UUID
    from_program_id: UUID
    to_program_id: UUID
    kind: str
    consent_id: UUID
    starts_at: datetime | None = None
    sealed: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffAccepted(Change):
    """The receiving program said yes; it answers for the client from `starts_at`, and `owner_id` coordinates then."""

    action: ClassVar[str] = "hand-off.accepted"
    hand_off_id: UUID
    owner_id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffDeclined(Change):
    """The receiving program said no; nothing changed."""

    action: ClassVar[str] = "hand-off.declined"
    hand_off_id: UUID
    sealed_reason: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffRevoked(Change):
    """The offer was taken back, by the sender or because the walk ended; nothing changed."""

    action: ClassVar[str] = "hand-off.revoked"
    hand_off_id: UUID
    because: str
    sealed_reason: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver(Change):
    """From now on the receiving program answers for the client; the stay goes on."""

    action: ClassVar[str] = "hand-off.taken-over"
    hand_off_id: UUID
    program_id: UUID
    owner_id: UUID
