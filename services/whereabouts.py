"""Whereabouts: where everyone is, who is due, who is late, why. Reads only; due states are computed at the moment asked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue import instrument
from models.catalogue.pathway_files import definition, definitions
from models.definition import PathwayDefinition, Stage, StageKind
from models.facts import Assessment
from models.views import (
    AuditLine,
    Board,
    Card,
    Column,
    DecisionView,
    Listed,
    PathwayView,
    TimelineEntry,
)
from services import alongside, authorisations, outlining, telling, worklist
from services.errors import NoSuchWord, NotFound
from services.rules import cadence
from services.rules.risk import open_warning
from services.rules.sight import Sight
from services.store import board as seen
from services.store import cases, history, pathways, people
from services.store.people import ClientView
from services.store.work import Work

MOST = 500
"""Cards one board shows; the rest are counted and found by filter."""

_RISKS = {"high": "High risk", "moderate": "Moderate risk"}
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
    return _board(template, cards, at, truncated=max(0, len(rows) - MOST))


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


def pathway(work: Work, pathway_id: UUID, *, at: datetime) -> PathwayView:
    """Return one client's walk. Raises: NotFound."""
    rows = seen.standing(work, pathway_ids=[pathway_id])
    if not rows:
        raise NotFound("pathway")
    row, template = rows[0], definition(rows[0].definition)
    client = people.view(work, row.client_id)
    return _view(work, row, template, client, at)


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


def assessment(work: Work, pathway_id: UUID, fact_id: UUID) -> Assessment:
    """Return one assessment as it was recorded. Raises: NotFound."""
    loaded = cases.load(work, [pathway_id])
    for one in loaded[0].of(Assessment) if loaded else ():
        if one.id == fact_id:
            return one
    raise NotFound("assessment")


def timeline(work: Work, pathway_id: UUID, *, limit: int = 100) -> tuple[TimelineEntry, ...]:
    """Return what happened, newest first. Raises: NotFound."""
    template = definition(pathways.glimpse(work, pathway_id).definition)
    return tuple(telling.entry(row, template) for row in history.entries(work, pathway_id, limit=limit))


def decisions(work: Work, pathway_id: UUID, *, limit: int = 20) -> tuple[DecisionView, ...]:
    """Return the decisions made about a pathway, newest first."""
    return tuple(
        telling.decision(
            telling.decision_from(row.body),
            row.id,
            engine=row.engine,
            run_id=row.run_id,
            signed=row.signed,
            superseded=row.superseded,
        )
        for row in history.decisions(work, pathway_id, limit=limit)
    )


def moved_at(work: Work, sign_off_id: UUID) -> datetime | None:
    """Return when a signed move took place, or None while it has not."""
    return pathways.moved_at(work, sign_off_id)


def audit(work: Work, pathway_id: UUID) -> tuple[AuditLine, ...]:
    """Return the audit entries of a pathway in order. Raises: NotFound."""
    pathways.glimpse(work, pathway_id)
    return tuple(telling.audit_line(row) for row in history.audit_entries(work, pathway_id))


def _measures(template: PathwayDefinition) -> dict[str, str]:
    """Return for each stage the first instrument of its review that has a total."""
    reviewed = [(stage.key, stage.review) for stage in template.stages if stage.review]
    asked = [(stage, part) for stage, one in reviewed for part in (*one.parts, *one.scales)]
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
        day=_day(row, at),
        past_expected=_is_past(row, template.stage(row.stage), at),
        due=telling.due(row, at, row.zone),
        proposal=_proposal(row, template),
        flag=_RISKS.get(risk or ""),
        held=row.held,
        quarantined=row.quarantined_at is not None,
        owner=row.owner,
        measure=row.instrument and row.instrument.upper(),
        scores=scores,
        cut_off=outlining.cut_off(row.instrument),
    )


def _warning(screens: Sequence[Row[Any]]) -> str | None:
    return next((band for band in _RISKS if open_warning(screens, (band,))), None)


def _proposal(row: Row[Any], template: PathwayDefinition) -> str | None:
    if row.pending_to:
        return f"Signed: {telling.label(template, row.pending_to)}"
    if row.to_stage and not row.signed:
        return telling.headline(template, row.outcome, row.stage, row.to_stage)
    return "Call now" if row.outcome == "refer" else None


def _day(row: Row[Any], at: datetime) -> int:
    since = row.since or row.closed_at or at
    return (cadence.day_of(at, row.zone) - cadence.day_of(since, row.zone)).days + 1


def _is_past(row: Row[Any], stage: Stage, at: datetime) -> bool:
    return stage.expected is not None and _day(row, at) > stage.expected[1].days


def _stay(stage: Stage) -> str:
    if stage.expected is None:
        return ""
    low, high = (span.days for span in stage.expected)
    return f"usually {low}–{high} days" if low else f"usually up to {high} days"


def _board(template: PathwayDefinition, cards: Sequence[Card], at: datetime, *, truncated: int) -> Board:
    shown = [stage for stage in template.stages if stage.kind is not StageKind.END]
    columns = tuple(
        Column(
            stage=stage.key,
            label=stage.label,
            stay=_stay(stage),
            cards=tuple(card for card in cards if card.stage == stage.key),
        )
        for stage in shown
    )
    return Board(
        at=at,
        title=template.title,
        columns=columns,
        reassessment=tuple(card for card in cards if card.due.state in ("overdue", "today")),
        total=len(cards),
        overdue=sum(card.due.state == "overdue" for card in cards),
        today=sum(card.due.state == "today" for card in cards),
        flagged=sum(card.flag is not None for card in cards),
        truncated=truncated,
    )


def _view(
    work: Work, row: Row[Any], template: PathwayDefinition, client: ClientView, at: datetime
) -> PathwayView:
    stage = template.stage(row.stage)
    looks, case = seen.open_looks(work, [row.id]), cases.load(work, [row.id])[0]
    on_file, sight = case.of(Assessment), Sight(template, case, at)
    latest = decisions(work, row.id, limit=1)
    return PathwayView(
        pathway_id=row.id,
        client_id=row.client_id,
        short_id=people.short_id(row.id),
        initials=client.initials,
        name=f"{client.given_name} {client.family_name}",
        birth_date=client.birth_date,
        program=row.program,
        zone=row.zone,
        definition=row.definition,
        title=template.title,
        stage=row.stage,
        stage_label=stage.label,
        since=row.since or row.closed_at,
        day=_day(row, at),
        stay=_stay(stage),
        past_expected=_is_past(row, stage, at),
        version=row.version,
        open=row.closed_at is None,
        held=row.held,
        quarantined=row.quarantined_at is not None,
        owner=row.owner,
        dues=tuple(telling.due(look, at, row.zone) for look in looks),
        decision=latest[0] if latest else None,
        pending_move=telling.label(template, row.pending_to) or None,
        pending_at=row.pending_at,
        flag=_RISKS.get(risks(work, [row.id]).get(row.id, "")),
        bar=outlining.bar(template, row.stage, {stay.stage for stay in case.stays}),
        trends=outlining.trends(on_file, row.since),
        timeline=timeline(work, row.id),
        work=worklist.of_pathway(work, row.id, at=at),
        notes=(*outlining.notes(looks, on_file, at, row.zone), *authorisations.notes(sight)),
        unsigned=outlining.unsigned(on_file),
        **alongside.shown(work, row.id, sight),
        stages=tuple((one.key, one.label) for one in template.stages if one.kind is StageKind.CARE),
    )
