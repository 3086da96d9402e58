"""Cases: what a rule may see of pathways, loaded for a whole set of ids by a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Row

from models.case import ONCE, Case, Done, HandOff, Reason, Reassessment, Received, Signature, Standing, Stay
from models.case import Work as WorkDue
from models.catalogue import holidays
from services.store import known_facts
from services.store.work import Work

Found = Row[Any]
T = TypeVar("T")
_REASON = ("trigger", "fact_id", "since")
_OF_PATHWAY = ("definition", "version", "recorded_at", "zone", "stage", "held", "resumed_at")
_AROUND = timedelta(days=45)
"""So far before and after a record its closed days are known: farther than any step that counts them reaches."""


def load(work: Work, pathway_ids: Sequence[UUID]) -> list[Case]:
    """Return the cases of these pathways as known now, in the order given; ids outside the scope are left out.

    Shapes: n ids in, at most n cases out, in a number of queries that does not depend on n.
    """
    pathways = {row.id: row for row in work.rows(_PATHWAYS, ids=list(pathway_ids))}
    parts = {name: _gather(work, asked, pathway_ids, read) for name, (asked, read) in _PARTS.items()}
    return [
        _case(pathways[one], {name: part[one] for name, part in parts.items()})
        for one in pathway_ids
        if one in pathways
    ]


def _gather(
    work: Work, query: str, pathway_ids: Sequence[UUID], read: Callable[[Found], T]
) -> defaultdict[UUID, tuple[T, ...]]:
    found: defaultdict[UUID, list[T]] = defaultdict(list)
    for row in work.rows(query, ids=list(pathway_ids)):
        found[row.pathway_id].append(read(row))
    return defaultdict(tuple, {one: tuple(items) for one, items in found.items()})


def _case(row: Found, parts: dict[str, Any]) -> Case:
    parts["closed_days"] = _closed_days(row.recorded_at, parts["closed_days"])
    return Case(
        **{name: getattr(row, name) for name in _OF_PATHWAY},
        pathway_id=row.id,
        reviewed_at=_reviewed_at(parts["done"]),
        signature=_signature(row),
        standing=_standing(row),
        hand_off=_hand_off(row),
        received=_received(row),
        **parts,
    )


def _closed_days(recorded_at: datetime, own: Sequence[tuple[date, bool]]) -> tuple[date, ...]:
    """Return the days around the last record on which a program is closed: public holidays, but for what it says itself."""
    near = recorded_at.astimezone(UTC).date()
    days = dict.fromkeys(holidays().between(near - _AROUND, near + _AROUND), True) | dict(own)
    return tuple(sorted(day for day, closed in days.items() if closed))


def _signature(row: Found) -> Signature | None:
    if row.sign_off_id is None:
        return None
    return Signature(
        id=row.sign_off_id,
        meaning=row.meaning,
        to_stage=row.signed_to,
        starts_at=row.starts_at,
        decision_id=row.signed_decision,
        discharge=row.discharge,
        reason_code=row.reason_code,
    )


def _hand_off(row: Found) -> HandOff | None:
    if row.hand_off_id is None:
        return None
    return HandOff(
        id=row.hand_off_id,
        to_program_id=row.to_program_id,
        owner_id=row.receiver_id,
        starts_at=row.hand_off_starts,
    )


def _received(row: Found) -> Received | None:
    if row.received_id is None:
        return None
    return Received(id=row.received_id, from_program_id=row.from_program_id, at=row.received_at)


def _standing(row: Found) -> Standing | None:
    if row.decision_id is None:
        return None
    return Standing(
        id=row.decision_id,
        verdict=row.verdict,
        outcome=row.outcome,
        to_stage=row.to_stage,
        signed=row.decision_signed,
        withdrawn=row.decision_withdrawn,
    )


def _stay(row: Found) -> Stay:
    return Stay(stage=row.stage, started_at=row.started_at, ended_at=row.ended_at, ended_by=row.ended_by)


def _reassessment(row: Found) -> Reassessment:
    plain = Reassessment.__dataclass_fields__.keys() - {"parts", "reasons"}
    reasons = tuple(Reason(trigger=one["trigger"], fact_id=UUID(one["fact"])) for one in row.reasons)
    return Reassessment(
        **{name: getattr(row, name) for name in plain}, parts=tuple(row.parts), reasons=reasons
    )


def _reviewed_at(done: Sequence[Done]) -> datetime | None:
    rated = (one.last_at for one in done if one.kind == "periodic" or "six-dimensions" in one.parts)
    return max(rated, default=None)


def _done(row: Found) -> Done:
    return Done(kind=row.kind, parts=tuple(row.parts), last_at=row.last_at, times=row.times)


_PATHWAYS = """
SELECT p.id, p.definition, p.version, p.recorded_at, p.stage, program.zone, p.decision_id, p.sign_off_id,
       EXISTS (SELECT FROM hold WHERE hold.pathway_id = p.id AND hold.ended_at IS NULL) AS held,
       (SELECT max(ended_at) FROM hold WHERE hold.pathway_id = p.id) AS resumed_at,
       d.verdict, d.outcome, d.to_stage,
       EXISTS (SELECT FROM sign_off WHERE sign_off.decision_id = d.id) AS decision_signed,
       EXISTS (SELECT FROM sign_off w WHERE w.decision_id = d.id AND w.meaning = 'accepted'
                AND w.id IS DISTINCT FROM p.sign_off_id
                AND NOT EXISTS (SELECT FROM transition t WHERE t.sign_off_id = w.id)) AS decision_withdrawn,
       s.meaning, s.to_stage AS signed_to, s.starts_at, s.decision_id AS signed_decision, s.discharge, s.reason_code,
       h.id AS hand_off_id, h.to_program_id, h.owner_id AS receiver_id, h.starts_at AS hand_off_starts,
       got.id AS received_id, got.from_program_id, got.closed_at AS received_at
