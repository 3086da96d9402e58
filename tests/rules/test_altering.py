"""The smallest change that would alter a decision: what is said to lack is all that lacks, and no way lacks less."""

from dataclasses import replace

from hypothesis import given

from models.case import Case
from models.catalogue.pathway_files import definition
from models.decision import Decision, Met
from models.definition import Outcome
from services.rules import decide
from services.rules.altering import alterations
from services.rules.reading import both
from tests.builders import a_case, on_day, ratings, ready_to_step_down
from tests.strategies import some_cases

SUD = definition("sud-adult")


def decided(case: Case, day: float = 40) -> Decision:
    return decide(SUD, [case], at=on_day(day))[0]


@given(some_cases())
def test_with_what_it_lacks_the_way_would_be_open(case: Case) -> None:
    decision = decided(case)
    for way, lacks in alterations(decision):
        mended = {one.criterion for one in lacks}
        stands = [
            Met.MET if one.criterion in mended else one.met
            for one in decision.findings
            if one.criterion in way.criteria
        ]
        assert both(stands) == Met.MET
        assert all(one.met != Met.MET for one in lacks)
        assert way.outcome != decision.outcome


@given(some_cases())
def test_no_way_in_that_direction_has_less_against_it(case: Case) -> None:
    decision = decided(case)
    against = {
        way.route: sum(f.met == Met.NOT_MET for f in decision.findings if f.criterion in way.criteria)
        for way in decision.routes
    }
    for way, lacks in alterations(decision):
        onwards = way.outcome in {Outcome.STEP_DOWN, Outcome.COMPLETE}
        alike = [
            one
            for one in decision.routes
            if (one.outcome in {Outcome.STEP_DOWN, Outcome.COMPLETE}) is onwards
        ]
        alike = [one for one in alike if onwards or one.outcome in {Outcome.STEP_UP, Outcome.REFER}]
        assert sum(one.met == Met.NOT_MET for one in lacks) == min(against[one.route] for one in alike)


def test_a_client_in_iop_lacks_a_second_review_and_nothing_else() -> None:
    facts = [one for one in ready_to_step_down() if getattr(one, "instrument", "") != "six-dimensions"]
    onwards, up = alterations(decided(a_case("iop", *facts, ratings("op", 27.5)), 28))
    assert (onwards.way.to_stage, [one.criterion for one in onwards.lacks]) == (
        "op",
        ["lower-at-two-reviews"],
    )
    assert (up.way.outcome, len(up.lacks)) == (Outcome.STEP_UP, 1)
    assert "OP on" in onwards.lacks[0].actual


def test_a_proposal_is_told_against_the_way_up_alone() -> None:
    proposed = decided(a_case("iop", *ready_to_step_down()), 28)
    assert proposed.outcome == Outcome.STEP_DOWN
    assert [one.way.outcome for one in alterations(proposed)] == [Outcome.STEP_UP]
    assert alterations(replace(proposed, routes=())) == ()
