"""When what a payer authorised is about to end (T-AUTH): from which moment, on which authorisation, and until when not."""

from datetime import date, datetime, timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.criterion import AuthorisationEnding
from models.decision import Finding, Met
from services.rules import find
from services.rules.cadence import start_of
from services.rules.ending import turns
from services.rules.sight import Sight
from tests.builders import ZONE, a_case, an_attendance, an_authorisation, on_day

SUD = definition("sud-adult")
ENDS = next(one for one in SUD.criteria if isinstance(one, AuthorisationEnding))
SECOND = timedelta(seconds=1)


def start(day: int) -> datetime:
    return start_of(date(2026, 1, 5) + timedelta(days=day), ZONE)


def stands(*facts, at: datetime, stage: str = "iop", **more) -> Finding:
    return find(ENDS, SUD, a_case(stage, *facts, **more), at)


def approved(starts: int, ends: int, said: float = 0, **more):
    return an_authorisation(said, starts, ends, **more)


def came(*days: float):
    return tuple(an_attendance(day) for day in days)


def test_it_ends_soon_from_the_first_moment_of_the_seventh_day_before_its_last():
    one = approved(0, 27)
    before = stands(one, at=start(20) - SECOND)
    assert (before.met, before.evidence, before.until) == (Met.NOT_MET, (one.id,), start(20))
    now = stands(one, at=start(20))
    assert (now.met, now.evidence, now.since) == (Met.MET, (one.id,), start(20))
    assert (now.actual, stands(one, at=start(28)).actual) == ("ends on 1 Feb", "ended on 1 Feb")
    assert stands(one, at=start(28) - SECOND).actual == "ends on 1 Feb"


def test_what_carries_on_is_what_it_rests_on_and_a_day_without_any_is_none():
    first, next_ = approved(0, 27), approved(28, 60, 18)
    finding = stands(first, next_, at=start(20))
    assert (finding.met, finding.evidence, finding.until) == (Met.NOT_MET, (next_.id,), start(28))
    assert stands(first, next_, at=start(53)).evidence == (next_.id,)
    apart = stands(first, approved(29, 60, 18), at=start(20))
    assert (apart.met, apart.evidence) == (Met.MET, (first.id,))


def test_of_two_at_once_the_one_that_ends_last_counts():
    short, long = approved(0, 20), approved(0, 40)
    assert stands(short, long, at=start(15)).evidence == (long.id,)
    alike = approved(0, 40, 1)
    assert len(stands(long, alike, at=start(34)).evidence) == 1


def test_a_short_one_ends_soon_from_its_first_day_and_those_it_leads_to_with_it():
    first, last = approved(20, 22), approved(23, 24)
    finding = stands(first, last, at=start(21))
    assert (finding.met, finding.evidence, finding.since) == (Met.MET, (last.id,), start(20))
    told_late = stands(approved(20, 22, 21), at=on_day(21))
    assert told_late.since == on_day(21)


def test_before_it_begins_none_is_in_force():
    finding = stands(approved(30, 60), at=start(5))
    assert (finding.met, finding.actual, finding.until) == (Met.NOT_MET, "none in force", start(30))
    assert stands(approved(5, 60), at=start(5)).evidence != ()


def test_one_that_ended_on_the_first_day_of_a_stay_is_of_it_and_one_before_is_not():
    assert stands(approved(-20, 0, -20), at=start(3)).met is Met.MET
    assert stands(approved(-20, -1, -20), at=start(3)).actual == "none in force"


def test_only_what_pays_for_the_present_level_counts():
    own, other = approved(0, 27), approved(0, 60, level="op")
    assert stands(own, other, at=start(20)).evidence == (own.id,)
    assert stands(other, at=start(20)).met is Met.UNKNOWN


def test_the_moments_that_are_watched_are_its_beginning_its_nearness_and_its_end():
    seen = Sight(SUD, a_case("iop", approved(3, 27)), on_day(1))
    assert list(turns(seen)) == [start(3), start(20), start(28)]


def test_units_run_out_with_the_session_that_leaves_three():
    one = approved(0, 60, units=6, unit="session")
    assert stands(one, *came(1, 3), at=start(9)).met is Met.NOT_MET
    finding = stands(one, *came(1, 3, 5, 6), at=start(9))
    assert (finding.met, finding.evidence, finding.since) == (Met.MET, (one.id,), on_day(5))
    assert finding.actual == "2 of 6 units left"


def test_units_of_hours_are_hours():
    one = approved(0, 60, units=10, unit="hour")
    assert stands(one, *came(1, 3), at=start(9)).met is Met.NOT_MET
    finding = stands(one, *came(1, 3, 5), at=start(9))
    assert (finding.met, finding.since, finding.actual) == (Met.MET, on_day(5), "1 of 10 units left")


@pytest.mark.parametrize("units", [1, 3])
def test_few_units_from_the_beginning_are_few_since_it_began(units):
    finding = stands(approved(2, 60, units=units, unit="session"), at=start(9))
    assert (finding.met, finding.since) == (Met.MET, start(2))
    used = stands(approved(2, 60, units=units, unit="session"), *came(3), at=start(9))
    assert used.since == start(2)


def test_of_several_in_force_all_must_run_out_and_the_last_to_do_so_counts():
    first, second = approved(0, 30, units=3, unit="session"), approved(0, 60, units=6, unit="session")
    assert stands(first, second, *came(1, 3, 5), at=start(9)).met is Met.NOT_MET
    finding = stands(first, second, *came(1, 3, 5, 6, 7, 8), at=start(9))
    assert (finding.met, finding.evidence, finding.since) == (Met.MET, (second.id,), on_day(8))


def test_what_is_over_or_to_come_or_of_another_level_has_no_units_today():
    few = approved(5, 60, units=3, unit="session")
    for other in (
        approved(0, 4, units=20, unit="session"),
        approved(7, 60, units=20, unit="session"),
        approved(0, 60, level="op", units=20, unit="session"),
    ):
        assert stands(few, other, at=start(5)).since == start(5)
    assert stands(few, approved(0, 5, units=20, unit="session"), at=start(5)).met is Met.NOT_MET


def test_without_units_nothing_runs_out():
    assert stands(approved(0, 60), *came(1, 3, 5), at=start(9)).met is Met.NOT_MET


def test_of_those_that_have_begun_only_the_last_says_since_when():
    assert stands(approved(0, 22), approved(20, 24), at=start(21)).since == start(20)


def test_one_that_is_over_leads_nowhere_where_a_later_one_runs():
    later = approved(10, 40)
    finding = stands(approved(0, 5), later, at=start(20))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (later.id,))


def test_one_that_ends_on_the_same_day_carries_nothing_on():
    first = approved(0, 40)
    assert stands(first, approved(35, 40), at=start(34)).evidence == (first.id,)
    next_ = approved(8, 50)
    assert stands(approved(0, 10), next_, approved(9, 50), at=start(5)).evidence == (next_.id,)


def test_what_carries_on_from_what_carries_on_counts():
    three = approved(0, 27), approved(28, 34), approved(35, 60)
    finding = stands(*three, at=start(27))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (three[-1].id,))


def test_of_four_units_the_first_session_leaves_three():
    one = approved(2, 60, units=4, unit="session")
    assert stands(one, *came(5), at=start(9)).since == on_day(5)
