"""Following up: who left detox or was handed over is seen in time, or somebody asks; and nobody asks twice."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models import changes as c
from models.case import Case, Received, Stay
from models.catalogue.pathway_files import definition
from services import ids
from services.rules.cadence import day_of, start_of
from services.rules.following import FIRST_SERVICE, FIRST_VISIT, MISSED, asked, turns
from services.rules.sight import Sight
from tests.builders import (
    ZONE,
    a_case,
    a_checklist,
    a_phq,
    an_attendance,
    an_event,
    on_day,
    ratings,
    with_facts,
)
from tests.folding import kinds, run, work
from tests.rules.test_retracting import corrected
from tests.vignettes.facts import day_number

SUD = definition("sud-adult")
SOUTH = ids.named("south")


def _after_detox() -> Case:
    before = Stay(stage="detox", started_at=on_day(-4), ended_at=on_day(0))
    return a_case("iop", ratings("iop", -0.5), before=(before,))


def _open(case: Case, *kinds_: str) -> list[str]:
    return [item.kind for item in case.work if item.kind in kinds_]


def test_after_detox_the_supervisor_is_asked_once_seven_days_are_over():
    case, said = run(_after_detox(), 0)
    assert [one.for_role for one in work(said, FIRST_SERVICE)] == ["coordinator"]
    case, said = run(case, 7)
    assert work(said, FIRST_SERVICE) == []
    case, said = run(case, 8)
    assert [one.for_role for one in work(said, FIRST_SERVICE)] == ["supervisor"]
    case, said = run(case, 60)
    assert (work(said, FIRST_SERVICE), len(_open(case, FIRST_SERVICE))) == ([], 2)
    case, _ = run(with_facts(case, an_attendance(60.5)), 61)
    assert _open(case, FIRST_SERVICE) == []


def test_who_comes_back_from_hospital_is_seen_within_seven_days_and_jail_is_no_hospital():
    for report, dues in (("hospitalised", [7, 14, 30]), ("incarcerated", [])):
        case, _ = run(with_facts(a_case("iop", ratings("iop", -1)), an_event(report, 1)), 1)
        case, said = run(with_facts(case, an_event("returned", 3)), 3)
        opened = work(said, FIRST_SERVICE)
        for day in (11, 18, 40):
            case, said = run(case, day)
            opened += work(said, FIRST_SERVICE)
        assert [day_number(one.due_at, case.zone) - 3 for one in opened] == dues


def test_what_a_person_has_ended_is_asked_for_no_more():
    case, _ = run(_after_detox(), 0)
    case = replace(case, work=tuple(one for one in case.work if one.kind != FIRST_SERVICE))
    for day in (1, 8, 15, 30):
        case, said = run(case, day)
        assert work(said, FIRST_SERVICE) == []


def test_it_ends_with_the_visit_that_was_no_visit_and_with_the_walk():
    visit = an_event("ed-visit", 2)
    case, _ = run(with_facts(a_case("op", ratings("op", 0)), visit), 2)
    assert _open(case, FIRST_SERVICE) == [FIRST_SERVICE]
    assert _open(run(corrected(case, visit), 3)[0], FIRST_SERVICE) == []
    ended, _ = run(with_facts(case, an_event("admitted-elsewhere", 3)), 3)
    assert _open(ended, FIRST_SERVICE) == []


def test_an_interview_is_asked_of_a_clinician_at_once_and_of_the_supervisor_after_20_days():
    """DOMAIN 4.1: 20 calendar days after the request at most, 2 business days as the target."""
    case, asked_ = a_case("assessment"), []
    for day in (0, 1, 4, 20, 20.5, 21, 40):
        case, said = run(case, day)
        asked_ += [(day, one.for_role) for one in work(said, "interview")]
    assert asked_ == [(0, "clinician"), (21, "supervisor")]
    case, said = run(with_facts(case, a_phq(8, 41)), 41)
    assert {one.outcome for one in kinds(said, c.WorkClosed)} >= {"ended"}
    assert _open(case, "interview") == []


def test_a_pass_wakes_when_the_20_days_are_over_and_not_where_the_client_was_interviewed():
    for facts, wakes in (((), True), ((a_phq(8, 1),), False)):
        sight = Sight(SUD, a_case("assessment", *facts), on_day(2))
        over = [moment for moment in turns(sight) if day_number(moment, ZONE) == 21]
        assert bool(over) is wakes


def test_an_interview_somebody_has_ended_is_asked_for_no_more_and_one_of_an_admitted_client_ends():
    case, _ = run(a_case("assessment"), 0)
    ended = replace(case, work=tuple(one for one in case.work if one.kind != "interview"))
    assert work(run(ended, 30)[1], "interview") == []
    into_care = replace(case, stage="iop", stays=(*case.stays, Stay(stage="iop", started_at=on_day(1))))
    assert _open(run(into_care, 1)[0], "interview") == []


def test_nobody_is_asked_to_interview_whom_they_have_just_recorded():
    """What is known in the pass in which a walk begins, or of the same day before, opens no work at all."""
    for fact in (
        a_phq(8, 0),
        a_checklist(0, "done", "lab-tests"),
        an_event("interview-held", 0),
        ratings("op", -40),
    ):
        _, said = run(a_case("assessment", fact), 0)
        assert work(said, "interview") == []


def test_an_interview_counts_from_the_first_moment_of_the_day_and_ratings_to_the_last_of_their_45_days():
    midnight = start_of(day_of(on_day(0), ZONE), ZONE)
    second = timedelta(seconds=1)
    for fact, asks in (
        (replace(a_phq(8, 0), effective_at=midnight), False),
        (replace(a_phq(8, 0), effective_at=midnight - second), True),
        (a_phq(8, 3), True),  # it is still to come
        (ratings("op", -45), False),
        (replace(ratings("op", -45), effective_at=on_day(-45) - second), True),
    ):
        _, said = run(a_case("assessment", fact), 0)
        assert bool(work(said, "interview")) is asks


def test_the_request_is_kept_while_a_client_is_in_hospital():
    case, _ = run(a_case("assessment"), 0)
    case, _ = run(with_facts(case, an_event("hospitalised", 3)), 3)
    case, said = run(with_facts(case, an_event("returned", 22)), 22)
    told = [one.for_role for one in work(said, "interview")]
    assert (case.stage, told) == ("assessment", ["supervisor"])


def _received(day: float = 0) -> Case:
    received = Received(id=ids.named("hand-off"), from_program_id=SOUTH, at=on_day(day))
    return replace(a_case("op", ratings("op", -1), a_phq(4, -1)), received=received)


def test_a_first_visit_that_was_missed_is_called_after_three_times_in_seven_days():
    _, said = run(with_facts(_received(), an_attendance(2, "missed")), 2)
    dues = [one.due_at - on_day(2) for one in work(said, "outreach")]
    assert (dues[:2], len(dues)) == ([timedelta(hours=24), timedelta(hours=72)], 3)


def test_after_seven_days_both_programs_are_told_and_once():
    case, _ = run(with_facts(_received(), an_attendance(2, "missed")), 2)
    told = []
    for day in (2, 8, 9, 40):
        case, said = run(case, day)
        told += [(day, one.for_role, one.program_id) for one in work(said, MISSED)]
    assert told == [(9, "supervisor", None), (9, "coordinator", SOUTH)]
    case, _ = run(with_facts(case, an_attendance(40.5)), 41)
    assert _open(case, MISSED, FIRST_VISIT, "outreach") == []


def test_who_comes_after_all_is_not_told_of():
    case, _ = run(with_facts(_received(), an_attendance(2, "missed")), 2)
    case, said = run(with_facts(case, an_attendance(5)), 6)
    assert {one.outcome for one in kinds(said, c.WorkClosed)} == {"seen"}
    assert work(run(case, 12)[1], MISSED) == []


def test_a_session_missed_before_the_hand_off_or_charted_by_mistake_is_no_missed_visit():
    before = an_attendance(-0.5, "missed")
    assert work(run(with_facts(_received(), before), 1)[1], "outreach") == []
    missed = an_attendance(2, "missed")
    case, _ = run(with_facts(_received(), missed), 2)
    assert _open(run(corrected(case, missed, an_attendance(2, "cancelled")), 3)[0], "outreach") == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["attended", "missed", "cancelled"])), max_size=6)
)
@settings(deadline=None)
def test_nobody_is_asked_for_who_was_seen_and_nothing_is_asked_twice(sessions):
    case, opened = replace(_after_detox(), received=_received().received), []
    for day in range(0, 44, 2):
        new = [an_attendance(at, how) for at, how in sessions if day - 2 < at <= day]
        case, said = run(with_facts(case, *new), day)
        opened += [one.work_id for one in kinds(said, c.WorkOpened)]
        if any(how == "attended" and at <= day for at, how in sessions):
            assert _open(case, FIRST_SERVICE, MISSED) == []
    assert len(opened) == len(set(opened))


def _moved(case: Case, *, ends: bool) -> c.Moved:
    return c.Moved(
        pathway_id=case.pathway_id,
        transition_id=ids.named("transition"),
        placement_id=ids.named("placement"),
        how="reported",
        from_stage=case.stage,
        to_stage="discharged" if ends else "op",
        outcome="complete" if ends else "step-down",
        ends=ends,
        effective_at=on_day(1),
    )


def test_what_was_asked_ends_with_the_walk_and_nothing_is_asked_elsewhere_on_hold_or_in_passing():
    fresh = _after_detox()
    open_, _ = run(fresh, 0)
    for case, moves in ((open_, [_moved(open_, ends=True)]), (replace(open_, stage="discharged"), [])):
        assert [one.outcome for one in asked(Sight(SUD, case, on_day(1)), moves)] == ["cancelled"]
    assert len(asked(Sight(SUD, fresh, on_day(1)), [])) == 1
    for case in (replace(fresh, held=True), replace(fresh, stage="away")):
        assert asked(Sight(SUD, case, on_day(1)), []) == ()
    assert asked(Sight(SUD, fresh, on_day(1)), [_moved(fresh, ends=False)]) == ()


def test_time_alone_asks_when_each_ask_is_late_and_when_the_missed_visit_is_a_week_old():
    days = [day_number(one, ZONE) for one in turns(Sight(SUD, _after_detox(), on_day(1)))]
    assert days == [8, 15]
    assert list(turns(Sight(SUD, replace(_after_detox(), stage="away"), on_day(1)))) == []
    missed = with_facts(_received(), an_attendance(2, "missed"), an_attendance(3, "missed"))
    assert [day_number(one, ZONE) for one in turns(Sight(SUD, missed, on_day(4)))] == [9]
    for hand_off in (None, SUD.hand_off.model_copy(update={"missed": None})):
        silent = SUD.model_copy(update={"hand_off": hand_off})
        assert list(turns(Sight(silent, missed, on_day(4)))) == []
        assert asked(Sight(silent, missed, on_day(4)), []) == ()


def test_the_next_asks_on_the_moment_and_nobody_once_the_last_is_late():
    late, last = turns(Sight(SUD, _after_detox(), on_day(1)))
    assert asked(Sight(SUD, _after_detox(), last), []) == ()
    open_, _ = run(_after_detox(), 0)
    assert len(asked(Sight(SUD, open_, late), [])) == 1
    assert asked(Sight(SUD, open_, late - timedelta.resolution), []) == ()
    assert len(asked(Sight(SUD, _after_detox(), on_day(10)), [])) == 2


def test_it_counts_from_the_last_detox_whatever_led_elsewhere_before():
    stays = [("detox", -20, -10), ("iop", -10, -4), ("detox", -4, 0)]
    before = tuple(
        Stay(stage=stage, started_at=on_day(begins), ended_at=on_day(ends)) for stage, begins, ends in stays
    )
    again = a_case("iop", an_event("hospitalised", -9), before=before)
    assert [day_number(one, ZONE) for one in turns(Sight(SUD, again, on_day(1)))] == [8, 15]


def test_a_visit_to_an_emergency_department_counts_from_the_day_the_client_is_with_us():
    for day, any_ in ((-1, False), (0, True), (0.5, True)):
        assert bool(list(turns(Sight(SUD, a_case("op", an_event("ed-visit", day)), on_day(1))))) is any_


def test_a_missed_first_visit_is_told_on_the_moment_and_not_once_the_client_has_come():
    missed = with_facts(_received(), an_attendance(0, "missed"))
    [over] = turns(Sight(SUD, missed, on_day(1)))
    assert len(work(asked(Sight(SUD, missed, on_day(1)), []), "outreach")) == 3
    assert len(work(asked(Sight(SUD, missed, over), []), MISSED)) == 2
    assert work(asked(Sight(SUD, missed, over - timedelta.resolution), []), MISSED) == []
    assert list(turns(Sight(SUD, with_facts(missed, an_attendance(3)), on_day(4)))) == []
