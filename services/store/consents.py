"""Consents of clients: the dates and the program in clear, who is named and what for sealed with the client's key."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert

from models.tables import people
from services.errors import NotFound
from services.store.work import Work


def add(work: Work, values: Mapping[str, object]) -> None:
    """Store a consent."""
    work.run(insert(people.Consent), values)


def of_client(work: Work, client_id: UUID) -> Sequence[Row[Any]]:
    """Return the consents of a client, the newest first."""
    return work.rows(
        "SELECT * FROM consent WHERE client_id = :client ORDER BY signed_on DESC, recorded_at DESC, id",
        client=client_id,
    )


def client_of(work: Work, consent_id: UUID) -> UUID:
    """Return whose consent this is; whether they are in scope is asked of the client. Raises: NotFound."""
    row = work.first("SELECT client_id FROM consent WHERE id = :id", id=consent_id)
    if row is None:
        raise NotFound("consent")
    return UUID(str(row.client_id))


def revoke(work: Work, consent_id: UUID, revoked_on: date, *, at: datetime, by: UUID) -> bool:
    """Note that a consent is revoked; tell whether it was not before."""
    return bool(
        work.run(
            """UPDATE consent SET revoked_on = :day, revoked_at = :at, revoked_by = :by
               WHERE id = :id AND revoked_on IS NULL""",
            id=consent_id,
            day=revoked_on,
            at=at,
            by=by,
        )
    )
