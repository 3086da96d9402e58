"""Requests by their Idempotency-Key."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def take(work: Work, person_id: UUID, key: str, sha256: bytes, *, at: datetime) -> bool:
    """Take a key; False if it was taken before. Waits for the end of a request that takes it just now."""
    return bool(
        work.run(
            """INSERT INTO command (person_id, idempotency_key, body_sha256, status, recorded_at)
               VALUES (:person, :key, :sha, 0, :at) ON CONFLICT DO NOTHING""",
            person=person_id,
            key=key,
            sha=sha256,
            at=at,
        )
    )


def taken(work: Work, person_id: UUID, key: str) -> Row[Any] | None:
    """Return the request a key belongs to, with its answer."""
    return work.first(
        "SELECT body_sha256, status, answer FROM command WHERE person_id = :person AND idempotency_key = :key",
        person=person_id,
        key=key,
    )


def keep_answer(work: Work, person_id: UUID, key: str, status: int, body: bytes) -> None:
    """Store what a request was answered."""
    work.run(
        "UPDATE command SET status = :status, answer = :body WHERE person_id = :person AND idempotency_key = :key",
        status=status,
        body=body,
        person=person_id,
        key=key,
    )
