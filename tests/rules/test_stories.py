"""Twelve stories of twelve weeks: what must come of each day, what must never, and what holds on every pass."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from models import changes as c
from models.case import Case
from models.catalogue.pathway_files import definition
from models.decision import Decision, Met
from models.facts import Assessment
from services.rules import decide
from services.rules.cadence import day_of
from tests.builders import on_day
from tests.folding import kinds
from tests.stories import STORIES, Pass, Row, all_passes, lived

every_story = pytest.mark.parametrize("name", STORIES)
_MONDAY = on_day(0).date().toordinal()
_ALWAYS = ("calls", "moved", "set aside")
_GIVEN = {"day", "rule", "known", "does", "refused"}


def _proposal(decision: Decision | c.DecisionMade) -> str:
    return f"{decision.outcome} to {decision.to_stage}" if decision.to_stage else str(decision.outcome)


def _moves(row: Row) -> list[str]:
    return [_told(move) for move in kinds(row.said, c.Moved)]


def _told(move: c.Moved) -> str:
    how = {"reported": "report"}.get(move.how, move.how)
    reason = f" with TEDS {move.discharge}" if move.discharge else ""
    return f"{move.from_stage} to {move.to_stage} by {how}{reason}"


def _calls(row: Row) -> list[str]:
    looks = (one for one in row.said if isinstance(one, c.ReassessmentOpened | c.ReassessmentHastened))
    return [reason.trigger for look in looks for reason in look.reasons]


def _day(moment: Any, case: Case) -> int:
    return day_of(moment, case.zone).toordinal() - _MONDAY


def _roles(name: str) -> dict[object, str]:
    said = (change for one in all_passes(name) for change in one.step.changes)
    return {one.work_id: f"{one.kind} by {one.for_role}" for one in said if isinstance(one, c.WorkOpened)}


def _came(name: str, row: Row) -> dict[str, Any]:
    """What came of one row, by the names under which a story may ask for it."""
    case = row.case
    decision = decide(definition(case.definition), [case], at=row.at)[0]
    return {
        "where": case.stage,
        "since": _day(case.since, case),
        "decision": _proposal(decision),
        "recommended": decision.recommended,
        "missing": list(decision.missing),
        "findings": {one.criterion: str(one.met) for one in decision.findings},
        "calls": _calls(row),
        "moved": _moves(row),
        "set aside": [one.because for one in kinds(row.said, c.SignOffSetAside)],
        "work": sorted(_roles(name)[item.id] for item in case.work),
        "due": [f"{look.kind} @{_day(look.due_at, case)}" for look in case.reassessments],
        "refused": list(row.refused),
    }


def _wanted(told: dict[str, Any]) -> dict[str, Any]:
    """What a row asks for. Calls, moves and signatures set aside are asked for in every row, refusals where tried."""
    must = {key: value for key, value in told.items() if key not in _GIVEN}
    return {**{key: [] for key in _ALWAYS}, "refused": told.get("refused", []), **must}


def _check(name: str, row: Row) -> None:
    wanted, came = _wanted(row.told), _came(name, row)
    came["findings"] = {key: came["findings"][key] for key in wanted.get("findings", {})}
    assert {key: came[key] for key in wanted} == wanted, f"day {row.told['day']}"


@every_story
def test_what_must_come_of_each_day(name: str) -> None:
    for row in lived(name):
        _check(name, row)


@every_story
def test_nothing_is_proposed_that_the_story_does_not_name(name: str) -> None:
    """Nobody is asked to sign what the next row does not tell, or the row before has told already."""
    named = "stay"
    for row in lived(name):
        may = {named, row.told.get("decision")}
        asked = {_proposal(made) for made in kinds(row.said, c.DecisionMade) if made.to_stage}
        assert asked <= may, f"day {row.told['day']}"
        named = row.told.get("decision", named)


def _spans(name: str) -> Iterator[tuple[str, float, float]]:
    """Read `step_down @0-34`: what must not be proposed, and from which day to which; on all days where none is said."""
    for text in STORIES[name]["never"]:
        what, _, days = text.partition(" @")
        first, _, last = days.partition("-")
        yield what, float(first or 0), float(last or "inf")


def _is_proposed(what: str, decision: Decision) -> bool:
    if what == "any move":
        return decision.to_stage is not None
    return what in {str(decision.outcome), _proposal(decision)}


@every_story
def test_what_must_not_be_proposed_never_is(name: str) -> None:
    for one in all_passes(name):
        decided = [one.decision, *(made.decision for made in kinds(one.step.changes, c.DecisionMade))]
        for what, first, last in _spans(name):
            if on_day(first) <= one.at and (last == float("inf") or one.at <= on_day(last)):
                assert not any(_is_proposed(what, decision) for decision in decided), (what, one.at)


@every_story
def test_never_two_placements_are_open_and_never_a_gap(name: str) -> None:
    for one in all_passes(name):
        *ended, last = one.after.stays
        assert all(stay.ended_at for stay in ended)
        assert (last.ended_at is None) == (one.after.stage != "discharged")
        assert all(before.ended_at == after.started_at for before, after in pairwise(one.after.stays))


def _moved(one: Pass) -> list[c.Moved]:
    return kinds(one.step.changes, c.Moved)


@every_story
def test_nobody_is_moved_but_by_a_signature_or_a_report(name: str) -> None:
    for one in all_passes(name):
        for move in _moved(one):
            if move.how == "reported":
                assert move.fact_id in {fact.id for fact in one.before.facts}
            else:
                signature = one.before.signature
                assert signature
                assert (signature.id, signature.to_stage) == (move.sign_off_id, move.to_stage)
                assert signature.starts_at <= one.at


def _risk_is_open(case: Case) -> bool:
    """Read the screens answer by answer: items 4, 5 or recent behaviour, until a clinician signs a finished one without."""
    open_ = False
    for screen in (fact for fact in case.of(Assessment) if fact.instrument == "c-ssrs"):
        if 1 in (screen.answers[3], screen.answers[4], screen.answers[6]):
            open_ = True
        elif screen.signed and screen.band is not None and not screen.attested:
            open_ = False
    return open_


@every_story
def test_an_open_high_risk_freezes_every_chosen_move(name: str) -> None:
    for one in all_passes(name):
        if _risk_is_open(one.before):
            assert one.decision.to_stage is None
            assert all(move.how == "reported" for move in _moved(one))


@every_story
def test_unknown_moves_nobody(name: str) -> None:
    """What is proposed, and what is moved along a route, rests on criteria that are all met at that very moment."""
    for one in all_passes(name):
        stands = {finding.criterion: finding.met for finding in one.decision.findings}
        asked = [way.criteria for way in one.decision.routes if way.route == one.decision.route]
        assert {stands[key] for keys in asked for key in keys} <= {Met.MET}
        assert all(move.rule == one.decision.route for move in _moved(one) if move.how == "route")


@every_story
def test_every_decision_can_be_made_again(name: str) -> None:
    one = definition(STORIES[name]["definition"])
    made = [made for row in lived(name) for made in kinds(row.said, c.DecisionMade)]
    assert made
    for decision in made:
        again = decide(one, [Case.from_bytes(decision.case)], at=decision.decision.at)[0]
        assert again.to_bytes() == decision.decision.to_bytes()


@every_story
def test_time_changes_nothing_that_was_not_announced(name: str) -> None:
    for one in all_passes(name):
        assert one.announced or one.step.changes == (), one.at


@every_story
def test_a_story_is_told_in_order_and_shows_what_it_names(name: str) -> None:
    story = STORIES[name]
    days = [row["day"] for row in story["days"]]
    assert days == sorted(set(days))
    assert days[-1] - days[0] >= 84
    told = " ".join(row.get("rule", "") for row in story["days"])
    assert [
        rule for rule in story["shows"] if not re.search(rf"(?<!\S){re.escape(rule)}(?![\w.-])", told)
    ] == []


@every_story
def test_what_is_told_late_says_so(name: str) -> None:
    """A fact of more than a day ago names the day on which it was learned; only sessions are planned ahead."""
    for row in STORIES[name]["days"]:
        for text in row.get("known", ()):
            said, _, when = text.partition(" @")
            days = [float(day) for day in when.split(" ")[0].split(",")]
            assert said == "unlogged" or max(days) <= row["day"], text
            learned = re.findall(r"learned @(\S+)", when)
            assert learned in ([], [str(row["day"])]), text
            assert learned or said == "unlogged" or min(days) >= row["day"] - 1, text


def test_there_are_twelve() -> None:
    assert len(STORIES) == 12
    assert all(
        {"title", "client", "definition", "enters", "shows", "never"} <= set(story)
        for story in STORIES.values()
    )
