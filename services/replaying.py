"""Replay: compute past decisions again from their recorded cases, and say which come out otherwise.

The same engine version must give the same bytes. A newer one may differ, and then each difference is listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.canonical import digest
from models.case import Case
from models.catalogue.pathway_files import UnknownDefinition, definition, definition_hash
from services.errors import NotFound
from services.rules.decisions import decide
from services.store import history
from services.store.work import Work

PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One past decision, computed again. `why` is empty where it came out identical, byte for byte."""

    decision_id: UUID
    pathway_id: UUID
    why: str = ""


def replay(work: Work, *, decision_id: UUID | None = None) -> Iterator[Replayed]:
    """Recompute every decision in scope, or one. Raises: NotFound, if that one is not there."""
    after: tuple[UUID, int] | None = None
    while rows := history.recorded(work, decision_id=decision_id, after=after, limit=PAGE):
        yield from (_again(row) for row in rows)
        after = rows[-1].pathway_id, rows[-1].pathway_version
    if decision_id is not None and after is None:
        raise NotFound("decision")


def _again(row: Row[Any]) -> Replayed:
    return Replayed(decision_id=row.id, pathway_id=row.pathway_id, why=_difference(row))


def _difference(row: Row[Any]) -> str:
    if digest(row.case_bytes).hex() != row.case_sha256:
        return "the recorded case is not the one that was decided"
    try:
        template = definition(row.definition)
    except UnknownDefinition:
        return f"definition {row.definition} is not in the catalogue"
    if definition_hash(template) != row.definition_hash:
        return f"definition {row.definition} has changed since"
    again = decide(template, [Case.from_bytes(row.case_bytes)], at=row.decided_at)[0]
    return "" if again.to_bytes() == row.body else f"engine {row.engine} decided otherwise than this one"
