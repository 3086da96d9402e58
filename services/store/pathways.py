"""Pathways as use cases need them: locked, with whose they are and what else the client walks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.errors import NotFound, PathwayClosed
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A pathway that is about to be written. `others` are the client's other open pathways, which learn of it too."""

    pathway_id: UUID
    client_id: UUID
    program_id: UUID
    zone: str
    definition: str
    stage: str
    open: bool
    set_aside: bool
    decision_id: UUID | None
    sign_off_id: UUID | None
    hold_id: UUID | None
    others: tuple[UUID, ...]


def targets(work: Work, pathway_ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Lock clients, then these and their other open pathways, in one order; return these by id. Raises: NotFound."""
    wanted = list(dict.fromkeys(pathway_ids))
    # The client first, or a pathway that is just being opened would not learn what is recorded now.
    work.rows(_LOCK_CLIENTS, ids=wanted)
    work.rows(_LOCK, ids=wanted)
    return _found(work, wanted)


def target(work: Work, pathway_id: UUID) -> Target:
    """Lock one pathway and return it. Raises: NotFound."""
    return targets(work, [pathway_id])[pathway_id]


def glimpse(work: Work, pathway_id: UUID) -> Target:
    """Return one pathway without locking it, to read of it. Raises: NotFound."""
    return glimpses(work, [pathway_id])[pathway_id]


def glimpses(work: Work, pathway_ids: Sequence[UUID]) -> dict[UUID, Target]:
    """Return pathways by id without locking them, to read of them. Raises: NotFound."""
    return _found(work, list(dict.fromkeys(pathway_ids)))


def _found(work: Work, wanted: Sequence[UUID]) -> dict[UUID, Target]:
    found = {row.id: _target(row) for row in work.rows(_TARGETS, ids=list(wanted))}
    if len(found) != len(wanted):
        raise NotFound("pathway")
    return found


def open_target(work: Work, pathway_id: UUID) -> Target:
    """Lock one pathway that has not ended. Raises: NotFound, PathwayClosed."""
    found = target(work, pathway_id)
    if not found.open:
        raise PathwayClosed("This pathway has ended. Open a new one to readmit the client.")
    return found


def of_decision(work: Work, decision_id: UUID) -> UUID:
    """Return the pathway a decision is about. Raises: NotFound."""
    row = work.first(
        """SELECT pathway_id FROM decision d JOIN pathway p ON p.id = d.pathway_id WHERE d.id = :id
           AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))""",
        id=decision_id,
    )
    if row is None:
        raise NotFound("decision")
    return UUID(str(row.pathway_id))


def of_work(work: Work, work_id: UUID) -> UUID:
    """Return the pathway an open work item of a program in scope is about. Raises: NotFound."""
    row = work.first(
        """SELECT pathway_id FROM work_item w JOIN pathway p ON p.id = w.pathway_id WHERE w.id = :id AND w.closed_at IS NULL
           AND (CAST(:programs AS uuid[]) IS NULL
                OR coalesce(w.program_id, p.program_id) = ANY(CAST(:programs AS uuid[])))""",
        id=work_id,
    )
    if row is None:
        raise NotFound("open work item")
    return UUID(str(row.pathway_id))


def walked(work: Work, client_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return which definitions, by key, clients walk now, in whatever program: nobody walks one twice at a time."""
    found = work.rows(
        """SELECT client_id, definition_key FROM pathway
           WHERE closed_at IS NULL AND client_id = ANY(CAST(:clients AS uuid[]))""",
        clients=list(client_ids),
    )
    return {(row.client_id, row.definition_key) for row in found}


def ended_last(work: Work, client_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return of each of these clients the pathway that ended last, in whatever program; who has none is left out."""
    found = work.rows(
        """SELECT DISTINCT ON (client_id) client_id, id FROM pathway
           WHERE closed_at IS NOT NULL AND client_id = ANY(CAST(:clients AS uuid[]))
           ORDER BY client_id, closed_at DESC, id""",
        clients=list(client_ids),
    )
    return {row.client_id: row.id for row in found}


def linked(work: Work, pathway_id: UUID) -> tuple[UUID | None, tuple[UUID, ...]]:
    """Return the pathway in scope that this one follows, and those that follow it."""
    found = work.rows(
        """SELECT o.id, o.id = p.follows AS before FROM pathway p JOIN pathway o ON o.id = p.follows OR o.follows = p.id
           WHERE p.id = :id AND (CAST(:programs AS uuid[]) IS NULL OR o.program_id = ANY(CAST(:programs AS uuid[])))
           ORDER BY o.opened_at, o.id""",
        id=pathway_id,
    )
    before = next((row.id for row in found if row.before), None)
    return before, tuple(row.id for row in found if not row.before)


def moved_at(work: Work, sign_off_id: UUID) -> datetime | None:
    """Return when a signed move took place, or None while it has not."""
    row = work.first("SELECT recorded_at FROM transition WHERE sign_off_id = :id", id=sign_off_id)
    return row.recorded_at if row else None


def is_signed(work: Work, decision_id: UUID) -> bool:
    """Tell whether somebody has signed under a decision."""
    return work.first("SELECT 1 FROM sign_off WHERE decision_id = :id", id=decision_id) is not None


def learned_since(work: Work, pathway_id: UUID, decision_id: UUID) -> list[dict[str, object]]:
    """Return what a pathway came to know after a decision was made: kinds, codes and times, no values."""
    found = work.rows(
        """SELECT f.kind, f.code, f.effective_at, f.recorded_at FROM fact_known k JOIN fact f ON f.id = k.fact_id
           WHERE k.pathway_id = :pathway
             AND k.pathway_version > (SELECT pathway_version FROM decision WHERE id = :decision)
           ORDER BY k.pathway_version""",
        pathway=pathway_id,
        decision=decision_id,
    )
    return [dict(row._mapping) for row in found]


def _target(row: Row[Any]) -> Target:
    return Target(
        pathway_id=row.id,
        client_id=row.client_id,
        program_id=row.program_id,
        zone=row.zone,
        definition=row.definition,
        stage=row.stage,
        open=row.closed_at is None,
        set_aside=row.quarantined_at is not None,
        decision_id=row.decision_id,
        sign_off_id=row.sign_off_id,
        hold_id=row.hold_id,
        others=tuple(row.others),
    )


_LOCK_CLIENTS = """
SELECT id FROM client WHERE id IN (SELECT client_id FROM pathway WHERE id = ANY(CAST(:ids AS uuid[])))
ORDER BY id FOR NO KEY UPDATE
"""
_LOCK = """
SELECT id FROM pathway WHERE id = ANY(CAST(:ids AS uuid[])) OR (closed_at IS NULL AND client_id IN
       (SELECT client_id FROM pathway WHERE id = ANY(CAST(:ids AS uuid[]))))
ORDER BY id FOR UPDATE
"""
_TARGETS = """
SELECT p.id, p.client_id, p.program_id, program.zone, p.definition, p.stage, p.closed_at, p.quarantined_at, p.decision_id,
       p.sign_off_id,
       (SELECT id FROM hold WHERE hold.pathway_id = p.id AND hold.ended_at IS NULL) AS hold_id,
       ARRAY(SELECT o.id FROM pathway o WHERE o.client_id = p.client_id AND o.id <> p.id AND o.closed_at IS NULL) AS others
FROM pathway p JOIN program ON program.id = p.program_id
WHERE p.id = ANY(CAST(:ids AS uuid[]))
  AND (CAST(:programs AS uuid[]) IS NULL OR p.program_id = ANY(CAST(:programs AS uuid[])))
"""
