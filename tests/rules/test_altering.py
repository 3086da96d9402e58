"""The smallest change that would alter a decision: what is said to lack is all that lacks, and no way lacks less."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.case import Case
from models.catalogue.pathway_files import definition
from models.criterion import Recommended
from models.decision import Decision, Finding, Met, RouteFinding
from models.definition import Outcome
from services.rules import decide
from services.rules.altering import alterations
from services.rules.placement import place
from services.rules.reading import both
from services.rules.recommending import asks
from tests.builders import a_case, an_assessment, on_day, ratings, ready_to_step_down, with_facts
from tests.strategies import some_cases

SUD = definition("sud-adult")
DIRECTIONS = (
    {Outcome.STEP_DOWN, Outcome.COMPLETE},
    {Outcome.ADMIT},
    {Outcome.STEP_UP, Outcome.REFER},
)


def decided(case: Case, day: float = 40) -> Decision:
    return decide(SUD, [case], at=on_day(day))[0]


@given(some_cases())
def test_with_what_it_lacks_the_way_would_be_open(case: Case) -> None:
    decision = decided(case)
    for way, lacks, _ in alterations(SUD, decision):
        mended = {one.criterion for one in lacks}
        stands = [
            Met.MET if one.criterion in mended else one.met
            for one in decision.findings
            if one.criterion in way.criteria
        ]
        assert both(stands) == Met.MET
        assert all(one.met != Met.MET for one in lacks)
        assert (way.outcome, way.to_stage) != (decision.outcome, decision.to_stage)


@given(some_cases())
def test_no_way_in_that_direction_has_less_against_it(case: Case) -> None:
    decision = decided(case)
    against = {
        way.route: sum(f.met == Met.NOT_MET for f in decision.findings if f.criterion in way.criteria)
        for way in decision.routes
    }
    for way, lacks, _ in alterations(SUD, decision):
        (alike,) = (outcomes for outcomes in DIRECTIONS if way.outcome in outcomes)
        others = [
            one
            for one in decision.routes
            if one.outcome in alike and (one.outcome != Outcome.ADMIT or one.to_stage != decision.to_stage)
        ]
        assert sum(one.met == Met.NOT_MET for one in lacks) == min(against[one.route] for one in others)


def test_a_client_in_iop_lacks_a_second_review_and_nothing_else() -> None:
    facts = [one for one in ready_to_step_down() if getattr(one, "instrument", "") != "six-dimensions"]
    onwards, up = alterations(SUD, decided(a_case("iop", *facts, ratings("op", 27.5)), 28))
    assert (onwards.way.to_stage, [one.criterion for one in onwards.lacks]) == (
        "op",
        ["lower-at-two-reviews"],
    )
    assert (up.way.outcome, len(up.lacks)) == (Outcome.STEP_UP, 1)
    assert "OP on" in onwards.lacks[0].actual
    assert onwards.rerated == ()


def test_a_proposal_is_told_against_the_way_up_alone() -> None:
    proposed = decided(a_case("iop", *ready_to_step_down()), 28)
    assert proposed.outcome == Outcome.STEP_DOWN
    assert [one.way.outcome for one in alterations(SUD, proposed)] == [Outcome.STEP_UP]
    assert alterations(SUD, replace(proposed, routes=())) == ()


@given(some_cases())
def test_a_rating_that_is_named_alters_the_decision_once_it_is_so(case: Case) -> None:
    before = decided(case)
    for _, lacks, rerated in alterations(SUD, before):
        for name, now, then in rerated:
            basis = before.basis
            assert basis is not None
            answers = list(basis.ratings)
            place = int(name[1]) - 1
            assert answers[place] == now
            answers[place] = then
            # Known last, so that of ratings of the same moment these are the newest.
            rated = replace(an_assessment("six-dimensions", 40, *answers), known=9)
            after = decided(with_facts(case, rated))
            stood = {one.criterion: one for one in after.findings}
            asked = next(one for one in lacks if isinstance(SUD.criterion(one.criterion), Recommended))
            assert after.recommended != before.recommended
            if SUD.criterion(asked.criterion).reviews == 1:
                assert stood[asked.criterion].met == Met.MET
                assert len(lacks) > 1 or after.verdict != before.verdict


def test_while_nobody_has_rated_what_is_missing_says_enough() -> None:
    new = decided(a_case("assessment"))
    assert (alterations(SUD, new), bool(new.missing)) == ((), True)


def test_who_is_rated_is_told_which_rating_would_admit_elsewhere() -> None:
    rated = decided(a_case("assessment", ratings("op", 40)))
    other, up = alterations(SUD, rated)
    assert (rated.to_stage, other.way.to_stage, up.way.outcome) == ("op", "iop", Outcome.REFER)
    assert other.rerated == (("r4", 1, 2), ("r5", 2, 3), ("r6", 1, 2))
    assert up.rerated == (("r5", 2, 4),)


def test_a_way_with_nothing_against_it_is_nearer_than_one_with_less_unknown() -> None:
    said = {"far": Met.NOT_MET, "unknown": Met.UNKNOWN, "open": Met.UNKNOWN}
    keys = dict(zip(said, ("goals-met", "not-held", "no-use-14d"), strict=True))
    findings = tuple(
        Finding(criterion=keys[name], met=met, expected="", actual="", source="")
        for name, met in said.items()
    )
    ways = tuple(
        RouteFinding(
            route=route,
            to_stage="op",
            outcome=Outcome.STEP_DOWN,
            met=Met.UNKNOWN,
            criteria=tuple(keys[name] for name in names),
        )
        for route, names in (("one", ["far"]), ("two", ["unknown", "open"]), ("three", ["far", "open"]))
    )
    decision = replace(decided(a_case("iop")), routes=ways, findings=findings)
    [onwards] = alterations(SUD, decision)
    assert onwards.way.route == "two"


def test_where_no_level_is_recommended_no_rating_is_named() -> None:
    facts = [one for one in ready_to_step_down() if getattr(one, "instrument", "") != "six-dimensions"]
    stays = decided(a_case("iop", *facts, ratings("iop", 27.5)), 28)
    assert alterations(SUD, stays)[0].rerated
    assert alterations(SUD, replace(stays, recommended=None))[0].rerated == ()


def test_where_nobody_kept_what_a_level_rests_on_no_rating_is_named() -> None:
    rated = decided(a_case("assessment", ratings("op", 40)))
    assert [one.rerated for one in alterations(SUD, replace(rated, basis=None))] == [(), ()]


def resting_on(stage: str, rated: tuple[int | None, ...], risk: str | None, *facts: str) -> Decision:
    """A decision on a client of whom only this is known, and nothing else speaks."""
    new = decided(a_case(stage))
    assert new.basis is not None
    level = SUD.stage(stage).level
    found = place(SUD.placement, rated, current=level, risk=risk, facts=frozenset(facts))
    basis = replace(new.basis, ratings=rated, risk=risk, facts=facts)
    return replace(new, recommended=found.recommended, basis=basis)


def by_hand(decision: Decision, asked: Recommended) -> list[tuple[str, int | None, int]]:
    """Every change of one rating that brings what is asked, found by trying all: those of the least step."""
    assert decision.basis is not None
    rated, steps = decision.basis.ratings, defaultdict[int, list[tuple[str, int | None, int]]](list)
    for n, then in product(range(6), range(5)):
        changed = (*rated[:n], then, *rated[n + 1 :])
        other = resting_on(decision.stage, changed, decision.basis.risk, *decision.basis.facts)
        if asks(asked, SUD, decision.stage, other.recommended):
            steps[abs(then - (rated[n] or 0))].append((f"r{n + 1}", rated[n], then))
    return steps[min(steps)] if steps else []


@given(
    st.sampled_from([one.key for one in SUD.stages]),
    st.tuples(*[st.integers(0, 4)] * 6),
    st.sampled_from((None, "low", "high")),
    st.sets(st.sampled_from(SUD.placement.fact_names), max_size=4),
)
@settings(max_examples=30)
def test_the_ratings_named_are_the_smallest_changes_that_would_do_and_all_of_them(
    stage: str, rated: tuple[int, ...], risk: str | None, facts: set[str]
) -> None:
    decision = resting_on(stage, rated, risk, *sorted(facts))
    for _, lacks, rerated in alterations(SUD, decision):
        criteria = (SUD.criterion(one.criterion) for one in lacks)
        asked = next((one for one in criteria if isinstance(one, Recommended)), None)
        if asked is None or asks(asked, SUD, stage, decision.recommended):
            assert rerated == ()
        elif decision.recommended is not None:
            assert list(rerated) == by_hand(decision, asked)


MILD = (0, 0, 0, 1, 2, 1)
LONG_WELL = ("sud-diagnosis", "completed-higher-level", "remission-90-days")


@pytest.mark.parametrize(
    ("stage", "rated", "risk", "facts", "named"),
    [
        ("iop", (0, 0, 0, 1, 3, 1), "none", (), ["r5"]),
        ("iop", (0, 0, 0, 1, 3, 1), "high", (), []),
        ("iop", (0, 0, 0, 1, 3, 1), "none", ("acute-functional-impact",), []),
        ("op", MILD, "none", (), []),
        ("op", MILD, "none", LONG_WELL, ["r5"]),
        ("op", MILD, "none", (*LONG_WELL, "return-to-use-30-days"), []),
    ],
)
def test_risk_facts_and_where_the_client_stands_say_too_whether_a_rating_would_do(
    stage: str, rated: tuple[int, ...], risk: str, facts: tuple[str, ...], named: list[str]
) -> None:
    onwards = alterations(SUD, resting_on(stage, rated, risk, *facts))[0]
    assert onwards.way.outcome in DIRECTIONS[0]
    assert [one.rating for one in onwards.rerated] == named


def test_a_rating_that_nobody_gave_is_not_named() -> None:
    stays = resting_on("iop", (0, 0, 0, 1, 3, 1), "none")
    assert stays.basis is not None
    unsaid = replace(stays, basis=replace(stays.basis, ratings=(None, 0, 0, 1, 2, 1)))
    assert alterations(SUD, unsaid)[0].rerated == ()
