"""Conclusions: when a decision is new, what it cites, and whose signature it asks for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import changes as c
from models.case import Case, Reassessment, Signature, Standing, Work
from models.catalogue.pathway_files import definition
from models.definition import Authority
from services import ids
from services.rules import advance, decide
from services.rules.concluding import Conclusion, conclude
from services.rules.sight import Sight
from tests.builders import a_case, a_screen, an_event, on_day, ratings, ready_to_step_down, with_facts
from tests.folding import kinds, work

SUD = definition("sud-adult")
SECOND = timedelta(seconds=1)
READY = a_case("iop", *ready_to_step_down())
AT = on_day(28)
FIRST = ids.named("decision", READY.pathway_id, "first")


def standing(case: Case = READY, **more: bool) -> Case:
    verdict = decide(SUD, [case], at=AT)[0].verdict
    return replace(
        case, standing=Standing(id=FIRST, verdict=verdict, outcome="step_down", to_stage="op", **more)
    )


def signature(to_stage: str = "op") -> Signature:
    return Signature(
        id=ids.named("sign-off", 1),
        meaning="accepted",
        to_stage=to_stage,
        starts_at=on_day(40),
        decision_id=FIRST,
    )


def concluded(case: Case, *looks: Reassessment, called: bool = False) -> Conclusion:
    return conclude(Sight(SUD, case, AT), looks, called=called)


def a_look(*parts: str, number: int = 1) -> Reassessment:
    times = {name: on_day(27) for name in ("opened_at", "counts_from", "due_at", "late_at", "outer_at")}
    return Reassessment(id=ids.named("look", number), kind="periodic", stage="iop", parts=parts, **times)


@pytest.mark.parametrize(
    ("how", "called", "again"),
    [
        ({}, False, False),
        ({}, True, False),
        ({"signed": True}, False, False),
        ({"signed": True}, True, True),
        ({"withdrawn": True}, False, True),
    ],
)
def test_the_same_verdict_is_new_only_where_it_was_withdrawn_or_something_called_after_it_was_signed(
    how, called, again
):
    case = standing(**how)
    assert bool(kinds(concluded(case, called=called).changes, c.DecisionMade)) is again
    waits = replace(case, signature=signature())
    assert kinds(concluded(waits, called=called).changes, c.DecisionMade) == []


def test_another_verdict_is_new_and_cites_the_one_it_supersedes():
    case = replace(READY, standing=Standing(id=FIRST, verdict="another", outcome="stay", to_stage="op"))
    (made,) = kinds(concluded(case).changes, c.DecisionMade)
    assert (made.supersedes, made.decision_id) == (FIRST, ids.named("decision", case.pathway_id, FIRST))
    (first,) = kinds(concluded(READY).changes, c.DecisionMade)
    assert (first.supersedes, first.decision_id) == (None, FIRST)
    assert (first.rule, first.to_stage, first.authority, first.outcome) == (
        "iop-to-op",
        "op",
        "clinician",
        "step_down",
    )
    assert first.case == READY.to_bytes()


def test_a_decision_that_moves_nobody_names_no_authority():
    (made,) = kinds(concluded(a_case("iop", ratings("iop", 27))).changes, c.DecisionMade)
    assert (made.authority, made.to_stage, made.rule) == (None, None, None)


def test_a_look_that_is_complete_is_concluded_though_the_verdict_stays():
    done, open_ = a_look("six-dimensions"), a_look("bam", number=2)
    one = concluded(standing(), open_, done)
    (made,) = kinds(one.changes, c.DecisionMade)
    (closed,) = kinds(one.changes, c.ReassessmentClosed)
    assert (made.reassessment_id, one.unsettled) == (done.id, True)
    assert (closed.reassessment_id, closed.status, closed.decision_id) == (
        done.id,
        "completed",
        made.decision_id,
    )


def test_where_no_look_is_complete_a_decision_is_told_with_the_one_that_is_open():
    look = a_look("bam")
    (made,) = kinds(concluded(READY, look).changes, c.DecisionMade)
    assert made.reassessment_id == look.id
    assert not concluded(READY, look).unsettled


def test_a_proposal_asks_for_a_signature_in_two_days_unless_the_same_move_is_signed():
    (asked,) = work(list(concluded(READY).changes), "sign-off")
    assert (asked.for_role, asked.due_at) == ("clinician", on_day(30))
    other = replace(READY, standing=Standing(id=FIRST, verdict="another", outcome="stay", to_stage="op"))
    assert work(list(concluded(replace(other, signature=signature())).changes), "sign-off") == []
    assert (
        len(work(list(concluded(replace(other, signature=signature("aftercare"))).changes), "sign-off")) == 1
    )


def test_a_move_that_asks_for_nobody_is_made_at_once_and_closes_what_was_open():
    routes = tuple(one.model_copy(update={"authority": Authority.AUTOMATIC}) for one in SUD.routes)
    free = SUD.model_copy(update={"routes": routes})
    done, open_ = a_look("six-dimensions"), a_look("bam", number=2)
    alone = conclude(Sight(free, READY, AT), ())
    assert [one.to_stage for one in kinds(alone.changes, c.Moved)] == ["op"]
    assert alone.unsettled
    both = conclude(Sight(free, READY, AT), (done, open_)).changes
    assert [one.status for one in kinds(both, c.ReassessmentClosed)] == ["completed", "cancelled"]
    assert work(list(both), "sign-off") == []


def test_each_danger_calls_a_clinician_once():
    high = a_screen("high", 27.9)
    case = a_case("iop", *ready_to_step_down(), high)
    (called,) = work(list(concluded(case).changes), "call-now")
    assert (called.for_role, called.due_at, called.cause) == ("clinician", AT, high.id)
    assert work(list(concluded(replace(case, settled=(high.id,))).changes), "call-now") == []
    for kind, calls in (("call-now", 0), ("review", 1)):
        item = Work(id=ids.named("work", kind), kind=kind, cause=high.id)
        assert len(work(list(concluded(replace(case, work=(item,))).changes), "call-now")) == calls


@pytest.mark.parametrize(("facts", "again"), [((), False), ((an_event("request", 27.9),), True)])
def test_what_was_declined_is_asked_again_only_where_something_new_calls(facts, again):
    case = with_facts(standing(a_case("op", ratings("op", 27)), signed=True), *facts)
    said = advance(SUD, [case], at=AT)[0].changes
    assert bool(kinds(said, c.DecisionMade)) is again


def test_after_its_end_a_walk_rests_whatever_is_told():
    case = a_case("discharged", an_event("hospitalised", 1), an_event("return-to-use", 1))
    step = advance(SUD, [case], at=on_day(2))[0]
    assert (step.changes, step.wake_at) == ((), None)


def test_an_urgent_rating_calls_as_long_as_ratings_may_speak_to_the_moment():
    longest = max(one.fresh_for for one in SUD.criteria if one.kind == "recommended")
    rated = ratings("emergency", 1, signed=False)
    for at, calls in ((rated.effective_at + longest - SECOND, 1), (rated.effective_at + longest, 0)):
        said = conclude(Sight(SUD, a_case("op", rated), at), ()).changes
        assert len(work(list(said), "call-now")) == calls
