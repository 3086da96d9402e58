"""Moves: by a route, around the routes, as reported; with the TEDS reason of a discharge (2.5) and never before the stay."""

from dataclasses import replace

import pytest

from models import changes as c
from models.case import Case, Signature, Standing
from models.catalogue.pathway_files import definition
from models.decision import Decision
from models.definition import Outcome
from services import ids
from services.rules import advance, decide, moving
from services.rules.sight import Sight
from tests.builders import a_case, an_attendance, an_event, on_day, ratings, ready_to_step_down
from tests.folding import kinds, run, work

SUD = definition("sud-adult")
READY = a_case("iop", *ready_to_step_down())
AT = on_day(28)
FIRST_OF_ANOTHER = ids.named("decision", "another")
FIRST = ids.named("decision", READY.pathway_id, "first")


def signed(to_stage: str, meaning: str = "accepted", starts: float = 28, **more: object) -> Signature:
    told = {"id": ids.named("sign-off", 1), "decision_id": FIRST, "starts_at": on_day(starts)}
    return Signature(**told, meaning=meaning, to_stage=to_stage, **more)


def decided(outcome: Outcome = Outcome.STEP_DOWN) -> Decision:
    return replace(decide(SUD, [READY], at=AT)[0], outcome=outcome)


def moved(signature: Signature, decision: Decision | None = None) -> c.Moved:
    return moving.by_signature(Sight(SUD, READY, AT), signature, decision or decided())


def test_an_accepted_move_goes_by_the_route_decided():
    one, by = moved(signed("op")), signed("op")
    assert (one.how, one.from_stage, one.to_stage, one.outcome) == ("route", "iop", "op", "step_down")
    assert (one.rule, one.decision_id, one.sign_off_id) == ("iop-to-op", FIRST, by.id)
    assert (one.effective_at, one.ends, one.discharge) == (AT, False, None)


@pytest.mark.parametrize(
    ("to", "outcome"),
    [("op", "step_down"), ("aftercare", "step_down"), ("detox", "step_up"), ("iop", "step_up")],
)
def test_an_override_goes_around_the_routes_and_says_whether_up_or_down(to, outcome):
    one = moved(signed(to, "overridden"), decided(Outcome.STAY))
    assert (one.how, one.outcome, one.rule, one.discharge) == ("override", outcome, None, None)


@pytest.mark.parametrize(
    ("outcome", "own", "meaning", "reason"),
    [
        (Outcome.COMPLETE, None, "accepted", 1),
        (Outcome.REFER, None, "accepted", 4),
        (Outcome.COMPLETE, 7, "accepted", 7),
        (Outcome.COMPLETE, None, "discharged", None),
        (Outcome.STAY, 2, "discharged", 2),
    ],
)
def test_the_reason_of_a_discharge_is_the_persons_or_follows_from_the_route(outcome, own, meaning, reason):
    one = moved(signed("discharged", meaning, discharge=own), decided(outcome))
    assert (one.discharge, one.ends) == (reason, True)
    assert one.outcome == (str(outcome) if meaning == "accepted" else "discharge")


def test_only_what_ends_a_walk_has_a_reason_of_discharge():
    assert moved(signed("op"), decided(Outcome.COMPLETE)).discharge is None


def test_no_move_is_of_before_the_stay_it_ends():
    assert moved(signed("op", starts=-3)).effective_at == on_day(0)
    sight = Sight(SUD, READY, AT)
    said = next(one for one in SUD.reported if one.event == "died")
    for day, at in ((-1, 0), (5, 5)):
        event = an_event("died", day)
        one = moving.by_report(sight, event, said, SUD.stage("discharged"))
        assert (one.effective_at, one.fact_id, one.discharge) == (on_day(at), event.id, 6)
        assert (one.how, one.outcome, one.ends) == ("reported", "reported", True)


@pytest.mark.parametrize(("outcome", "reason"), [(Outcome.COMPLETE, 1), (Outcome.REFER, 4)])
def test_a_route_that_asks_for_nobody_gives_its_reason_too(outcome, reason):
    decision = replace(decided(outcome), to_stage="discharged")
    one = moving.by_route(Sight(SUD, READY, AT), decision, FIRST)
    assert (one.rule, one.decision_id, one.discharge, one.sign_off_id) == ("iop-to-op", FIRST, reason, None)


def case_of(signature: Signature, **more: object) -> Case:
    verdict = decided().verdict
    stands = Standing(id=FIRST, verdict=verdict, outcome="step_down", to_stage="op", signed=True)
    answered = tuple(
        one.reasons for one in kinds(advance(SUD, [READY], at=AT)[0].changes, c.ReassessmentOpened)
    )
    known = tuple(reason for reasons in answered for reason in reasons)
    return replace(READY, signature=signature, standing=stands, answered=known, **more)


def set_aside(case: Case) -> list[str]:
    return [one.because for one in kinds(advance(SUD, [case], at=AT)[0].changes, c.SignOffSetAside)]


def test_what_was_signed_is_set_aside_with_the_reason():
    assert set_aside(case_of(signed("op"))) == []
    assert set_aside(case_of(signed("aftercare"))) == ["verdict-changed"]
    assert set_aside(case_of(signed("iop", "overridden"))) == ["is-there-already"]
    assert set_aside(case_of(signed("op"), held=True)) == ["guard-not-met"]
    assert set_aside(case_of(signed("op", starts=29))) == []


@pytest.mark.parametrize("own", [True, False])
def test_what_was_accepted_and_set_aside_is_proposed_anew_but_nothing_else_is(own):
    rested, _ = run(READY, 28)
    stands = rested.standing
    assert stands is not None
    by = replace(signed("aftercare"), decision_id=stands.id if own else FIRST_OF_ANOTHER)
    case = replace(rested, signature=by, standing=replace(stands, signed=True))
    said = advance(SUD, [case], at=AT)[0].changes
    assert (len(kinds(said, c.SignOffSetAside)), len(kinds(said, c.DecisionMade))) == (1, int(own))
    assert len(work(list(said), "sign-off")) == int(own)


def test_a_signed_move_of_a_later_day_wakes_its_pathway_that_day():
    away = a_case("away", signature=signed("op", starts=40))
    assert advance(SUD, [away], at=AT)[0].wake_at == on_day(40)


def test_what_is_known_to_come_wakes_its_pathway_when_it_comes():
    planned = an_attendance(29, "unlogged")
    assert advance(SUD, [a_case("away", planned, held=True)], at=AT)[0].wake_at == on_day(29)


def test_on_hold_no_clock_wakes_a_pathway():
    case = a_case("iop", ratings("iop", 27), held=True)
    running = advance(SUD, [replace(case, held=False)], at=AT)[0].wake_at
    assert running is not None
    held = advance(SUD, [case], at=AT)[0].wake_at
    assert held is None or held > running
