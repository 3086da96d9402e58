"""What the board and the worklist ask of the database: columns, not objects, one statement a page."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue.pathway_files import definitions
from models.facts import FIRST_EDITION
from services.store.work import Work


def standing(
    work: Work,
    *,
    definition: str | None = None,
    measures: Mapping[str, str] | None = None,
    stage: str | None = None,
    owner_id: UUID | None = None,
    program_id: UUID | None = None,
    pathway_ids: Sequence[UUID] | None = None,
    client_ids: Sequence[UUID] | None = None,
    after: UUID | None = None,
    limit: int = 500,
) -> Sequence[Row[Any]]:
    """Return open pathways in scope with their stay, earliest look, standing proposal and last scores.

    `measures` names the instrument whose scores each stage shows.
    """
    measures = measures or {}
    return work.rows(
        _STANDING,
        definition=definition,
        stages=list(measures),
        instruments=list(measures.values()),
        stage=stage,
        owner=owner_id,
        program=program_id,
        ids=None if pathway_ids is None else list(pathway_ids),
        clients=None if client_ids is None else list(client_ids),
        after=after,
        limit=limit,
    )


def open_looks(work: Work, pathway_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Return open reassessments with the parts already in and the reasons they were called for.

    Ratings are in where they are of the edition that the pathway's definition reads.
    """
    editions = {one.name: one.placement.edition for one in definitions()}
    names, read = list(editions), list(editions.values())
    return work.rows(_LOOKS, ids=list(pathway_ids), definitions=names, editions=read, first=FIRST_EDITION)


