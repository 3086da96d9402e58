"""Claims: which pathways are due, taken so that two workers never hold the same one.

A claim lasts as long as its transaction: a worker that dies lets go, and the rows are due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work

Place = tuple[datetime, UUID]
"""Where one is in the order of waking."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Due pathways that are worked together: of one definition and stage, or those whose reassessment came due."""

    definition: str | None = None
    stage: str | None = None
    due_looks: bool = False
    size: int = 0


def due_looks(work: Work, *, at: datetime) -> Cohort:
    """Return the pathways whose reassessment fell due, or passed its outer limit, since somebody last looked."""
    row = work.first(f"SELECT count(*) AS n FROM pathway p WHERE {_DUE} AND {_LOOK_DUE}", at=at)  # noqa: S608 - constants
    return Cohort(due_looks=True, size=row.n if row else 0)


def due_stages(work: Work, *, at: datetime) -> list[Cohort]:
    """Return the cohorts that are due now, by definition and stage, with their sizes."""
    found = work.rows(
        f"SELECT definition, stage, count(*) AS n FROM pathway p WHERE {_DUE} GROUP BY definition, stage",  # noqa: S608
        at=at,
    )
    return [Cohort(definition=row.definition, stage=row.stage, size=row.n) for row in found]


def claim(work: Work, cohort: Cohort, *, at: datetime, limit: int, after: Place | None = None) -> list[Place]:
    """Lock up to `limit` due pathways of a cohort that nobody else holds, oldest first, beyond a place in that order."""
    since, last = after or (None, None)
    found = work.rows(
        _CLAIM,
        at=at,
        definition=cohort.definition,
        stage=cohort.stage,
        looks=cohort.due_looks,
        since=since,
        last=last,
        limit=limit,
    )
    return [(row.wake_at, row.id) for row in found]


def still_due(work: Work, pathway_ids: Sequence[UUID], *, at: datetime) -> Sequence[Row[Any]]:
    """Return, locked, those of these pathways that are due and that nobody else holds, with their definitions."""
    return work.rows(
        f"""SELECT p.id, p.definition FROM pathway p WHERE p.id = ANY(CAST(:ids AS uuid[])) AND {_DUE}
            ORDER BY p.id FOR UPDATE SKIP LOCKED""",  # noqa: S608 - constants
        ids=list(pathway_ids),
        at=at,
    )


def count_attempt(work: Work, pathway_ids: list[UUID]) -> dict[UUID, int]:
    """Count one more failed try of these pathways and return the counts."""
    found = work.rows(
        "UPDATE pathway SET attempts = attempts + 1 WHERE id = ANY(CAST(:ids AS uuid[])) RETURNING id, attempts",
        ids=pathway_ids,
    )
    return {row.id: row.attempts for row in found}


def forget_attempts(work: Work, pathway_ids: list[UUID]) -> None:
    """Let a pass that went well wipe out the failures before it."""
    work.run(
        "UPDATE pathway SET attempts = 0 WHERE id = ANY(CAST(:ids AS uuid[])) AND attempts > 0",
        ids=pathway_ids,
    )


def later(at: datetime, attempts: int) -> datetime:
    """Return when to try a failed pathway again: after 2, 4, 8, 16 … seconds."""
    return at + timedelta(seconds=2**attempts)


_DUE = "p.wake_at <= :at AND p.quarantined_at IS NULL"
_LOOK_DUE = """
EXISTS (SELECT FROM reassessment r WHERE r.pathway_id = p.id AND r.closed_at IS NULL
        AND ((r.called_at IS NULL AND r.due_at <= :at) OR (r.escalated_at IS NULL AND r.outer_at <= :at)))
"""
_CLAIM = f"""
SELECT p.wake_at, p.id FROM pathway p
WHERE {_DUE}
  AND (CAST(:definition AS text) IS NULL OR p.definition = :definition)
  AND (CAST(:stage AS text) IS NULL OR p.stage = :stage)
  AND (NOT :looks OR {_LOOK_DUE})
  AND (CAST(:since AS timestamptz) IS NULL OR (p.wake_at, p.id) > (CAST(:since AS timestamptz), CAST(:last AS uuid)))
ORDER BY p.wake_at, p.id LIMIT :limit FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - constants
