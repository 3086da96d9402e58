"""The timeline: what happened on a pathway, a line each, in a person's words."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from models.catalogue import instrument, instruments
from models.definition import PathwayDefinition
from models.discharge import ENDS
from models.payer import SAID, amount
from models.views import (
    Levels,
    TimelineEntry,
)
from services import levels, telling

_AS_READ = ("at", "recorded_at", "version", "kind", "fact_id", "corrects", "corrected_by")
_WRITTEN_DOWN = ("assessment", "event", "attendance", "attempt")


def entry(row: Row[Any], template: PathwayDefinition) -> TimelineEntry:
    """Return one line of the timeline."""
    text, detail = _TOLD[row.kind](row, template)
    return TimelineEntry(
        **{name: getattr(row, name) for name in _AS_READ},
        text=text,
        detail=detail,
        by=row.by or "",
        late=_is_late(row),
        levels=_levels(row, template),
        correctable=bool(row.came_here) and row.corrected_by is None and row.kind != "retraction",
    )


def _is_late(row: Row[Any]) -> bool:
    """Whether it was written down more than a day after it was so."""
    return row.kind in _WRITTEN_DOWN and row.recorded_at - row.at > timedelta(days=1)


def _assessment(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    flags = json.loads(row.body)["flags"]
    result = ", ".join(part for part in (row.figure, telling.plain(row.word or "")) if part)
    title = instrument(row.code).title
    return f"{title}: {result}" if result else title, ", ".join(telling.plain(flag) for flag in flags)


def _named(code: str) -> str:
    return instrument(code).title if code in instruments() else telling.plain(code)


def _attendance(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    body = json.loads(row.body)
    return f"{telling.heading(row.code)} session {body['status']}", f"{body['minutes']} min"


def _event(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    return telling.heading(row.code), ""


def _plan(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    body = json.loads(row.body)
    step = (
        f"next step {body['next_step']} on {body['next_on']}"
        if "next_on" in body and "next_step" in body
        else ""
    )
    said = "Plan" if body["changed"] else "Plan unchanged"
    return f"{said}: goals {body['goals']}", step


def _checklist(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    said = json.loads(row.body)["parts"]
    labels = ((part.label, said.get(part.key)) for part in template.checklist)
    return "Parts of the assessment", ", ".join(
        f"{of}: {telling.plain(status)}" for of, status in labels if status
    )


def _attempt(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    return f"Tried to reach the client: {telling.plain(row.code)}", f"by {json.loads(row.body)['way']}"


def _hand_off(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    return f"Hand-off {telling.plain(row.code)}: from {row.body} to {row.word}", row.figure


def _decision(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    return f"Decision: {telling.headline(template, row.code, row.figure, row.word)}", ""


def _authorisation(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    body = json.loads(row.body)
    units = f"{amount(body['units'], body['unit'])}, " if "units" in body else ""
    text = f"Authorisation {SAID[body['decision']]}: {telling.level_label(template, row.code)}"
    return text, f"{units}{body['starts_on']} to {body['ends_on']}"


def _sign_off(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    said = json.loads(row.body)
    if row.code == "discharged":
        end = " ".join(filter(None, (str(said["discharge"]), said["reason_code"])))
        return f"Discharge signed: {ENDS[end]}", row.figure or ""
    to = f": {telling.label(template, row.word)}" if row.word else ""
    return f"{row.code.capitalize()}{to}", row.figure or ""


def _levels(row: Row[Any], template: PathwayDefinition) -> Levels | None:
    if row.kind != "sign-off" or row.code not in {"accepted", "overridden"}:
        return None
    said = json.loads(row.body)
    selected = levels.Selected(row.word, row.code, said["reason_code"])
    return levels.kept_apart(template, said["recommended"], selected)


def _move(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    text = f"Moved from {telling.label(template, row.body)} to {telling.label(template, row.word)}"
    how = {
        "route": "by a route",
        "override": "by override",
        "discharge": "by discharge",
        "reported": "as reported",
    }
    return text, f"{how[row.code]} {row.figure}" if row.figure else how[row.code]


def _look(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    return f"{row.word.capitalize()} reassessment {row.code}", ""


def _due_date(row: Row[Any], _template: PathwayDefinition) -> tuple[str, str]:
    return f"Due date moved to {row.word}", f"from {row.figure}; {telling.plain(row.code)}"


def _opened(row: Row[Any], template: PathwayDefinition) -> tuple[str, str]:
    return f"Enrolled in {template.title}", telling.label(template, row.word)


_TOLD = {
    "assessment": _assessment,
    "attendance": _attendance,
    "event": _event,
    "plan": _plan,
    "authorisation": _authorisation,
    "checklist": _checklist,
    "retraction": lambda row, _template: (f"Entered in error: {_named(row.code)}", ""),
    "attempt": _attempt,
    "hand-off": _hand_off,
    "decision": _decision,
    "sign-off": _sign_off,
    "move": _move,
    "look": _look,
    "countersigned": lambda _row, _template: ("Plan countersigned", ""),
    "due-date": _due_date,
    "hold": lambda row, _template: (f"On hold: {telling.plain(row.code)}", ""),
    "resume": lambda _row, _template: ("Resumed", ""),
    "opened": _opened,
}
