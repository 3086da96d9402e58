"""What the ratings recommend: against the present level, at reviews in a row, and where the table is silent."""

from datetime import timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import Recommended
from models.decision import Met
from services.rules import find
from services.rules.recommending import basis
from services.rules.sight import Sight
from tests.builders import a_case, an_event, on_day, ratings

SUD = definition("sud-adult")
TWICE = SUD.criterion("lower-at-two-reviews")
SILENT = SUD.model_copy(update={"placement": SUD.placement.model_copy(update={"rules": ()})})


@pytest.mark.parametrize(
    ("level", "met"), [("op", Met.NOT_MET), ("iop", Met.NOT_MET), ("high-intensity-outpatient", Met.MET)]
)
def test_above_is_above_the_present_level_and_not_the_same(level, met):
    above = Recommended(
        kind="recommended", key="more", label="", source="", relation="above", fresh_for=timedelta(days=9)
    )
    assert find(above, SUD, a_case("iop", ratings(level, 1)), on_day(2)).met is met


def test_two_reviews_rest_on_the_two_that_agree_and_not_on_what_lies_between():
    first, between, last = ratings("op", 14), ratings("op", 25), ratings("op", 27)
    finding = find(TWICE, SUD, a_case("iop", first, between, last), on_day(28))
    assert (finding.met, finding.evidence) == (Met.MET, (last.id, first.id))
    assert finding.actual == "OP on 1 Feb; OP on 19 Jan"


def test_where_two_reviews_do_not_agree_the_two_newest_are_shown():
    first, between, last = ratings("op", 7), ratings("iop", 14), ratings("op", 27)
    finding = find(TWICE, SUD, a_case("iop", first, between, last), on_day(28))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (last.id, between.id))


@pytest.mark.parametrize("key", ["lower-at-two-reviews", "asks-op"])
def test_where_the_table_recommends_nothing_nobody_can_tell(key):
    rated = ratings("op", 27)
    case = a_case("iop", ratings("op", 14), rated)
    finding = find(SUD.criterion(key), SILENT, case, on_day(28))
    assert (finding.met, rated.id in finding.evidence) == (Met.UNKNOWN, True)


def test_what_is_recommended_holds_until_the_ratings_are_stale_or_what_else_is_known_turns():
    rated, asks = ratings("op", 1), SUD.criterion("op-asks-iop")
    assert asks.kind == "recommended"
    alone = find(asks, SUD, a_case("op", rated), on_day(2))
    assert (alone.met, alone.until) == (Met.NOT_MET, rated.effective_at + asks.fresh_for)
    used = an_event("return-to-use", 1)
    since = find(asks, SUD, a_case("op", rated, used), on_day(2))
    assert (since.met, since.until) == (Met.MET, used.effective_at + timedelta(days=30))


@pytest.mark.parametrize(("first", "last", "met"), [("iop", "op", Met.UNKNOWN), ("op", "iop", Met.MET)])
def test_where_the_table_is_silent_on_the_newest_ratings_older_ones_do_not_speak_for_them(first, last, met):
    rules = tuple(one for one in SUD.placement.rules if one.id == "HR-4b")
    half = SUD.model_copy(update={"placement": SUD.placement.model_copy(update={"rules": rules})})
    case = a_case("iop", ratings(first, 14), ratings(last, 27))
    assert find(SUD.criterion("asks-iop"), half, case, on_day(28)).met is met


def test_the_first_of_two_reviews_says_from_when_a_second_counts():
    said = find(
        SUD.criterion("lower-at-two-reviews"), SUD, a_case("iop", ratings("op", 9)), on_day(10)
    ).actual
    assert "; a second review counts from " in said
    both = a_case("iop", ratings("op", 9), ratings("op", 40))
    said = find(SUD.criterion("lower-at-two-reviews"), SUD, both, on_day(41)).actual
    assert "counts from" not in said


@pytest.mark.parametrize(("stage", "asked"), [("op", False), ("assessment", True)])
def test_the_diagnosis_is_asked_for_where_ratings_come_to_nothing_and_nobody_has_said(stage, asked):
    criterion = SUD.criterion("op-asks-iop")
    ask = find(criterion, SILENT, a_case(stage, ratings("op", 9)), on_day(10)).ask
    assert ask.startswith("Record whether ") is asked


def test_what_a_level_rests_on_names_its_facts_in_one_order():
    kinds = {one.event for one in SUD.placement_facts} - {"substance-use-disorder-ruled-out"}
    events = [an_event(kind, 26) for kind in sorted(kinds)]
    case = a_case("op", ratings("op", 27), *events)
    facts = basis(Sight(SUD, case, on_day(28)), ratings("op", 27)).facts
    assert len(facts) > 5
    assert list(facts) == sorted(facts)
