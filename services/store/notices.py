"""Notices as people see them: what was raised, who was told, who took it over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.errors import NotFound
from services.store.alerts import OPEN, UNDONE
from services.store.work import Work


def one(work: Work, notice_id: UUID) -> Row[Any]:
    """Return a notice in scope. Raises: NotFound."""
    row = work.first(f"{_NOTICES} WHERE n.id = :id AND {_IN_SCOPE}", id=notice_id)
    if row is None:
        raise NotFound("alert")
    return row


def undone(work: Work, *, limit: int) -> Sequence[Row[Any]]:
    """Return the notices in scope whose cause is not done yet, those that nobody took over first."""
    return work.rows(
        f"{_NOTICES} WHERE n.id IN ({_UNDONE}) AND {_IN_SCOPE} ORDER BY open DESC, n.raised_at, n.id LIMIT :limit",
        limit=limit,
    )


def told(work: Work, notice_ids: Sequence[UUID]) -> Mapping[UUID, list[Row[Any]]]:
    """Return the deliveries of notices, in the order in which they were begun."""
    found: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in work.rows(_TOLD, ids=list(notice_ids)):
        found[row.notice_id].append(row)
    return found


def pathway_of(work: Work, notice_id: UUID) -> UUID:
    """Return the pathway a notice is about. Raises: NotFound."""
    return UUID(str(one(work, notice_id).pathway_id))


def counted(work: Work, *, late: datetime) -> Row[Any]:
    """Return how many notices in scope are open, untold, have dead letters, or wait for a worker since before a moment."""
    (row,) = work.rows(_COUNTED, late=late)
    return row


_IN_SCOPE = "(CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))"
_NOTICES = f"""
SELECT n.id, n.kind, n.pathway_id, n.raised_at, p.client_id, p.definition, p.stage, program.name AS program, program.zone,
       k.recorded_at AS acknowledged_at, person.name AS acknowledged_by, {UNDONE} AS undone,
       {OPEN} AS open
FROM notice n JOIN pathway p ON p.id = n.pathway_id JOIN program ON program.id = p.program_id
LEFT JOIN notice_acknowledged k ON k.notice_id = n.id LEFT JOIN person ON person.id = k.acknowledged_by
"""  # noqa: S608 - constants
_UNDONE = """
SELECT n.id FROM work_item w JOIN notice n ON n.work_id = w.id WHERE w.closed_at IS NULL
UNION
SELECT n.id FROM pathway p JOIN notice n ON n.pathway_id = p.id AND n.raised_at = p.quarantined_at WHERE n.work_id IS NULL
"""
_TOLD = """
SELECT d.notice_id, d.standby, d.channel, d.begun_at, d.sent_at, d.dead_at, d.error, d.attempts, person.name AS person
FROM delivery d LEFT JOIN person ON person.id = d.person_id
WHERE d.notice_id = ANY(CAST(:ids AS uuid[])) ORDER BY d.begun_at, d.round, d.rung, person.name, d.id
"""
_COUNTED = f"""
SELECT count(*) AS open, count(*) FILTER (WHERE t.letters > 0 AND t.reached = 0) AS untold,
       count(*) FILTER (WHERE t.dead > 0) AS dead, count(*) FILTER (WHERE a.look_at < :late OR t.stuck > 0) AS late
FROM alert a JOIN notice n ON n.id = a.notice_id JOIN pathway p ON p.id = n.pathway_id
CROSS JOIN LATERAL (
    SELECT count(*) AS letters, count(*) FILTER (WHERE d.dead_at IS NULL) AS reached,
           count(*) FILTER (WHERE d.dead_at IS NOT NULL AND d.person_id IS NOT NULL) AS dead,
           count(*) FILTER (WHERE d.dead_at IS NULL AND d.sent_at IS NULL AND d.next_at < :late) AS stuck
    FROM delivery d WHERE d.notice_id = n.id) t
WHERE a.look_at IS NOT NULL AND {OPEN} AND {_IN_SCOPE}
"""  # noqa: S608 - constants
