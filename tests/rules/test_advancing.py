"""What a pass makes of a pathway, from the first look to the end of the walk."""

from dataclasses import replace

import pytest

from models import changes as c
from models.case import Case, Signature, Stay
from models.catalogue.pathway_files import definition
from models.definition import Authority
from services import ids
from services.rules import ENGINE, advance, decide
from tests.builders import (
    a_case,
    a_phq,
    a_plan,
    a_screen,
    accepted,
    an_assessment,
    an_attendance,
    an_event,
    on_day,
    ratings,
    ready_to_step_down,
    with_facts,
)
from tests.folding import kinds, moves, run, work

SUD, MH = definition("sud-adult"), definition("mh-adult")


def test_a_whole_walk_from_assessment_to_op_and_back_to_iop():
    case, said = run(a_case("assessment"), 0)
    assert [type(one) for one in said] == [c.ReassessmentOpened, c.DecisionMade, c.WorkOpened]
    assert said[1].outcome == "insufficient"
    case, said = run(with_facts(case, ratings("iop", 1)), 1)
    assert [one.outcome for one in kinds(said, c.DecisionMade)] == ["admit"]
    assert [(one.for_role, one.due_at) for one in work(said, "sign-off")] == [("clinician", on_day(3))]
    case, said = run(accepted(case, on_day(1.1)), 1.1)
    assert moves(said) == [("assessment", "iop", "route")]
    case, said = run(case, 8)
    assert len(kinds(said, c.ReassessmentCalled)) == len(work(said, "reassess")) == 1
    case, said = run(with_facts(case, ratings("iop", 9), a_screen("none", 9), a_phq(12, 9)), 9)
    assert [one.status for one in kinds(said, c.ReassessmentClosed)] == ["completed"]
    assert [item.kind for item in case.work] == ["review-plan"]
    sessions = [an_attendance(day) for day in range(10, 37, 2)]
    case, said = run(with_facts(case, *sessions, ratings("op", 23), a_screen("none", 23), a_phq(9, 23)), 23)
    assert [one.outcome for one in kinds(said, c.DecisionMade)] == ["stay"]
    late = (ratings("op", 36), a_screen("none", 36), a_phq(6, 36), a_plan(36))
    case, said = run(with_facts(case, *late), 36.5)
    assert [(one.outcome, one.to_stage) for one in kinds(said, c.DecisionMade)] == [("step_down", "op")]
    case, said = run(accepted(case, on_day(36.6), on_day(39)), 36.6)
    assert said == []
    case, said = run(case, 39)
    assert moves(said) == [("iop", "op", "route")]
    case, said = run(with_facts(case, an_event("return-to-use", 41)), 41)
    assert [one.due_at for one in kinds(said, c.ReassessmentOpened)] == [on_day(44)]
    assert [(one.outcome, one.to_stage) for one in kinds(said, c.DecisionMade)] == [("step_up", "iop")]
    case, said = run(accepted(case, on_day(41.1)), 41.1)
    assert moves(said) == [("op", "iop", "route")]
    assert [stay.stage for stay in case.stays] == ["assessment", "iop", "op", "iop"]


def test_a_decision_says_by_what_it_was_made_and_can_be_made_again():
    _, said = run(a_case("iop", *ready_to_step_down()), 28)
    made = kinds(said, c.DecisionMade)[0]
    assert (made.definition, made.definition_hash, made.engine) == ("sud-adult@1", SUD.digest, ENGINE)
    again = decide(SUD, [Case.from_bytes(made.case)], at=made.decision.at)[0]
    assert again.to_bytes() == made.decision.to_bytes()


def test_contrary_evidence_sets_a_planned_move_aside_and_a_person_is_called():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    case, _ = run(accepted(case, on_day(28), on_day(30)), 28)
    case, said = run(with_facts(case, a_screen("high", 29)), 29)
    assert [one.outcome for one in kinds(said, c.DecisionMade)] == ["refer"]
    assert [(one.for_role, one.due_at) for one in work(said, "call-now")] == [("clinician", on_day(29))]
    case, said = run(case, 30)
    assert [one.because for one in kinds(said, c.SignOffSetAside)] == ["guard-not-met"]
    assert moves(said) == []
    assert case.signature is None


def test_a_verdict_that_has_changed_sets_a_planned_move_aside():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    case, _ = run(accepted(case, on_day(28), on_day(30)), 28)
    case, said = run(with_facts(case, an_event("return-to-use", 29)), 30)
    assert [one.because for one in kinds(said, c.SignOffSetAside)] == ["verdict-changed"]
    assert moves(said) == []


def _signed(case: Case, meaning: str, to: str, day: float) -> Case:
    signature = Signature(
        id=ids.named("s", meaning, day), meaning=meaning, to_stage=to, starts_at=on_day(day)
    )
    return replace(case, signature=signature)


