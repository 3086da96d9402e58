"""The plan of care: read, written anew or carried on, countersigned, and printed for the client in plain words."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any
from uuid import UUID

from fastapi.responses import Response

from models.requests import NewCountersignature, NewPlan
from services import chart, planning, plans
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/pathways/{pathway_id}/plan")
_GOAL = ("key", "dimension", "status", "what", "interventions", "practice")
_DOSE = ("service", "per_week", "minutes")
_NUMBERS = ("dimension", "per_week", "minutes")


@routes.on("GET", "", action="see-pathways")
def show(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the plan, its versions, and the form for the next one."""
    return _shown(visit, pathway_id, BLANK)


@routes.on("POST", "", action="record-facts")
def record(visit: Visiting, pathway_id: UUID) -> Response:
    """Record the next version; or that nothing changes."""

    def act() -> Response:
        with visit.transaction() as work:
            zone = chart.pathway(work, pathway_id, at=visit.at).zone
        asked = _asked(visit.form, zone)
        once(visit, lambda work: planning.record(work, [(pathway_id, asked)], **visit.hand)[0])
        return onward(f"/pathways/{pathway_id}/plan", "plan-unchanged" if asked.unchanged else "planned")

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, filled))


@routes.on("POST", "/countersignature", action="countersign")
def countersign(visit: Visiting, pathway_id: UUID) -> Response:
    """Countersign the version that is shown."""

    def act() -> Response:
        asked = NewCountersignature.model_validate(given(visit.form, "plan_id"))
        once(visit, lambda work: planning.countersign(work, pathway_id, asked, **visit.hand))
        return onward(f"/pathways/{pathway_id}/plan", "countersigned")

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, filled))


@routes.on("GET", "/copy", action="see-pathways")
def copy(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the client's own copy, to print: plain words, no scores."""
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
        plan = plans.of_pathway(work, pathway_id)
    return page(visit, "plan_copy.html", view=view, plan=plan)


def _shown(visit: Visit, pathway_id: UUID, filled: Filled) -> Response:
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
        plan = plans.of_pathway(work, pathway_id)
    return page(visit, "plan.html", status=filled.status, view=view, plan=plan, filled=filled.of("plan"))


def _asked(form: Mapping[str, str], zone: str) -> NewPlan:
    common = {
        **given(form, "next_step", "next_on", "participation", "note"),
        "effective_at": moment(form.get("effective_at", ""), zone),
    }
    if form.get("unchanged"):
        return NewPlan.model_validate({**common, "unchanged": True})
    own = {
        **given(form, "aftercare"),
        "goals": [_keyed(one, place) for place, one in enumerate(_rows(form, "goals", _GOAL, "what"))],
        "services": list(_rows(form, "services", _DOSE, "per_week")),
    }
    return NewPlan.model_validate({**common, **own})


def _rows(
    form: Mapping[str, str], table: str, names: tuple[str, ...], asked: str
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table of the form in which what is asked for was filled in."""
    for place in count():
        if f"{table}.{place}.{asked}" not in form:
            return
        row = {name: form.get(f"{table}.{place}.{name}", "").strip() for name in names}
        if row[asked]:
            yield {name: whole(value) if name in _NUMBERS else value for name, value in row.items() if value}


def _keyed(goal: dict[str, Any], place: int) -> dict[str, Any]:
    """A goal written in by hand is named by its place."""
    return {"key": f"own-{place + 1}", **goal}
