"""One client's walk through the use cases and the engine's passes: assessed, admitted, reviewed, stepped down and up."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.requests import NewDischarge, NewHold, NewOverride, NewSignOff
from services import chart, deciding, holds, replaying, sign_offs
from services.errors import AlreadySigned, GuardNotMet, NotAllowed, PathwayClosed, Superseded
from services.store.work import Work
from tests import care

DAY = timedelta(days=1)


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


def through_iop(work: Work, pathway_id: UUID, clinician: care.Principal, at: datetime) -> datetime:
    """Live four weeks of IOP in which all goes well; return the moment after the second review that asks for less."""
    for day in range(1, 29):
        moment = at + day * DAY
        if moment.weekday() in (0, 2, 4):
            care.attend(work, pathway_id, by=clinician, at=moment)
        if day in (7, 21, 28):
            care.look(work, pathway_id, "needs-iop" if day == 7 else "needs-op", by=clinician, at=moment)
        if day == 28:
            care.plan(work, pathway_id, by=clinician, at=moment)
        care.passes(work, pathway_id, at=moment)
    return at + 28 * DAY


def in_op(work: Work, clinician: care.Principal, at: datetime) -> tuple[UUID, datetime]:
    pathway_id = care.in_iop(work, clinician, at)
    moment = through_iop(work, pathway_id, clinician, at)
    care.accept(work, pathway_id, by=clinician, at=moment)
    care.passes(work, pathway_id, at=moment)
    return pathway_id, moment


def stage_of(work: Work, pathway_id: UUID, at: datetime) -> str:
    return chart.pathway(work, pathway_id, at=at).stage


def test_a_new_client_is_asked_for_what_is_missing_and_moves_nowhere(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    care.passes(work, pathway_id, at=at)
    seen = chart.pathway(work, pathway_id, at=at)
    assert seen.decision is not None
    assert (seen.stage, seen.decision.outcome, seen.decision.to_stage) == ("assessment", "insufficient", None)
    assert seen.decision.missing
    assert seen.dues[0].parts == ("six-dimensions", "c-ssrs", "phq-9")


def test_a_signed_assessment_proposes_iop_and_a_signature_moves(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    seen = chart.pathway(work, pathway_id, at=at)
    assert seen.stage == "iop"
    assert [entry.kind for entry in seen.timeline].count("move") == 1
    assert seen.dues[0].state == "later"


def test_four_good_weeks_propose_op_with_every_finding_met(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    moment = through_iop(work, pathway_id, clinician, at)
    decision = chart.pathway(work, pathway_id, at=moment).decision
    assert decision is not None
    assert (decision.outcome, decision.to_stage) == ("step_down", "op")
    down = next(route for route in decision.routes if route.route == "iop-to-op")
    assert {finding.met for finding in down.findings} == {"met"}
    assert stage_of(work, pathway_id, moment) == "iop"


def test_return_to_use_in_op_brings_an_early_look_and_a_step_up_proposal(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id, moment = in_op(work, clinician, at)
    assert stage_of(work, pathway_id, moment) == "op"
    later = moment + 5 * DAY
    care.report(work, pathway_id, "return-to-use", by=clinician, at=later)
    care.passes(work, pathway_id, at=later)
    seen = chart.pathway(work, pathway_id, at=later)
    assert seen.decision is not None
    assert (seen.decision.outcome, seen.decision.to_stage) == ("step_up", "iop")
    assert ("return-to-use",) in [due.reasons for due in seen.dues]


def test_a_positive_screener_between_proposal_and_signature_makes_it_unsignable(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    moment = through_iop(work, pathway_id, clinician, at)
    proposed = chart.pathway(work, pathway_id, at=moment).decision
    assert proposed is not None
    care.assess(work, pathway_id, "high-risk", by=clinician, at=moment)
    with pytest.raises(Superseded) as refused:
        sign_offs.sign(work, proposed.id, NewSignOff(verdict="accept"), by=clinician, at=moment)
    assert [fact["code"] for fact in refused.value.details["changed_since"]] == ["c-ssrs"]
    assert stage_of(work, pathway_id, moment) == "iop"


def test_a_high_risk_binds_even_an_override(work: Work, clinician: care.Principal, at: datetime) -> None:
    supervisor = care.somebody(work, care.SUPERVISOR, at)
    pathway_id = care.in_iop(work, clinician, at)
    at += timedelta(hours=1)
    care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    with pytest.raises(GuardNotMet):
        sign_offs.override(
            work, pathway_id, NewOverride(to_stage="op", reason="wishes it"), by=supervisor, at=at
        )
    with pytest.raises(GuardNotMet):
        sign_offs.discharge(work, pathway_id, NewDischarge(reason=7, note="moves away"), by=supervisor, at=at)


def test_while_a_high_risk_is_open_the_one_chosen_way_out_is_the_emergency(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    at += timedelta(hours=1)
    care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    elsewhere = NewDischarge(reason=4, sub_reason="level-outside", note="a bed elsewhere")
    with pytest.raises(GuardNotMet, match="reason 4, hospital"):
        sign_offs.discharge(work, pathway_id, elsewhere, by=clinician, at=at)
    to_hospital = NewDischarge(reason=4, sub_reason="hospital", note="taken to the emergency department")
    sign_offs.discharge(work, pathway_id, to_hospital, by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    assert stage_of(work, pathway_id, at) == "discharged"


def test_without_an_open_risk_a_transfer_to_a_hospital_keeps_the_guards(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    care.hold(work, pathway_id, by=clinician, at=at)
    to_hospital = NewDischarge(reason=4, sub_reason="hospital", note="planned operation")
    with pytest.raises(GuardNotMet) as refused:
        sign_offs.discharge(work, pathway_id, to_hospital, by=clinician, at=at)
    assert "hospital" not in str(refused.value)


def test_a_client_who_left_is_recorded_as_left_whatever_the_guards_say(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    at += timedelta(hours=1)
    care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    left_at = at + timedelta(hours=2)
    care.report(work, pathway_id, "left-against-advice", by=clinician, at=at + DAY, effective_at=left_at)
    care.passes(work, pathway_id, at=at + DAY)
    seen = chart.pathway(work, pathway_id, at=at + DAY)
    assert (seen.stage, seen.open) == ("discharged", False)
    assert next(entry.at for entry in seen.timeline if entry.kind == "move") == left_at
    assert {task.kind for task in seen.work} >= {"review", "outreach"}
    with pytest.raises(PathwayClosed):
        holds.hold(work, pathway_id, NewHold(reason="travel"), by=clinician, at=at + DAY)


def test_an_override_leaves_the_routes_and_needs_a_supervisor(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    supervisor = care.somebody(work, care.SUPERVISOR, at)
    pathway_id = care.in_iop(work, clinician, at)
    request = NewOverride(to_stage="aftercare", reason="moved to another town")
    with pytest.raises(NotAllowed):
        sign_offs.override(work, pathway_id, request, by=clinician, at=at)
    sign_offs.override(work, pathway_id, request, by=supervisor, at=at)
    care.passes(work, pathway_id, at=at)
    assert stage_of(work, pathway_id, at) == "aftercare"


def test_a_decision_is_signed_once(work: Work, clinician: care.Principal, at: datetime) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    care.accept(work, pathway_id, by=clinician, at=at)
    with pytest.raises(AlreadySigned):
        care.accept(work, pathway_id, by=clinician, at=at)


def test_a_planned_move_waits_for_its_day_and_contrary_evidence_sets_it_aside(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    moment = through_iop(work, pathway_id, clinician, at)
    decision = chart.pathway(work, pathway_id, at=moment).decision
    assert decision is not None
    request = NewSignOff(verdict="accept", starts_at=moment + 2 * DAY)
    sign_offs.sign(work, decision.id, request, by=clinician, at=moment)
    care.passes(work, pathway_id, at=moment)
    assert (
        stage_of(work, pathway_id, moment),
        chart.pathway(work, pathway_id, at=moment).pending_move,
    ) == ("iop", "OP")
    care.report(work, pathway_id, "return-to-use", by=clinician, at=moment + DAY)
    care.passes(work, pathway_id, at=moment + DAY)
    care.passes(work, pathway_id, at=moment + 2 * DAY)
    seen = chart.pathway(work, pathway_id, at=moment + 2 * DAY)
    assert (seen.stage, seen.pending_move) == ("iop", None)


def test_an_outage_fires_each_due_look_once(work: Work, clinician: care.Principal, at: datetime) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    for _ in range(3):
        care.passes(work, pathway_id, at=at + 90 * DAY)
    called = work.rows("SELECT count(*) AS n FROM audit_entry WHERE kind = 'reassessment.called'")[0].n
    assert called == 1
    assert chart.pathway(work, pathway_id, at=at + 90 * DAY).dues[0].state == "overdue"


def test_a_hold_stops_the_clocks_and_resuming_looks_at_once(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.in_iop(work, clinician, at)
    holds.hold(work, pathway_id, NewHold(reason="illness"), by=clinician, at=at + DAY)
    care.passes(work, pathway_id, at=at + DAY)
    care.passes(work, pathway_id, at=at + 60 * DAY)
    assert work.rows("SELECT count(*) AS n FROM audit_entry WHERE kind = 'reassessment.called'")[0].n == 0
    holds.resume(work, pathway_id, by=clinician, at=at + 60 * DAY)
    care.passes(work, pathway_id, at=at + 60 * DAY)
    assert chart.pathway(work, pathway_id, at=at + 60 * DAY).dues[0].state == "today"


def test_every_decision_of_a_walk_replays_identically(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    in_op(work, clinician, at)
    replayed = list(replaying.replay(work))
    assert len(replayed) >= 4
    assert [one.why for one in replayed if one.why] == []


def test_one_pass_over_many_is_many_passes_over_one(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    together = [care.a_pathway(work, clinician, at) for _ in range(6)]
    for pathway_id in together:
        care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    deciding.advance(work, together[:3], actor=care.ENGINE, at=at)
    for pathway_id in together[3:]:
        deciding.advance(work, [pathway_id], actor=care.ENGINE, at=at)
    rows = work.rows("SELECT outcome, to_stage, evidence_sha256 IS NOT NULL AS cited FROM decision")
    assert {tuple(row) for row in rows} == {("admit", "iop", True)}
    assert len(rows) == 6
