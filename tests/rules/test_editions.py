"""Ratings of another edition are named wherever ratings are waited for, and nowhere else (2.1)."""

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import Assessed
from models.decision import Met
from services.rules import find
from tests.builders import a_case, a_checklist, on_day, ratings

SUD = definition("sud-adult")
ASKS = SUD.criterion("op-asks-iop")
ASK = "Rate in the edition this program uses (asam-3)"


def other(day: float):
    return ratings("iop", day, edition="asam-4")


def test_the_newest_of_another_edition_is_named_and_another_rating_asked_for():
    older, newer = other(1), other(2)
    finding = find(ASKS, SUD, a_case("op", older, newer), on_day(3))
    assert (finding.met, finding.evidence, finding.ask) == (Met.UNKNOWN, (newer.id,), ASK)
    assert finding.actual == "no signed ratings; rated in asam-4 on 7 Jan, not read here"


@pytest.mark.parametrize(("day", "named"), [(1, True), (2, False), (3, False)])
def test_it_is_named_only_where_nothing_that_is_read_is_as_new(day, named):
    read, unread = ratings("op", day), other(2)
    finding = find(ASKS, SUD, a_case("op", read, unread), on_day(3) + ASKS.fresh_for)
    assert finding.met is Met.UNKNOWN
    assert (finding.ask == ASK) is named
    assert (unread.id in finding.evidence) is named


def test_of_those_that_are_read_the_newest_is_held_against_it():
    case = a_case("op", ratings("op", 1), ratings("op", 3), other(2))
    assert find(ASKS, SUD, case, on_day(4) + ASKS.fresh_for).ask != ASK


def test_what_waits_for_no_ratings_does_not_name_them():
    case = a_case("op", other(2))
    told = {"key": "k", "label": "", "source": "", "fresh_for": ASKS.fresh_for}
    screen = Assessed(kind="assessed", instrument="c-ssrs", **told)
    for criterion in (screen, SUD.criterion("suicide-risk-low"), SUD.criterion("goals-met")):
        finding = find(criterion, SUD, case, on_day(3))
        assert (finding.met, finding.evidence) == (Met.UNKNOWN, ())
        assert finding.ask != ASK
    rated = Assessed(kind="assessed", instrument="six-dimensions", **told)
    assert find(rated, SUD, case, on_day(3)).ask == ASK


def test_the_parts_of_an_assessment_are_told_until_the_first_is_stale():
    content = SUD.criterion("assessment-content")
    first, then = a_checklist(1), a_checklist(2, "done", "lab-tests")
    finding = find(content, SUD, a_case("assessment", first, then), on_day(3))
    assert (finding.met, finding.until) == (Met.MET, on_day(1) + content.fresh_for)
    parts = len(SUD.checklist)
    assert finding.actual == f"{parts} of {parts} parts"
    left = a_checklist(2, "not-done", "lab-tests")
    finding = find(content, SUD, a_case("assessment", left), on_day(3))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (left.id,))
    assert finding.actual.startswith(f"0 of {parts} parts; not done: lab")
    assert (
        find(content, SUD, a_case("assessment", a_checklist(2, "done", "lab-tests")), on_day(3)).met
        is Met.UNKNOWN
    )


@pytest.mark.parametrize("level", ["iop", "op"])
def test_an_answer_that_is_known_names_no_other_edition(level):
    finding = find(ASKS, SUD, a_case("op", ratings(level, 1), other(2)), on_day(3))
    assert finding.met is (Met.MET if level == "iop" else Met.NOT_MET)
    assert (finding.ask == ASK, "asam-4" in finding.actual) == (False, False)
