"""Plan care: a version of the plan for each review, and a supervisor's signature beside it.

What goals say in words, what follows this level and the note are sealed together, as one text of the client's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.care_plan import Dose, Goal
from models.catalogue.pathway_files import definition
from models.changes import Change, PlanCountersigned, WorkClosed
from models.definition import Authority, PathwayDefinition
from models.facts import FactKind
from models.people import Role
from models.requests import NewCountersignature, NewPlan
from services import recording
from services.access import Principal, credential_for
from services.answering import Content, Hand
from services.errors import Conflict, Invalid, NoSuchWord, NotAllowed
from services.rules import planning as rules
from services.rules import work as items
from services.rules.cadence import after
from services.store import ledger, pathways, people, plans
from services.store.pathways import Target
from services.store.seal import PersonKey
from services.store.work import Work


@dataclass(frozen=True, slots=True)
class _Version:
    """What one version says: in clear, and in the client's own words."""

    body: Mapping[str, Any]
    words: Mapping[str, Any]


def record(
    work: Work, entries: Sequence[tuple[UUID, NewPlan]], *, by: Principal, at: datetime, via: str = "api"
) -> list[UUID]:
    """Record versions of plans of care. Raises: NotFound, NoSuchWord, Invalid, Conflict."""
    found = pathways.targets(work, [pathway_id for pathway_id, _ in entries])
    _refuse_foreign(work, entries)
    standing, cited = _standing(work, found), plans.ratings(work, list(found))

    def read(whose: Target, request: NewPlan, _hand: Hand) -> Content:
        written = _written(whose, request, standing.get(whose.pathway_id), cited.get(whose.pathway_id))
        standing[whose.pathway_id] = written
        words = json.dumps(written.words, sort_keys=True) if written.words else None
        return Content(kind=FactKind.PLAN, code="plan", body=written.body, note=words)

    recorded = recording.record(work, entries, read, Hand(by, at, via))
    newest = {one: fact_id for (one, _), fact_id in zip(entries, recorded, strict=True)}
    follows = [*_answered(work, list(found)), *_to_countersign(found, newest, standing, at)]
    ledger.write(work, follows, actor=by.actor(via), at=at)
    return recorded


