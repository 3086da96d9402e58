"""Looks: when they are set, what calls them early, what completes them, and who hears when they are late."""

from dataclasses import replace
from datetime import timedelta

from models import changes as c
from models.case import Case, Reassessment, Stay
from models.catalogue.pathway_files import definition
from services import ids
from services.rules import advance
from services.rules.cadence import day_of, start_of
from tests.builders import (
    ZONE,
    a_case,
    a_form,
    a_phq,
    a_screen,
    a_total,
    an_attendance,
    an_event,
    on_day,
    ratings,
    with_facts,
)
from tests.folding import kinds, run, work

SUD = definition("sud-adult")


def test_a_periodic_look_is_called_when_due_and_escalated_past_its_outer_limit_once_each():
    case, said = run(a_case("iop", ratings("iop", -1)), 0)
    look = kinds(said, c.ReassessmentOpened)[0]
    assert kinds(said, c.ReassessmentCalled) == []
    case, said = run(case, 7)
    assert len(kinds(said, c.ReassessmentCalled)) == 1
    case, said = run(case, 7.5)
    assert kinds(said, c.ReassessmentCalled, c.ReassessmentEscalated) == []
    outer = (look.outer_at - on_day(0)) / timedelta(days=1)
    case, said = run(case, outer)
    assert [one.for_role for one in work(said, "overdue")] == ["supervisor"]
    assert kinds(run(case, outer + 5)[1], c.ReassessmentEscalated) == []


def test_the_pass_wakes_when_the_next_look_falls_due():
    step = advance(SUD, [a_case("iop")], at=on_day(0))[0]
    assert kinds(list(step.changes), c.ReassessmentOpened)[0].due_at == on_day(0)
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    assert advance(SUD, [case], at=on_day(0))[0].wake_at == case.reassessments[0].due_at


def test_entry_beyond_assessment_without_ratings_is_looked_at_at_once():
    _, said = run(a_case("op"), 0)
    assert [one.due_at for one in kinds(said, c.ReassessmentCalled)] == [on_day(0), on_day(0)]
    _, said = run(a_case("op", ratings("op", -2)), 0)
    assert kinds(said, c.ReassessmentCalled) == []


def test_several_triggers_make_one_look_with_the_earliest_deadline_all_parts_and_every_reason():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, said = run(with_facts(case, an_event("request", 2)), 2)
    first = kinds(said, c.ReassessmentOpened)[0]
    case, said = run(with_facts(case, an_event("return-to-use", 2.5)), 2.5)
    hastened = kinds(said, c.ReassessmentHastened)[0]
    assert hastened.reassessment_id == first.reassessment_id
    assert hastened.due_at == on_day(5.5)
    assert set(hastened.parts) == {"six-dimensions", "c-ssrs"}
    assert [reason.trigger for reason in case.answered] == ["request", "return-to-use"]
    assert len([item for item in case.work if item.kind == "reassess"]) == 1


def test_what_lasts_is_called_for_again_only_after_its_cool_down():
    """Two groups of three hours a week in IOP: called when two weeks are over, then when two more are."""
    attended = [an_attendance(7 * week + day) for week in range(6) for day in (1, 3)]
    case, called = a_case("iop", ratings("iop", -1), *attended), []
    for day in range(8, 42):
        case = with_facts(case, ratings("iop", day), a_phq(8, day), a_screen("none", day))
        case, said = run(case, day + 0.2)
        opened = kinds(said, c.ReassessmentOpened)
        called += [day for one in opened for reason in one.reasons if reason.trigger == "too-few-hours"]
    assert called == [15, 29]


def test_correcting_what_a_call_rested_on_does_not_call_again():
    """The session that T-DOSE rested on is corrected: another id, the same day. Its cool-down still holds."""
    attended = [an_attendance(7 * week + day) for week in range(3) for day in (1, 3)]
    facts = (ratings("iop", -1), ratings("iop", 14.9), a_phq(8, 14.9), a_screen("none", 14.9))
    case, _ = run(a_case("iop", *facts, *attended), 15.2)
    [called] = [one for one in case.answered if one.trigger == "too-few-hours"]
    old = next(fact for fact in case.facts if fact.id == called.fact_id)
    told = replace(called, since=old.effective_at)
    corrected = replace(old, id=ids.named("correction", 1), minutes=90)
    left = tuple(corrected if fact is old else fact for fact in case.facts)
    case, _ = run(replace(case, facts=left, answered=(told,)), 15.3)
    assert [one for one in case.answered if one.trigger == "too-few-hours"] == [told]