FROM pathway p JOIN program ON program.id = p.program_id
LEFT JOIN decision d ON d.id = p.decision_id LEFT JOIN sign_off s ON s.id = p.sign_off_id
LEFT JOIN hand_off h ON h.pathway_id = p.id AND h.closed_at IS NULL
LEFT JOIN LATERAL (SELECT id, from_program_id, closed_at FROM hand_off t WHERE t.pathway_id = p.id
                   AND t.status = 'taken-over' ORDER BY t.closed_at DESC LIMIT 1) got ON true
WHERE p.id = ANY(CAST(:ids AS uuid[]))
  AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
"""
_STAYS = """
SELECT pathway_id, stage, started_at, ended_at, ended_by FROM placement
WHERE pathway_id = ANY(CAST(:ids AS uuid[])) ORDER BY opened_version
"""
_EARLIER = """
WITH RECURSIVE walk AS (
    SELECT id AS pathway_id, follows FROM pathway WHERE id = ANY(CAST(:ids AS uuid[])) AND follows IS NOT NULL
    UNION ALL
    SELECT walk.pathway_id, p.follows FROM walk JOIN pathway p ON p.id = walk.follows WHERE p.follows IS NOT NULL
)
SELECT walk.pathway_id, s.stage, s.started_at, s.ended_at, s.ended_by
FROM walk JOIN placement s ON s.pathway_id = walk.follows ORDER BY s.started_at, s.opened_version
"""
_HOLDS = (
    "SELECT pathway_id, id FROM hold WHERE pathway_id = ANY(CAST(:ids AS uuid[])) ORDER BY opened_version"
)


# A corrected fact gives way to its correction, and one that was retracted to nothing. A rostered session nobody charted, or
# whose charting was retracted, is a fact of its own: unlogged.
_FACTS = """
SELECT k.pathway_id, f.id, f.kind, f.code, f.effective_at, f.recorded_at, k.pathway_version AS known, f.signed,
       f.attested, f.total, f.band, f.body, f.session_id, f.pathway_id <> k.pathway_id AS shared,
       CASE WHEN f.corrects IS NOT NULL AND f.kind = 'event' THEN (
         WITH RECURSIVE earlier AS (
           SELECT f.corrects AS id UNION ALL SELECT c.corrects FROM earlier JOIN fact c ON c.id = earlier.id)
         SELECT min(o.pathway_version) FROM earlier JOIN fact_known o ON o.fact_id = earlier.id
          WHERE o.pathway_id = k.pathway_id) END AS first_known
FROM fact_known k JOIN fact f ON f.id = k.fact_id
WHERE k.pathway_id = ANY(CAST(:ids AS uuid[])) AND f.kind <> 'retraction'
  AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
UNION ALL
SELECT r.pathway_id, s.id, 'attendance', s.service, s.starts_at, s.starts_at, r.known, false,
       false, NULL, NULL, convert_to('{"minutes":' || s.minutes || ',"status":"unlogged"}', 'UTF8'), s.id, false,
       NULL