def countersign(
    work: Work,
    pathway_id: UUID,
    request: NewCountersignature,
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> UUID:
    """Countersign the present version of a plan. Raises: NotFound, NotAllowed, Conflict if another one stands by now."""
    pathways.target(work, pathway_id)
    waiting = plans.open_work(work, [pathway_id], (rules.COUNTERSIGN,))
    _refuse_outdated(plans.newest(work, [pathway_id]).get(pathway_id), waiting, request, by)
    credential = credential_for(by, Authority.SUPERVISOR, on=at.date())
    signed = PlanCountersigned(pathway_id=pathway_id, fact_id=request.plan_id, credential=credential)
    ledger.write(work, [signed, *_ended(waiting, "done")], actor=by.actor(via), at=at)
    return request.plan_id


def _refuse_outdated(
    newest: Row[Any] | None, waiting: Sequence[Row[Any]], request: NewCountersignature, by: Principal
) -> None:
    if newest is None or newest.id != request.plan_id:
        raise Conflict("Another version of the plan stands by now; look at it first.", pointer="/plan_id")
    if not waiting:
        raise Conflict("This version of the plan waits for no countersignature.", pointer="/plan_id")
    if newest.recorded_by == by.id:
        raise NotAllowed("Whoever wrote a plan does not countersign it; somebody else does.")


def words_of(sealed: bytes | None, secret: PersonKey, fact_id: UUID) -> dict[str, Any]:
    """Return what a version says in the client's own words: `goals` by key, `aftercare` and `note`, where there are any."""
    found: dict[str, Any] = json.loads(secret.open(bytes(sealed), "fact", fact_id)) if sealed else {}
    return found


def _standing(work: Work, found: Mapping[UUID, Target]) -> dict[UUID, _Version]:
    """The present version of each pathway's plan, opened."""
    rows = plans.newest(work, list(found))
    secrets = people.keys(work, [found[one].client_id for one in rows])
    return {
        one: _Version(json.loads(row.body), words_of(row.sealed, secrets[found[one].client_id], row.id))
        for one, row in rows.items()
    }


def _written(whose: Target, request: NewPlan, before: _Version | None, cited: UUID | None) -> _Version:
    template = definition(whose.definition)
    _refuse_unknown_step(request, template)
    assessment = request.assessment_id or cited
    said = {
        "assessment_id": assessment,
        "participation": request.participation,
        "changed": not request.unchanged,
    }
    if request.unchanged:
        return _carried_on(request, before, said)
    return _afresh(request, template, whose.stage, said)


def _carried_on(request: NewPlan, before: _Version | None, said: Mapping[str, Any]) -> _Version:
    """The version before, as of a newer assessment; only the next step and the note may be new."""
    if before is None:
        raise Invalid("There is no plan yet that could be unchanged.", pointer="/unchanged")
    for field in ("goals", "services", "aftercare"):
        if getattr(request, field):
            raise Invalid("An unchanged plan names none of its own.", pointer=f"/{field}")
    step = {"next_step": request.next_step, "next_on": request.next_on}
    new = {name: value for name, value in step.items() if value is not None}
    words = {name: text for name, text in before.words.items() if name != "note"}
    return _Version({**before.body, **said, **new}, {**words, **_told(request, "note")})


def _afresh(request: NewPlan, template: PathwayDefinition, stage: str, said: Mapping[str, Any]) -> _Version:
    goals, words = _goals(request)
    doses, usual = [Dose(**one.model_dump()) for one in request.services], template.stage(stage).plan
    body = {
        **request.model_dump(include={"next_step", "next_on"}),
        "goals": request.goals if isinstance(request.goals, str) else rules.summed_up(goals),
        "by_goal": [asdict(one) for one in goals],
        "services": [asdict(one) for one in doses],
        "deviations": rules.deviations(usual, goals, doses) if goals else (),
        "aftercare": request.aftercare is not None,
    }
    return _Version({**said, **body}, {**words, **_told(request, "aftercare", "note")})


def _goals(request: NewPlan) -> tuple[list[Goal], dict[str, Any]]:
    """Return the goals that are written out, and what they say. Raises: Invalid, where there are none or two of one key."""
    if request.goals is None:
        raise Invalid("Goals are needed, unless the plan is unchanged.", pointer="/goals")
    if isinstance(request.goals, str):
        return [], {}
    goals = [Goal(key=one.key, dimension=one.dimension, status=one.status) for one in request.goals]
    words = {"what", "interventions", "practice"}
    told = {one.key: one.model_dump(include=words, exclude_none=True) for one in request.goals}
    if len(told) < len(goals):
        raise Invalid("Each goal has a key of its own.", pointer="/goals")
    return goals, {"goals": told}


def _told(request: NewPlan, *names: str) -> dict[str, str]:
    return request.model_dump(include=set(names), exclude_none=True)


def _refuse_unknown_step(request: NewPlan, template: PathwayDefinition) -> None:
    stages = [stage.key for stage in template.stages]
    if request.next_step is not None and request.next_step not in stages:
        raise NoSuchWord("next step", stages, pointer="/next_step")


def _refuse_foreign(work: Work, entries: Sequence[tuple[UUID, NewPlan]]) -> None:
    """A plan comes from an assessment of its own client. Raises: Invalid."""
    cited = [(one, request.assessment_id) for one, request in entries if request.assessment_id]
    if cited and plans.unknown(work, cited):
        raise Invalid("This pathway knows no such assessment.", pointer="/assessment_id")


def _answered(work: Work, pathway_ids: Sequence[UUID]) -> list[WorkClosed]:
    """What a newer version answers: the word that was owed, and the countersignature that an older one waited for."""
    waiting = plans.open_work(work, pathway_ids, (rules.REVIEW, rules.COUNTERSIGN))
    done = _ended((one for one in waiting if one.kind == rules.REVIEW), "done")
    return done + _ended((one for one in waiting if one.kind == rules.COUNTERSIGN), "superseded")


def _ended(rows: Iterable[Any], outcome: str) -> list[WorkClosed]:
    return [WorkClosed(pathway_id=row.pathway_id, work_id=row.id, outcome=outcome) for row in rows]


def _to_countersign(
    found: Mapping[UUID, Target], newest: Mapping[UUID, UUID], standing: Mapping[UUID, _Version], at: datetime
) -> list[Change]:
    """Ask a supervisor, where the definition wants it, to stand beside plans that were changed."""
    changed = [one for one in newest if found[one].open and standing[one].body["changed"]]
    asking = [(one, definition(found[one].definition).planning) for one in changed]
    due = [
        (one, after(at, keeping.countersign.within, found[one].zone))
        for one, keeping in asking
        if keeping and keeping.countersign
    ]
    return [
        items.opened_on(one, rules.COUNTERSIGN, newest[one], Role.SUPERVISOR, due_at) for one, due_at in due
    ]
