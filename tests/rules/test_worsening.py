"""Ratings that have worsened, rating by rating (2.4: any by 2, or r1 to r3 by 1 up to 3), and against which ratings."""

import pytest

from models.catalogue.pathway_files import definition
from models.decision import Met
from services.rules import decide, find
from tests.builders import a_case, a_form, on_day

SUD = definition("sud-adult")
WORSE = SUD.criterion("ratings-worse")


def rated(answers: str, day: float):
    return a_form("six-dimensions", answers, day)


@pytest.mark.parametrize(
    ("first", "now", "met"),
    [
        ("002000", "003000", Met.MET),
        ("200000", "300000", Met.MET),
        ("001000", "002000", Met.NOT_MET),
        ("003000", "003000", Met.NOT_MET),
        ("000020", "000030", Met.NOT_MET),
        ("000020", "000040", Met.MET),
        ("004000", "003000", Met.NOT_MET),
    ],
)
def test_worse_by_two_or_an_acute_one_up_to_three(first, now, met):
    one, other = rated(first, 1), rated(now, 9)
    finding = find(WORSE, SUD, a_case("iop", one, other), on_day(10))
    assert (finding.met, finding.evidence) == (met, (other.id, one.id))
    assert finding.until == other.effective_at + WORSE.fresh_for


@pytest.mark.parametrize(("before", "day"), [(0, 0), (-1, -1)])
def test_a_stay_began_with_the_last_ratings_up_to_its_first_moment(before, day):
    first, *others = rated("000000", day), rated("000010", 5), rated("000020", 9)
    case = a_case("iop", rated("000020", -8), first, *others)
    finding = find(WORSE, SUD, case, on_day(10))
    assert (finding.met, finding.evidence) == (Met.MET, (others[-1].id, first.id))


def test_ratings_of_too_long_before_are_no_beginning_but_where_there_are_no_others():
    window = WORSE.before.days
    old, newer = rated("000000", -window), rated("000020", 5)
    finding = find(WORSE, SUD, a_case("iop", old, newer), on_day(10))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (newer.id, newer.id))
    near = rated("000000", 0.01 - window)
    assert find(WORSE, SUD, a_case("iop", near, newer), on_day(10)).met is Met.MET


def test_where_only_ratings_of_too_long_before_are_there_they_are_held_against_the_oldest():
    window = WORSE.before.days
    oldest, old = rated("000000", -window - 20), rated("000010", -window - 1)
    case = a_case("op", oldest, old)
    finding = find(WORSE, SUD, case, on_day(-window))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (old.id, oldest.id))


def test_without_ratings_before_it_a_stay_began_with_the_first_in_it():
    first, later, last = rated("000000", 2), rated("000020", 5), rated("000020", 9)
    finding = find(WORSE, SUD, a_case("iop", first, later, last), on_day(10))
    assert (finding.met, finding.evidence) == (Met.MET, (last.id, first.id))


@pytest.mark.parametrize(("now", "warned"), [("003000", ("ratings-worse",)), ("002000", ()), (None, ())])
def test_a_decision_warns_of_what_speaks_for_another_plan_once_it_is_so(now, warned):
    facts = [rated("002000", 1), *([rated(now, 9)] if now else [])]
    [decision] = decide(SUD, [a_case("iop", *facts, since=1)], at=on_day(10))
    assert decision.warned == warned
    assert {one.criterion for one in decision.findings if one.met == Met.MET} - {*warned, "ratings-worse"}
