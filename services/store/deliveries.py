"""Deliveries: taken one at a time by whoever sends, in order for each pathway and address, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def take(work: Work, channel: str, *, at: datetime, until: datetime) -> Row[Any] | None:
    """Take the next delivery of a channel that may be tried, count the attempt, and return it with all it needs.

    It is nobody else's until then; committed before anything is sent, so that a sender who dies over it costs an attempt,
    and never a word: it is sent again under the same id.
    """
    return work.first(_TAKE, channel=channel, at=at, until=until)


def sent(work: Work, delivery_id: UUID, *, at: datetime) -> None:
    """Note that a delivery was taken over by whoever carries it on."""
    work.run(
        "UPDATE delivery SET sent_at = :at, dead_at = NULL, error = NULL WHERE id = :id AND sent_at IS NULL",
        id=delivery_id,
        at=at,
    )
    _tell_pages(work, delivery_id)


def failed(work: Work, delivery_id: UUID, code: str, *, next_at: datetime | None, at: datetime) -> None:
    """Note that a delivery was not taken: it is tried again then, or dead, and then its alert is looked at at once."""
    dead_at = at if next_at is None else None
    work.run(_FAILED, id=delivery_id, code=code, next_at=next_at, dead_at=dead_at)
    if dead_at is not None:
        row = work.first("SELECT notice_id FROM delivery WHERE id = :id", id=delivery_id)
        _look_now(work, row.notice_id if row else None, at)
    _tell_pages(work, delivery_id)


def revive(work: Work, notice_id: UUID, *, at: datetime) -> int:
    """Let the dead letters of an open notice be tried again, and its vacant rungs be looked at again; return how many."""
    # The alert first, as whoever lets it climb takes it: two who lock in two orders would wait for each other.
    _look_now(work, notice_id, at)
    again = work.run(_REVIVED, id=notice_id, at=at)
    forgotten = work.run("DELETE FROM delivery WHERE notice_id = :id AND address IS NULL", id=notice_id)
    return again + forgotten


def _look_now(work: Work, notice_id: UUID | None, at: datetime) -> None:
    work.run(
        "UPDATE alert SET look_at = least(look_at, :at) WHERE notice_id = :id AND look_at IS NOT NULL",
        id=notice_id,
        at=at,
    )


def _tell_pages(work: Work, delivery_id: UUID) -> None:
    work.run(
        "SELECT pg_notify('stepdown_changed', pathway_id::text) FROM delivery WHERE id = :id", id=delivery_id
    )


_FAILED = """
UPDATE delivery SET error = :code, next_at = coalesce(:next_at, next_at), dead_at = :dead_at
WHERE id = :id AND sent_at IS NULL AND dead_at IS NULL
"""
_REVIVED = """
UPDATE delivery SET dead_at = NULL, error = NULL, attempts = 0, next_at = :at
WHERE notice_id = :id AND dead_at IS NOT NULL AND address IS NOT NULL
"""
_TAKE = """
WITH taken AS (
    UPDATE delivery SET attempts = attempts + 1, next_at = :until WHERE id = (
        SELECT d.id FROM delivery d
        WHERE d.next_at <= :at AND d.channel = :channel AND d.sent_at IS NULL AND d.dead_at IS NULL
          AND NOT EXISTS (
              SELECT FROM delivery e
              WHERE e.pathway_id = d.pathway_id AND e.channel = d.channel AND e.address = d.address
                AND e.sent_at IS NULL AND e.dead_at IS NULL
                AND (e.begun_at, e.pathway_version, e.rung, e.id) < (d.begun_at, d.pathway_version, d.rung, d.id))
        ORDER BY d.attempts, d.begun_at, d.rung, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
    RETURNING id, notice_id, contact_id, address, attempts)
SELECT taken.id, taken.notice_id, taken.contact_id, taken.address, taken.attempts, n.kind, n.raised_at,
       program.name AS program, c.sealed
FROM taken JOIN notice n ON n.id = taken.notice_id JOIN pathway p ON p.id = n.pathway_id
JOIN program ON program.id = p.program_id LEFT JOIN contact c ON c.id = taken.contact_id
"""
