"""S7: at what times of day a stage is offered, and whether what binds a client leaves room for it. It warns, no more."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case import Signature, Standing
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.definition import Stage
from models.weekly import WEEKDAYS, Obligation
from services import ids
from services.rules import advance
from services.rules.clashing import Meeting, warnings
from services.rules.sight import Sight
from services.rules.times_of_day import days_with_room, notes
from tests.builders import MONDAY, ZONE, a_case, on_day, ratings

ROWS = read((Path(__file__).parents[1] / "vignettes" / "times.yaml").read_text("utf-8"))
SUD = definition("sud-adult")
IOP = SUD.stage("iop")
NINE_TO_FIVE = "mon tue wed thu fri 09:00 to 17:00"


def bound(text: str, kind: str = "work", **more: object) -> Obligation:
    """Read `mon tue 09:00 to 17:00`."""
    *days, since, _, until = text.split()
    clock = {"since": time.fromisoformat(since), "until": time.fromisoformat(until)}
    told = {"id": ids.named(text), "client_id": ids.named("client"), "kind": kind}
    return Obligation(**told, weekdays=[WEEKDAYS.index(day) for day in days], **clock, **more)


def room(stage: Stage, *obligations: Obligation, day: float = 0) -> int:
    return len(days_with_room(stage, obligations, on_day(day), ZONE))


def proposed(stage: str, *, signed: bool = False, **more: object):
    standing = Standing(id=ids.named("one"), verdict="", outcome="admit", to_stage=stage, signed=signed)
    return replace(a_case("assessment"), standing=standing, **more)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_times(row):
    one = definition(row.get("definition", "sud-adult"))
    if "session" in row:
        case = a_case(row["stage"], definition=one.name)
        found = warnings(one, case, _meeting(row["session"]), at=on_day(0))
        assert [warned.code for warned in found if not warned.code.startswith("over-")] == row["warned"]
        return
    stage, obligations = one.stage(row["stage"]), [bound(text) for text in row["bound"]]
    assert room(stage, *obligations) == row["room"]
    assert bool(notes(Sight(one, proposed(row["stage"]), on_day(0)), obligations)) is row["says"]


def _meeting(text: str) -> Meeting:
    since, until = (time.fromisoformat(clock) for clock in text.split(" to "))
    begins, ends = (datetime.combine(date(2026, 1, 6), clock, ZoneInfo(ZONE)) for clock in (since, until))
    return Meeting("group", begins, int((ends - begins) / timedelta(minutes=1)))


def test_what_is_said_names_the_times_the_days_and_what_binds():
    sight = Sight(SUD, proposed("iop"), on_day(0))
    weekend = [bound("sat 09:00 to 17:00", kind) for kind in ("volunteering", "school", "family")]
    assert notes(sight, [bound(NINE_TO_FIVE), *weekend]) == (
        "IOP is offered by day (07:00 to 17:00), on 3 or more days a week; what the client is bound to "
        "(family, school, volunteering, work) leaves room for it on none. Nothing is held by this.",
    )
    [warned] = warnings(SUD, a_case("op"), _meeting("21:00 to 22:00"), at=on_day(0))
    assert warned.detail == "OP is offered by day (07:00 to 17:00) or in the evening (17:00 to 21:00)"


def test_it_is_said_of_what_is_proposed_or_signed_for_and_of_nothing_else():
    work = [bound(NINE_TO_FIVE)]
    later = Signature(id=ids.named("s"), meaning="overridden", to_stage="iop", starts_at=on_day(9))
    for case, said in (
        (a_case("assessment"), 0),
        (a_case("iop"), 0),
        (proposed("iop"), 1),
        (proposed("iop", signed=True), 0),
        (proposed("iop", signed=True, signature=later), 1),
        (replace(a_case("iop"), signature=later), 0),
    ):
        assert len(notes(Sight(SUD, case, on_day(0)), work)) == said


def test_a_planned_move_is_measured_by_the_week_in_which_it_takes_place():
    until = bound(NINE_TO_FIVE, last_on=on_day(6).date())
    later = Signature(id=ids.named("s"), meaning="overridden", to_stage="iop", starts_at=on_day(7))
    for starts_at, said in ((on_day(0), 1), (on_day(7), 0)):
        case = replace(a_case("op"), signature=replace(later, starts_at=starts_at))
        assert len(notes(Sight(SUD, case, on_day(0)), [until])) == said


def test_nothing_is_held_by_it():
    case = a_case("assessment", ratings("iop", 0))
    [before] = advance(SUD, [case], at=on_day(0))
    bare = SUD.model_copy(
        update={"stages": tuple(one.model_copy(update={"meets": None}) for one in SUD.stages)}
    )
    [without] = advance(bare, [case], at=on_day(0))
    assert [type(one) for one in before.changes] == [type(one) for one in without.changes]
    assert notes(Sight(bare, proposed("iop"), on_day(0)), [bound(NINE_TO_FIVE)]) == ()


def test_the_week_is_seven_days_from_any_of_them_and_duties_may_be_told_in_any_order():
    assert [room(IOP, day=day) for day in range(7)] == [5] * 7
    workdays = "mon tue wed thu fri"
    two = (bound(f"{workdays} 11:00 to 17:00"), bound(f"{workdays} 07:00 to 09:00"))
    assert room(IOP, *two) == room(IOP, *reversed(two)) == 0


def test_a_stage_that_says_less_takes_one_day_and_sessions_of_an_hour():
    op = SUD.stage("op").model_copy(update={"days_per_week": None})
    bare = op.model_copy(update={"plan": None})
    empty = op.model_copy(update={"plan": op.plan.model_copy(update={"services": ()})})
    for stage in (bare, empty):
        assert (room(stage, _until("20:00")), room(stage, _until("20:01"))) == (5, 0)
    one = SUD.model_copy(update={"stages": tuple(bare if two.key == "op" else two for two in SUD.stages)})
    sight = Sight(one, proposed("op"), on_day(0))
    free_on_friday = [bound("mon tue wed thu 07:00 to 21:00")]
    assert (notes(sight, free_on_friday), len(notes(sight, [_until("20:01")]))) == ((), 1)


def _until(clock: str) -> Obligation:
    return bound(f"mon tue wed thu fri 07:00 to {clock}")


hours = st.integers(0, 23)
duties = st.builds(
    lambda day, since, until: bound(f"{day} {since:02}:00 to {until:02}:30"),
    st.sampled_from(WEEKDAYS),
    hours,
    hours,
)


@given(st.lists(duties, max_size=6), duties)
def test_one_more_duty_never_makes_room(some, more):
    for stage in (IOP, SUD.stage("op")):
        fewer = days_with_room(stage, [*some, more], MONDAY, ZONE)
        assert fewer <= days_with_room(stage, some, MONDAY, ZONE)
