"""Plans of care as people read them: every version with its words, beside what the stage usually has. Reads only."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row

from models.care_plan import Dose, PlanTemplate
from models.catalogue.pathway_files import definition
from models.views import GoalLine, PlanVersion, PlanView
from services.planning import words_of
from services.rules.planning import COUNTERSIGN
from services.store import pathways, people, programs
from services.store import plans as stored
from services.store.pathways import Target
from services.store.work import Work

_VERSIONS = TypeAdapter(PlanVersion)


def of_pathway(work: Work, pathway_id: UUID) -> PlanView:
    """Return the plan of one pathway. Raises: NotFound."""
    whose = pathways.glimpse(work, pathway_id)
    stage = definition(whose.definition).stage(whose.stage)
    goals, services = _usual(stage.plan) if stage.plan else ((), ())
    return PlanView(
        pathway_id=pathway_id,
        stage=stage.key,
        hours_per_week=stage.hours_per_week,
        usual_goals=goals,
        usual_services=services,
        versions=_versions(work, whose),
        crisis_line=programs.crisis_line(work, whose.program_id),
    )


def _usual(template: PlanTemplate) -> tuple[tuple[GoalLine, ...], tuple[Dose, ...]]:
    goals = (
        (one.model_dump(include={"key", "dimension", "interventions", "practice"}), one.says)
        for one in template.goals
    )
    lines = tuple(GoalLine(**told, what=says, status="open") for told, says in goals)
    return lines, tuple(Dose(**one.model_dump()) for one in template.services)


def _versions(work: Work, whose: Target) -> tuple[PlanVersion, ...]:
    rows = stored.versions(work, whose.pathway_id)
    waiting = {one.cause for one in stored.open_work(work, [whose.pathway_id], (COUNTERSIGN,))}
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    words = (words_of(row.sealed, secret, row.id) for row in rows)
    return tuple(
        _version(row, said, number=len(rows) - place, waits=row.id in waiting)
        for place, (row, said) in enumerate(zip(rows, words, strict=True))
    )


def _version(row: Row[Any], words: Mapping[str, Any], *, number: int, waits: bool) -> PlanVersion:
    body = json.loads(row.body)
    hours = sum(one["per_week"] * one["minutes"] for one in body["services"]) / 60
    more = {"number": number, "hours": hours, "at": row.effective_at, "waits_for_countersignature": waits}
    said = {"aftercare": words.get("aftercare"), "note": words.get("note"), "by_goal": _goals(body, words)}
    return _VERSIONS.validate_python({**body, **row._mapping, **more, **said})


def _goals(body: Mapping[str, Any], words: Mapping[str, Any]) -> tuple[GoalLine, ...]:
    told = words.get("goals", {})
    return tuple(GoalLine(**one, **{**_SILENT, **told.get(one["key"], {})}) for one in body["by_goal"])


_SILENT = {"what": "", "interventions": "", "practice": ""}
