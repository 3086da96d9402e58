"""Signing, and the short wait in which a person usually sees the move happen.

The signature is committed before the wait begins. The move itself is the engine's; if it is away or slow the answer
says so, and the move follows by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services import chart
from services.store import pathways
from services.web.visits import Visit

PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A committed signature, and when its move took place, if it did while we waited."""

    id: UUID
    moved_at: datetime | None = None
    message: str = "signed; the move follows by itself"


def pathway_of(visit: Visit, decision_id: UUID) -> UUID:
    """Return the pathway a decision is about. Raises: NotFound."""
    with visit.transaction() as work:
        return pathways.of_decision(work, decision_id)


def sign_and_wait(visit: Visit, pathway_id: UUID, sign: Callable[[], UUID], *, moves: bool) -> Signed:
    """Sign, commit, and wait up to two seconds for the move, if there is one to wait for."""
    found: list[datetime] = []
    with visit.live.watching(pathway_id) as until:
        sign_off_id = sign()
        if not moves:
            return Signed(id=sign_off_id, message="signed")
        until(lambda: _has_moved(visit, sign_off_id, found), PATIENCE_SECONDS)
    if not found:
        return Signed(id=sign_off_id)
    return Signed(id=sign_off_id, moved_at=found[0], message="moved")


def _has_moved(visit: Visit, sign_off_id: UUID, found: list[datetime]) -> bool:
    with visit.transaction() as work:
        moved_at = chart.moved_at(work, sign_off_id)
    if moved_at is not None:
        found.append(moved_at)
    return moved_at is not None
