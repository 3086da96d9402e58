"""Tell: put what the rules and the record say into a person's words, once, for pages and API alike."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row

from models.case import Case
from models.catalogue.pathway_files import definition
from models.changes import DecisionMade
from models.decision import Decision, Finding, RouteFinding
from models.definition import Outcome, PathwayDefinition, StageKind
from models.views import (
    AlterationLine,
    AuditLine,
    DecisionView,
    Due,
    FindingLine,
    RouteLine,
)
from services import levels
from services.levels import Selected
from services.rules import cadence, wording
from services.rules.altering import Alteration, alterations
from services.rules.amounts import enough
from services.rules.cadence import DueState
from services.rules.sight import Sight

_DECISIONS = TypeAdapter(Decision)
_HOURS_TOLD = 48
_WAYS_OUT = {
    Outcome.STEP_DOWN: "Step down to",
    Outcome.STEP_UP: "Step up to",
    Outcome.COMPLETE: "Complete:",
    Outcome.ADMIT: "Admit to",
    Outcome.REFER: "Refer to",
}
_NOTHING_OPEN, _NO_WARNING = ("no-open-risk", "none on file"), "no high band on file"
_HEADLINES = {
    Outcome.STAY: "Stay in {stage}",
    Outcome.INSUFFICIENT: "Cannot judge yet: something is missing",
    Outcome.REFER: "Call a clinician now",
    Outcome.STEP_DOWN: "Step down to {to}",
    Outcome.STEP_UP: "Step up to {to}",
    Outcome.ADMIT: "Admit to {to}",
    Outcome.COMPLETE: "Complete the pathway",
}


def decision_from(body: bytes) -> Decision:
    """Return the decision that canonical bytes hold."""
    return _DECISIONS.validate_json(body)


_AS_MADE = ("at", "outcome", "to_stage", "authority", "recommended", "definition", "missing")


def decision(
    made: Decision,
    decision_id: UUID,
    *,
    case: Case,
    engine: str,
    run_id: UUID | None = None,
    signed: bool = False,
    superseded: bool = False,
    selected: Selected | None = None,
) -> DecisionView:
    """Return a decision with its findings in words, route by route, beside what somebody selected by then.

    `case` is the one it was made on: how much would be enough is found again from it.
    """
    template = definition(made.definition)
    return DecisionView(
        **{name: getattr(made, name) for name in _AS_MADE},
        **_in_words(template, made),
        alterations=_alterations(Sight(template, case, made.at), made),
        id=decision_id,
        reasoned=made.route in template.reasoned,
        engine=engine,
        run_id=run_id,
        basis=levels.basis(template, made.basis),
        levels=levels.kept_apart(template, made.recommended, selected),
        signed=signed,
        superseded=superseded,
    )


def _in_words(template: PathwayDefinition, made: Decision) -> dict[str, Any]:
    found = {finding.criterion: _finding(template, finding) for finding in made.findings}
    mentioned = template.stage(made.stage).mentions
    asked = Counter(key for route in made.routes for key in route.criteria)
    return {
        "headline": _verdict(template, made),
        "to_label": label(template, made.to_stage),
        "guards": tuple(found[key] for key in template.guards if key in found),
        "routes": tuple(_route(template, route, found, asked) for route in made.routes),
        "mentions": tuple(found[key] for key in mentioned if key in found),
        "warnings": tuple(found[key] for key in made.warned),
    }


def _verdict(template: PathwayDefinition, made: Decision) -> str:
    """The headline; and where the table came to nothing, or to no care, that, so that silence is seen."""
    asks_nothing = made.recommended == "none" and template.stage(made.stage).kind == StageKind.ENTRY
    if made.to_stage is None and made.outcome == Outcome.STAY and asks_nothing:
        return "No level of care is asked for"
    if made.outcome == Outcome.INSUFFICIENT and made.basis and not made.basis.rules:
        return "No rule matched: cannot judge yet"
    return headline(template, made.outcome, made.stage, made.to_stage)


def headline(template: PathwayDefinition, outcome: str, stage: str, to_stage: str | None) -> str:
    """Return a verdict in one line."""
    if outcome == Outcome.REFER and to_stage:
        return f"Refer to {wording.ELSEWHERE}"
    return _HEADLINES[Outcome(outcome)].format(stage=label(template, stage), to=label(template, to_stage))


def label(template: PathwayDefinition, stage: str | None) -> str:
    """Return what people call a stage."""
    return template.stage(stage).label if stage else ""


def level_label(template: PathwayDefinition, level: str) -> str:
    """Return what people call a level of care: by the first stage that gives it."""
    return next((stage.label for stage in template.stages if stage.level == level), heading(level))


def due(row: Row[Any], at: datetime, zone: str, *, held: bool) -> Due:
    """Return how a look stands at a moment; computed on read, so that nothing shows stale. On hold no clock runs."""
    if row.due_at is None:
        return Due(state="none")
    extra = row._mapping
    return Due(
        **standing(row.due_at, row.late_at, at, zone, held=held),
        parts=tuple(row.parts),
        done=tuple(extra.get("done") or ()),
        reasons=tuple(extra.get("reasons") or ()),
        reassessment_id=extra.get("look_id") or extra.get("id"),
        share=cadence.share_used(row.look_opened_at, row.due_at, at),
    )


def standing(due_at: datetime, late_at: datetime, at: datetime, zone: str, *, held: bool) -> dict[str, Any]:
    """Return how a due time stands, with its label."""
    state = cadence.due_state(due_at, late_at, at, zone)
    if held:
        return {"state": "paused", "at": due_at, "label": "clock stopped"}
    return {"state": state.state, "at": due_at, "label": due_label(state, due_at, at, zone)}


def due_label(due: DueState, due_at: datetime, at: datetime, zone: str) -> str:
    """Return how something stands against its due time, in words: hours where its clock counts hours, else days."""
    hours = round((due_at - at).total_seconds() / 3600)
    if abs(hours) < _HOURS_TOLD and due_at != cadence.start_of(cadence.day_of(due_at, zone), zone):
        return (
            f"{-hours} h overdue"
            if due.state == "overdue"
            else f"due in {hours} h"
            if hours > 0
            else "due now"
        )
    if due.state == "overdue":
        return f"{-due.days} d overdue" if due.days < 0 else "overdue"
    if due.state == "today":
        return "due today" if due.days == 0 else "due, in grace"
    return f"due in {due.days} d"


def in_short(view: DecisionView) -> DecisionView:
    """Return a decision with only what its verdict rests on: what is missing, what would alter it, the way it goes."""
    ways = tuple(one for one in view.routes if one.to_stage == view.to_stage)
    return replace(view, routes=ways, basis=None, mentions=())


def audit_line(row: Row[Any], made: Mapping[str, DecisionView]) -> AuditLine:
    """Return an audit entry with the names of who wrote it and of who signed, and the decision it tells of, by its id."""
    entry = json.loads(row.bytes)
    return AuditLine(
        version=row.version,
        seq=row.seq,
        by=row.by,
        signed_by=row.signed_by,
        credential=row.credential,
        rule=row.rule,
        run_id=entry["actor"].get("run_id"),
        entry=entry,
        decision=made.get(entry["told"]["decision_id"]) if entry["action"] == DecisionMade.action else None,
    )


def plain(code: str) -> str:
    """Return a code as words, small but for what everybody abbreviates."""
    said = code.replace("-", " ").replace("_", " ")
    return f"ED {said[3:]}" if said.startswith("ed ") else said


def heading(code: str) -> str:
    """Return a code as words with a capital: `left-against-advice` reads *Left against advice*."""
    said = plain(code)
    return said[:1].upper() + said[1:]


def _finding(template: PathwayDefinition, found: Finding) -> FindingLine:
    criterion = template.criterion(found.criterion)
    return FindingLine(
        label=criterion.label,
        met=found.met,
        expected=found.expected,
        # Said here, not in the rules: a recorded decision keeps its bytes.
        actual=_NO_WARNING if (criterion.kind, found.actual) == _NOTHING_OPEN else found.actual,
        source=found.source,
        ask=found.ask,
        evidence=found.evidence,
    )


def _alterations(sight: Sight, made: Decision) -> tuple[AlterationLine, ...]:
    return tuple(_alteration(sight, one) for one in alterations(sight.definition, made))


def _alteration(sight: Sight, one: Alteration) -> AlterationLine:
    template = sight.definition
    several = "takes all of these:" if one.lacks[1:] else "takes:"
    return AlterationLine(
        route=one.way.route,
        to_stage=one.way.to_stage,
        to_label=_to(template, one.way),
        outcome=one.way.outcome,
        says=_way_out(template, one.way),
        takes=several if one.lacks else "waits only for a new look",
        lacks=tuple(_lacking(sight, found) for found in one.lacks),
        rerated=tuple((each.rating, each.now, each.then) for each in one.rerated),
    )


def _lacking(sight: Sight, found: Finding) -> FindingLine:
    criterion = sight.definition.criterion(found.criterion)
    return replace(_finding(sight.definition, found), enough=enough(criterion, found, sight))


def _to(template: PathwayDefinition, route: RouteFinding) -> str:
    return wording.ELSEWHERE if route.outcome == Outcome.REFER else label(template, route.to_stage)


def _way_out(template: PathwayDefinition, route: RouteFinding) -> str:
    return f"{_WAYS_OUT.get(route.outcome, 'To')} {_to(template, route)}"


def _route(
    template: PathwayDefinition, route: RouteFinding, found: dict[str, FindingLine], asked: Counter[str]
) -> RouteLine:
    known = [key for key in route.criteria if key in found]
    return RouteLine(
        route=route.route,
        to_stage=route.to_stage,
        to_label=_to(template, route),
        outcome=route.outcome,
        says=_way_out(template, route),
        met=route.met,
        asks=found[min(known, key=lambda key: asked[key])].label if known else "",
        findings=tuple(found[key] for key in known),
    )