FROM roster r JOIN care_session s ON s.id = r.session_id
WHERE r.pathway_id = ANY(CAST(:ids AS uuid[]))
  AND NOT EXISTS (SELECT FROM fact f WHERE f.session_id = s.id AND f.pathway_id = r.pathway_id
                  AND f.kind <> 'retraction' AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id))
ORDER BY 1, 5, 7, 2
"""
_REASSESSMENTS = """
SELECT pathway_id, id, kind, stage, opened_at, counts_from, due_at, late_at, outer_at, parts, called_at, escalated_at,
       coalesce((SELECT json_agg(json_build_object('trigger', w.trigger, 'fact', w.fact_id)
                                 ORDER BY w.pathway_version, w.trigger, w.fact_id)
                 FROM reassessment_reason w WHERE w.reassessment_id = reassessment.id), '[]') AS reasons
FROM reassessment WHERE pathway_id = ANY(CAST(:ids AS uuid[])) AND closed_at IS NULL ORDER BY due_at, id
"""
# A triggered look is done as of the ratings that answered it: it may be called long after, by what was told late.
_DONE = """
SELECT r.pathway_id, r.kind, r.parts, count(*) AS times, max(CASE WHEN r.kind = 'triggered' THEN least(r.closed_at, (
           SELECT max(f.effective_at) FROM fact_known k JOIN fact f ON f.id = k.fact_id
           WHERE k.pathway_id = r.pathway_id AND f.kind = 'assessment' AND f.code = 'six-dimensions' AND f.signed
             AND f.effective_at <= r.closed_at)) ELSE r.closed_at END) AS last_at
FROM reassessment r JOIN pathway p ON p.id = r.pathway_id
WHERE p.id = ANY(CAST(:ids AS uuid[])) AND r.status = 'completed' AND r.stage = p.stage
  AND r.closed_at >= (SELECT max(started_at) FROM placement WHERE placement.pathway_id = p.id)
GROUP BY r.pathway_id, r.kind, r.parts ORDER BY r.pathway_id, r.kind, r.parts
"""
_REASONS = """
SELECT r.pathway_id, r.trigger, r.fact_id, f.effective_at AS since
FROM reassessment_reason r JOIN fact f ON f.id = r.fact_id
WHERE r.pathway_id = ANY(CAST(:ids AS uuid[])) ORDER BY r.pathway_version, r.trigger
"""
_WORK = """
SELECT pathway_id, id, kind, cause FROM work_item
WHERE pathway_id = ANY(CAST(:ids AS uuid[])) AND closed_at IS NULL ORDER BY opened_version, id
"""
_DAYS = f"""
SELECT p.id AS pathway_id, d.day, d.closed FROM pathway p JOIN program_day d ON d.program_id = p.program_id
WHERE p.id = ANY(CAST(:ids AS uuid[]))
  AND abs(d.day - (p.recorded_at AT TIME ZONE 'UTC')::date) <= {_AROUND.days}
ORDER BY d.day
"""  # noqa: S608 - a constant
_SETTLED = f"""
SELECT pathway_id, fact_id FROM transition
WHERE pathway_id = ANY(CAST(:ids AS uuid[])) AND fact_id IS NOT NULL
UNION
SELECT pathway_id, cause FROM work_item
WHERE pathway_id = ANY(CAST(:ids AS uuid[])) AND kind IN {ONCE!r}
ORDER BY 1, 2
"""  # noqa: S608 - constants

_PARTS: dict[str, tuple[str, Callable[[Found], Any]]] = {
    "stays": (_STAYS, _stay),
    "earlier": (_EARLIER, _stay),
    "holds": (_HOLDS, lambda row: row.id),
    "facts": (_FACTS, known_facts.read),
    "reassessments": (_REASSESSMENTS, _reassessment),
    "answered": (_REASONS, lambda row: Reason(**{name: getattr(row, name) for name in _REASON})),
    "work": (_WORK, lambda row: WorkDue(id=row.id, kind=row.kind, cause=row.cause)),
    "settled": (_SETTLED, lambda row: row.fact_id),
    "done": (_DONE, _done),
    "closed_days": (_DAYS, lambda row: (row.day, row.closed)),
}
"""What else a case consists of: the question for each part, and how a row of the answer is read."""
