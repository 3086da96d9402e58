"""Another due date for one open look: where it may lie, what moves with it, and that the engine keeps it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import changes as c
from models.case import Case, Reassessment
from services import ids
from services.errors import Conflict, Invalid
from services.rules.cadence import day_of, start_of
from services.rules.redating import hurried, redated
from tests.builders import ZONE, a_case, a_phq, a_screen, an_event, on_day, ratings, with_facts
from tests.folding import kinds, run
from tests.rules.test_cadence import zones


def opens(stage: str = "iop", day: float = 6) -> tuple[Case, Reassessment]:
    """A client of a stage whose last look was completed on a day, and the next one."""
    case, _ = run(a_case(stage, ratings("iop", day), reviewed_at=on_day(day)), day)
    return case, case.reassessments[0]


def day(number: int) -> datetime:
    return start_of(day_of(on_day(number), ZONE), ZONE)


def with_date(case: Case, look: Reassessment, due_at: datetime, at: datetime) -> Case:
    clock = redated(look, due_at, zone=ZONE, at=at)
    looks = (replace(one, **clock._asdict()) if one.id == look.id else one for one in case.reassessments)
    return replace(case, reassessments=tuple(looks))


def test_grace_moves_along_and_the_outer_limit_stays():
    _, look = opens()
    assert (look.due_at, look.late_at, look.outer_at) == (day(20), day(22), day(37))
    moved = redated(look, day(25), zone=ZONE, at=on_day(7))
    assert (moved.due_at, moved.late_at, moved.counts_from) == (day(25), day(27), look.counts_from)
    assert redated(look, day(36), zone=ZONE, at=on_day(7)).late_at == look.outer_at


def test_the_last_day_is_the_one_before_the_outer_limit_which_is_named():
    _, look = opens()
    with pytest.raises(Invalid, match="2026-02-11 00:00 in America/New_York") as refused:
        redated(look, day(37), zone=ZONE, at=on_day(7))
    assert refused.value.pointer == "/due_at"


def test_nothing_is_due_in_the_past_and_what_fell_due_is_not_put_off():
    case, look = opens()
    with pytest.raises(Invalid, match="past"):
        redated(look, day(7), zone=ZONE, at=on_day(7))
    with pytest.raises(Conflict, match="fallen due"):
        redated(look, day(25), zone=ZONE, at=on_day(20))
    case, _ = run(case, 20)
    with pytest.raises(Conflict, match="fallen due"):
        redated(case.reassessments[0], day(25), zone=ZONE, at=on_day(20))


def test_the_engine_calls_on_the_new_day_and_does_not_put_the_old_one_back():
    case, look = opens()
    case = with_date(case, look, day(25), on_day(7))
    case, said = run(case, 20)
    assert kinds(said, c.ReassessmentOpened, c.ReassessmentCalled) == []
    case, said = run(case, 25)
    assert [one.reassessment_id for one in kinds(said, c.ReassessmentCalled)] == [look.id]


def test_what_is_done_sooner_completes_it():
    case, look = opens()
    case = with_date(case, look, day(10), on_day(7))
    case, _ = run(case, 10)
    case, said = run(with_facts(case, ratings("iop", 10), a_phq(8, 10), a_screen("none", 10)), 10.1)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]


def test_what_the_last_look_rested_on_does_not_complete_the_next_however_soon():
    case, look = opens()
    facts = (ratings("iop", 5.9), a_phq(8, 5.9), a_screen("none", 5.9))
    case = with_date(with_facts(case, *facts), look, on_day(6.5), on_day(6.5))
    case, said = run(case, 6.5)
    assert kinds(said, c.ReassessmentClosed) == []


def test_a_deadline_may_only_come_sooner_and_its_work_with_it():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, _ = run(with_facts(case, an_event("request", 2)), 2)
    look = next(one for one in case.reassessments if one.kind == "triggered")
    with pytest.raises(Invalid, match="sooner"):
        redated(look, day(12), zone=ZONE, at=on_day(3))
    sooner = redated(look, day(5), zone=ZONE, at=on_day(3))
    assert (sooner.due_at, sooner.late_at, sooner.counts_from) == (day(5), day(6), look.counts_from)
    closed, opened = hurried(case, look, sooner.late_at, ids.named("move", 1))
    assert (closed.outcome, opened.kind, opened.due_at) == ("moved", "reassess", day(6))
    assert closed.work_id != opened.work_id


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 60 * 24 * 40),
    st.integers(0, 60 * 24 * 10),
    st.integers(0, 60 * 24 * 10),
    st.integers(0, 60 * 24 * 50),
    zones,
    st.booleans(),
)
def test_a_moved_clock_stays_in_order_within_its_limit(at, due, grace, rest, wanted, zone, by_days):
    def moment(minutes: int) -> datetime:
        exact = at + timedelta(minutes=minutes)
        return max(at, start_of(day_of(exact, zone), zone)) if by_days else exact

    times = [moment(due), moment(due + grace), moment(due + grace + rest)]
    look = Reassessment(
        id=ids.named("look", 1),
        kind="periodic",
        stage="iop",
        opened_at=at,
        counts_from=at,
        due_at=times[0],
        late_at=times[1],
        outer_at=times[2],
        parts=("phq-9",),
    )
    try:
        moved = redated(look, moment(wanted), zone=zone, at=at)
    except (Conflict, Invalid):
        return
    assert at <= moved.due_at <= moved.late_at <= look.outer_at
    assert moved.due_at == moment(wanted)
    assert look.opened_at <= moved.counts_from <= look.counts_from


def test_what_was_called_or_falls_due_at_this_moment_is_not_put_off():
    _, look = opens()
    for late, at in ((look, look.due_at), (replace(look, called_at=on_day(7)), on_day(7))):
        with pytest.raises(Conflict, match="fallen due"):
            redated(late, day(25), zone=ZONE, at=at)


def a_triggered_look() -> tuple[Case, Reassessment]:
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, _ = run(with_facts(case, an_event("request", 2)), 2)
    return case, next(one for one in case.reassessments if one.kind == "triggered")


def test_a_deadline_is_not_sooner_than_itself_and_moving_it_counts_nothing_more():
    case, look = a_triggered_look()
    with pytest.raises(Invalid, match="sooner"):
        redated(look, look.due_at, zone=ZONE, at=on_day(3))
    hastened = replace(look, opened_at=on_day(-5))
    assert redated(hastened, day(5), zone=ZONE, at=on_day(3)).counts_from == look.counts_from
    move = ids.named("move", 1)
    assert hurried(replace(case, work=()), look, day(6), move) == ()
    assert [one.for_role for one in hurried(case, look, day(6), move)[1:]] == ["coordinator"]


def test_grace_is_in_days_of_the_program_or_in_hours():
    _, look = opens()
    spring = replace(look, outer_at=day(90))
    assert redated(spring, day(61), zone=ZONE, at=on_day(7)).late_at == day(63)  # clocks change on day 62
    hours = replace(look, due_at=on_day(20), late_at=on_day(20.25))
    assert redated(hours, on_day(25), zone=ZONE, at=on_day(7)).late_at == on_day(25.25)
