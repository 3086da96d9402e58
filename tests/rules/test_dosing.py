"""Hours of care by the week (T-DOSE): when a week closes, which sessions are of it, and on what the answer rests."""

from datetime import date, timedelta

import pytest

from models.case import Stay
from models.catalogue.pathway_files import definition
from models.criterion import Underdosed
from models.decision import Met
from services.rules import find
from services.rules.cadence import start_of
from services.rules.dosing import expected, in_week, turns
from services.rules.sight import Sight
from tests.builders import ZONE, a_case, an_attendance, on_day

SUD = definition("sud-adult")
FEW = next(one for one in SUD.criteria if isinstance(one, Underdosed))
SECOND = timedelta(seconds=1)
FIRST, NEXT, AFTER = (start_of(date(2026, 1, day), ZONE) for day in (13, 20, 27))
"""When the first three weeks of a stay that began on Monday 5 January are closed: a day after each is over."""


def sessions(*days: float, status: str = "attended"):
    return tuple(an_attendance(day, status) for day in days)


def stands(*facts, at=NEXT, **more):
    return find(FEW, SUD, a_case("iop", *facts, **more), at)


def test_two_weeks_are_judged_from_the_moment_the_second_is_closed():
    facts = sessions(1, 8)
    assert stands(*facts, at=NEXT - SECOND).met is Met.UNKNOWN
    finding = stands(*facts)
    assert (finding.met, finding.evidence) == (Met.MET, tuple(one.id for one in facts))
    assert finding.actual == "3 and 3 hours in the last weeks"


def test_a_week_that_needs_no_time_to_be_charted_is_closed_when_it_is_over():
    at_once, over = FEW.model_copy(update={"settles": timedelta()}), start_of(date(2026, 1, 19), ZONE)
    case = a_case("iop", *sessions(1, 8))
    assert find(at_once, SUD, case, over).met is Met.MET
    assert find(at_once, SUD, case, over - SECOND).met is Met.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second", "open_", "met"),
    [
        ((1, 3, 4), (8,), (), Met.NOT_MET),
        ((1,), (8, 9, 10), (), Met.NOT_MET),
        ((1, 3), (8, 9), (), Met.MET),
        ((1,), (8,), (3, 4), Met.UNKNOWN),
        ((1,), (8,), (9, 10), Met.UNKNOWN),
        ((1,), (8,), (3, 10), Met.MET),
    ],
)
def test_both_weeks_must_fall_short_whatever_nobody_charted(first, second, open_, met):
    came, unlogged = sessions(*first, *second), sessions(*open_, status="unlogged")
    finding = stands(*came, *unlogged)
    assert (finding.met, finding.evidence) == (met, tuple(one.id for one in came))


def test_the_weeks_that_count_are_the_last_ones():
    assert stands(*sessions(1, 3, 4, 8, 15), at=AFTER).met is Met.MET
    assert stands(*sessions(1, 8, 15, 16, 17), at=AFTER).met is Met.NOT_MET


def test_weeks_run_anew_from_the_return_after_a_hold():
    facts = sessions(1, 8)
    assert stands(*facts, resumed_at=on_day(2)).met is Met.UNKNOWN
    assert stands(*facts, resumed_at=on_day(2), at=AFTER).met is Met.UNKNOWN
    assert stands(*sessions(3, 10), resumed_at=on_day(2), at=AFTER).met is Met.MET


def test_the_next_look_is_when_the_next_week_is_closed():
    def next_at(at):
        return list(turns(Sight(SUD, a_case("iop"), at)))

    assert next_at(on_day(0)) == [FIRST]
    assert next_at(FIRST - SECOND) == [FIRST]
    assert next_at(FIRST) == [NEXT]


def test_a_week_has_its_first_moment_and_not_its_last_and_nothing_of_before_the_stay():
    monday, over = (start_of(date(2026, 1, day), ZONE) for day in (12, 19))
    days = [(moment - on_day(0)) / timedelta(days=1) for moment in (monday, over)]
    facts = (*sessions(days[0], 9, days[1]), *sessions(9.5, status="cancelled"))
    sight = Sight(SUD, a_case("iop", *facts), on_day(20))
    assert in_week(monday, facts, sight) == list(facts[:2])
    late = Sight(SUD, a_case("iop", *facts, since=8), on_day(20))
    assert in_week(monday, facts, late) == [facts[1]]


def test_sessions_that_were_to_take_place_are_those_of_the_window_that_were_not_cancelled():
    facts = (*sessions(14, 15), *sessions(16, status="cancelled"), *sessions(17, status="unlogged"))
    found = expected(timedelta(days=14), Sight(SUD, a_case("iop", *facts), on_day(28)))
    assert found == [facts[3], facts[1]]


def test_nobody_is_expected_from_hospital():
    stays = (
        Stay(stage="iop", started_at=on_day(0), ended_at=on_day(10)),
        Stay(stage="away", started_at=on_day(10), ended_at=on_day(12)),
    )
    facts = sessions(9, 10, 11, 12, status="missed")
    case = a_case("iop", *facts, before=stays, since=12)
    assert expected(timedelta(days=14), Sight(SUD, case, on_day(20))) == [facts[3], facts[0]]
    gone = a_case("away", *facts, before=stays[:1], since=10)
    assert expected(timedelta(days=14), Sight(SUD, gone, on_day(20))) == [facts[0]]


def test_nine_hours_are_five_hundred_and_forty_minutes():
    almost = [an_attendance(day, minutes=minutes) for day, minutes in ((1, 178), (3, 178), (4, 179), (8, 60))]
    assert stands(*almost).met is Met.MET
    assert stands(*almost, an_attendance(5, minutes=5)).met is Met.NOT_MET


def test_a_week_in_which_every_session_was_missed_is_a_week_of_no_hours():
    facts = (*sessions(1), *sessions(8, status="missed"))
    finding = stands(*facts)
    assert (finding.met, finding.evidence) == (Met.MET, tuple(one.id for one in facts))
