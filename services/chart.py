"""One client's chart: where they stand, what is due, what was decided and why, and all that happened. Reads only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.case import Case
from models.catalogue.pathway_files import definition
from models.definition import PathwayDefinition, Stage, StageKind
from models.facts import Assessment
from models.views import AuditLine, DecisionView, PathwayView, TimelineEntry
from services import alongside, authorisations, handing, outlining, programs, telling, whereabouts, worklist
from services import timeline as told
from services.errors import NotFound
from services.levels import Selected
from services.rules import contact, times_of_day
from services.rules.sight import Sight
from services.store import board as seen
from services.store import cases, history, obligations, pathways, people
from services.store.people import ClientView
from services.store.work import Work

_ALL = 100_000


def pathway(work: Work, pathway_id: UUID, *, at: datetime) -> PathwayView:
    """Return one client's walk. Raises: NotFound."""
    rows = seen.standing(work, pathway_ids=[pathway_id])
    if not rows:
        raise NotFound("pathway")
    row, template = rows[0], definition(rows[0].definition)
    client = people.view(work, row.client_id)
    return _view(work, row, template, client, at)


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
    return tuple(told.entry(row, template) for row in history.entries(work, pathway_id, limit=limit))


def decisions(work: Work, pathway_id: UUID, *, limit: int = 20) -> tuple[DecisionView, ...]:
    """Return the decisions made about a pathway, newest first."""
    return tuple(_decision(row) for row in history.decisions(work, pathway_id, limit=limit))


def _decision(row: Row[Any]) -> DecisionView:
    return telling.decision(
        telling.decision_from(row.body),
        row.id,
        case=Case.from_bytes(row.case_bytes),
        engine=row.engine,
        run_id=row.run_id,
        signed=row.signed,
        superseded=row.superseded,
        selected=Selected(row.selected, row.how, row.reason_code) if row.selected else None,
    )


def moved_at(work: Work, sign_off_id: UUID) -> datetime | None:
    """Return when a signed move took place, or None while it has not."""
    return pathways.moved_at(work, sign_off_id)


def audit(work: Work, pathway_id: UUID) -> tuple[AuditLine, ...]:
    """Return the audit entries of a pathway in order. Raises: NotFound."""
    pathways.glimpse(work, pathway_id)
    made = {str(one.id): telling.in_short(one) for one in decisions(work, pathway_id, limit=_ALL)}
    return tuple(telling.audit_line(row, made) for row in history.audit_entries(work, pathway_id))


def _view(
    work: Work, row: Row[Any], template: PathwayDefinition, client: ClientView, at: datetime
) -> PathwayView:
    sight = Sight(template, cases.load(work, [row.id])[0], at)
    looks, beside = seen.open_looks(work, [row.id]), alongside.shown(work, row.id, sight)
    return PathwayView(
        **_who(row, client, template),
        **_where(row, template.stage(row.stage), at),
        **_next(work, row, template, at),
        **_beside(work, row),
        **_on_file(row, sight, looks),
        notes=_notes(work, row, sight, looks),
        **beside,
        decision=_decided(work, row.id, beside["authorised"]),
    )


def _decided(work: Work, pathway_id: UUID, authorised: str | None) -> DecisionView | None:
    """The newest decision, and beside its levels the one that the payer authorises today."""
    for newest in decisions(work, pathway_id, limit=1):
        return replace(newest, levels=replace(newest.levels, authorised=authorised))
    return None


def _who(row: Row[Any], client: ClientView, template: PathwayDefinition) -> dict[str, Any]:
    return {
        "pathway_id": row.id,
        "client_id": row.client_id,
        "short_id": people.short_id(row.id),
        "initials": client.initials,
        "name": f"{client.given_name} {client.family_name}",
        "birth_date": client.birth_date,
        "program": row.program,
        "zone": row.zone,
        "definition": row.definition,
        "title": template.title,
    }


def _where(row: Row[Any], stage: Stage, at: datetime) -> dict[str, Any]:
    return {
        "stage": row.stage,
        "stage_label": stage.label,
        "since": row.since or row.closed_at,
        "day": whereabouts.day(row, at),
        "stay": whereabouts.stay(stage),
        "past_expected": whereabouts.is_past(row, stage, at),
        "version": row.version,
        "open": row.closed_at is None,
        "held": row.held,
        "quarantined": row.quarantined_at is not None,
    }


def _next(work: Work, row: Row[Any], template: PathwayDefinition, at: datetime) -> dict[str, Any]:
    return {
        "pending_move": telling.label(template, row.pending_to) or None,
        "pending_at": row.pending_at,
        "work": worklist.of_pathway(work, row.id, at=at),
        "room": programs.rooms(work, program_id=row.program_id).get(row.to_stage or ""),
        "services": tuple((one.key, one.label) for one in template.stage(row.stage).services),
        "stages": tuple((one.key, one.label) for one in template.stages if one.kind is StageKind.CARE),
    }


def _beside(work: Work, row: Row[Any]) -> dict[str, Any]:
    return {
        "owner": row.owner,
        "came_from": row.came_from,
        "referred_by": row.referred_by,
        "flag": whereabouts.RISKS.get(whereabouts.risks(work, [row.id]).get(row.id, "")),
        "hand_off": next(iter(handing.listed(work, pathway_id=row.id)), None),
        "timeline": timeline(work, row.id),
    }


def _notes(work: Work, row: Row[Any], sight: Sight, looks: Sequence[Row[Any]]) -> tuple[str, ...]:
    bound = obligations.of(work, [row.client_id]).get(row.client_id, ())
    return (
        *outlining.notes(sight, looks),
        *authorisations.notes(sight),
        *times_of_day.notes(sight, bound),
    )


def _on_file(row: Row[Any], sight: Sight, looks: Sequence[Row[Any]]) -> dict[str, Any]:
    template, case, on_file = sight.definition, sight.case, sight.case.of(Assessment)
    return {
        "dues": tuple(telling.due(look, sight.at, row.zone, held=row.held) for look in looks),
        "bar": outlining.bar(template, row.stage, {stay.stage for stay in case.stays}),
        **outlining.scores(on_file, row.since),
        "unsigned": outlining.unsigned(on_file),
        "weeks": outlining.weeks(sight),
        "shares": outlining.shares(sight),
        "checklist": outlining.checklist(template, case, sight.at),
        "last_contact": contact.last(sight),
    }