def screens(work: Work, pathway_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Return the suicide screens that came to a band, as each pathway knows them: the newest first."""
    return work.rows(_SCREENS, ids=list(pathway_ids))


def open_work(
    work: Work, *, pathway_ids: Sequence[UUID] | None = None, limit: int = 200
) -> Sequence[Row[Any]]:
    """Return open work items in scope, the earliest due first.

    A session that waits to be charted is one row, `many` clients of it together, with who led it as its owner.
    """
    return work.rows(_WORK, ids=None if pathway_ids is None else list(pathway_ids), limit=limit)


# A suicide screen warns from whoever records it, and only a signed one takes that back.
_STANDING = """
SELECT p.id, p.client_id, p.program_id, program.name AS program, program.zone, p.definition, p.stage, p.version,
       p.closed_at, p.quarantined_at, p.decision_id, p.sign_off_id, p.came_from, p.referred_by, person.name AS owner,
       stay.started_at AS since,
       EXISTS (SELECT FROM hold WHERE hold.pathway_id = p.id AND hold.ended_at IS NULL) AS held,
       look.id AS look_id, look.kind AS look_kind, look.due_at, look.late_at, look.parts,
       look.opened_at AS look_opened_at,
       d.outcome, d.to_stage, EXISTS (SELECT FROM sign_off s WHERE s.decision_id = d.id) AS signed,
       pending.to_stage AS pending_to, pending.starts_at AS pending_at,
       measure.instrument, score.totals
FROM pathway p
JOIN program ON program.id = p.program_id
LEFT JOIN person ON person.id = p.owner_id
LEFT JOIN placement stay ON stay.pathway_id = p.id AND stay.ended_at IS NULL
LEFT JOIN decision d ON d.id = p.decision_id
LEFT JOIN sign_off pending ON pending.id = p.sign_off_id
LEFT JOIN LATERAL (SELECT r.id, r.kind, r.opened_at, r.due_at, r.late_at, r.parts FROM reassessment r
                   WHERE r.pathway_id = p.id AND r.closed_at IS NULL ORDER BY r.due_at, r.id LIMIT 1) look ON true
LEFT JOIN unnest(CAST(:stages AS text[]), CAST(:instruments AS text[])) AS measure(stage, instrument)
       ON measure.stage = p.stage
LEFT JOIN LATERAL (SELECT array_agg(recent.total ORDER BY recent.effective_at) AS totals FROM
                     (SELECT f.total, f.effective_at FROM fact f WHERE f.client_id = p.client_id
                        AND f.code = measure.instrument AND f.total IS NOT NULL
                        AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
                      ORDER BY f.effective_at DESC LIMIT 8) recent) score ON true
WHERE (CAST(:ids AS uuid[]) IS NOT NULL OR p.closed_at IS NULL)
  AND (CAST(:ids AS uuid[]) IS NULL OR p.id = ANY(CAST(:ids AS uuid[])))
  AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
  AND (CAST(:definition AS text) IS NULL OR p.definition_key = :definition)
  AND (CAST(:stage AS text) IS NULL OR p.stage = :stage)
  AND (CAST(:owner AS uuid) IS NULL OR p.owner_id = :owner)
  AND (CAST(:program AS uuid) IS NULL OR p.program_id = :program)
  AND (CAST(:clients AS uuid[]) IS NULL OR p.client_id = ANY(CAST(:clients AS uuid[])))
  AND (CAST(:after AS uuid) IS NULL OR p.id > :after)
ORDER BY CASE WHEN CAST(:after AS uuid) IS NULL THEN look.due_at END NULLS LAST, p.id LIMIT :limit
"""
_LOOKS = """
SELECT r.id, r.pathway_id, r.kind, r.opened_at AS look_opened_at, r.due_at, r.late_at, r.parts, r.counts_from,
       ARRAY(SELECT DISTINCT part FROM fact_known k JOIN fact f ON f.id = k.fact_id
             JOIN unnest(r.parts) AS part ON f.code = ANY(string_to_array(part, '|'))
             WHERE k.pathway_id = r.pathway_id AND f.kind = 'assessment' AND f.signed
               AND f.effective_at >= r.counts_from
               AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
               AND CASE WHEN f.code = 'six-dimensions' THEN NOT convert_from(f.body, 'UTF8')::jsonb -> 'answers' @> '[null]'
                             AND coalesce(convert_from(f.body, 'UTF8')::jsonb ->> 'edition', :first)
                                 = coalesce(reads.edition, :first)
                        ELSE f.total IS NOT NULL OR f.band IS NOT NULL
                             OR convert_from(f.body, 'UTF8')::jsonb -> 'subscales' <> '[]' END) AS done,
       ARRAY(SELECT DISTINCT w.trigger FROM reassessment_reason w WHERE w.reassessment_id = r.id) AS reasons
FROM reassessment r JOIN pathway p ON p.id = r.pathway_id
LEFT JOIN unnest(CAST(:definitions AS text[]), CAST(:editions AS text[])) AS reads(definition, edition)
       ON reads.definition = p.definition
WHERE r.pathway_id = ANY(CAST(:ids AS uuid[])) AND r.closed_at IS NULL ORDER BY r.due_at, r.id
"""
_SCREENS = """
SELECT k.pathway_id, f.band, f.signed, f.attested FROM fact_known k JOIN fact f ON f.id = k.fact_id
WHERE k.pathway_id = ANY(CAST(:ids AS uuid[])) AND f.code = 'c-ssrs' AND f.band IS NOT NULL
  AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
ORDER BY f.effective_at DESC, k.pathway_version DESC, f.id DESC
"""
_WORK = """
SELECT * FROM (
    SELECT w.id, w.kind, w.pathway_id, w.cause, w.for_role, w.due_at, w.opened_at, p.client_id, p.stage, p.definition,
           program.zone, coalesce(led.name, person.name) AS owner, d.to_stage, d.outcome,
           EXISTS (SELECT FROM hold WHERE hold.pathway_id = p.id AND hold.ended_at IS NULL) AS held,
           s.id AS session_id, s.service, s.starts_at, count(*) OVER line AS many,
           row_number() OVER (line ORDER BY w.id) AS place
    FROM work_item w JOIN pathway p ON p.id = w.pathway_id JOIN program ON program.id = p.program_id
    LEFT JOIN person ON person.id = p.owner_id LEFT JOIN decision d ON d.id = w.cause
    LEFT JOIN care_session s ON s.id = w.cause LEFT JOIN person led ON led.id = s.facilitator_id
    WHERE w.closed_at IS NULL
      AND (CAST(:ids AS uuid[]) IS NULL OR w.pathway_id = ANY(CAST(:ids AS uuid[])))
      AND (CAST(:programs AS uuid[]) IS NULL OR coalesce(w.program_id, p.program_id) = ANY(CAST(:programs AS uuid[])))
    WINDOW line AS (PARTITION BY coalesce(s.id, w.id))
) item WHERE place = 1 ORDER BY due_at, id LIMIT :limit
"""