def test_an_override_goes_around_the_routes_but_not_around_the_guards():
    free = _signed(a_case("iop"), "overridden", "aftercare", 3)
    _, said = run(free, 3)
    assert moves(said) == [("iop", "aftercare", "override")]
    assert kinds(said, c.Moved)[0].outcome == "step_down"
    risky = with_facts(free, a_screen("high", 2))
    assert moves(run(risky, 3)[1]) == []
    assert moves(run(replace(free, held=True), 3)[1]) == []


def test_a_discharge_ends_the_walk_and_nothing_happens_after():
    case, said = run(_signed(a_case("op"), "discharged", "discharged", 3), 3)
    assert [(one.how, one.ends) for one in kinds(said, c.Moved)] == [("discharge", True)]
    assert advance(SUD, [case], at=on_day(90))[0] == c.Step(case.pathway_id, (), None)


@pytest.mark.parametrize(
    ("event", "to", "discharge", "outreach"),
    [
        ("left-against-advice", "discharged", 2, 3),
        ("died", "discharged", 6, 0),
        ("admitted-elsewhere", "discharged", 4, 0),
        ("hospitalised", "away", None, 1),
        ("incarcerated", "away", None, 1),
    ],
)
def test_what_has_happened_moves_the_client_whatever_the_guards_say(event, to, discharge, outreach):
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    case, _ = run(replace(with_facts(case, a_screen("high", 28.1)), held=True), 28.2)
    case, said = run(with_facts(case, an_event(event, 29)), 30)
    move = kinds(said, c.Moved)[0]
    assert (move.to_stage, move.how, move.effective_at, move.discharge) == (
        to,
        "reported",
        on_day(29),
        discharge,
    )
    assert case.reassessments == ()
    assert len(work(said, "review")) == 1
    assert len(work(said, "outreach")) == outreach


def test_a_report_overtakes_a_planned_move_and_its_proposal():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    waiting, said = run(with_facts(case, an_event("hospitalised", 29)), 29)
    assert waiting.work[0].kind == "review"
    case, _ = run(accepted(case, on_day(28), on_day(35)), 28)
    case, said = run(with_facts(case, an_event("hospitalised", 29)), 29)
    assert [one.because for one in kinds(said, c.SignOffSetAside)] == ["overtaken-by-report"]
    assert case.signature is None


def test_who_comes_back_goes_where_they_were_and_is_looked_at_at_once():
    away = a_case(
        "away",
        since=29,
        before=(Stay(stage="iop", started_at=on_day(0), ended_at=on_day(29), ended_by="reported"),),
    )
    case, said = run(away, 30)
    assert said == []
    case, said = run(with_facts(case, an_event("returned", 33)), 33.1)
    assert moves(said) == [("away", "iop", "reported")]
    look = next(look for look in case.reassessments if look.kind == "triggered")
    assert (look.due_at, look.called_at) == (on_day(33), on_day(33.1))
    assert "six-dimensions" in look.parts


def test_emergency_ratings_call_a_person_now_and_once():
    case, _ = run(a_case("iop", ratings("iop", -1)), 0)
    case, said = run(with_facts(case, ratings("emergency", 3)), 3)
    assert len(work(said, "call-now")) == 1
    assert [one.outcome for one in kinds(said, c.DecisionMade)] == ["refer"]
    assert work(run(replace(case, work=()), 4)[1], "call-now") == []


def test_a_second_high_screen_calls_again():
    case, said = run(a_case("iop", a_screen("high", 1)), 1)
    assert len(work(said, "call-now")) == 1
    case, said = run(with_facts(replace(case, work=()), a_screen("high", 2)), 2)
    assert len(work(said, "call-now")) == 1


def test_a_superseded_proposal_leaves_no_work_behind():
    case, _ = run(a_case("iop", *ready_to_step_down()), 28)
    case, said = run(with_facts(case, an_event("return-to-use", 28.1)), 28.1)
    assert [one.outcome for one in kinds(said, c.WorkClosed)] == ["superseded"]
    assert [item.kind for item in case.work] == ["reassess"]


def test_an_automatic_route_moves_in_the_same_pass():
    routes = tuple(
        route.model_copy(update={"authority": Authority.AUTOMATIC}) if route.key == "iop-to-op" else route
        for route in SUD.routes
    )
    automatic = SUD.model_copy(update={"routes": routes})
    case, _ = run(a_case("iop", ratings("iop", -1)), 0, automatic)
    case, said = run(with_facts(case, *ready_to_step_down()), 28, automatic)
    assert moves(said) == [("iop", "op", "route")]
    assert {look.stage for look in case.reassessments} == {"op"}
    assert all(item.kind != "reassess" for item in case.work)


def test_the_mental_health_walk_steps_down_too():
    gad = [an_assessment("gad-7", day, 1, 1, 1, 1, 0, 0, 0) for day in (14, 27.5)]
    _, said = run(a_case("iop", *ready_to_step_down(), *gad, definition="mh-adult@1"), 28, MH)
    assert [one.to_stage for one in kinds(said, c.DecisionMade)] == ["op"]
