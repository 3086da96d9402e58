"""Recording: sealed, versioned, shared between a client's pathways, and refused with a reason."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from models.requests import NewAssessment, NewClient, NewEvent, NewPathway
from services import chart, clients, enrolment, recording
from services.errors import AlreadyOpen, Conflict, Invalid, NoSuchWord, NotAllowed, NotFound
from services.store import cases
from services.store.work import Work
from tests import care


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def pathway_id(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    return care.a_pathway(work, clinician, at, stage="iop")


def counted(work: Work, table: str) -> int:
    return int(work.rows(f"SELECT count(*) AS n FROM {table}")[0].n)


def test_each_change_takes_one_version_and_leaves_one_audit_entry(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.assess(work, pathway_id, "phq-9", by=clinician, at=at)
    care.attend(work, pathway_id, by=clinician, at=at)
    rows = work.rows(
        "SELECT pathway_version, kind FROM audit_entry WHERE pathway_id = :id ORDER BY 1", id=pathway_id
    )
    assert [(row.pathway_version, row.kind) for row in rows] == [
        (1, "pathway.opened"),
        (2, "fact.recorded"),
        (3, "fact.recorded"),
    ]
    assert work.rows("SELECT version FROM pathway WHERE id = :id", id=pathway_id)[0].version == 3


def test_a_case_holds_what_was_recorded(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.assess(work, pathway_id, "phq-9", by=clinician, at=at)
    (case,) = cases.load(work, [pathway_id])
    (assessment,) = case.facts
    assert (assessment.instrument, assessment.total, assessment.band, assessment.known) == (
        "phq-9",
        5,
        "mild",
        2,
    )
    assert case.from_bytes(case.to_bytes()) == case


def test_a_fact_is_known_to_every_open_pathway_of_the_client(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    client_id = work.rows("SELECT client_id FROM pathway WHERE id = :id", id=pathway_id)[0].client_id
    other = enrolment.enrol(work, NewPathway(client_id=client_id, definition="mh-adult"), by=clinician, at=at)
    care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    (case,) = cases.load(work, [other])
    assert [fact.band for fact in case.facts] == ["high"]
    assert case.version == 2


def test_a_new_pathway_knows_what_was_known_of_the_client_before(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.assess(work, pathway_id, "phq-9", by=clinician, at=at)
    client_id = work.rows("SELECT client_id FROM pathway WHERE id = :id", id=pathway_id)[0].client_id
    other = enrolment.enrol(work, NewPathway(client_id=client_id, definition="mh-adult"), by=clinician, at=at)
    (case,) = cases.load(work, [other])
    assert [fact.known for fact in case.facts] == [1]


def test_a_client_walks_a_pathway_once_at_a_time(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    client_id = work.rows("SELECT client_id FROM pathway WHERE id = :id", id=pathway_id)[0].client_id
    with pytest.raises(AlreadyOpen):
        enrolment.enrol(work, NewPathway(client_id=client_id), by=clinician, at=at)


def test_nobody_enters_an_adult_pathway_before_their_birthday(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    care.a_program(work, clinician, at)
    for days, is_adult in ((1, False), (0, True)):
        born = date(at.year - 18, at.month, at.day) + timedelta(days=days)
        new = NewClient(given_name="Kim", family_name="Young", birth_date=born)
        entry = NewPathway(client_id=clients.register(work, new, by=clinician, at=at))
        if is_adult:
            assert enrolment.enrol(work, entry, by=clinician, at=at)
        else:
            with pytest.raises(Invalid, match="18 years"):
                enrolment.enrol(work, entry, by=clinician, at=at)


@pytest.mark.parametrize(
    ("request_", "pointer"),
    [
        (NewAssessment(instrument="phq-99", answers=[0]), "/instrument"),
        (NewAssessment(instrument="phq-9", answers=[0, 0, 0, 0, 7, 0, 0, 0, 0]), "/answers/4"),
        (NewAssessment(instrument="phq-9", answers=[0] * 8), "/answers/8"),
    ],
)
def test_answers_that_cannot_be_are_refused_at_the_item_and_store_nothing(
    work: Work,
    clinician: care.Principal,
    pathway_id: UUID,
    at: datetime,
    request_: NewAssessment,
    pointer: str,
) -> None:
    before = counted(work, "fact"), counted(work, "audit_entry")
    with pytest.raises(Invalid) as refused:
        recording.assessments(work, [(pathway_id, request_)], by=clinician, at=at)
    assert refused.value.pointer == pointer
    assert (counted(work, "fact"), counted(work, "audit_entry")) == before


def test_what_a_source_told_before_is_not_told_twice(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    told = NewEvent(kind="ed-visit", source="adt", source_id="A04-1")
    recording.events(work, [(pathway_id, told)], by=clinician, at=at)
    with pytest.raises(Conflict):
        recording.events(work, [(pathway_id, told)], by=clinician, at=at)
    with pytest.raises(Conflict):
        recording.events(
            work, [(pathway_id, told.model_copy(update={"source_id": "A04-2"}))] * 2, by=clinician, at=at
        )


def test_the_future_is_refused_and_the_past_is_not(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    with pytest.raises(Invalid, match="future"):
        care.report(
            work, pathway_id, "return-to-use", by=clinician, at=at, effective_at=at + timedelta(hours=1)
        )
    care.report(work, pathway_id, "return-to-use", by=clinician, at=at, effective_at=at - timedelta(days=400))


def test_an_unknown_event_is_refused_with_the_known_ones(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    with pytest.raises(NoSuchWord, match="return-to-use"):
        recording.events(work, [(pathway_id, NewEvent(kind="abducted"))], by=clinician, at=at)


def test_a_coordinator_cannot_sign_an_assessment(work: Work, pathway_id: UUID, at: datetime) -> None:
    coordinator = care.somebody(work, care.COORDINATOR, at)
    request = NewAssessment(instrument="six-dimensions", answers=[0] * 6, signed=True)
    with pytest.raises(NotAllowed):
        recording.assessments(work, [(pathway_id, request)], by=coordinator, at=at)


def test_a_pathway_outside_the_scope_reads_as_missing(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    foreign = Work(work.connection, care_scope(), work.vault)
    with pytest.raises(NotFound):
        care.report(foreign, pathway_id, "return-to-use", by=clinician, at=at)


def care_scope() -> "care.EVERYWHERE.__class__":
    return type(care.EVERYWHERE)(frozenset({UUID(int=7)}))


def test_a_late_clock_never_lets_a_record_run_backwards(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.attend(work, pathway_id, by=clinician, at=at + timedelta(hours=2))
    care.attend(work, pathway_id, by=clinician, at=at + timedelta(hours=1))
    rows = work.rows(
        "SELECT recorded_at FROM audit_entry WHERE pathway_id = :id ORDER BY pathway_version", id=pathway_id
    )
    assert [row.recorded_at for row in rows] == sorted(row.recorded_at for row in rows)


def test_a_hundred_facts_cost_as_many_statements_as_one(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    from sqlalchemy import event

    seen: list[str] = []
    event.listen(work.connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    event_ = NewEvent(kind="return-to-use")
    recording.events(work, [(pathway_id, event_)], by=clinician, at=at)
    one = len(seen)
    recording.events(work, [(pathway_id, event_)] * 100, by=clinician, at=at)
    assert len(seen) - one <= one + 1


def test_free_text_is_sealed(work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime) -> None:
    request = NewEvent(kind="return-to-use", detail="canary-on-the-corner")
    (fact_id,) = recording.events(work, [(pathway_id, request)], by=clinician, at=at)
    row = work.rows("SELECT sealed, body FROM fact WHERE id = :id", id=fact_id)[0]
    assert b"canary" not in row.sealed + row.body


def test_a_recovery_activity_is_logged_with_what_was_said_sealed_and_calls_for_nothing(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.passes(work, pathway_id, at=at)
    before = [one.text for one in chart.timeline(work, pathway_id)]
    said = NewEvent(kind="recovery-meeting", detail="with a sponsor")
    recording.events(work, [(pathway_id, said)], by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    told = [one.text for one in chart.timeline(work, pathway_id)]
    assert told == ["Recovery meeting", *before]
