"""A signature that waits for its move blocks nobody: another takes its place, and whoever signs may withdraw it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.requests import NewDischarge, NewOverride, NewSignOff, NewWithdrawal
from services import chart, invariants, sign_offs
from services.errors import AlreadySigned, Conflict, Invalid, NotAllowed
from services.store.work import Work
from tests import care

DAY = timedelta(days=1)
WITHDRAWN = NewWithdrawal(reason="the client wants to stay")


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def supervisor(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.SUPERVISOR, at)


@pytest.fixture
def planned(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    """A pathway whose proposed IOP was accepted, to begin in two weeks."""
    pathway_id = proposed(work, clinician, at)
    request = NewSignOff(verdict="accept", starts_at=at + 14 * DAY)
    sign_offs.sign(work, decision_of(work, pathway_id, at), request, by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    return pathway_id


def proposed(work: Work, by: care.Principal, at: datetime) -> UUID:
    pathway_id = care.a_pathway(work, by, at)
    care.look(work, pathway_id, "needs-iop", by=by, at=at)
    care.passes(work, pathway_id, at=at)
    return pathway_id


def decision_of(work: Work, pathway_id: UUID, at: datetime) -> UUID:
    decision = chart.pathway(work, pathway_id, at=at).decision
    assert decision is not None
    return decision.id


def told(work: Work, pathway_id: UUID, action: str) -> list[str]:
    found = work.rows(
        "SELECT convert_from(bytes, 'UTF8')::json -> 'told' ->> 'because' AS because FROM audit_entry "
        "WHERE pathway_id = :id AND kind = :action",
        id=pathway_id,
        action=action,
    )
    return [row.because for row in found]


def holds_together(work: Work, at: datetime) -> bool:
    return [one for one in invariants.check(work, at=at) if one.invariant in ("I3", "I4", "I7", "I8")] == []


def test_an_override_takes_the_place_of_a_signature_that_waits(
    work: Work, supervisor: care.Principal, planned: UUID, at: datetime
) -> None:
    request = NewOverride(to_stage="detox", reason="in withdrawal since the morning")
    sign_offs.override(work, planned, request, by=supervisor, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    assert chart.pathway(work, planned, at=at + DAY).stage == "detox"
    assert told(work, planned, "sign-off.set-aside") == ["overtaken-by-signature"]
    care.passes(work, planned, at=at + 14 * DAY)
    assert chart.pathway(work, planned, at=at + 14 * DAY).stage == "detox"
    assert holds_together(work, at + 14 * DAY)


def test_a_discharge_takes_the_place_of_a_signature_that_waits(
    work: Work, supervisor: care.Principal, planned: UUID, at: datetime
) -> None:
    sign_offs.discharge(work, planned, NewDischarge(reason=7, note="moves away"), by=supervisor, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    assert not chart.pathway(work, planned, at=at + DAY).open
    assert holds_together(work, at + DAY)


def test_a_newer_proposal_can_be_accepted_while_an_older_one_waits(
    work: Work, clinician: care.Principal, planned: UUID, at: datetime
) -> None:
    care.look(work, planned, "needs-op", by=clinician, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    newer = decision_of(work, planned, at + DAY)
    sign_offs.sign(work, newer, NewSignOff(verdict="accept"), by=clinician, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    assert chart.pathway(work, planned, at=at + DAY).stage == "op"
    assert told(work, planned, "sign-off.set-aside") == ["overtaken-by-signature"]


def test_to_decline_a_newer_proposal_leaves_what_is_signed(
    work: Work, clinician: care.Principal, planned: UUID, at: datetime
) -> None:
    care.look(work, planned, "needs-op", by=clinician, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    newer = decision_of(work, planned, at + DAY)
    sign_offs.sign(work, newer, NewSignOff(verdict="decline", reason="no"), by=clinician, at=at + DAY)
    assert chart.pathway(work, planned, at=at + DAY).pending_move == "IOP"


def test_a_planned_move_is_withdrawn_with_a_reason_and_proposed_anew(
    work: Work, clinician: care.Principal, planned: UUID, at: datetime
) -> None:
    first = decision_of(work, planned, at)
    sign_offs.withdraw(work, planned, WITHDRAWN, by=clinician, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    seen = chart.pathway(work, planned, at=at + DAY)
    assert (seen.pending_move, seen.stage) == (None, "assessment")
    assert [entry.text for entry in seen.timeline if entry.kind == "sign-off"] == [
        "Withdrawn: IOP",
        "Accepted: IOP",
    ]
    assert told(work, planned, "sign-off.set-aside") == ["withdrawn"]
    assert seen.decision
    assert (seen.decision.id != first, seen.decision.to_stage, seen.decision.signed) == (True, "iop", False)
    assert "sign-off" in [task.kind for task in seen.work]
    care.accept(work, planned, by=clinician, at=at + DAY)
    care.passes(work, planned, at=at + DAY)
    assert chart.pathway(work, planned, at=at + DAY).stage == "iop"
    care.passes(work, planned, at=at + 14 * DAY)
    assert holds_together(work, at + 14 * DAY)


def test_only_who_may_sign_withdraws_and_only_what_waits(
    work: Work, clinician: care.Principal, planned: UUID, at: datetime
) -> None:
    coordinator = care.somebody(work, care.COORDINATOR, at)
    with pytest.raises(NotAllowed):
        sign_offs.withdraw(work, planned, WITHDRAWN, by=coordinator, at=at)
    sign_offs.withdraw(work, planned, WITHDRAWN, by=clinician, at=at)
    with pytest.raises(Conflict, match="No signed move"):
        sign_offs.withdraw(work, planned, WITHDRAWN, by=clinician, at=at)


def test_a_move_is_planned_at_most_ninety_days_ahead(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = proposed(work, clinician, at)
    decision_id = decision_of(work, pathway_id, at)
    too_far = NewSignOff(verdict="accept", starts_at=at + 91 * DAY)
    with pytest.raises(Invalid, match="90 days") as refused:
        sign_offs.sign(work, decision_id, too_far, by=clinician, at=at)
    assert refused.value.pointer == "/starts_at"
    furthest = NewSignOff(verdict="accept", starts_at=at + 90 * DAY)
    sign_offs.sign(work, decision_id, furthest, by=clinician, at=at)


@pytest.mark.parametrize("verdict", ["accept", "decline"])
def test_a_decision_that_proposes_no_move_is_neither_accepted_nor_declined(
    work: Work, clinician: care.Principal, at: datetime, verdict: str
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    care.passes(work, pathway_id, at=at)
    with pytest.raises(Conflict, match="proposes no move"):
        sign_offs.sign(
            work,
            decision_of(work, pathway_id, at),
            NewSignOff(verdict=verdict, reason="not now"),
            by=clinician,
            at=at,
        )


@pytest.mark.parametrize("verdict", ["accept", "decline"])
def test_a_signed_proposal_asks_for_no_signature_any_more(
    work: Work, clinician: care.Principal, at: datetime, verdict: str
) -> None:
    pathway_id = proposed(work, clinician, at)
    assert [task.kind for task in chart.pathway(work, pathway_id, at=at).work] == ["sign-off"]
    decision_id = decision_of(work, pathway_id, at)
    later = at + DAY if verdict == "accept" else None
    sign_offs.sign(
        work, decision_id, NewSignOff(verdict=verdict, reason="not now", starts_at=later), by=clinician, at=at
    )
    care.passes(work, pathway_id, at=at)
    assert chart.pathway(work, pathway_id, at=at).work == ()
    with pytest.raises(AlreadySigned):
        sign_offs.sign(work, decision_id, NewSignOff(verdict=verdict, reason="not now"), by=clinician, at=at)
