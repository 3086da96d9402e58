"""What clients are bound to every week."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from models.tables import people
from models.weekly import Obligation
from services.store.work import Work


def add(work: Work, one: Obligation, *, at: datetime) -> None:
    """Store an obligation."""
    values = {name: getattr(one, name) for name in Obligation.__dataclass_fields__}
    work.run(insert(people.Obligation), values | {"weekdays": list(one.weekdays), "created_at": at})


def end(work: Work, client_id: UUID, one_id: UUID, *, at: datetime) -> bool:
    """End an obligation of a client; tell whether there was one."""
    ended = work.run(
        "UPDATE obligation SET ended_at = :at WHERE id = :id AND client_id = :client AND ended_at IS NULL",
        id=one_id,
        client=client_id,
        at=at,
    )
    return bool(ended)


def of(work: Work, client_ids: Sequence[UUID]) -> dict[UUID, list[Obligation]]:
    """Return what clients are bound to now, by client, the earliest in the day first."""
    found = work.rows(
        """SELECT id, client_id, kind, weekdays, since, until, first_on, last_on FROM obligation
           WHERE client_id = ANY(CAST(:ids AS uuid[])) AND ended_at IS NULL ORDER BY client_id, since, id""",
        ids=list(client_ids),
    )
    bound: dict[UUID, list[Obligation]] = {}
    for row in found:
        bound.setdefault(row.client_id, []).append(Obligation(**row._mapping))
    return bound
