"""People who sign in, and the tokens that let them: known here only by their SHA-256."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert

from models.tables import people
from services.store.work import Work

KINDS = ("link", "session", "key")


def add_person(
    work: Work,
    person_id: UUID,
    *,
    name: str,
    role: str,
    programs: list[UUID],
    credential: str,
    credential_until: date | None,
    at: datetime,
) -> None:
    """Store somebody who signs in; no programs named means every program."""
    values = {"id": person_id, "name": name, "role": role, "programs": programs, "created_at": at}
    work.run(insert(people.Person), values | {"credential": credential, "credential_until": credential_until})


def issue(work: Work, person_id: UUID, kind: str, *, at: datetime, until: datetime) -> str:
    """Store a new token and return it; it is never shown again."""
    token = f"sd_{kind[0]}_{secrets.token_urlsafe(32)}"
    values = {
        "sha256": _sha256(token),
        "person_id": person_id,
        "kind": kind,
        "created_at": at,
        "expires_at": until,
    }
    work.run(insert(people.Token), values)
    return token


def use_up(work: Work, token: str, *, at: datetime) -> UUID | None:
    """Use a one-time link and return whose it is; a used, unknown or late one is nobody's."""
    row = work.first(
        """UPDATE token SET used_at = :at WHERE sha256 = :sha AND kind = 'link' AND used_at IS NULL AND expires_at > :at
           RETURNING person_id""",
        sha=_sha256(token),
        at=at,
    )
    return row.person_id if row else None


def recognise(work: Work, token: str, *, at: datetime) -> Row[Any] | None:
    """Return the person a session or key belongs to, if both are still good."""
    return work.first(
        """SELECT p.id, p.name, p.role, p.programs, p.credential, p.credential_until FROM token t
           JOIN person p ON p.id = t.person_id
           WHERE t.sha256 = :sha AND t.kind IN ('session', 'key') AND t.used_at IS NULL AND t.expires_at > :at
             AND p.disabled_at IS NULL""",
        sha=_sha256(token),
        at=at,
    )


def person(work: Work, person_id: UUID) -> Row[Any] | None:
    """Return somebody who may sign in."""
    return work.first(
        """SELECT id, name, role, programs, credential, credential_until FROM person
           WHERE id = :id AND disabled_at IS NULL""",
        id=person_id,
    )


def known(work: Work, person_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these may sign in."""
    found = work.rows(
        "SELECT id FROM person WHERE id = ANY(CAST(:ids AS uuid[])) AND disabled_at IS NULL",
        ids=list(person_ids),
    )
    return {row.id for row in found}


def people_listed(work: Work) -> list[Row[Any]]:
    """Return everybody who may sign in, by name."""
    return list(
        work.rows("SELECT id, name, role, programs FROM person WHERE disabled_at IS NULL ORDER BY name, id")
    )


def revoke(work: Work, token: str, *, at: datetime) -> None:
    """End a token."""
    work.run(
        "UPDATE token SET used_at = :at WHERE sha256 = :sha AND used_at IS NULL", sha=_sha256(token), at=at
    )


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
