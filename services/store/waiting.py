"""Who is proposed for a stage that has a number of places, and since when they asked: one statement for everybody."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def proposed(work: Work, *, program_id: UUID | None = None, stage: str | None = None) -> Sequence[Row[Any]]:
    """Return open pathways in scope for which a stage with places is proposed and nobody has signed or declined yet.

    What is missing or frozen since takes nobody off; a later verdict that they stay does. The request is the entry where
    somebody is to be admitted; where they walk already it is the first proposal of that stage in the present stay.
    """
    return work.rows(_PROPOSED, program=program_id, stage=stage)


def happened(
    work: Work, pathway_ids: Sequence[UUID], events: Sequence[str]
) -> dict[UUID, tuple[tuple[str, datetime], ...]]:
    """Return the events of these kinds as each pathway knows them: kind and true time."""
    found: defaultdict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for row in work.rows(_EVENTS, ids=list(pathway_ids), events=list(events)):
        found[row.pathway_id].append((row.code, row.effective_at))
    return {one: tuple(events) for one, events in found.items()}


_PROPOSED = """
SELECT p.id, p.client_id, p.program_id, program.name AS program, program.zone, p.definition, p.stage, d.to_stage,
       convert_from(d.body, 'UTF8')::jsonb ->> 'recommended' AS recommended,
       CASE WHEN d.outcome = 'admit' THEN p.opened_at ELSE asked.at END AS requested_at
FROM pathway p
JOIN program ON program.id = p.program_id
JOIN placement stay ON stay.pathway_id = p.id AND stay.ended_at IS NULL
CROSS JOIN LATERAL (
    SELECT d.id, d.outcome, d.to_stage, d.body FROM decision d
    WHERE d.pathway_id = p.id AND d.pathway_version > stay.opened_version
      AND (d.to_stage IS NOT NULL OR d.outcome NOT IN ('insufficient', 'refer'))
    ORDER BY d.pathway_version DESC LIMIT 1) d
JOIN places ON places.program_id = p.program_id AND places.stage = d.to_stage
CROSS JOIN LATERAL (
    SELECT min(first.recorded_at) AS at FROM decision first
    WHERE first.pathway_id = p.id AND first.pathway_version > stay.opened_version
      AND first.to_stage = d.to_stage) asked
WHERE p.closed_at IS NULL AND p.sign_off_id IS NULL
  AND NOT EXISTS (SELECT FROM sign_off s WHERE s.decision_id = d.id AND s.meaning = 'declined')
  AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
  AND (CAST(:program AS uuid) IS NULL OR p.program_id = :program)
  AND (CAST(:stage AS text) IS NULL OR d.to_stage = :stage)
ORDER BY p.id
"""
_EVENTS = """
SELECT k.pathway_id, f.code, f.effective_at FROM fact_known k JOIN fact f ON f.id = k.fact_id
WHERE k.pathway_id = ANY(CAST(:ids AS uuid[])) AND f.kind = 'event' AND f.code = ANY(CAST(:events AS text[]))
  AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
ORDER BY k.pathway_id, f.effective_at, f.id
"""
