"""Two at once: nothing is recorded twice, nothing is lost between two transactions, and who comes second hears why."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from models.facts import AttendanceStatus
from models.requests import (
    Identifier,
    NewAttendance,
    NewClient,
    NewEvent,
    NewPathway,
    NewSession,
    SessionAttendance,
)
from services import chart, clients, enrolment, ids, recording, sessions
from services.access import EVERYWHERE
from services.errors import AlreadyOpen, CareError, Conflict, Invalid
from services.store.database import Database
from services.store.work import Work
from tests import care

SIX = 6


@pytest.fixture
def clinician(database: Database, at: datetime) -> care.Principal:
    with database.transaction(EVERYWHERE) as work:
        return care.somebody(work, care.CLINICIAN, at)


def together(database: Database, act: Callable[[Work, int], object]) -> list[str]:
    """Let six transactions do the same at the same moment; return what each came to."""
    start, found = Barrier(SIX), []

    def one(number: int) -> None:
        start.wait()
        try:
            with database.transaction(EVERYWHERE) as work:
                act(work, number)
            found.append("done")
        except CareError as refusal:
            found.append(f"{type(refusal).__name__} {refusal.pointer}")

    threads = [Thread(target=one, args=(number,)) for number in range(SIX)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sorted(found)


def once(refusal: str) -> list[str]:
    return sorted(["done", *[refusal] * (SIX - 1)])


def enrolled(database: Database, by: care.Principal, at: datetime, many: int = 1) -> list[UUID]:
    with database.transaction(EVERYWHERE) as work:
        return [care.a_pathway(work, by, at) for _ in range(many)]


def a_session(database: Database, roster: list[UUID], by: care.Principal, at: datetime) -> UUID:
    planned = NewSession(service="group", starts_at=at - timedelta(hours=2), minutes=60, roster=tuple(roster))
    with database.transaction(EVERYWHERE) as work:
        return sessions.plan(work, planned, by=by, at=at)


def test_a_session_is_charted_once_whoever_charts_it_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    [pathway_id] = enrolled(database, clinician, at)
    session_id = a_session(database, [pathway_id], clinician, at)
    asked = SessionAttendance(statuses={pathway_id: AttendanceStatus.ATTENDED})
    came = together(database, lambda work, _: sessions.chart(work, session_id, asked, by=clinician, at=at))
    assert came == once(f"Conflict /statuses/{pathway_id}")
    with database.transaction(EVERYWHERE) as work:
        assert work.rows("SELECT count(*) AS n FROM fact WHERE session_id = :id", id=session_id)[0].n == 1


def test_a_decision_is_signed_once_though_six_sign_it_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    with database.transaction(EVERYWHERE) as work:
        signers = [care.somebody(work, care.CLINICIAN, at) for _ in range(SIX)]
        pathway_id = care.a_pathway(work, clinician, at)
        care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
        care.passes(work, pathway_id, at=at)
    came = together(database, lambda work, n: care.accept(work, pathway_id, by=signers[n], at=at))
    assert came == once("AlreadySigned ")
    with database.transaction(EVERYWHERE) as work:
        care.passes(work, pathway_id, at=at)
        moves = [one for one in chart.pathway(work, pathway_id, at=at).timeline if one.kind == "move"]
    assert len(moves) == 1


def test_a_fact_is_corrected_once_though_six_correct_it_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    [pathway_id] = enrolled(database, clinician, at)
    with database.transaction(EVERYWHERE) as work:
        fact = care.attend(work, pathway_id, by=clinician, at=at, status="missed")
    came = together(
        database, lambda work, n: care.correct(work, fact, by=clinician, at=at, minutes=n + 1 if n else 9)
    )
    assert came == once("Conflict ")
    with database.transaction(EVERYWHERE) as work:
        assert work.rows("SELECT count(*) AS n FROM fact WHERE corrects = :id", id=fact)[0].n == 1


def test_a_source_tells_once_though_six_pathways_hear_it_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    walks = enrolled(database, clinician, at, SIX)
    told = NewEvent(kind="request", source="ehr", source_id="A04-1")
    came = together(database, lambda work, n: recording.events(work, [(walks[n], told)], by=clinician, at=at))
    assert came == once("Conflict /source_id")


def test_a_number_names_one_person_though_six_register_it_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    enrolled(database, clinician, at)
    came = together(
        database, lambda work, _: clients.register(work, numbered("mrn", "77"), by=clinician, at=at)
    )
    assert came in (once("Conflict /identifiers"), once("Conflict /identifiers/0")) or set(came) == {
        "done",
        "Conflict /identifiers",
        "Conflict /identifiers/0",
    }
    assert came.count("done") == 1


def test_a_client_enters_a_pathway_once_though_six_enrol_them_at_the_same_moment(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    with database.transaction(EVERYWHERE) as work:
        client_id = care.a_client(work, clinician, at)
    request = NewPathway(client_id=client_id)
    came = together(database, lambda work, _: enrolment.enrol(work, request, by=clinician, at=at))
    assert came == once("AlreadyOpen /client_id")


def test_what_is_recorded_while_a_client_enters_a_second_pathway_is_known_there(
    database: Database, clinician: care.Principal, at: datetime
) -> None:
    """The enrolment goes first and has not committed; the fact waits for it, or the new pathway would never learn of it."""
    [first] = enrolled(database, clinician, at)
    facts: list[UUID] = []

    def record() -> None:
        with database.transaction(EVERYWHERE) as work:
            facts.append(care.assess(work, first, "high-risk", by=clinician, at=at))

    with database.transaction(EVERYWHERE) as work:
        client_id = work.rows("SELECT client_id FROM pathway WHERE id = :id", id=first)[0].client_id
        asked = NewPathway(client_id=client_id, definition="mh-adult")
        second = enrolment.enrol(work, asked, by=clinician, at=at)
        recording_ = Thread(target=record)
        recording_.start()
        recording_.join(0.5)
        assert recording_.is_alive(), "it waits"
    recording_.join()
    with database.transaction(EVERYWHERE) as work:
        knows = work.rows("SELECT pathway_id FROM fact_known WHERE fact_id = :id", id=facts[0])
    assert {row.pathway_id for row in knows} == {first, second}


def numbered(*pairs: str) -> NewClient:
    found = tuple(Identifier(system=pairs[n], value=pairs[n + 1]) for n in range(0, len(pairs), 2))
    return NewClient(given_name="Ana", family_name="Rivera", birth_date="1990-05-17", identifiers=found)


@pytest.mark.parametrize("again", ["ABC", "abc"])
def test_an_identifier_is_given_once_however_it_is_spelt(work: Work, at: datetime, again: str) -> None:
    by = care.somebody(work, care.CLINICIAN, at)
    care.a_program(work, by, at)
    with pytest.raises(Invalid) as refused:
        clients.register(work, numbered("mrn", "ABC", "mrn", again), by=by, at=at)
    assert refused.value.pointer == "/identifiers/1"


def test_a_session_that_does_not_expect_the_client_is_not_charted_for_them(work: Work, at: datetime) -> None:
    by = care.somebody(work, care.CLINICIAN, at)
    expected, other = care.a_pathway(work, by, at), care.a_pathway(work, by, at)
    planned = NewSession(service="group", starts_at=at, minutes=60, roster=(expected,))
    session_id = sessions.plan(work, planned, by=by, at=at)
    for pathway_id, session in ((other, session_id), (expected, ids.new())):
        attended = NewAttendance(kind="group", minutes=60, status="attended", session_id=session)
        with pytest.raises(Invalid) as refused:
            recording.attendance(work, [(pathway_id, attended)], by=by, at=at)
        assert refused.value.pointer == "/session_id"
    attended = NewAttendance(kind="group", minutes=60, status="attended", session_id=session_id)
    with pytest.raises(Conflict):
        recording.attendance(work, [(expected, attended)] * 2, by=by, at=at)
    recording.attendance(work, [(expected, attended)], by=by, at=at)
    with pytest.raises(Conflict):
        recording.attendance(work, [(expected, attended)], by=by, at=at)


def test_an_owner_whom_nobody_knows_is_told_as_such(work: Work, at: datetime) -> None:
    by = care.somebody(work, care.CLINICIAN, at)
    client_id = care.a_client(work, by, at)
    with pytest.raises(Invalid) as refused:
        enrolment.enrol(work, NewPathway(client_id=client_id, owner_id=ids.new()), by=by, at=at)
    assert (refused.value.pointer, isinstance(refused.value, AlreadyOpen)) == ("/owner_id", False)
