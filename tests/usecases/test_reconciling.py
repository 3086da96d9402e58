"""The missed-trigger detector: finds whatever the engine slept over, says so in the record, and wakes it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.requests import NewSession
from services import chart, deciding, health, reconciling, sessions
from services.rules.folding import fold
from services.store import images, installation
from services.store.work import Work
from tests import care

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def in_iop(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    """A pathway in IOP whose next look is a week away, at rest."""
    pathway_id = care.in_iop(work, clinician, at)
    assert reconciling.missed(work, at=at + HOUR) == []
    return pathway_id


def slept_over(work: Work, pathway_id: UUID) -> None:
    """Take the wake-up away, as a worker would that died between its claim and its work."""
    work.run("UPDATE pathway SET wake_at = NULL WHERE id = :id", id=pathway_id)


def a_look_falls_due(work: Work, pathway_id: UUID, _by: care.Principal, at: datetime) -> datetime:
    return at + 8 * DAY


def a_look_passes_its_outer_limit(
    work: Work, pathway_id: UUID, _by: care.Principal, at: datetime
) -> datetime:
    care.passes(work, pathway_id, at=at + 7 * DAY)
    return at + 8 * DAY


def an_event_is_reported(work: Work, pathway_id: UUID, by: care.Principal, at: datetime) -> datetime:
    care.report(work, pathway_id, "return-to-use", by=by, at=at + HOUR)
    return at + 2 * HOUR


def a_signed_move_has_its_day(work: Work, pathway_id: UUID, _by: care.Principal, at: datetime) -> datetime:
    supervisor = care.somebody(work, care.SUPERVISOR, at)
    care.override(work, pathway_id, "aftercare", by=supervisor, at=at + HOUR)
    return at + 2 * HOUR


def a_client_comes_back_from_hold(work: Work, pathway_id: UUID, by: care.Principal, at: datetime) -> datetime:
    care.hold(work, pathway_id, by=by, at=at + HOUR)
    care.passes(work, pathway_id, at=at + HOUR)
    care.resume(work, pathway_id, by=by, at=at + 9 * DAY)
    return at + 9 * DAY + HOUR


def nobody_charts_a_session(work: Work, pathway_id: UUID, by: care.Principal, at: datetime) -> datetime:
    planned = NewSession(service="group", starts_at=at + HOUR, minutes=90, roster=(pathway_id,))
    sessions.plan(work, planned, by=by, at=at)
    care.passes(work, pathway_id, at=at)
    return at + 26 * HOUR


CAUSES: dict[str, Callable[[Work, UUID, care.Principal, datetime], datetime]] = {
    "reassessment-not-called": a_look_falls_due,
    "reassessment-not-escalated": a_look_passes_its_outer_limit,
    "event-not-answered": an_event_is_reported,
    "signed-move-not-made": a_signed_move_has_its_day,
    "session-not-asked-for": nobody_charts_a_session,
}


@pytest.mark.parametrize("what", CAUSES)
def test_whatever_is_slept_over_is_found_said_and_woken(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime, what: str
) -> None:
    due = CAUSES[what](work, in_iop, clinician, at)
    slept_over(work, in_iop)
    assert what in {gap.what for gap in reconciling.missed(work, at=due)}
    assert reconciling.reconcile(work, actor=care.ENGINE, at=due) == [in_iop]
    assert installation.notes(work)[reconciling.RECONCILED].value != "0"
    care.passes(work, in_iop, at=due)
    assert reconciling.missed(work, at=due + HOUR) == []
    assert reconciling.reconcile(work, actor=care.ENGINE, at=due + HOUR) == []
    assert installation.notes(work)[reconciling.RECONCILED].value == "0"


def test_a_look_that_follows_a_hold_is_missed_when_nothing_wakes(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime
) -> None:
    due = a_client_comes_back_from_hold(work, in_iop, clinician, at)
    slept_over(work, in_iop)
    assert {gap.pathway_id for gap in reconciling.missed(work, at=due)} == {in_iop}


def test_a_stage_that_has_no_look_open_is_missed(work: Work, clinician: care.Principal, at: datetime) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    slept_over(work, pathway_id)
    [gap] = reconciling.missed(work, at=at + HOUR)
    assert (gap.what, gap.since) == ("no-reassessment-open", at)


def test_what_the_engine_handled_in_time_is_no_gap(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime
) -> None:
    for due in (8 * DAY, 31 * DAY, 90 * DAY):
        care.passes(work, in_iop, at=at + due)
        assert reconciling.missed(work, at=at + due + HOUR) == []


def test_a_pathway_on_hold_has_no_clocks_and_is_not_missed(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime
) -> None:
    care.hold(work, in_iop, by=clinician, at=at + HOUR)
    slept_over(work, in_iop)
    assert reconciling.missed(work, at=at + 60 * DAY) == []


def test_what_the_engine_has_not_had_time_for_is_no_gap(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime
) -> None:
    care.report(work, in_iop, "return-to-use", by=clinician, at=at + HOUR)
    assert reconciling.missed(work, at=at + HOUR + reconciling.CATCH_UP) == []
    assert reconciling.missed(work, at=at + HOUR + 2 * reconciling.CATCH_UP) != []


def test_a_gap_changes_no_state_but_the_version(work: Work, in_iop: UUID, at: datetime) -> None:
    slept_over(work, in_iop)
    reconciling.reconcile(work, actor=care.ENGINE, at=at + 8 * DAY)
    assert fold(images.told(work, [in_iop])[in_iop]) == images.stored(work, [in_iop])[in_iop]
    assert not health.ready(work, at=at).ready
    assert deciding.restless(work, [in_iop], at=at + 8 * DAY) == [in_iop]
    assert chart.audit(work, in_iop)[-1].entry["action"] == "pathway.missed"


def test_an_event_that_a_hospital_stay_has_overtaken_is_missed_until_it_is_answered(
    work: Work, clinician: care.Principal, in_iop: UUID, at: datetime
) -> None:
    for kind in ("overdose", "hospitalised"):
        care.report(work, in_iop, kind, by=clinician, at=at + HOUR)
    care.passes(work, in_iop, at=at + HOUR)
    assert reconciling.missed(work, at=at + DAY) == []
    back = at + 3 * DAY
    care.report(work, in_iop, "returned", by=clinician, at=back)
    deciding.advance(work, [in_iop], actor=care.ENGINE, at=back)
    slept_over(work, in_iop)
    assert "event-not-answered" in {gap.what for gap in reconciling.missed(work, at=back + HOUR)}
    care.passes(work, in_iop, at=back + HOUR)
    assert reconciling.missed(work, at=back + 2 * HOUR) == []
    assert "overdose" in {
        reason for due in chart.pathway(work, in_iop, at=back).dues for reason in due.reasons
    }
