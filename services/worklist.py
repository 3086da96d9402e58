"""Worklist: what somebody must do, most urgent first, and the closing of what was done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from models.catalogue.pathway_files import definition
from models.changes import Released, WorkClosed
from models.definition import PathwayDefinition
from models.requests import NewAttempt, WorkChange
from models.views import Due, Task
from services import recording, telling
from services.access import EVERYWHERE, Principal
from services.errors import Conflict, Invalid
from services.rules.work import OF_LOOKS
from services.store import board, ledger, pathways, people
from services.store.work import Work

_ACTIONS = {
    "call-now": "Call a clinician now: high risk",
    "reassess": "Reassess",
    "overdue": "Past the outer limit: see that the reassessment happens",
    "sign-off": "Sign or decline: {proposal}",
    "review": "Review what was reported",
    "chart-session": "Chart the {session}",
    "review-plan": "Say whether the plan changes",
    "countersign-plan": "Countersign the plan",
    "accept-hand-off": "Accept or decline a client from another program",
    "first-visit": "See the client who was handed over for a first visit",
    "first-visit-missed": "The first visit after a hand-off was missed: see what became of the client",
    "no-contact": "No contact for long: decide whether care has ended",
}
_FIRST = ("call-now",)
_LATE_WHEN_DUE = ("call-now", "overdue", "reassess")
"""Work that has no grace of its own: that of a look is due when the look is late."""
_BY_PEOPLE = ("call-now", "review", "no-contact", "first-visit", "first-visit-missed")
"""Work that a person ends, like what a definition asks for; the rest ends by itself, with its look or signature."""


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
    """Close a work item as done or not needed; of an outreach, with what came of it.

    Raises: NotFound, Conflict if it ends only by being done, Invalid if an outcome is of something else or a reason is owed.
    """
    # Whose item it is was asked; the walk may have gone to another program since.
    wide = replace(work, scope=EVERYWHERE)
    whose = pathways.target(wide, pathways.of_work(work, work_id))
    kind = _closable(work, whose.pathway_id, work_id, at)
    _refuse_silence(definition(whose.definition), kind, request)
    if tried := _attempt(request, work_id, kind):
        attempt(work, whose.pathway_id, tried, by=by, at=at, via=via)
        return
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    sealed = secret.seal(request.note, "work_item", work_id) if request.note else None
    closed = WorkClosed(pathway_id=whose.pathway_id, work_id=work_id, outcome=request.status, sealed=sealed)
    ledger.write(wide, [closed], actor=by.actor(via), at=at)


def attempt(
    work: Work, pathway_id: UUID, request: NewAttempt, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Record what came of trying to reach a client; it ends the outreach that it was. Raises: NotFound, Invalid."""
    if request.work_id:
        # Locked first, or two who end the same outreach would both find it open.
        pathways.target(work, pathway_id)
        open_ = {one.id for one in of_pathway(work, pathway_id, at=at) if one.kind == "outreach"}
        if request.work_id not in open_:
            raise Invalid("No open outreach of this pathway has this id.", pointer="/work_id")
    [fact_id] = recording.attempts(work, [(pathway_id, request)], by=by, at=at, via=via)
    if request.work_id:
        closed = WorkClosed(pathway_id=pathway_id, work_id=request.work_id, outcome="done")
        ledger.write(work, [closed], actor=by.actor(via), at=at)
    return fact_id


def _closable(work: Work, pathway_id: UUID, work_id: UUID, at: datetime) -> str:
    item = next((one for one in of_pathway(work, pathway_id, at=at) if one.id == work_id), None)
    if item is None:
        raise Conflict("Somebody has ended this already.")
    if not item.by_people:
        raise Conflict(
            "This ends by itself: a look complete, a decision or hand-off answered, a session charted."
        )
    return item.kind


def _refuse_silence(template: PathwayDefinition, kind: str, request: WorkChange) -> None:
    asked = template.asked.get(kind)
    if asked and asked.with_reason and not request.note:
        raise Invalid("Say in the note how it was answered, and why.", pointer="/note")


def _attempt(request: WorkChange, work_id: UUID, kind: str) -> NewAttempt | None:
    """Read what came of an outreach, where it is said. Raises: Invalid."""
    said = [name for name in ("outcome", "way", "effective_at") if getattr(request, name) is not None]
    if said and (kind != "outreach" or request.status != "done"):
        raise Invalid("Only an outreach that was done has this.", pointer=f"/{said[0]}")
    if said and (request.outcome is None or request.way is None):
        raise Invalid(
            "Say what came of it, and by what way.", pointer="/way" if request.outcome else "/outcome"
        )
    if request.outcome is None or request.way is None:
        return None
    told = {name: getattr(request, name) for name in ("outcome", "way", "effective_at", "note")}
    return NewAttempt(**told, work_id=work_id)


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
    stopped = row.held and row.kind in OF_LOOKS
    return Task(
        id=row.id,
        kind=row.kind,
        pathway_id=row.pathway_id,
        short_id=people.short_id(row.pathway_id),
        initials=initials,
        stage=template.stage(row.stage).label,
        action=_action(template, row.kind).format(proposal=proposal, session=_session(row)),
        due=Due(**telling.standing(row.due_at, late_at, at, row.zone, held=stopped)),
        owner=row.owner,
        for_role=row.for_role,
        by_people=row.kind in {*_BY_PEOPLE, *template.asked},
        session_id=row.session_id,
        others=row.many - 1,
    )


def _action(template: PathwayDefinition, kind: str) -> str:
    """What to do: our own words, or those of the definition that asks for it."""
    asked = template.asked.get(kind)
    return asked.says if asked else _ACTIONS.get(kind, telling.plain(kind))


def _session(row: Row[Any]) -> str:
    if row.session_id is None:
        return ""
    local = row.starts_at.astimezone(ZoneInfo(row.zone))
    return f"{telling.plain(row.service)} session of {local:%-d %b, %H:%M}"
