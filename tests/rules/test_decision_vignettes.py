"""The clinician's table of decisions, row by row."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.case import AnyFact, Case, Stay
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.changes import WorkOpened
from models.definition import PathwayDefinition
from models.facts import AttendanceStatus
from services.rules import advance, decide
from services.rules.cadence import day_of
from services.rules.sight import Sight
from services.rules.triggers import calls
from tests.builders import (
    a_bam,
    a_case,
    a_form,
    a_phq,
    a_plan,
    a_screen,
    a_total,
    an_attendance,
    an_authorisation,
    an_event,
    on_day,
    ratings,
    ready_to_step_down,
)

_FILE = Path(__file__).parents[1] / "vignettes" / "decisions.yaml"
ROWS: list[dict[str, Any]] = read(_FILE.read_text("utf-8"))  # type: ignore[assignment]
_SCORED = {
    "ratings": lambda level, day, signed: ratings(level, day, signed=signed),
    "c-ssrs": lambda band, day, signed: a_screen(band, day, signed=signed),
    "phq-9": lambda total, day, signed: a_phq(int(total), day, signed=signed),
    **{
        key: lambda total, day, signed, key=key: a_total(key, int(total), day, signed=signed)
        for key in ("ciwa-ar", "cows", "gad-7", "pcl-5")
    },
    "bam": lambda points, day, signed: a_bam(day, signed=signed, **_bam(points)),
}


def _bam(points: str) -> dict[str, int]:
    scale, _, count = points.rpartition("-")
    return {scale or "use": int(count)}


def facts_of(text: str) -> list[AnyFact]:
    """Read `ratings op @14 unsigned`, `attended @15,17`, `plan met op+7 @27`, `c-ssrs 1110?00 @4` answer by answer."""
    said, _, when = text.partition(" @")
    days, _, note = when.partition(" ")
    facts = [_fact(*said.split(), day=float(day), signed=note != "unsigned") for day in days.split(",")]
    learned = note.removeprefix("learned @") if note.startswith("learned") else None
    return [replace(fact, recorded_at=on_day(float(learned)), known=2) if learned else fact for fact in facts]


def _fact(name: str, *words: str, day: float, signed: bool) -> AnyFact:
    if name in {*AttendanceStatus}:
        return an_attendance(day, name, *map(int, words))
    if name in {"approved", "partly", "pending", "denied"}:
        return _authorisation(name, *words, day=day)
    if name == "event":
        return an_event(words[0], day)
    if name == "plan":
        step = re.fullmatch(r"([a-z]+)([+-]\d+)", words[1]) if words[1:] else None
        return a_plan(day, words[0], step and step[1], int(step[2]) if step else None)
    if re.fullmatch(r"[0-9?-]{6,}", words[0]):
        return a_form({"ratings": "six-dimensions"}.get(name, name), words[0], day, signed=signed)
    return _SCORED[name](words[0], day, signed)


def _authorisation(decision: str, level: str, days: str, *units: str, day: float) -> AnyFact:
    """Read `approved iop 0..27 20 day`: from the first to the last day, both included, and as many units as there are."""
    starts, ends = map(int, days.split(".."))
    more = {"units": int(units[0]), "unit": units[1]} if units else {}
    return an_authorisation(day, starts, ends, level, decision, **more)


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
    if "missing" in row:
        assert list(decision.missing) == row["missing"]
    if "recommended" in row:
        assert decision.recommended == row["recommended"]
    _check_what_follows(row, case, one)


def _check_what_follows(row: dict[str, Any], case: Case, one: PathwayDefinition) -> None:
    at = on_day(row["day"])
    opened = [change for change in advance(one, [case], at=at)[0].changes if isinstance(change, WorkOpened)]
    told = {
        "calls": [call.reason.trigger for call in calls(Sight(one, case, at))],
        "work": [f"{item.kind} by {item.for_role}" for item in opened if item.kind == "call-now"],
        "outreach": [
            day_of(item.due_at, case.zone).toordinal() for item in opened if item.kind == "outreach"
        ],
    }
    monday = on_day(0).toordinal()
    wanted = {name: row[name] for name in told if name in row}
    if "outreach" in wanted:
        wanted["outreach"] = [monday + day for day in wanted["outreach"]]
    assert {name: told[name] for name in wanted} == wanted


def test_the_table_is_long_enough_and_names_its_rules():
    assert len(ROWS) >= 40
    assert all(row["rule"] for row in ROWS)
    assert len({row["rule"] for row in ROWS}) == len(ROWS)
