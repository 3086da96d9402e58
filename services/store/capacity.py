"""Places: how many clients a program can have in a stage, and how many it has. One statement for all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def put(work: Work, program_id: UUID, places: Mapping[str, int | None], *, at: datetime) -> None:
    """Set the places of stages; none given takes the limit away. Stages that are not named keep theirs."""
    gone = [stage for stage, number in places.items() if number is None]
    kept = {stage: number for stage, number in places.items() if number is not None}
    work.run(
        "DELETE FROM places WHERE program_id = :program AND stage = ANY(CAST(:stages AS text[]))",
        program=program_id,
        stages=gone,
    )
    work.run(_PUT, program=program_id, stages=list(kept), numbers=list(kept.values()), at=at)


def standing(work: Work, *, program_id: UUID | None = None) -> Sequence[Row[Any]]:
    """Return the places of stages in scope: how many, how many taken, how many promised.

    A place is promised to a signed move that waits for its day, and to who was accepted from another program.
    """
    return work.rows(_STANDING, program=program_id)


_PUT = """
INSERT INTO places (program_id, stage, places, set_at)
SELECT :program, given.stage, given.places, :at
FROM unnest(CAST(:stages AS text[]), CAST(:numbers AS int[])) AS given(stage, places) ORDER BY 2
ON CONFLICT (program_id, stage) DO UPDATE SET places = excluded.places, set_at = excluded.set_at
"""
_STANDING = """
SELECT c.program_id, c.stage, c.places, count(*) FILTER (WHERE used.here) AS taken,
       count(*) FILTER (WHERE NOT used.here) AS promised
FROM places c
LEFT JOIN (
    SELECT p.program_id, p.stage, true AS here FROM pathway p WHERE p.closed_at IS NULL
    UNION ALL
    SELECT p.program_id, s.to_stage, false FROM pathway p JOIN sign_off s ON s.id = p.sign_off_id
     WHERE p.closed_at IS NULL AND s.to_stage <> p.stage
    UNION ALL
    SELECT h.to_program_id, p.stage, false FROM hand_off h JOIN pathway p ON p.id = h.pathway_id
     WHERE h.closed_at IS NULL AND h.status = 'accepted'
) used ON used.program_id = c.program_id AND used.stage = c.stage
WHERE (CAST(:programs AS uuid[]) IS NULL OR c.program_id = ANY(CAST(:programs AS uuid[])))
  AND (CAST(:program AS uuid) IS NULL OR c.program_id = :program)
GROUP BY c.program_id, c.stage, c.places ORDER BY c.program_id, c.stage
"""
