"""The week in hours and days: what was attended, what is planned still, and what nobody charted, which is neither."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Case
from models.catalogue.pathway_files import definition, definitions
from models.catalogue.reading import read
from models.decision import Met
from models.definition import StageKind
from models.facts import Attendance, AttendanceStatus
from models.service import Service
from services import ids
from services.rules.cadence import start_of
from services.rules.clashing import Meeting, warnings
from services.rules.criteria import found
from services.rules.sight import Sight
from services.rules.weeks import Tally, Week, share, week_of, weeks
from services.web.care_labels import SERVICES
from tests.builders import a_case, an_attendance, on_day, with_facts
from tests.strategies import some_cases

SUD = definition("sud-adult")
AT = 20.5
_FILE = Path(__file__).parents[1] / "vignettes" / "weeks.yaml"
ROWS: list[dict[str, Any]] = read(_FILE.read_text("utf-8"))  # type: ignore[assignment]


def _sessions(text: str) -> list[Attendance]:
    """Read `attended @1,3`, `unlogged @5 60 min`: three hours where no minutes are given."""
    status, _, when = text.partition(" @")
    days, _, minutes = when.partition(" ")
    length = int(minutes.removesuffix(" min") or 180)
    found = (an_attendance(float(day), status) for day in days.split(","))
    return [replace(one, minutes=length, session_id=one.id) for one in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_weeks(row):
    facts = [one for text in row.get("sessions", ()) for one in _sessions(text)]
    if row.get("unplanned"):
        facts = [replace(one, session_id=None) for one in facts]
    case = a_case(row["stage"], *facts, held=row.get("held", False))
    said = weeks(Sight(SUD, case, on_day(row["day"])))
    assert [_said(one.hours) for one in said] == row["hours"]
    if "days" in row:
        assert [_said(one.days) for one in said] == row["days"]


def _said(tally: Tally | None) -> str:
    assert tally is not None
    parts = ((tally.attended, "attended"), (tally.planned, "planned"), (tally.unlogged, "unlogged"))
    return ", ".join([tally.stands, *(f"{much:g} {word}" for much, word in parts if much)])


def _all(case: Case) -> list[Week]:
    return [*weeks(Sight(SUD, case, on_day(AT)))]


def _tallies(case: Case) -> list[Tally]:
    return [tally for week in _all(case) for tally in (week.hours, week.days) if tally]


@given(some_cases(), st.data())
def test_what_is_unlogged_counts_as_neither(case, data):
    """However an unlogged session is charted, under stays under and over stays over: only what was unknown is settled."""
    open_ = [
        one
        for one in case.of(Attendance)
        if one.status == AttendanceStatus.UNLOGGED and one.effective_at <= on_day(AT)
    ]
    before, share_before = _tallies(case), share(14, Sight(SUD, case, on_day(AT)))
    ways = [AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]
    charted = [replace(one, status=data.draw(st.sampled_from(ways))) for one in open_]
    left = tuple(one for one in case.facts if one not in open_)
    then = with_facts(replace(case, facts=left), *charted)
    for was, now in zip(before, _tallies(then), strict=True):
        assert now.unlogged == 0
        assert was.attended + was.planned <= now.attended + now.planned
        assert now.attended + now.planned <= was.attended + was.planned + was.unlogged
        assert "unknown" in {was.stands, now.stands} or was.stands == now.stands
    share_after = share(14, Sight(SUD, then, on_day(AT)))
    assert share_before.attended <= share_after.attended <= share_before.attended + share_before.unlogged


@given(some_cases())
def test_leaving_sessions_unlogged_never_makes_a_week_look_certain(case):
    """Take the charting of everything away, and no week is on target or under any more; over only by what is planned."""
    forgotten = tuple(
        replace(one, status=AttendanceStatus.UNLOGGED) if isinstance(one, Attendance) else one
        for one in case.facts
    )
    for week in _all(replace(case, facts=forgotten))[1:]:
        for tally in (week.hours, week.days):
            assert tally is None or (tally.attended, tally.stands) == (0, "unknown")


def test_the_week_of_a_moment_is_found_also_before_it_begins():
    sight = Sight(SUD, a_case("iop"), on_day(0))
    found = week_of(on_day(15), sight)
    assert found is not None
    assert (found.starts_on, found.ends_on) == (date(2026, 1, 19), date(2026, 1, 25))
    assert week_of(on_day(-1), sight) is None
    assert week_of(on_day(3), Sight(SUD, a_case("assessment"), on_day(0))) is None


def test_a_week_counts_in_days_of_the_programs_zone():
    late = an_attendance(6.7)  # 4:48 UTC on Monday 12 January is Sunday evening in New York
    said = weeks(Sight(SUD, a_case("op", late), on_day(7.5)))
    assert [week.hours.attended for week in said if week.hours] == [0, 3]


def test_a_week_that_a_hold_broke_counts_from_the_return():
    case = a_case("iop", an_attendance(1), an_attendance(9), resumed_at=on_day(8))
    said = weeks(Sight(SUD, case, on_day(10)))
    assert [(week.starts_on, week.hours.attended) for week in said if week.hours] == [(date(2026, 1, 13), 3)]


def test_the_share_counts_what_was_to_take_place():
    sessions = [an_attendance(20.5 - day, status) for day, status in _LATELY.items()]
    sight = Sight(SUD, a_case("op", *sessions, an_attendance(25, "unlogged")), on_day(20.5))
    assert share(14, sight) == (14, 3, 1, 1)
    assert share(28, sight) == (28, 4, 2, 1)


_LATELY = {1: "attended", 2: "unlogged", 3: "missed", 4: "cancelled", 15: "attended"}


@pytest.mark.parametrize("service", sorted(SUD.uncounted))
def test_what_is_no_care_counts_in_no_hours_no_share_and_no_missed_session(service):
    """A 12-step meeting is logged, and neither fills a week nor breaks the plan (S22)."""
    logged = [replace(an_attendance(day, "missed"), service=service) for day in (1, 2, 3)]
    logged += [replace(an_attendance(day), service=service) for day in (4, 5, 6)]
    sight = Sight(SUD, a_case("iop", *logged), on_day(8))
    assert [week.hours.attended for week in weeks(sight) if week.hours] == [0, 0]
    assert share(14, sight).planned == 0
    assert found(SUD.criterion("missed-sessions"), sight).met == Met.UNKNOWN


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_every_care_stage_names_its_services_once_and_each_can_be_charted(one):
    for stage in one.stages:
        named = [offered.key for offered in stage.services]
        assert len(set(named)) == len(named)
        assert bool(named) == (stage.kind == StageKind.CARE)
        usual = stage.plan.services if stage.plan else ()
        assert {one.service for one in usual} <= {*named}
    assert {"supervision", "recovery-activity"} & one.uncounted
    assert set(get_args(Service)) == set(SERVICES)


MONDAY = start_of(date(2026, 1, 12), "America/New_York")


def test_a_week_begins_and_the_one_before_ends_at_midnight():
    """On the moment: the second week runs, the first is whole, and what was only planned in it settles nothing."""
    unlogged = replace(an_attendance(3, "unlogged"), session_id=ids.named("session"))
    new, old = weeks(Sight(SUD, a_case("iop", unlogged), MONDAY))
    assert (new.starts_on, new.running, old.running) == (date(2026, 1, 12), True, False)
    assert [tally.stands for tally in (old.hours, old.days) if tally] == ["unknown", "unknown"]
    sight = Sight(SUD, a_case("iop"), on_day(0))
    assert [found.starts_on for found in (week_of(MONDAY, sight),) if found] == [date(2026, 1, 12)]


def test_a_session_is_to_come_until_it_begins():
    now, later = an_attendance(2, "unlogged"), an_attendance(3, "unlogged")
    [week] = weeks(Sight(SUD, a_case("iop", now, later), on_day(2)))
    assert [(tally.planned, tally.unlogged) for tally in (week.hours, week.days) if tally] == [(3, 3), (1, 1)]


@pytest.mark.parametrize("left_out", ["hours_per_week", "days_per_week"])
def test_a_stage_may_give_hours_or_days_alone(left_out):
    stages = tuple(one.model_copy(update={left_out: None}) if one.key == "op" else one for one in SUD.stages)
    alone, came = SUD.model_copy(update={"stages": stages}), an_attendance(1)
    [week] = weeks(Sight(alone, a_case("op", came), on_day(2)))
    assert [week.hours is None, week.days is None] == [
        left_out == "hours_per_week",
        left_out == "days_per_week",
    ]
    meeting = Meeting("group", on_day(3), 60)
    assert warnings(alone, a_case("op", came), meeting, at=on_day(2)) == ()