def test_a_stay_that_begins_when_one_of_its_stage_began_before_has_a_look_of_its_own():
    """Told late: away and back at the moment of the beginning itself. Found by world 1782 of 100 turns."""
    stay, away = (
        Stay(stage=stage, started_at=on_day(0), ended_at=on_day(0)) for stage in ("assessment", "away")
    )
    before, after = a_case("assessment"), a_case("assessment", before=(stay, away))
    looks = [kinds(run(case, 0)[1], c.ReassessmentOpened)[-1].reassessment_id for case in (before, after)]
    assert len({*looks}) == 2


def test_a_late_report_is_told_as_late():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, said = run(with_facts(case, an_event("return-to-use", 1)), 6)
    assert [one.due_at for one in kinds(said, c.ReassessmentOpened)] == [on_day(4)]
    assert len(kinds(said, c.ReassessmentEscalated)) == 1


def test_an_event_of_before_this_stay_calls_nobody():
    _, said = run(a_case("op", ratings("op", -1), an_event("ed-visit", -3)), 0)
    assert [one.kind for one in kinds(said, c.ReassessmentOpened)] == ["periodic", "check-up"]


def test_an_answer_about_suicide_calls_for_a_screen_the_same_day():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, said = run(with_facts(case, a_phq(4, 3, item9=1)), 3)
    look = kinds(said, c.ReassessmentOpened)[0]
    assert (look.parts, look.due_at) == (("c-ssrs",), on_day(3))
    assert look.late_at - look.due_at < timedelta(days=1)
    case, said = run(with_facts(case, a_screen("low", 3.1)), 3.1)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]
    assert [one.kind for one in case.reassessments if one.kind == "triggered"] == []


def test_a_look_on_part_of_the_ratings_does_not_put_off_the_periodic_one():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    before = case.reassessments
    case, _ = run(with_facts(case, a_phq(4, 3, item9=1), a_screen("low", 3.1)), 3.2)
    assert {look.due_at for look in case.reassessments if look.kind == "check-up"} == {before[0].due_at}


def test_a_hold_stops_the_clocks_and_a_resume_looks_at_once():
    case, _ = run(a_case("iop", ratings("iop", -1)), 0)
    held = replace(case, held=True, holds=(ids.named("hold", 1),))
    held, said = run(held, 40)
    assert kinds(said, c.ReassessmentCalled, c.ReassessmentEscalated) == []
    back = replace(held, held=False, holds=(), resumed_at=on_day(41))
    back, said = run(back, 41)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["cancelled"]
    assert [one.due_at for one in kinds(said, c.ReassessmentCalled)] == [on_day(41)]
    back, said = run(with_facts(back, ratings("iop", 42), a_screen("none", 42), a_phq(8, 42)), 42)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]


def _of(case: Case, kind: str) -> Reassessment:
    [look] = [look for look in case.reassessments if look.kind == kind]
    return look


def test_detox_is_rated_every_day_and_its_scale_by_the_hour():
    case, said = run(a_case("detox", ratings("detox", -0.2)), 0)
    assert _of(case, "check-up").due_at == on_day(1)
    assert _of(case, "periodic").parts == ("ciwa-ar", "cows")
    settled = (ratings("iop", 1), a_total("ciwa-ar", 6, 1), a_screen("none", 1))
    case, said = run(with_facts(case, *settled), 1.1)
    assert [(one.to_stage, one.authority) for one in kinds(said, c.DecisionMade)] == [("iop", "prescriber")]
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed", "completed"]
    assert (_of(case, "periodic").parts, _of(case, "check-up").parts) == (
        ("ciwa-ar",),
        ("six-dimensions", "c-ssrs"),
    )
    assert (_of(case, "periodic").due_at, _of(case, "check-up").due_at) == (on_day(1 + 8 / 24), on_day(2))


def test_a_client_withdrawing_from_opioids_alone_is_asked_for_cows_alone():
    case, _ = run(a_case("detox", ratings("detox", -0.2)), 0)
    case, said = run(with_facts(case, ratings("detox", 1), a_screen("none", 1), a_total("cows", 9, 1)), 1)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed", "completed"]
    assert _of(case, "periodic").parts == ("cows",)


