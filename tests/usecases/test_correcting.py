"""Corrections: nothing is overwritten, everybody who knew hears of it, and a seat is charted again or unknown."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.facts import Assessment, Attendance, Event
from models.requests import NewAttendance, NewCorrection, NewPathway, NewSession, SessionAttendance
from services import corrections, enrolment, invariants, recording, sessions
from services.errors import Conflict, Invalid
from services.store import cases
from services.store.work import Work
from tests import care

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HIGH, NONE = [1, 1, 1, 1, 0, 0, 0], [0, 0, None, None, None, 0, 0]


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def pathway_id(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    return care.a_pathway(work, clinician, at, stage="iop")


def known(work: Work, pathway_id: UUID) -> list[UUID]:
    (case,) = cases.load(work, [pathway_id])
    return [fact.id for fact in case.facts]


def sound(work: Work, at: datetime) -> bool:
    return list(invariants.check(work, at=at)) == []


def test_a_correction_takes_the_place_of_what_it_cites_and_keeps_what_it_does_not_say(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    first = care.attend(work, pathway_id, by=clinician, at=at, status="missed")
    second = care.correct(work, first, by=clinician, at=at + MINUTE, status="attended")
    (case,) = cases.load(work, [pathway_id])
    (fact,) = case.of(Attendance)
    assert (fact.id, fact.status, fact.minutes, fact.effective_at) == (second, "attended", 180, at)
    row = work.first("SELECT corrects, sealed IS NOT NULL AS says_why FROM fact WHERE id = :id", id=second)
    assert row == (first, True)
    assert sound(work, at + MINUTE)


def test_what_was_entered_in_error_leaves_nothing_to_be_seen_and_its_row_stands(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    event = care.report(work, pathway_id, "return-to-use", by=clinician, at=at)
    gone = care.correct(work, event, by=clinician, at=at + MINUTE)
    assert known(work, pathway_id) == []
    assert {row.id for row in work.rows("SELECT id FROM fact")} == {event, gone}
    for one, stands in ((event, gone), (gone, None)):
        with pytest.raises(Conflict) as refused:
            care.correct(work, one, by=clinician, at=at + MINUTE)
        assert refused.value.details.get("stands") == stands
    assert sound(work, at + MINUTE)


def test_every_pathway_that_knew_of_it_learns_of_the_correction_and_wakes(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    client_id = care.a_client(work, clinician, at)
    first, second = (
        enrolment.enrol(work, NewPathway(client_id=client_id, definition=key), by=clinician, at=at)
        for key in ("sud-adult", "mh-adult")
    )
    event = care.report(work, first, "ed-visit", by=clinician, at=at)
    for one in (first, second):
        care.passes(work, one, at=at)
    before = {row.id: row.version for row in work.rows("SELECT id, version FROM pathway")}
    made = care.correct(work, event, by=clinician, at=at + MINUTE, effective_at=at - DAY)
    assert known(work, first) == known(work, second) == [made]
    after = work.rows("SELECT id, version, wake_at FROM pathway")
    assert {row.id: (row.version - before[row.id], row.wake_at) for row in after} == dict.fromkeys(
        (first, second), (1, at + MINUTE)
    )
    shared = [one.shared for one in cases.load(work, [second])[0].of(Event)]
    assert shared == [True]


def test_a_correction_of_a_correction_is_the_one_that_stands(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    fact = care.assess(work, pathway_id, "phq-9", by=clinician, at=at, note="read aloud")
    for answers in ([2] * 9, [3] * 9):
        fact = care.correct(work, fact, by=clinician, at=at + MINUTE, answers=answers)
    (case,) = cases.load(work, [pathway_id])
    assert [(one.id, one.total, one.signed) for one in case.of(Assessment)] == [(fact, 27, True)]
    secret = care.secret_of(work, pathway_id)
    row = work.first("SELECT sealed FROM fact WHERE id = :id", id=fact)
    assert secret.open(row.sealed, "fact", fact) == (
        '{"note": "read aloud", "reason": "typed in by mistake"}'
    )


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"minutes": 60}, "/minutes"),
        ({"entered_in_error": True, "answers": [1] * 9}, "/answers"),
        ({"answers": [9] * 9}, "/answers/0"),
        ({"answers": [None] * 9}, "/answers"),
        ({"effective_at": "2027-01-01T00:00:00Z"}, "/effective_at"),
        ({}, ""),
        ({"answers": None}, ""),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused(
    work: Work,
    clinician: care.Principal,
    pathway_id: UUID,
    at: datetime,
    said: dict[str, object],
    pointer: str,
) -> None:
    fact = care.assess(work, pathway_id, "phq-9", by=clinician, at=at)
    with pytest.raises(Invalid) as refused:
        corrections.correct(work, fact, NewCorrection(reason="mistyped", **said), by=clinician, at=at)
    assert refused.value.pointer == pointer


def charted(work: Work, pathway_id: UUID, by: care.Principal, at: datetime) -> tuple[UUID, UUID]:
    """A session of this morning that the client missed."""
    planned = NewSession(service="group", starts_at=at - DAY / 8, minutes=90, roster=(pathway_id,))
    session_id = sessions.plan(work, planned, by=by, at=at)
    [fact] = sessions.chart(
        work, session_id, SessionAttendance(statuses={pathway_id: "missed"}), by=by, at=at
    )
    return session_id, fact


def statuses(work: Work, pathway_id: UUID) -> list[str]:
    return [one.status for one in cases.load(work, [pathway_id])[0].of(Attendance)]


def test_a_seat_whose_charting_is_corrected_stays_charted(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    session_id, fact = charted(work, pathway_id, clinician, at)
    care.correct(work, fact, by=clinician, at=at, status="attended", minutes=60)
    assert statuses(work, pathway_id) == ["attended"]
    with pytest.raises(Conflict):
        sessions.chart(
            work, session_id, SessionAttendance(statuses={pathway_id: "missed"}), by=clinician, at=at
        )
    assert [seat.status for seat in sessions.stored.one(work, session_id).roster] == ["attended"]


def _by_session(work: Work, session_id: UUID, pathway_id: UUID, by: care.Principal, at: datetime) -> None:
    sessions.chart(work, session_id, SessionAttendance(statuses={pathway_id: "attended"}), by=by, at=at)


def _alone(work: Work, session_id: UUID, pathway_id: UUID, by: care.Principal, at: datetime) -> None:
    said = NewAttendance(kind="group", minutes=90, status="attended", session_id=session_id)
    recording.attendance(work, [(pathway_id, said)], by=by, at=at)


@pytest.mark.parametrize("chart", [_by_session, _alone])
def test_a_seat_whose_charting_is_retracted_is_unknown_again_and_may_be_charted(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime, chart: Callable[..., None]
) -> None:
    session_id, fact = charted(work, pathway_id, clinician, at)
    for _ in range(2):
        care.correct(work, fact, by=clinician, at=at)
        assert statuses(work, pathway_id) == ["unlogged"]
        assert [seat.status for seat in sessions.stored.one(work, session_id).roster] == ["unlogged"]
        chart(work, session_id, pathway_id, clinician, at)
        assert statuses(work, pathway_id) == ["attended"]
        [fact] = known(work, pathway_id)
    assert sound(work, at)
