"""Worklist: what somebody must do, most urgent first, and the closing of what was done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue.pathway_files import definition
from models.changes import Released, WorkClosed
from models.requests import WorkChange
from models.views import Due, Task
from services import telling
from services.access import Principal
from services.errors import Conflict
from services.rules import cadence
from services.store import board, ledger, pathways, people
from services.store.work import Work

_ACTIONS = {
    "call-now": "Call a clinician now: high risk",
    "reassess": "Reassess",
    "overdue": "Past the outer limit: see that the reassessment happens",
    "sign-off": "Sign or decline: {proposal}",
    "review": "Review what was reported",
    "outreach": "Reach out to the client",
    "review-plan": "Say whether the plan changes",
    "countersign-plan": "Countersign the plan",
}
_FIRST = ("call-now",)
_LATE_WHEN_DUE = ("call-now", "overdue", "reassess")
"""Work that has no grace of its own: that of a look is due when the look is late."""
_BY_PEOPLE = ("call-now", "review", "outreach")
"""Work that a person ends; the rest ends by itself, with the reassessment or the signature it asks for."""


def retry(work: Work, pathway_id: UUID, *, by: Principal, at: datetime, via: str = "api") -> None:
    """Let the engine try again a pathway that it left aside. Raises: NotFound, Conflict if it is not set aside."""
    if not pathways.target(work, pathway_id).set_aside:
        raise Conflict("This pathway is not set aside.")
    ledger.write(work, [Released(pathway_id=pathway_id)], actor=by.actor(via), at=at)


def tasks(work: Work, *, at: datetime, limit: int = 200) -> tuple[Task, ...]:
    """Return open work in scope, most urgent first: calls, then what is longest overdue."""
    return _tasks(work, board.open_work(work, limit=limit), at)


def of_pathway(work: Work, pathway_id: UUID, *, at: datetime) -> tuple[Task, ...]:
    """Return what is open on one pathway."""
    return _tasks(work, board.open_work(work, pathway_ids=[pathway_id]), at)


def close(
    work: Work, work_id: UUID, request: WorkChange, *, by: Principal, at: datetime, via: str = "api"
) -> None:
    """Close a work item as done or not needed. Raises: NotFound, Conflict if it ends only by being done."""
    whose = pathways.target(work, pathways.of_work(work, work_id))
    [item] = [one for one in of_pathway(work, whose.pathway_id, at=at) if one.id == work_id]
    if not item.by_people:
        raise Conflict(
            "This ends by itself, when the reassessment is complete or the decision is signed or declined."
        )
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    sealed = secret.seal(request.note, "work_item", work_id) if request.note else None
    closed = WorkClosed(pathway_id=whose.pathway_id, work_id=work_id, outcome=request.status, sealed=sealed)
    ledger.write(work, [closed], actor=by.actor(via), at=at)


def _tasks(work: Work, rows: Sequence[Row[Any]], at: datetime) -> tuple[Task, ...]:
    clients = people.views(work, [row.client_id for row in rows])
    ordered = sorted(rows, key=lambda row: (row.kind not in _FIRST, row.due_at, row.id))
    return tuple(
        _task(row, clients[row.client_id].initials, at) for row in ordered if row.client_id in clients
    )


def _task(row: Row[Any], initials: str, at: datetime) -> Task:
    template = definition(row.definition)
    proposal = telling.headline(template, row.outcome, row.stage, row.to_stage) if row.to_stage else ""
    late_at = row.due_at if row.kind in _LATE_WHEN_DUE else row.due_at + timedelta(days=1)
    state = cadence.due_state(row.due_at, late_at, at, row.zone)
    return Task(
        id=row.id,
        kind=row.kind,
        pathway_id=row.pathway_id,
        short_id=people.short_id(row.pathway_id),
        initials=initials,
        stage=template.stage(row.stage).label,
        action=_ACTIONS.get(row.kind, telling.plain(row.kind)).format(proposal=proposal),
        due=Due(state=state.state, at=row.due_at, label=telling.due_label(state, row.due_at, at, row.zone)),
        owner=row.owner,
        for_role=row.for_role,
        by_people=row.kind in _BY_PEOPLE,
    )