def test_a_worse_band_brings_the_next_scale_forward_though_another_is_still_asked_for():
    both = (a_total("ciwa-ar", 6, 1), a_total("cows", 9, 1))
    case, _ = run(a_case("detox", ratings("detox", 0.9), *both), 1)
    assert (_of(case, "periodic").parts, _of(case, "periodic").due_at) == (
        ("ciwa-ar", "cows"),
        on_day(1 + 8 / 24),
    )
    case, said = run(with_facts(case, a_total("ciwa-ar", 24, 1.1)), 1.1)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["cancelled"]
    assert (_of(case, "periodic").parts, _of(case, "periodic").due_at) == (("ciwa-ar",), on_day(1.1 + 2 / 24))
    case, _ = run(with_facts(case, *(a_total("ciwa-ar", 24, 1.1 + n / 12) for n in (1, 2))), 1.1 + 2 / 12)
    case, _ = run(case, 1.1 + 2.1 / 12)
    assert (_of(case, "periodic").parts, _of(case, "periodic").due_at) == (("cows",), on_day(1 + 8 / 24))


def test_a_scale_is_measured_by_whoever_records_it_and_its_level_review_waits_for_a_signature():
    case, _ = run(a_case("detox", ratings("detox", -0.2)), 0)
    unsigned = (a_total("ciwa-ar", 12, 0.05, signed=False), ratings("detox", 0.05, signed=False))
    case, said = run(with_facts(case, *unsigned), 0.06)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]
    assert _of(case, "periodic").due_at == on_day(0.05 + 4 / 24)
    assert _of(case, "check-up").due_at == on_day(1)


def test_a_scale_that_is_not_finished_could_be_severe_and_puts_nothing_off():
    case, _ = run(a_case("detox", ratings("detox", 0), a_total("ciwa-ar", 12, 0)), 0)
    assert _of(case, "periodic").due_at == on_day(4 / 24)
    case, _ = run(with_facts(case, a_form("ciwa-ar", "7?????????", 0.05)), 0.05)
    looked_at = a_case(
        "detox", ratings("detox", 0), a_total("ciwa-ar", 12, 0), a_form("ciwa-ar", "7?????????", 0.05)
    )
    assert _of(run(looked_at, 0.06)[0], "periodic").due_at == on_day(2 / 24)


def test_a_late_check_up_is_late_by_its_own_grace_and_limit_and_holds_no_measure_up():
    """OP: the measure is in on day 30, the ratings are not; the supervisor is called on day 91, not on day 31."""
    start = (ratings("op", 7), a_screen("none", 7), a_phq(6, 7))
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, _ = run(with_facts(case, *start), 7)
    case, said = run(case, 37)
    assert len(kinds(said, c.ReassessmentCalled)) == 2
    case, said = run(with_facts(case, a_phq(6, 37)), 37)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]
    assert _of(case, "check-up").late_at == start_of(day_of(on_day(41), ZONE), ZONE)
    case, said = run(case, 60)
    assert kinds(said, c.ReassessmentEscalated) == []
    case, said = run(case, 99)
    assert _of(case, "check-up").id in {one.reassessment_id for one in kinds(said, c.ReassessmentEscalated)}


def test_an_overdose_before_a_hospital_stay_is_looked_at_from_the_day_of_the_return():
    """The clock of T-OD stood still while nobody here could look."""
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    case, _ = run(with_facts(case, an_event("overdose", 10), an_event("hospitalised", 10.1)), 10.2)
    assert case.stage == "away"
    case, said = run(with_facts(case, an_event("returned", 14)), 14.1)
    look = next(look for look in case.reassessments if look.kind == "triggered")
    assert {reason.trigger for reason in case.answered} == {"returned", "overdose"}
    assert (look.due_at, look.escalated_at) == (on_day(14), None)
    assert [one.to_stage for one in kinds(said, c.DecisionMade)] == ["iop"]


def test_an_overdose_told_after_the_step_that_followed_it_is_told_as_late():
    case = a_case(
        "iop",
        ratings("iop", -1),
        since=12,
        before=(Stay(stage="op", started_at=on_day(0), ended_at=on_day(12), ended_by="step_up"),),
    )
    case, _ = run(case, 12)
    case, said = run(with_facts(case, an_event("overdose", 11.8)), 13.5)
    opened = next(one for one in kinds(said, c.ReassessmentOpened) if one.kind == "triggered")
    assert opened.due_at == on_day(12.8)
    assert len(work(said, "overdue")) == 1
