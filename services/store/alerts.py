"""Alerts: notices on their way up their ladders, claimed so that two workers never take the same step.

A claim lasts as long as its transaction: a worker that dies lets go, and the alert is due again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from models.alerting import NOT_NEEDED, Delivery, Notice
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A notice that is due to be looked at, whose it is, and what was told so far."""

    notice: Notice
    pathway_id: UUID
    pathway_version: int
    program_id: UUID
    told: tuple[Delivery, ...]


def settle(work: Work, *, at: datetime) -> None:
    """End the telling of what nobody needs to be told any more: acknowledged, done, or tried again by the engine."""
    work.run(_END)
    work.run(_DROP, at=at, why=NOT_NEEDED)


def claim_due(work: Work, *, at: datetime, limit: int) -> list[Standing]:
    """Lock up to `limit` alerts that are due and nobody else holds, with what was told so far."""
    found = work.rows(_CLAIM, at=at, limit=limit)
    told = _told(work, [row.id for row in found])
    return [
        Standing(
            notice=Notice(id=row.id, kind=row.kind, raised_at=row.raised_at, open=row.open),
            pathway_id=row.pathway_id,
            pathway_version=row.pathway_version,
            program_id=row.program_id,
            told=tuple(told[row.id]),
        )
        for row in found
    ]


def _told(work: Work, notice_ids: Sequence[UUID]) -> Mapping[UUID, list[Delivery]]:
    told: defaultdict[UUID, list[Delivery]] = defaultdict(list)
    columns = ", ".join(Delivery.__dataclass_fields__)
    for row in work.rows(
        f"SELECT {columns} FROM delivery WHERE notice_id = ANY(CAST(:ids AS uuid[])) ORDER BY begun_at, rung, id",  # noqa: S608
        ids=list(notice_ids),
    ):
        told[row.notice_id].append(Delivery(**row._mapping))
    return told


def put(work: Work, told: Iterable[tuple[Standing, Sequence[Delivery]]]) -> None:
    """Store deliveries that are to exist; one that stands already is not begun again, a note of nobody is renewed."""
    rows = [
        asdict(one) | {"pathway_id": whose.pathway_id, "pathway_version": whose.pathway_version}
        for whose, deliveries in told
        for one in deliveries
    ]
    if rows:
        work.run(_PUT, *rows)


def look_again(work: Work, looks: Mapping[UUID, datetime | None]) -> None:
    """Set when alerts are to be looked at again."""
    work.run(
        """UPDATE alert SET look_at = given.at
           FROM unnest(CAST(:ids AS uuid[]), CAST(:ats AS timestamptz[])) AS given(id, at) WHERE notice_id = given.id""",
        ids=list(looks),
        ats=list(looks.values()),
    )


UNDONE = """(CASE WHEN n.work_id IS NULL THEN p.quarantined_at = n.raised_at
       ELSE EXISTS (SELECT FROM work_item w WHERE w.id = n.work_id AND w.closed_at IS NULL) END IS TRUE)"""
"""Whether what notice n on pathway p asks for is still to be done. A pathway set aside anew has a new notice."""

OPEN = f"({UNDONE} AND NOT EXISTS (SELECT FROM notice_acknowledged k WHERE k.notice_id = n.id))"
"""Whether somebody must still be told of it."""

_END = f"""
UPDATE alert SET look_at = NULL WHERE notice_id IN (
    SELECT a.notice_id FROM alert a JOIN notice n ON n.id = a.notice_id JOIN pathway p ON p.id = n.pathway_id
    WHERE a.look_at IS NOT NULL AND NOT {OPEN} ORDER BY a.notice_id FOR UPDATE OF a SKIP LOCKED)
"""  # noqa: S608 - constants
_DROP = f"""
UPDATE delivery SET dead_at = :at, error = :why WHERE id IN (
    SELECT d.id FROM delivery d JOIN notice n ON n.id = d.notice_id JOIN pathway p ON p.id = n.pathway_id
    WHERE d.sent_at IS NULL AND d.dead_at IS NULL AND NOT {OPEN} ORDER BY d.id FOR UPDATE OF d SKIP LOCKED)
"""  # noqa: S608 - constants
_CLAIM = f"""
SELECT n.id, n.kind, n.raised_at, n.pathway_id, n.pathway_version, p.program_id, {OPEN} AS open
FROM alert a JOIN notice n ON n.id = a.notice_id JOIN pathway p ON p.id = n.pathway_id
WHERE a.look_at <= :at ORDER BY a.look_at, n.id LIMIT :limit FOR UPDATE OF a SKIP LOCKED
"""  # noqa: S608 - constants
_PUT = """
INSERT INTO delivery (id, notice_id, pathway_id, pathway_version, round, rung, standby, begun_at, person_id, contact_id,
                      channel, address, attempts, next_at, sent_at, dead_at, error)
VALUES (:id, :notice_id, :pathway_id, :pathway_version, :round, :rung, :standby, :begun_at, :person_id, :contact_id,
        :channel, :address, 0, :next_at, :sent_at, :dead_at, :error)
ON CONFLICT (id) DO UPDATE SET round = excluded.round, begun_at = excluded.begun_at, dead_at = excluded.dead_at
WHERE delivery.address IS NULL
"""
