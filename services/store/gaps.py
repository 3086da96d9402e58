"""Gaps: what came due and was not handled, told by the records alone.

The question knows neither the clock by which pathways wake nor the rules that set it: it reads the looks, the
signatures, the events and the sessions themselves. So it finds what the engine would sleep over, whatever the reason.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from models.definition import PathwayDefinition
from models.occurrence import Trigger
from services.store.work import Work


def unhandled(
    work: Work, definitions: Iterable[PathwayDefinition], *, before: datetime
) -> Sequence[Row[Any]]:
    """Return what has been due since before a moment and was not handled: `(pathway_id, what, since)`, oldest first.

    Pathways on hold have no clocks, and those set aside are shown as such; both are left out. Triggers that rest on a
    criterion are the rules' own to find, and so is what happened before the walk began.
    """
    known = list(definitions)
    triggers = [(one.name, trigger, stage) for one in known for trigger, stage in _events(one)]
    charted = {
        one.name: one.charting.within.length
        for one in known
        if one.charting and one.charting.within.unit != "b"
    }
    reviewed = [(one.name, stage.key) for one in known for stage in one.stages if stage.review]
    return work.rows(
        _GAPS,
        before=before,
        t_definitions=[name for name, _, _ in triggers],
        t_keys=[trigger.key for _, trigger, _ in triggers],
        t_events=[trigger.event for _, trigger, _ in triggers],
        t_stages=[stage for _, _, stage in triggers],
        r_definitions=[name for name, _ in reviewed],
        r_stages=[stage for _, stage in reviewed],
        c_definitions=list(charted),
        c_withins=list(charted.values()),
    )


def _events(one: PathwayDefinition) -> list[tuple[Trigger, str]]:
    return [
        (trigger, stage.key)
        for trigger in one.triggers
        if trigger.event
        for stage in one.stages
        if stage.review and (not trigger.stages or stage.key in trigger.stages)
    ]


_GAPS = """
WITH here AS (
    SELECT p.id, p.definition, p.stage, p.sign_off_id, s.opened_version,
           (SELECT min(w.started_at) FROM placement w WHERE w.pathway_id = p.id) AS entered_at
    FROM pathway p JOIN placement s ON s.pathway_id = p.id AND s.ended_at IS NULL
    WHERE p.closed_at IS NULL AND p.quarantined_at IS NULL
      AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
), ticking AS (
    SELECT * FROM here WHERE NOT EXISTS (
        SELECT FROM hold h WHERE h.pathway_id = here.id AND (h.ended_at IS NULL OR h.ended_at >= :before))
), found AS (
    SELECT r.pathway_id, 'reassessment-not-called' AS what, greatest(r.due_at, r.opened_at) AS since
      FROM reassessment r JOIN ticking ON ticking.id = r.pathway_id
     WHERE r.closed_at IS NULL AND r.called_at IS NULL AND r.due_at < :before AND r.opened_at < :before
    UNION ALL
    SELECT r.pathway_id, 'reassessment-not-escalated', greatest(r.outer_at, r.opened_at)
      FROM reassessment r JOIN ticking ON ticking.id = r.pathway_id
     WHERE r.closed_at IS NULL AND r.escalated_at IS NULL AND r.outer_at < :before AND r.opened_at < :before
    UNION ALL
    SELECT here.id, 'signed-move-not-made', greatest(s.starts_at, s.recorded_at)
      FROM here JOIN sign_off s ON s.id = here.sign_off_id
     WHERE s.starts_at < :before AND s.recorded_at < :before
    UNION ALL
    SELECT here.id, 'hand-off-not-taken-over', greatest(h.starts_at, h.answered_at)
      FROM here JOIN hand_off h ON h.pathway_id = here.id AND h.closed_at IS NULL AND h.status = 'accepted'
     WHERE h.starts_at < :before AND h.answered_at < :before
    UNION ALL
    SELECT ticking.id, 'event-not-answered', f.recorded_at
      FROM ticking
      JOIN unnest(CAST(:t_definitions AS text[]), CAST(:t_keys AS text[]), CAST(:t_events AS text[]),
                  CAST(:t_stages AS text[])) AS t(definition, key, event, stage)
        ON t.definition = ticking.definition AND t.stage = ticking.stage
      JOIN fact_known k ON k.pathway_id = ticking.id
      JOIN fact f ON f.id = k.fact_id AND f.kind = 'event' AND f.code = t.event
      JOIN audit_entry e ON e.pathway_id = ticking.id AND e.pathway_version = ticking.opened_version
     WHERE f.effective_at >= ticking.entered_at AND f.effective_at < :before AND f.recorded_at < :before
       AND e.recorded_at < :before
       AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
       AND NOT EXISTS (SELECT FROM reassessment_reason r
                        WHERE r.pathway_id = ticking.id AND r.trigger = t.key AND r.fact_id = f.id)
    UNION ALL
    SELECT ticking.id, 'no-reassessment-open', e.recorded_at
      FROM ticking
      JOIN unnest(CAST(:r_definitions AS text[]), CAST(:r_stages AS text[])) AS r(definition, stage)
        ON r.definition = ticking.definition AND r.stage = ticking.stage
      JOIN audit_entry e ON e.pathway_id = ticking.id AND e.pathway_version = ticking.opened_version
     WHERE e.recorded_at < :before
       AND NOT EXISTS (SELECT FROM reassessment o WHERE o.pathway_id = ticking.id AND o.kind = 'periodic'
                          AND (o.closed_at IS NULL OR o.closed_at >= :before))
    UNION ALL
    SELECT here.id, 'session-not-asked-for', greatest(s.starts_at + c.within, e.recorded_at)
      FROM here
      JOIN unnest(CAST(:c_definitions AS text[]), CAST(:c_withins AS interval[])) AS c(definition, within)
        ON c.definition = here.definition
      JOIN roster r ON r.pathway_id = here.id JOIN care_session s ON s.id = r.session_id
      JOIN audit_entry e ON e.pathway_id = here.id AND e.pathway_version = r.known
     WHERE s.starts_at + c.within < :before AND e.recorded_at < :before
       AND NOT EXISTS (SELECT FROM fact f WHERE f.session_id = s.id AND f.pathway_id = here.id)
       AND NOT EXISTS (SELECT FROM work_item w WHERE w.pathway_id = here.id AND w.cause = s.id)
)
SELECT pathway_id, what, min(since) AS since FROM found GROUP BY 1, 2 ORDER BY since, pathway_id, what
"""
