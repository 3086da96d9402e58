"""Pages from templates: every page knows who reads it, as of when it is true, and whether all parts are there."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from models.catalogue.pathway_files import UnknownDefinition, definition, definitions
from models.views import Alarms
from services import alerts, health, ids, programs, telling
from services.access import ACCESS, may_sign
from services.web import alert_labels, care_labels, charts, labels
from services.web.problems import Problem
from services.web.visits import Ask, Visit


def problem_page(problem: Problem) -> HTMLResponse:
    """Return a refusal as a page."""
    return HTMLResponse(_template("problem.html").render(problem=problem), problem.status)


def open_page(ask: Ask, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page for anyone, before a sign-in."""
    return HTMLResponse(_template(template).render(at=ask.at, **values), status)


def page(visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page for whoever is signed in."""
    with visit.transaction() as work:
        state = health.ready(work, at=visit.at)
        homes = programs.listed(work)
    around = {
        "visit": visit,
        "at": visit.at,
        "health": state,
        "zone": homes[0].zone if homes else "UTC",
        "programs": homes,
        "path": visit.request.url.path,
        "said": visit.request.query_params.get("said", ""),
        "once": ids.new(),
        "may": _may(visit),
        "may_sign": partial(may_sign, visit.by),
    }
    return HTMLResponse(_template(template).render(**{**around, **values}), status)


def alarms_for(visit: Visit) -> Alarms | None:
    """Return the alerts that wait for somebody, for whoever may see them."""
    if not _may(visit)("see-alerts"):
        return None
    with visit.transaction() as work:
        return alerts.alarms(work, at=visit.at)


def _may(visit: Visit) -> Callable[[str], bool]:
    return lambda action: visit.by.role in ACCESS[action]


def local(at: datetime, zone: str, shape: str = "%-d %b %Y, %H:%M") -> str:
    """Return a moment as the program's clock shows it."""
    return at.astimezone(ZoneInfo(zone)).strftime(shape)


def typed(at: datetime, zone: str) -> str:
    """Return a moment as a field for date and time takes it."""
    return local(at, zone, "%Y-%m-%dT%H:%M")


def on_day(value: str | date) -> str:
    """Return a date for people."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day:%-d %b %Y}"


def stage(key: str) -> str:
    """Return what people call a stage."""
    return {one.key: one.label for made in definitions() for one in made.stages}.get(key) or labels.words(key)


def reviewed(name: str) -> str:
    """Say in brackets who has reviewed a definition; nothing of one that the catalogue does not have."""
    try:
        return f" ({definition(name).reviewed})"
    except UnknownDefinition:
        return ""


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("services.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        local=local, typed=typed, on_day=on_day, words=labels.words, part=labels.part, plain=telling.plain
    )
    made.filters.update(instrument=labels.instrument, iso=datetime.isoformat)
    made.filters.update(stage=stage, moment=datetime.fromisoformat, reviewed=reviewed)
    made.globals.update(labels=labels, care=care_labels, alert_labels=alert_labels, charts=charts)
    return made


_ENVIRONMENT = _environment()


def _template(name: str) -> Any:
    return _ENVIRONMENT.get_template(name)
