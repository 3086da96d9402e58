"""What speaks against a session: other sessions, what a client is bound to, and weeks that would hold too much."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.pathway_files import definition
from models.facts import Attendance
from models.weekly import Obligation
from services import ids
from services.rules.clashing import Meeting, warnings
from services.rules.weekly import is_during
from tests.builders import ZONE, a_case, an_attendance, on_day
from tests.strategies import some_cases

SUD = definition("sud-adult")
HOUR = timedelta(hours=1)


def codes(case, meeting, **more):
    return [one.code for one in warnings(SUD, case, meeting, at=on_day(0), **more)]


def of_the_week(case, meeting):
    """What the week speaks against; that ten hours end in the evening is another matter."""
    return [code for code in codes(case, meeting) if code.startswith("over-")]


def at_work(*weekdays: int, since: str = "09:00", until: str = "17:00", **more: object) -> Obligation:
    clock = {"since": time.fromisoformat(since), "until": time.fromisoformat(until)}
    told = {"id": ids.named("work"), "client_id": ids.named("client"), "kind": "work"}
    return Obligation(**told, weekdays=weekdays, **clock, **more)


@pytest.mark.parametrize(
    ("status", "hours", "warned"),
    [
        ("unlogged", 0, True),
        ("unlogged", -2.99, True),
        ("unlogged", -3, False),
        ("unlogged", 1, False),
        ("attended", 0.5, True),
        ("missed", 0, True),
        ("cancelled", 0, False),
    ],
)
def test_another_session_at_that_time_is_warned_of(status, hours, warned):
    """One of three hours that begins so many hours after ours of one hour."""
    there = an_attendance(1 + hours / 24, status)
    assert codes(a_case("op", there), Meeting("group", on_day(1), 60)) == ["double-booked"] * warned


def test_a_session_that_two_pathways_know_is_told_once():
    there = an_attendance(1, "attended")
    found = codes(a_case("op", there), Meeting("group", on_day(1), 60), others=[a_case("op", there)])
    assert found == ["double-booked"]


def test_an_obligation_at_that_time_is_warned_of():
    meeting = Meeting("group", on_day(0), 60)  # Monday, 7:00 to 8:00 in New York
    early = at_work(0, since="07:30", until="15:00")
    assert codes(a_case("op"), meeting, obligations=[early]) == ["obligation"]
    for other in (at_work(0), at_work(1, since="07:30"), at_work(0, since="05:00", until="07:00")):
        assert codes(a_case("op"), meeting, obligations=[other]) == []
    nights = at_work(6, since="22:00", until="07:30")
    assert codes(a_case("op"), meeting, obligations=[nights]) == ["obligation"]
    over = replace(early, last_on=on_day(-1).date())
    assert codes(a_case("op"), meeting, obligations=[over]) == []


def test_one_session_that_is_shorter_or_longer_than_usual_is_warned_of():
    """S3: an OP session lasts one to two hours."""
    [warned] = warnings(SUD, a_case("op"), Meeting("group", on_day(1), 45), at=on_day(0))
    assert (warned.code, warned.detail) == ("length", "lasts 45 minutes; in OP it is 60 to 120")


def test_a_week_that_comes_to_more_than_the_stage_delivers_is_warned_of():
    planned = [an_attendance(day, "unlogged") for day in (8, 9, 10)]
    assert of_the_week(a_case("iop", *planned), Meeting("group", on_day(11), 660)) == []
    assert of_the_week(a_case("iop", *planned), Meeting("group", on_day(11), 661)) == ["over-hours"]
    assert of_the_week(a_case("iop", *planned), Meeting("group", on_day(15), 661)) == []
    assert of_the_week(a_case("op"), Meeting("group", on_day(11), 481)) == ["over-hours"]
    twice = [replace(one, minutes=60) for one in planned[:2]]
    assert of_the_week(a_case("op", *twice), Meeting("group", on_day(11), 60)) == ["over-days"]
    assert of_the_week(a_case("aftercare", *planned), Meeting("group", on_day(11), 660)) == []


def test_what_nobody_charted_could_bring_a_week_over():
    said = warnings(
        SUD,
        a_case("op", *[replace(an_attendance(day, "unlogged"), minutes=180) for day in (1, 2)]),
        Meeting("group", on_day(3), 180),
        at=on_day(2.5),
    )
    assert [one.detail for one in said if one.code != "length"] == [
        "that week could come to 9 hours; OP is up to 8",
        "that week could come to 3 days; OP is up to 2",
    ]


@given(some_cases(), st.integers(-10, 60), st.integers(1, 600))
def test_a_warning_refuses_nothing_and_changes_nothing(case, day, minutes):
    """Whatever is on file, planning answers; and a session at a free hour of a free week warns of nothing."""
    meeting = Meeting("group", on_day(day), minutes)
    found = warnings(SUD, case, meeting, at=on_day(20))
    assert {one.pathway_id for one in found} <= {case.pathway_id}
    free = replace(case, facts=tuple(one for one in case.facts if not isinstance(one, Attendance)))
    assert [one.code for one in warnings(SUD, free, meeting._replace(minutes=60), at=on_day(20))] == []


@pytest.mark.parametrize(("month", "day"), [(3, 8), (11, 1)])
def test_a_night_of_changing_clocks_is_one_night(month, day):
    """The shift ends when the clock says six, an hour sooner or later than on other nights."""
    shift = at_work(5, since="22:00", until="06:00")
    six = datetime(2026, month, day, 6, tzinfo=ZoneInfo(ZONE))
    assert is_during(shift, ZONE, six - timedelta(minutes=1), six)
    assert not is_during(shift, ZONE, six, six + HOUR)


def test_other_sessions_are_told_in_the_order_in_which_they_begin():
    there = [an_attendance(1 + minutes / 1440, "unlogged") for minutes in range(0, 60, 5)]
    said = warnings(SUD, a_case("iop", *there), Meeting("group", on_day(1), 60), at=on_day(0))
    told = [one.detail for one in said if one.code == "double-booked"]
    assert (len(told), told) == (12, sorted(told))


def test_what_is_planned_comes_to_more_and_what_has_begun_could():
    for at, said in ((on_day(2), "comes"), (on_day(4), "could come")):
        found = warnings(SUD, a_case("op"), Meeting("group", on_day(3), 540), at=at)
        told = [one.detail for one in found if one.code == "over-hours"]
        assert told == [f"that week {said} to 9 hours; OP is up to 8"]


def test_what_begins_as_the_session_ends_is_no_obligation_then():
    meeting = Meeting("group", on_day(0), 60)  # Monday, 7:00 to 8:00 in New York
    for since, warned in (("08:00", []), ("07:59", ["obligation"])):
        bound = at_work(0, since=since, until="15:00")
        assert codes(a_case("op"), meeting, obligations=[bound]) == warned
