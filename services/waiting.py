"""Waiting: who waits for a place, the next one first.

Nobody is put on the list or drops off it by hand: who waits follows from what is proposed, signed and free. A request
keeps its time, since it is read from the record and never rewritten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue import queue
from models.catalogue.pathway_files import definition, definitions
from models.views import Due, Waiting
from models.waiting import Turn, Waiter
from services import programs, telling
from services.errors import NoSuchStage
from services.rules import cadence
from services.rules.placement import intensity
from services.rules.waiting import ranked
from services.store import people
from services.store import waiting as stored
from services.store.people import ClientView
from services.store.work import Work

Seat = tuple[UUID, str]
"""A program and one of its stages."""


def listed(
    work: Work, *, at: datetime, program_id: UUID | None = None, stage: str | None = None
) -> tuple[Waiting, ...]:
    """Return who waits, the next one first, where more are proposed for a stage than it has free places.

    Raises: NoSuchStage.
    """
    _refuse_unknown(stage)
    free = _free(work)
    rows = _short_of(stored.proposed(work, program_id=program_id, stage=stage), free)
    turns = _turns(work, rows, at)
    clients = people.views(work, [row.client_id for row in rows.values()])
    lucky = _lucky([(turn, _seat(rows[turn.waiter.pathway_id])) for turn in turns], free)
    found = ((rows[turn.waiter.pathway_id], turn) for turn in turns)
    return tuple(
        _line(row, turn, clients[row.client_id], at, place_free=row.id in lucky)
        for row, turn in found
        if row.client_id in clients
    )


def _refuse_unknown(stage: str | None) -> None:
    known = {one.key for template in definitions() for one in template.stages}
    if stage is not None and stage not in known:
        raise NoSuchStage("stage", sorted(known), parameter="stage")


def _free(work: Work) -> dict[Seat, int]:
    return {(home.id, room.stage): room.free for home in programs.with_places(work) for room in home.places}


def _seat(row: Row[Any]) -> Seat:
    return row.program_id, row.to_stage


def _short_of(rows: Sequence[Row[Any]], free: Mapping[Seat, int]) -> dict[UUID, Row[Any]]:
    wanted = Counter(_seat(row) for row in rows)
    return {row.id: row for row in rows if wanted[_seat(row)] > free[_seat(row)]}


def _turns(work: Work, rows: Mapping[UUID, Row[Any]], at: datetime) -> list[Turn]:
    happened = stored.happened(work, list(rows), queue().events) if rows else {}
    return ranked(queue(), [_waiter(row, happened.get(row.id, ())) for row in rows.values()], at=at)


def _waiter(row: Row[Any], events: tuple[tuple[str, datetime], ...]) -> Waiter:
    table = definition(row.definition).placement
    urgency = intensity(table, row.recommended) if row.recommended else 0
    return Waiter(pathway_id=row.id, requested_at=row.requested_at, urgency=urgency, events=events)


def _lucky(turns: Sequence[tuple[Turn, Seat]], free: Mapping[Seat, int]) -> set[UUID]:
    """The next ones for whom a place is free now."""
    before: Counter[Seat] = Counter()
    lucky = set()
    for turn, seat in turns:
        before[seat] += 1
        if before[seat] <= free[seat]:
            lucky.add(turn.waiter.pathway_id)
    return lucky


def _line(row: Row[Any], turn: Turn, client: ClientView, at: datetime, *, place_free: bool) -> Waiting:
    return Waiting(
        pathway_id=row.id,
        short_id=people.short_id(row.id),
        initials=client.initials,
        place_free=place_free,
        **_where(row),
        **_since(row, at),
        **_by_when(turn, at, row.zone),
    )


def _where(row: Row[Any]) -> dict[str, Any]:
    template = definition(row.definition)
    same = {name: getattr(row, name) for name in ("program_id", "program", "zone", "recommended")}
    stage, here = telling.label(template, row.to_stage), telling.label(template, row.stage)
    return same | {"here": here, "stage": row.to_stage, "stage_label": stage}


def _since(row: Row[Any], at: datetime) -> dict[str, Any]:
    days = (cadence.day_of(at, row.zone) - cadence.day_of(row.requested_at, row.zone)).days
    return {"requested_at": row.requested_at, "days": days}


def _by_when(turn: Turn, at: datetime, zone: str) -> dict[str, Any]:
    priority = turn.priority
    same = {name: getattr(turn, name) for name in ("interim_at", "offered_at", "refused_at")}
    says = {"priority": priority.key, "priority_label": priority.label, "source": priority.source}
    interim = _due(None if turn.interim_at else turn.interim_by, at, zone)
    return same | says | {"interim": interim, "admit": _due(turn.admit_by, at, zone)}


def _due(by: datetime | None, at: datetime, zone: str) -> Due:
    if by is None:
        return Due(state="none")
    state = cadence.due_state(by, by, at, zone)
    return Due(state=state.state, at=by, label=telling.due_label(state, by, at, zone))
