"""Reminders: which programs had no letter today, what their letters are written from, and each letter on its way."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert

from models.reminding import OpenLook, Reminder, Waiting
from models.tables import alerting
from services.store.work import Work


def waiting(work: Work, *, at: datetime) -> tuple[Waiting, ...]:
    """Return the programs whose letters of today are not written yet."""
    return tuple(Waiting(**row._mapping) for row in work.rows(_WAITING, at=at))


def begin(work: Work, program_ids: Collection[UUID], *, at: datetime) -> list[UUID]:
    """Note that the letters of today are written, and return for which programs nobody else had noted it."""
    return [row.program_id for row in work.rows(_BEGUN, ids=sorted(program_ids), at=at)]


def looks(work: Work, program_ids: Sequence[UUID], *, until: datetime) -> Mapping[UUID, list[OpenLook]]:
    """Return the open looks of programs that are due by a moment; those of pathways on hold wait."""
    found: defaultdict[UUID, list[OpenLook]] = defaultdict(list)
    for row in work.rows(_LOOKS, ids=list(program_ids), until=until):
        found[row.program_id].append(OpenLook(owner_id=row.owner_id, due_at=row.due_at, late_at=row.late_at))
    return found


def supervisors(work: Work, program_ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """Return the supervisors of programs, by name."""
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in work.rows(_SUPERVISORS, ids=list(program_ids)):
        found[row.program_id].append(row.person_id)
    return found


def put(work: Work, letters: Sequence[Reminder]) -> None:
    """Store letters that wait to be sent."""
    if letters:
        work.run(insert(alerting.Reminder), *[asdict(one) | {"attempts": 0} for one in letters])


def take(work: Work, channel: str, *, at: datetime, until: datetime) -> Row[Any] | None:
    """Take the next letter of a channel that may be tried, and count the attempt; it is nobody else's until then."""
    return work.first(_TAKE, channel=channel, at=at, until=until)


def sent(work: Work, reminder_id: UUID, *, at: datetime) -> None:
    """Note that a letter was taken over by whoever carries it on."""
    work.run("UPDATE reminder SET sent_at = :at, error = NULL WHERE id = :id", id=reminder_id, at=at)


def failed(work: Work, reminder_id: UUID, code: str, *, next_at: datetime | None, at: datetime) -> None:
    """Note that a letter was not taken: it is tried again then, or it is dead."""
    work.run(_FAILED, id=reminder_id, code=code, next_at=next_at, dead_at=at if next_at is None else None)


_TODAY = "(CAST(:at AS timestamptz) AT TIME ZONE p.zone)::date"
_WAITING = f"""
SELECT p.id AS program_id, p.zone, own.closed
FROM program p LEFT JOIN program_day own ON own.program_id = p.id AND own.day = {_TODAY}
WHERE NOT EXISTS (SELECT FROM reminder_day d WHERE d.program_id = p.id AND d.day = {_TODAY}) ORDER BY p.id
"""  # noqa: S608 - constants
_BEGUN = f"""
INSERT INTO reminder_day (program_id, day, written_at)
SELECT p.id, {_TODAY}, :at FROM program p WHERE p.id = ANY(CAST(:ids AS uuid[])) ORDER BY p.id
ON CONFLICT DO NOTHING RETURNING program_id
"""  # noqa: S608 - constants
_LOOKS = """
SELECT p.program_id, owner.id AS owner_id, r.due_at, r.late_at
FROM reassessment r JOIN pathway p ON p.id = r.pathway_id
LEFT JOIN person owner ON owner.id = p.owner_id AND owner.disabled_at IS NULL
WHERE r.closed_at IS NULL AND r.due_at < :until AND p.program_id = ANY(CAST(:ids AS uuid[]))
  AND NOT EXISTS (SELECT FROM hold WHERE hold.pathway_id = p.id AND hold.ended_at IS NULL)
ORDER BY r.due_at, r.id
"""
_SUPERVISORS = """
SELECT p.id AS program_id, person.id AS person_id
FROM program p JOIN person ON person.programs = '{}' OR p.id = ANY(person.programs)
WHERE p.id = ANY(CAST(:ids AS uuid[])) AND person.role = 'supervisor' AND person.disabled_at IS NULL
ORDER BY person.name, person.id
"""
_FAILED = """
UPDATE reminder SET error = :code, next_at = coalesce(:next_at, next_at), dead_at = :dead_at
WHERE id = :id AND sent_at IS NULL AND dead_at IS NULL
"""
_TAKE = """
WITH taken AS (
    UPDATE reminder SET attempts = attempts + 1, next_at = :until WHERE id = (
        SELECT r.id FROM reminder r JOIN contact c ON c.id = r.contact_id
        WHERE r.next_at <= :at AND c.channel = :channel AND r.sent_at IS NULL AND r.dead_at IS NULL
        ORDER BY r.attempts, r.next_at, r.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED)
    RETURNING id, program_id, contact_id, soon, today, overdue, attempts)
SELECT taken.*, program.name AS program, c.address
FROM taken JOIN program ON program.id = taken.program_id JOIN contact c ON c.id = taken.contact_id
"""
