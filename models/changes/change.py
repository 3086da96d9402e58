"""What every change has, and what one pass makes of one pathway."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar
from uuid import UUID

UNTOLD = {"told": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happens to one pathway."""

    action: ClassVar[str]
    pathway_id: UUID

    def told(self) -> dict[str, object]:
        """Return what the audit entry may say in clear."""
        names = (f.name for f in fields(self) if f.metadata.get("told", True) and f.name != "pathway_id")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Step:
    """What one pass makes of one pathway: the changes in order, and when to look again."""

    pathway_id: UUID
    changes: tuple[Change, ...]
    wake_at: datetime | None
