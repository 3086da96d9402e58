"""Long stays: reviewed on day 30, day 60 and every 30 days after, once each, and never ended by it."""

from dataclasses import replace
from datetime import timedelta

from models import changes as c
from models.case import Work
from models.catalogue.pathway_files import definition
from services import ids
from services.rules.sight import Sight
from services.rules.staying import STAY_REVIEW, reviewed, turns
from tests.builders import ZONE, a_case, an_event, on_day, ratings, with_facts
from tests.folding import kinds, run, work
from tests.vignettes.facts import day_number

SUD = definition("sud-adult")


def _days(said, zone):
    return [(day_number(one.due_at, zone), one.for_role) for one in work(said, STAY_REVIEW)]


def test_a_stay_is_reviewed_once_for_each_turn_and_by_the_supervisor_where_one_was_left_open():
    case, told = a_case("iop", ratings("iop", 0)), []
    for day in (0, 15, 29, 30, 31, 45, 60, 75, 90):
        case, said = run(case, day)
        told += _days(said, case.zone)
        assert kinds(said, c.Moved) == []
    assert told == [(30, "clinician"), (60, "supervisor"), (90, "supervisor")]


def test_the_next_review_wakes_the_pathway_and_it_ends_with_the_stay():
    case, _ = run(a_case("iop", ratings("iop", 28)), 29)
    case, said = run(case, 30)
    assert len(work(said, STAY_REVIEW)) == 1
    case, said = run(with_facts(case, an_event("left-against-advice", 31)), 31)
    assert [item.kind for item in case.work if item.kind == STAY_REVIEW] == []


def test_a_stay_goes_on_after_hospital():
    case, _ = run(a_case("iop", ratings("iop", 0)), 0)
    case, _ = run(with_facts(case, an_event("hospitalised", 10)), 10)
    case, _ = run(with_facts(case, an_event("returned", 14)), 14)
    case, said = run(case, 30)
    assert _days(said, case.zone) == [(30, "clinician")]
    assert case.since > on_day(13)


def test_on_hold_no_stay_is_reviewed_and_what_was_settled_is_not_asked_again():
    stay = a_case("iop", ratings("iop", 0))
    [asked] = reviewed(Sight(SUD, stay, on_day(30)))
    assert reviewed(Sight(SUD, stay, asked.due_at - timedelta(seconds=1))) == ()
    assert len(reviewed(Sight(SUD, stay, asked.due_at))) == 1
    for quiet in (replace(stay, held=True), replace(stay, settled=frozenset({asked.cause}))):
        assert reviewed(Sight(SUD, quiet, on_day(30))) == ()
    other = Work(id=ids.named("work"), kind="reassess", cause=asked.cause)
    [first] = reviewed(Sight(SUD, replace(stay, work=(other,)), on_day(30)))
    assert first.for_role == "clinician"


def test_the_next_turn_is_watched_and_none_where_no_stay_is_long():
    stay = a_case("iop")
    days = [
        [day_number(one, ZONE) for one in turns(Sight(SUD, stay, on_day(day)))] for day in (0, 29, 31, 75)
    ]
    assert days == [[30], [30], [60], [90]]
    [turn] = turns(Sight(SUD, stay, on_day(0)))
    assert [day_number(one, ZONE) for one in turns(Sight(SUD, stay, turn))] == [60]
    assert list(turns(Sight(SUD, a_case("discharged"), on_day(3)))) == []
    assert reviewed(Sight(SUD, a_case("discharged"), on_day(300))) == ()
