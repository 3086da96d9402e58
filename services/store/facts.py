"""Facts one by one, as they were recorded: what a correction is about, and what already rests on it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.errors import NotFound
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fact as it was recorded on the pathway it came by. `sealed` is opened with the client's key only."""

    id: UUID
    pathway_id: UUID
    client_id: UUID
    kind: str
    code: str
    effective_at: datetime
    signed: bool
    attested: bool
    source: str
    session_id: UUID | None
    corrects: UUID | None
    body: Mapping[str, Any]
    sealed: bytes | None


def one(work: Work, fact_id: UUID) -> Recorded:
    """Return a fact that came by a pathway in scope. Raises: NotFound."""
    row = work.first(
        """SELECT f.id, f.pathway_id, f.client_id, f.kind, f.code, f.effective_at, f.signed, f.attested, f.source,
                  f.session_id, f.corrects, f.body, f.sealed
           FROM fact f JOIN pathway p ON p.id = f.pathway_id WHERE f.id = :id
             AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))""",
        id=fact_id,
    )
    if row is None:
        raise NotFound("fact")
    return Recorded(**{**row._mapping, "body": json.loads(row.body)})


def standing(work: Work, fact_id: UUID) -> UUID:
    """Return the fact that stands in a fact's place now: the last of its corrections, or itself."""
    found = work.rows(
        """WITH RECURSIVE later AS (
             SELECT CAST(:id AS uuid) AS id, 0 AS number
             UNION ALL SELECT c.id, number + 1 FROM later JOIN fact c ON c.corrects = later.id)
           SELECT id FROM later ORDER BY number DESC LIMIT 1""",
        id=fact_id,
    )
    return UUID(str(found[0].id))


def known_on(work: Work, fact: Recorded) -> list[UUID]:
    """Return the pathways that know a fact, in one order; those that have ended too."""
    found = work.rows(
        """SELECT k.pathway_id FROM pathway p JOIN fact_known k ON k.pathway_id = p.id
           WHERE p.client_id = :client AND k.fact_id = :id ORDER BY 1""",
        client=fact.client_id,
        id=fact.id,
    )
    return [row.pathway_id for row in found]


def moved_by(work: Work, fact: Recorded) -> list[UUID]:
    """Return the pathways that a fact, or one that it corrects, has moved."""
    found = work.rows(
        """WITH RECURSIVE earlier AS (
             SELECT CAST(:id AS uuid) AS id
             UNION ALL SELECT c.corrects FROM earlier JOIN fact c ON c.id = earlier.id WHERE c.corrects IS NOT NULL)
           SELECT DISTINCT t.pathway_id FROM pathway p JOIN transition t ON t.pathway_id = p.id
           JOIN earlier ON earlier.id = t.fact_id WHERE p.client_id = :client ORDER BY 1""",
        client=fact.client_id,
        id=fact.id,
    )
    return [row.pathway_id for row in found]


def retracted_seats(
    work: Work, wanted: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID | None, UUID], UUID]:
    """Return the retractions that stand for seats, each (session, pathway): whoever charts these anew cites them."""
    found = work.rows(
        """SELECT f.id, f.session_id, f.pathway_id FROM fact f
           JOIN unnest(CAST(:sessions AS uuid[]), CAST(:pathways AS uuid[])) AS wanted(session_id, pathway_id)
                ON wanted.session_id = f.session_id AND wanted.pathway_id = f.pathway_id
           WHERE f.kind = 'retraction' AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)""",
        sessions=[session for session, _ in wanted],
        pathways=[pathway for _, pathway in wanted],
    )
    return {(row.session_id, row.pathway_id): row.id for row in found}
