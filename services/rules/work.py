"""Work for people: opened once for its cause, closed when done or no longer needed."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from models.case import Case
from models.changes import Change, ReassessmentClosed, WorkClosed, WorkOpened
from models.people import Role
from models.terms import Ask
from services import ids
from services.rules.cadence import after

OF_LOOKS = ("reassess", "overdue")
"""Work that a look asks for."""


def opened(
    case: Case, kind: str, cause: UUID, role: Role | str, due_at: datetime, *more: object
) -> WorkOpened:
    """Return a work item for a role; the same cause never opens two, unless something more tells them apart."""
    return opened_on(case.pathway_id, kind, cause, role, due_at, *more)


def opened_on(
    pathway_id: UUID, kind: str, cause: UUID, role: Role | str, due_at: datetime, *more: object
) -> WorkOpened:
    """Return the same of a pathway whose case nobody needs to see."""
    return WorkOpened(
        pathway_id=pathway_id,
        work_id=ids.named("work", pathway_id, kind, cause, *more),
        kind=kind,
        cause=cause,
        for_role=str(role),
        due_at=due_at,
    )


def asked(case: Case, asks: Iterable[Ask], cause: UUID, since: datetime) -> tuple[WorkOpened, ...]:
    """Return what people are asked to do beside a look, each within its own time of a moment."""
    due = ((ask, after(since, ask.within, case.zone, case.closed_days)) for ask in asks)
    return tuple(
        opened(case, ask.work, cause, ask.role, max(since, due_at), ask.within) for ask, due_at in due
    )


def closed_at_once(changes: Iterable[Change]) -> tuple[WorkClosed, ...]:
    """Return the end of work that a look asked for which the same pass has closed; what follows from a look stays."""
    said = list(changes)
    gone = {change.reassessment_id for change in said if isinstance(change, ReassessmentClosed)}
    ended = {change.work_id for change in said if isinstance(change, WorkClosed)}
    return tuple(
        WorkClosed(pathway_id=change.pathway_id, work_id=change.work_id, outcome="cancelled")
        for change in said
        if isinstance(change, WorkOpened) and _asked_by(change, gone) and change.work_id not in ended
    )


def _asked_by(change: WorkOpened, looks: Collection[UUID]) -> bool:
    return change.kind in OF_LOOKS and change.cause in looks


def closed(
    case: Case, kinds: Collection[str], outcome: str, causes: Collection[UUID] | None = None
) -> tuple[WorkClosed, ...]:
    """Return the end of the open work of these kinds, of these causes where they are given."""
    return tuple(
        WorkClosed(pathway_id=case.pathway_id, work_id=item.id, outcome=outcome)
        for item in case.work
        if item.kind in kinds and (causes is None or item.cause in causes)
    )
