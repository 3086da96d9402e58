"""Whereabouts: where everyone is, who is due, who is late, why. Reads only; due states are computed at the moment asked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue import instrument
from models.catalogue.pathway_files import definition, definitions
from models.definition import PathwayDefinition, Stage, StageKind
from models.views import (
    Board,
    Card,
    Column,
    Listed,
    Occupancy,
)
from services import outlining, programs, telling
from services.errors import NoSuchWord
from services.rules import cadence
from services.rules.risk import open_warning
from services.store import board as seen
from services.store import people
from services.store.people import ClientView
from services.store.work import Work

MOST = 500
"""Cards one board shows; the rest are counted and found by filter."""

RISKS = {"high": "High risk", "moderate": "Moderate risk"}
"""The bands that are flagged, the worst first."""


def board(
    work: Work,
    *,
    at: datetime,
    definition_key: str = "sud-adult",
    owner_id: UUID | None = None,
    due: str | None = None,
    program_id: UUID | None = None,
) -> Board:
    """Return where everyone on a pathway is. `due` keeps one state: overdue, today, soon. Raises: NoSuchWord."""
    known = [one.key for one in definitions()]
    if definition_key not in known:
        raise NoSuchWord("definition", known, parameter="definition")
    template = definition(definition_key)
    rows = seen.standing(
        work,
        definition=template.key,
        measures=_measures(template),
        owner_id=owner_id,
        program_id=program_id,
        limit=MOST + 1,
    )
    cards = [card for card in _cards(work, rows[:MOST], at) if due in (None, "", card.due.state)]
    rooms = programs.rooms(work, program_id=program_id)
    return _board(template, cards, rooms, at, truncated=max(0, len(rows) - MOST))


def listed(
    work: Work,
    *,
    at: datetime,
    stage: str | None = None,
    due: str | None = None,
    program_id: UUID | None = None,
    owner_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Listed:
    """Return open pathways in order of id, beyond `after`, for paging through all of them. Raises: NoSuchWord."""
    _refuse_unknown_stage(stage)
    first = after or UUID(int=0)
    rows = seen.standing(
        work, stage=stage, program_id=program_id, owner_id=owner_id, after=first, limit=limit
    )
    cards = tuple(card for card in _cards(work, rows, at) if due in (None, card.due.state))
    return Listed(cards=cards, next=rows[-1].id if len(rows) == limit else None)


def _refuse_unknown_stage(stage: str | None) -> None:
    known = {one.key for template in definitions() for one in template.stages}
    if stage is not None and stage not in known:
        raise NoSuchWord("stage", sorted(known), parameter="stage")


def of_clients(work: Work, client_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, tuple[Card, ...]]:
    """Return the open pathways in scope of clients, by client."""
    rows = seen.standing(work, client_ids=client_ids)
    whose = {row.id: row.client_id for row in rows}
    found: dict[UUID, tuple[Card, ...]] = {}
    for card in _cards(work, rows, at):
        found[whose[card.pathway_id]] = (*found.get(whose[card.pathway_id], ()), card)
    return found


def risks(work: Work, pathway_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the suicide risk that stands on pathways, as their guards read it; none where no warning stands."""
    screens: defaultdict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in seen.screens(work, pathway_ids):
        screens[row.pathway_id].append(row)
    standing = {one: _warning(found) for one, found in screens.items()}
    return {one: band for one, band in standing.items() if band}


def _measures(template: PathwayDefinition) -> dict[str, str]:
    """Return for each stage the first instrument of its review that has a total."""
    reviewed = [(stage.key, stage.review) for stage in template.stages if stage.review]
    asked = [(stage, part) for stage, one in reviewed for part in (*one.instruments, *one.scales)]
    return {stage: part for stage, part in reversed(asked) if instrument(part).total}


def _cards(work: Work, rows: Sequence[Row[Any]], at: datetime) -> list[Card]:
    clients = people.views(work, [row.client_id for row in rows])
    found = risks(work, [row.id for row in rows])
    return [
        _card(row, clients[row.client_id], found.get(row.id), at) for row in rows if row.client_id in clients
    ]


def _card(row: Row[Any], client: ClientView, risk: str | None, at: datetime) -> Card:
    template = definition(row.definition)
    scores = tuple(row.totals or ())
    return Card(
        pathway_id=row.id,
        short_id=people.short_id(row.id),
        initials=client.initials,
        stage=row.stage,
        day=day(row, at),
        past_expected=is_past(row, template.stage(row.stage), at),
        due=telling.due(row, at, row.zone, held=row.held),
        proposal=_proposal(row, template),
        flag=RISKS.get(risk or ""),
        held=row.held,
        quarantined=row.quarantined_at is not None,
        owner=row.owner,
        measure=row.instrument and row.instrument.upper(),
        scores=scores,
        cut_off=outlining.cut_off(row.instrument),
    )


def _warning(screens: Sequence[Row[Any]]) -> str | None:
    return next((band for band in RISKS if open_warning(screens, (band,))), None)


def _proposal(row: Row[Any], template: PathwayDefinition) -> str | None:
    if row.pending_to:
        return f"Signed: {telling.label(template, row.pending_to)}"
    if row.to_stage and not row.signed:
        return telling.headline(template, row.outcome, row.stage, row.to_stage)
    return "Call now" if row.outcome == "refer" else None


def day(row: Row[Any], at: datetime) -> int:
    """Return which day of the stay it is, counted from 1 in the program's zone; of the end, once it has ended."""
    since = row.since or row.closed_at or at
    return (cadence.day_of(at, row.zone) - cadence.day_of(since, row.zone)).days + 1


def is_past(row: Row[Any], stage: Stage, at: datetime) -> bool:
    """Tell whether a stay is longer than is usual in its stage."""
    return stage.expected is not None and day(row, at) > stage.expected[1].days


def stay(stage: Stage) -> str:
    """Say how long a stay in a stage usually is."""
    if stage.expected is None:
        return ""
    low, high = (span.days for span in stage.expected)
    return f"usually {low}–{high} days" if low else f"usually up to {high} days"


def _column(stage: Stage, cards: Sequence[Card], rooms: Mapping[str, Occupancy]) -> Column:
    return Column(
        stage=stage.key,
        label=stage.label,
        stay=stay(stage),
        cards=tuple(card for card in cards if card.stage == stage.key),
        room=rooms.get(stage.key),
    )


def _board(
    template: PathwayDefinition,
    cards: Sequence[Card],
    rooms: Mapping[str, Occupancy],
    at: datetime,
    *,
    truncated: int,
) -> Board:
    shown = [stage for stage in template.stages if stage.kind is not StageKind.END]
    return Board(
        at=at,
        title=template.title,
        columns=tuple(_column(stage, cards, rooms) for stage in shown),
        reassessment=tuple(card for card in cards if card.due.state in ("overdue", "today")),
        total=len(cards),
        overdue=sum(card.due.state == "overdue" for card in cards),
        today=sum(card.due.state == "today" for card in cards),
        flagged=sum(card.flag is not None for card in cards),
        truncated=truncated,
    )
