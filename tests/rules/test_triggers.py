"""What calls for an early look: on which fact, from when, and not again while what lasts cools down."""

from datetime import date

import pytest

from models.case import Reason
from models.catalogue.pathway_files import definition
from services.rules.cadence import start_of
from services.rules.sight import Sight
from services.rules.triggers import calls
from tests.builders import MONDAY, ZONE, a_case, a_plan, an_attendance, an_event, on_day, ratings

SUD = definition("sud-adult")
FEW = next(one for one in SUD.triggers if one.cool_down)
DAY = 86_400


def called(case, day=15, one=SUD):
    return list(calls(Sight(one, case, on_day(day))))


def test_a_criterion_calls_on_the_newest_fact_it_rests_on():
    missed = [an_attendance(day, "missed") for day in (5, 7)]
    (call,) = called(a_case("iop", *missed), 8)
    assert (call.reason.trigger, call.fact, call.counts_from) == ("missed-sessions", missed[1], on_day(7))


def test_what_is_so_without_any_fact_calls_nobody():
    own = FEW.model_copy(update={"criterion": "not-held", "stages": ()})
    assert called(a_case("iop"), 8, SUD.model_copy(update={"triggers": (own,)})) == []


@pytest.mark.parametrize(("other", "again"), [(FEW.key, False), ("request", True)])
def test_what_lasts_is_not_called_for_again_before_it_has_cooled_down(other, again):
    sessions = an_attendance(1), an_attendance(8)
    before = Reason(trigger=other, fact_id=sessions[0].id)
    assert [one.fact for one in called(a_case("iop", *sessions))] == [sessions[1]]
    assert bool(called(a_case("iop", *sessions, answered=(before,)))) is again


def test_it_has_cooled_down_from_the_first_moment_of_its_last_day():
    goals = next(one for one in SUD.triggers if one.key == "plan-goals-met")
    first, over = (
        a_plan(1),
        (start_of(date(2026, 1, 6 + goals.cool_down.count), ZONE) - MONDAY).total_seconds() / DAY,
    )
    for day, again in ((over - 0.01, False), (over, True)):
        case = a_case("iop", first, a_plan(day), answered=(Reason(trigger=goals.key, fact_id=first.id),))
        assert (goals.key in {one.reason.trigger for one in called(case, over + 1)}) is again


def test_who_was_called_for_is_not_called_for_again_by_the_same_fact():
    event = an_event("request", 2)
    case = a_case("op", ratings("op", 1), event)
    assert len(called(case, 3)) == 1
    assert called(a_case("op", event, answered=(Reason(trigger="request", fact_id=event.id),)), 3) == []
