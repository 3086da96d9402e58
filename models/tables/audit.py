"""The audit log: what was written, in canonical bytes, and the Merkle tree built beside it.

An entry is written in the transaction of the change it tells of. Leaves, nodes and checkpoints are the
sequencer's, later and apart, so that no change waits for another's place in the log.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import instant, key, named


class AuditEntry(SQLModel, table=True):
    """What was written, numbered per pathway; an event of the whole installation has no pathway.

    No foreign key leaves this table: the log outlives what it tells of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        UniqueConstraint("pathway_id", "pathway_version", name="audit_entry_numbered"),
        CheckConstraint(
            "(pathway_id IS NULL) = (pathway_version IS NULL)", name="audit_entry_number_has_pathway"
        ),
    )
    id: UUID = key()
    pathway_id: UUID | None = None
    pathway_version: int | None = None
    recorded_at: datetime = instant()
    kind: str
    written: bytes = Field(sa_column_kwargs={"name": "bytes"})


class AuditWaiting(SQLModel, table=True):
    """The entries that have no leaf yet: filled by a trigger on `audit_entry`, emptied by the sequencer.

    A list of its own, because entries of concurrent transactions become visible in any order, and looking
    through the whole log for them every few seconds would cost more than the log.
    """

    __tablename__ = "audit_waiting"
    entry_id: UUID = Field(primary_key=True)


class AuditLeaf(SQLModel, table=True):
    """The place of an entry in the one log, counted from 0, and the hash of its bytes."""

    __tablename__ = "audit_leaf"
    seq: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    entry_id: UUID = Field(foreign_key="audit_entry.id", unique=True)
    leaf: bytes


class AuditNode(SQLModel, table=True):
    """The root of a complete subtree: 2^level leaves, the idx-th from the left. Level 0 is `audit_leaf`."""

    __tablename__ = "audit_node"
    level: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    idx: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hash: bytes


class AuditCheckpoint(SQLModel, table=True):
    """A signed statement of what the first `size` entries hash to; copies are kept outside the database."""

    __tablename__ = "audit_checkpoint"
    size: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    root: bytes
    note: str
    at: datetime = instant()


INSERT_ONLY = named(AuditEntry, AuditLeaf, AuditNode, AuditCheckpoint)
