"""What happened on a pathway, newest first, and the decisions made about it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def entries(work: Work, pathway_id: UUID, *, limit: int = 100) -> Sequence[Row[Any]]:
    """Return what happened: facts, decisions, signatures, moves, looks and holds, newest version first."""
    return work.rows(_ENTRIES, id=pathway_id, limit=limit)


def decisions(work: Work, pathway_id: UUID, *, limit: int = 20) -> Sequence[Row[Any]]:
    """Return recorded decisions, newest first, with whether each was signed or superseded and the run that made it.

    Beside each stands what was selected by then: the last signature that stands, until the next decision.
    """
    return work.rows(_DECISIONS, id=pathway_id, limit=limit)


def audit_entries(work: Work, pathway_id: UUID) -> Sequence[Row[Any]]:
    """Return the audit entries of a pathway in order, with their place in the log once they have one.

    Beside each stands who wrote it, whose signature it speaks of and under which credential, and the rule that asked.
    """
    return work.rows(_AUDIT, id=pathway_id)


def recorded(
    work: Work, *, decision_id: UUID | None, after: tuple[UUID, int] | None, limit: int
) -> Sequence[Row[Any]]:
    """Return decisions to replay, in order of (pathway, version), beyond a place in that order."""
    pathway_id, version = after or (None, None)
    return work.rows(
        """SELECT d.id, d.pathway_id, d.pathway_version, d.definition, d.definition_hash, d.engine, d.decided_at,
                  d.case_bytes, d.case_sha256, d.body
           FROM decision d JOIN pathway p ON p.id = d.pathway_id
           WHERE (CAST(:decision AS uuid) IS NULL OR d.id = :decision)
             AND (CAST(:after AS uuid) IS NULL OR (d.pathway_id, d.pathway_version) > (CAST(:after AS uuid), :version))
             AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
           ORDER BY d.pathway_id, d.pathway_version LIMIT :limit""",
        decision=decision_id,
        after=pathway_id,
        version=version,
        limit=limit,
    )


_AUDIT = """
SELECT e.pathway_version AS version, e.recorded_at, e.kind, e.bytes, l.seq, person.name AS by, signer.name AS signed_by,
       s.credential, coalesce(said.entry #>> '{told,rule}', d.rule) AS rule
FROM audit_entry e
CROSS JOIN LATERAL (SELECT convert_from(e.bytes, 'UTF8')::json AS entry) said
JOIN pathway p ON p.id = e.pathway_id LEFT JOIN audit_leaf l ON l.entry_id = e.id
LEFT JOIN person ON person.id = CAST(said.entry #>> '{actor,id}' AS uuid)
LEFT JOIN sign_off s ON s.id = CAST(said.entry #>> '{told,sign_off_id}' AS uuid)
LEFT JOIN person signer ON signer.id = s.signed_by
LEFT JOIN decision d ON d.id = CAST(said.entry #>> '{told,decision_id}' AS uuid)
WHERE e.pathway_id = :id
  AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
ORDER BY e.pathway_version
"""
_ENTRIES = """
SELECT entry.*, person.name AS by FROM (
    SELECT k.pathway_version AS version, f.effective_at AS at, f.recorded_at, f.kind, f.code, f.total::text AS figure,
           f.band AS word, convert_from(f.body, 'UTF8') AS body, f.recorded_by AS who, f.id AS fact_id, f.corrects,
           (SELECT c.id FROM fact c WHERE c.corrects = f.id) AS corrected_by, f.pathway_id = k.pathway_id AS came_here
      FROM fact_known k JOIN fact f ON f.id = k.fact_id WHERE k.pathway_id = :id
    UNION ALL
    SELECT other.*, NULL, NULL, NULL, NULL FROM (
    SELECT d.pathway_version, d.recorded_at, d.recorded_at, 'decision', d.outcome, d.stage, d.to_stage, NULL, NULL
      FROM decision d WHERE d.pathway_id = :id
    UNION ALL
    SELECT s.pathway_version, s.recorded_at, s.recorded_at, 'sign-off', s.meaning, s.credential, s.to_stage,
           json_build_object('reason_code', s.reason_code, 'discharge', s.discharge, 'recommended',
               (SELECT convert_from(d.body, 'UTF8')::json ->> 'recommended' FROM decision d
                 WHERE d.pathway_id = s.pathway_id AND d.pathway_version < s.pathway_version
                 ORDER BY d.pathway_version DESC LIMIT 1))::text,
           s.signed_by
      FROM sign_off s WHERE s.pathway_id = :id
    UNION ALL
    SELECT s.pathway_version, s.recorded_at, s.recorded_at, 'countersigned', s.credential, NULL, NULL, NULL, s.signed_by
      FROM plan_countersigned s WHERE s.pathway_id = :id
    UNION ALL
    SELECT t.pathway_version, t.effective_at, t.recorded_at, 'move', t.how, t.rule, t.to_stage, t.from_stage, s.signed_by
      FROM transition t LEFT JOIN sign_off s ON s.id = t.sign_off_id WHERE t.pathway_id = :id
    UNION ALL
    SELECT r.closed_version, r.closed_at, r.closed_at, 'look', r.status, NULL, r.kind, NULL, NULL
      FROM reassessment r WHERE r.pathway_id = :id AND r.closed_at IS NOT NULL
    UNION ALL
    SELECT m.pathway_version, m.recorded_at, m.recorded_at, 'due-date', m.reason_code,
           to_char(m.due_before AT TIME ZONE program.zone, 'FMDD Mon YYYY, HH24:MI'),
           to_char(m.due_at AT TIME ZONE program.zone, 'FMDD Mon YYYY, HH24:MI'), NULL, m.moved_by
      FROM due_move m JOIN pathway p ON p.id = m.pathway_id JOIN program ON program.id = p.program_id
     WHERE m.pathway_id = :id
    UNION ALL
    SELECT h.opened_version, h.started_at, h.started_at, 'hold', h.reason_code, NULL, NULL, NULL, NULL
      FROM hold h WHERE h.pathway_id = :id
    UNION ALL
    SELECT h.closed_version, h.ended_at, h.ended_at, 'resume', h.reason_code, NULL, NULL, NULL, NULL
      FROM hold h WHERE h.pathway_id = :id AND h.ended_at IS NOT NULL
    UNION ALL
    SELECT told.version, told.at, told.at, 'hand-off', told.status, h.kind, t.name, f.name, told.who
      FROM hand_off h JOIN program f ON f.id = h.from_program_id JOIN program t ON t.id = h.to_program_id
      CROSS JOIN LATERAL (VALUES
        (h.opened_version, h.offered_at, 'offered', h.offered_by),
        (h.answered_version, h.answered_at, CASE h.status WHEN 'declined' THEN h.status ELSE 'accepted' END, h.answered_by),
        (CASE WHEN h.status <> 'declined' THEN h.closed_version END, h.closed_at, h.status, NULL)
      ) AS told(version, at, status, who)
     WHERE h.pathway_id = :id AND told.version IS NOT NULL
    UNION ALL
    SELECT 1, p.opened_at, p.opened_at, 'opened', p.definition, NULL,
           (SELECT stage FROM placement WHERE pathway_id = p.id ORDER BY opened_version LIMIT 1), NULL, NULL
      FROM pathway p WHERE p.id = :id) other
) entry LEFT JOIN person ON person.id = entry.who
ORDER BY version DESC, at DESC LIMIT :limit
"""
_DECISIONS = """
SELECT d.id, d.recorded_at, d.definition, d.engine, d.body, d.case_bytes, t.run_id,
       chosen.stage AS selected, chosen.meaning AS how, chosen.reason_code,
       EXISTS (SELECT FROM sign_off s WHERE s.decision_id = d.id) AS signed,
       p.decision_id IS DISTINCT FROM d.id AS superseded
FROM decision d JOIN pathway p ON p.id = d.pathway_id LEFT JOIN transition t ON t.decision_id = d.id
LEFT JOIN LATERAL (
    SELECT s.meaning, s.reason_code, CASE WHEN s.meaning = 'declined' THEN under.stage ELSE s.to_stage END AS stage
      FROM sign_off s LEFT JOIN decision under ON under.id = s.decision_id
     WHERE s.pathway_id = d.pathway_id AND s.meaning <> 'withdrawn'
       AND (s.meaning = 'declined' OR s.id = p.sign_off_id
            OR EXISTS (SELECT FROM transition moved WHERE moved.sign_off_id = s.id))
       AND NOT EXISTS (SELECT FROM decision later WHERE later.pathway_id = d.pathway_id
                        AND later.pathway_version > d.pathway_version AND later.pathway_version < s.pathway_version)
     ORDER BY s.pathway_version DESC LIMIT 1) chosen ON true
WHERE d.pathway_id = :id AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
ORDER BY d.pathway_version DESC LIMIT :limit
"""
