"""Reasons that are gone: an early look falls away with the last of them, and never by itself."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import changes as c
from models.case import AnyFact, Case
from models.catalogue.pathway_files import definition
from models.facts import Assessment
from services.rules.risk import Seen, lessens
from tests.builders import (
    a_case,
    a_phq,
    a_screen,
    a_total,
    an_attendance,
    an_event,
    in_order,
    on_day,
    ratings,
    with_facts,
)
from tests.folding import kinds, run, work
from tests.strategies import some_facts

SUD = definition("sud-adult")


def corrected(case: Case, fact: AnyFact, *by: AnyFact) -> Case:
    """The case once a fact was corrected by another, or retracted."""
    left = tuple(one for one in case.facts if one.id != fact.id)
    assert len(left) == len(case.facts) - 1
    return replace(case, facts=in_order((*left, *by)))


def in_op(*facts: AnyFact) -> Case:
    """A client in OP since day 0, looked at on the way in."""
    return run(with_facts(run(a_case("op", ratings("op", -1)), 0)[0], *facts), 3)[0]


def early(case: Case) -> list[tuple[str, ...]]:
    """The reasons of the early looks that are open."""
    return [tuple(one.trigger for one in look.reasons) for look in case.reassessments if look.reasons]


@pytest.mark.parametrize("kind", ["return-to-use", "overdose", "intent-to-leave", "request"])
def test_a_look_falls_away_with_the_event_that_called_for_it_and_with_its_work(kind: str) -> None:
    event = an_event(kind, 2)
    case, said = run(corrected(in_op(event), event), 3.1)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["cancelled"]
    assert [item.kind for item in case.work if item.kind in ("reassess", "outreach", "overdue")] == []
    assert [item.kind for item in case.work if item.kind in SUD.asked] == []
    assert [look.kind for look in case.reassessments] == ["periodic", "check-up"]


@pytest.mark.parametrize(
    ("kind", "asks"),
    [
        ("overdose", ["naloxone-check"]),
        ("pregnancy", ["obstetric-link"]),
        ("request", ["answer-request"]),
        ("unexpected-drug-test", ["medication-history"]),
        ("housing-loss", ["recovery-residence"]),
        ("intent-to-leave", ["outreach", "outreach", "outreach"]),
    ],
)
def test_what_a_trigger_asks_for_beside_the_look_is_asked_once_and_ends_with_its_fact(kind, asks) -> None:
    event, other = an_event(kind, 2), an_event("medication-change", 2)
    before = in_op(event, other)
    assert [item.kind for item in before.work if item.kind in SUD.asked] == asks
    case, said = run(before, 3.05)
    assert kinds(said, c.WorkOpened) == []
    case, said = run(corrected(case, event), 3.1)
    asked = {item.id for item in before.work if item.kind in SUD.asked}
    assert {one.work_id for one in kinds(said, c.WorkClosed) if one.outcome == "cancelled"} >= asked
    assert [item.kind for item in case.work if item.kind in SUD.asked] == []


def test_a_look_stays_while_one_of_its_reasons_stands_and_keeps_the_earliest_deadline() -> None:
    overdose, request = an_event("overdose", 2), an_event("request", 2)
    before = in_op(overdose, request)
    case, said = run(corrected(before, overdose), 3.1)
    assert kinds(said, c.ReassessmentClosed, c.ReassessmentHastened) == []
    assert [one.due_at for one in case.reassessments] == [one.due_at for one in before.reassessments]
    case, said = run(corrected(case, request), 3.2)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["cancelled"]


@pytest.mark.parametrize(("day", "due"), [(1, 4), (2.9, 5)])
def test_an_event_whose_time_is_corrected_calls_anew_by_the_earlier_deadline(day: float, due: float) -> None:
    event = an_event("return-to-use", 2)
    case, said = run(corrected(in_op(event), event, an_event("return-to-use", day, known=9)), 3.1)
    assert kinds(said, c.ReassessmentClosed) == []
    assert early(case) == [("return-to-use", "return-to-use")]
    assert [look.due_at for look in case.reassessments if look.reasons] == [on_day(due)]


def test_a_score_that_was_mistyped_calls_no_more_and_one_that_is_still_worse_calls_anew() -> None:
    first, worse = a_phq(6, -0.5), a_phq(14, 2)
    for right, stays in ((a_phq(7, 2), False), (a_phq(12, 2), True)):
        case = in_op(replace(first, effective_at=on_day(0.5)), worse)
        assert early(case) == [("phq-worse",)]
        case, _ = run(corrected(case, worse, right), 3.1)
        assert early(case) == ([("phq-worse", "phq-worse")] if stays else [])


def test_a_missed_session_that_was_attended_calls_off_the_look_and_the_outreach() -> None:
    first, second = (an_attendance(day, "missed") for day in (1, 2))
    before = in_op(first, second)
    assert early(before) == [("missed-in-a-row",)]
    case, _ = run(corrected(before, second, an_attendance(2)), 3.1)
    assert (early(case), [item.kind for item in case.work if item.kind == "outreach"]) == ([], [])


def test_withdrawal_that_was_mistyped_calls_no_more() -> None:
    cows = a_total("cows", 20, 2.8)
    case = in_op(cows)
    assert early(case) == [("opioid-withdrawal-back",)]
    assert early(run(corrected(case, cows, a_total("cows", 2, 2.8)), 3.1)[0]) == []


def test_who_has_looked_already_has_looked() -> None:
    event = an_event("return-to-use", 2)
    case = in_op(event)
    looked = (ratings("op", 3.05), a_screen("none", 3.05))
    (look,) = (one for one in case.reassessments if one.reasons)
    case, said = run(corrected(with_facts(case, *looked), event), 3.1)
    closed = {one.reassessment_id: one.status for one in kinds(said, c.ReassessmentClosed)}
    assert closed[look.id] == "completed"


def test_who_came_back_is_looked_at_whatever_becomes_of_the_report() -> None:
    back = an_event("returned", 2)
    case, _ = run(with_facts(in_op(an_event("hospitalised", 1)), back), 3)
    assert early(case) == [("returned",)]
    assert early(run(corrected(case, back), 3.1)[0]) == [("returned",)]


def test_looks_whose_reasons_were_not_told_stay() -> None:
    """A case that was recorded before looks told their reasons."""
    event = an_event("return-to-use", 2)
    case = in_op(event)
    old = tuple(replace(look, reasons=()) for look in case.reassessments)
    _, said = run(corrected(replace(case, reassessments=old), event), 3.1)
    assert kinds(said, c.ReassessmentClosed) == []


def test_on_hold_nothing_falls_away_before_the_clocks_run_again() -> None:
    event = an_event("return-to-use", 2)
    case, said = run(replace(corrected(in_op(event), event), held=True), 3.1)
    assert kinds(said, c.ReassessmentClosed) == []
    case, said = run(replace(case, held=False, resumed_at=on_day(4)), 4)
    assert early(case) == []


def test_the_call_for_a_high_risk_stays_until_a_person_ends_it() -> None:
    high = a_screen("high", 2)
    case, said = run(corrected(in_op(high), high, a_screen("none", 2)), 3.1)
    assert early(case) == []
    assert [item.kind for item in case.work if item.kind == "call-now"] == ["call-now"]
    assert work(said, "call-now") == []


@given(some_facts(days=10), st.data())
def test_whatever_is_retracted_an_early_look_is_open_for_reasons_that_stand(facts, data) -> None:
    case, _ = run(a_case("op", *facts), 12)
    gone = data.draw(st.sets(st.sampled_from([one.id for one in facts]))) if facts else set()
    left = tuple(one for one in case.facts if one.id not in gone)
    case, _ = run(replace(case, facts=left), 12)
    there = {one.id for one in case.facts}
    for look in case.reassessments:
        assert not look.reasons or any(one.fact_id in there for one in look.reasons)


def _seen(one: Assessment) -> Seen:
    return Seen(one.instrument, one.answers, one.could_be, one.flags)


BANDS = ("none", "low", "moderate", "high")


@pytest.mark.parametrize("before", BANDS)
@pytest.mark.parametrize("after", BANDS)
def test_a_suicide_screen_is_lessened_by_any_lower_band(before: str, after: str) -> None:
    less = lessens(SUD, _seen(a_screen(before, 1)), _seen(a_screen(after, 1)))
    assert less is (BANDS.index(after) < BANDS.index(before))
    assert lessens(SUD, _seen(a_screen(before, 1)), None) is (before != "none")


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        (a_phq(9, 1, item9=1), a_phq(9, 1), True),
        (a_phq(9, 1, item9=1), a_phq(3, 1, item9=2), False),
        (a_phq(20, 1), a_phq(2, 1), False),
        (ratings("emergency", 1), ratings("detox", 1), True),
        (ratings("detox", 1), ratings("op", 1), False),
        (a_total("cows", 20, 1), a_total("cows", 2, 1), False),
    ],
)
def test_an_answer_about_suicide_and_an_urgent_rating_are_lessened_and_nothing_else(
    before: Assessment, after: Assessment, less: bool
) -> None:
    assert lessens(SUD, _seen(before), _seen(after)) is less
