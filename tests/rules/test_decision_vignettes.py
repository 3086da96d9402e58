"""The clinician's table of decisions, row by row."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.case import AnyFact, Case, Stay
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.changes import WorkOpened
from models.definition import PathwayDefinition
from models.terms import OUTREACH
from services.rules import advance, decide
from services.rules.amounts import enough
from services.rules.charting import CHART
from services.rules.sight import Sight
from services.rules.triggers import calls
from tests.builders import a_case, on_day, ready_to_step_down
from tests.vignettes.facts import day_number, facts_of, when

_FILE = Path(__file__).parents[1] / "vignettes" / "decisions.yaml"
ROWS: list[dict[str, Any]] = read(_FILE.read_text("utf-8"))  # type: ignore[assignment]
_FOR_SOMEBODY = {"call-now", "no-contact"}
_TRIGGERS = {
    rule for one in definition("sud-adult").triggers for rule in re.findall(r"T-[A-Z-]*[A-Z]", one.source)
}


def _facts(row: dict[str, Any]) -> list[AnyFact]:
    gone = set(row.get("without", ()))
    ready = ready_to_step_down() if row.get("ready") else ()
    kept = [fact for fact in ready if not gone & {fact.kind, getattr(fact, "instrument", "")}]
    return [*kept, *(fact for text in row.get("facts", ()) for fact in facts_of(text))]


def case_of(row: dict[str, Any], definition: str) -> Case:
    walked = [text.split(" @") for text in row.get("walk", ())]
    began = [float(day) for _, day in walked] + [row.get("since", 0)]
    before = tuple(
        Stay(stage=stage, started_at=on_day(float(day)), ended_at=on_day(then))
        for (stage, day), then in zip(walked, began[1:], strict=True)
    )
    held = row.get("held", False)
    return a_case(
        row["stage"], *_facts(row), definition=definition, since=began[-1], before=before, held=held
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_decisions(row):
    one = definition(row.get("definition", "sud-adult"))
    case = case_of(row, one.name)
    decision = decide(one, [case], at=on_day(row["day"]))[0]
    said = f"{decision.outcome} to {decision.to_stage}" if decision.to_stage else str(decision.outcome)
    assert said == row["decision"], [(f.criterion, str(f.met), f.actual) for f in decision.findings]
    stands = {finding.criterion: str(finding.met) for finding in decision.findings}
    assert {key: stands[key] for key in row.get("findings", {})} == row.get("findings", {})
    sight = Sight(one, case, on_day(row["day"]))
    does = {f.criterion: enough(one.criterion(f.criterion), f, sight) for f in decision.findings}
    assert {key: does[key] for key in row.get("enough", {})} == row.get("enough", {})
    if "missing" in row:
        assert list(decision.missing) == row["missing"]
    if "recommended" in row:
        assert decision.recommended == row["recommended"]
    if "suggested" in row:
        assert decision.basis is not None
        assert [line.split()[0] for line in decision.basis.suggestions] == row["suggested"]
    _check_what_follows(row, case, one)


def _check_what_follows(row: dict[str, Any], case: Case, one: PathwayDefinition) -> None:
    at = on_day(row["day"])
    opened = [change for change in advance(one, [case], at=at)[0].changes if isinstance(change, WorkOpened)]
    called = calls(Sight(one, case, at))
    told = {
        "calls": [call.reason.trigger for call in called],
        "due": {call.reason.trigger: when(call.clock.due_at, case.zone) for call in called},
        "work": [f"{item.kind} by {item.for_role}" for item in opened if item.kind in _FOR_SOMEBODY],
        "charts": [(item.due_at - on_day(1)) / timedelta(days=1) for item in opened if item.kind == CHART],
        "outreach": [day_number(item.due_at, case.zone) for item in opened if item.kind == OUTREACH],
        "asks": [
            f"{item.kind} by {item.for_role} {when(item.due_at, case.zone)}"
            for item in opened
            if item.kind in one.asked and item.kind != OUTREACH
        ],
    }
    wanted = {name: row[name] for name in told if name in row}
    assert {name: told[name] for name in wanted} == wanted


def test_the_table_is_long_enough_and_names_its_rules():
    assert len(ROWS) >= 40
    assert all(row["rule"] for row in ROWS)
    assert len({row["rule"] for row in ROWS}) == len(ROWS)
    due = {rule for row in ROWS if "due" in row for rule in row["rule"].split() if rule.startswith("T-")}
    assert due >= _TRIGGERS, f"no row says by when: {_TRIGGERS - due}"
