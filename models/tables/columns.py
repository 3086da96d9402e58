"""Column kinds that every table shares: instants are aware, ids are UUIDs, canonical text stays text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import DateTime, Index, text
from sqlmodel import Field


def instant(**more: Any) -> datetime:
    """Return a column for an aware moment in UTC."""
    return cast("datetime", Field(sa_type=cast("Any", DateTime(timezone=True)), **more))


def key() -> UUID:
    """Return a primary key minted at the edge."""
    return cast("UUID", Field(primary_key=True))


def only_one(name: str, *columns: str, where: str) -> Index:
    """Return a unique index over the rows that satisfy a condition: a law, not a hope."""
    return Index(name, *columns, unique=True, postgresql_where=text(where))


def found_by(name: str, *columns: str, where: str | None = None) -> Index:
    """Return an index for a question the product asks."""
    return Index(name, *columns, postgresql_where=text(where) if where else None)


def named(*tables: Any) -> Sequence[str]:
    """Return the database names of tables."""
    return tuple(str(table.__tablename__) for table in tables)
