"""Idempotency: the same request by the same person gets the same answer, and happens once.

The key is taken in the transaction of the request itself; a twin that comes at the same time waits for its end.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from services.access import Principal
from services.errors import KeyReused
from services.store import commands
from services.store.work import Work


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer an earlier twin of this request got."""

    status: int
    body: bytes


def remember(work: Work, principal: Principal, key: str, body: bytes, *, at: datetime) -> Remembered | None:
    """Take a key, or return what its first request was answered. Raises: KeyReused, if the body is another."""
    sha = hashlib.sha256(body).digest()
    if commands.take(work, principal.id, key, sha, at=at):
        return None
    row = commands.taken(work, principal.id, key)
    if row is None or row.body_sha256 != sha:
        raise KeyReused("This Idempotency-Key belongs to another request; take a new one for a new request.")
    return Remembered(row.status, row.answer)


def answer(work: Work, principal: Principal, key: str, status: int, body: bytes) -> None:
    """Keep what a request was answered, for its twins."""
    commands.keep_answer(work, principal.id, key, status, body)
