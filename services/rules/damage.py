"""What can be wrong with the audit log, and what there is to judge it by."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Tampering(StrEnum):
    """What was done to the log."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    ROLLED_BACK = "rolled-back"
    GAP = "gap"
    BAD_SIGNATURE = "bad-signature"


class Damage(NamedTuple):
    """One thing wrong, at a place from `first` to `last` (the log counts from 0), in words without client data."""

    first: int
    last: int
    kind: Tampering
    why: str


class Written(NamedTuple):
    """One row of evidence: a leaf, its entry, and the version its pathway stands at; any of them may be missing."""

    seq: int | None
    leaf: bytes | None
    id: UUID | None
    data: bytes | None
    pathway_id: UUID | None
    pathway_version: int | None
    recorded_at: datetime | None
    kind: str | None
    stands_at: int | None
