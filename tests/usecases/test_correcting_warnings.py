"""Who may correct what: no warning goes, and nothing that a person signed changes, without a signature."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.facts import Assessment
from models.people import Role
from services import chart
from services.doors import NewPerson
from services.errors import Invalid, NotAllowed
from services.store import cases
from services.store.work import Work
from tests import care

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
HIGH, NONE = [1, 1, 1, 1, 0, 0, 0], [0, 0, None, None, None, 0, 0]


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def trainee(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, NewPerson(name="Kim Trainee", role=Role.TRAINEE), at)


@pytest.fixture
def pathway_id(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    return care.a_pathway(work, clinician, at, stage="iop")


def known(work: Work, pathway_id: UUID) -> list[UUID]:
    (case,) = cases.load(work, [pathway_id])
    return [fact.id for fact in case.facts]


def test_what_a_person_signed_is_corrected_under_a_credential(
    work: Work, clinician: care.Principal, trainee: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    signed = care.assess(work, pathway_id, "needs-iop", by=clinician, at=at)
    for said in ({}, {"answers": [0, 0, 1, 1, 2, 1]}, {"effective_at": at - DAY}):
        with pytest.raises(NotAllowed):
            care.correct(work, signed, by=trainee, at=at, **said)
    made = care.correct(work, signed, by=clinician, at=at, answers=[0, 0, 1, 1, 2, 1])
    (one,) = cases.load(work, [pathway_id])[0].of(Assessment)
    assert (one.id, one.signed, one.attested) == (made, True, False)


def test_what_the_client_filled_in_is_corrected_by_whoever_typed_it_in(
    work: Work, trainee: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    typed = care.assess(work, pathway_id, "phq-9", by=trainee, at=at)
    care.correct(work, typed, by=trainee, at=at, answers=[1] * 8 + [0])
    (one,) = cases.load(work, [pathway_id])[0].of(Assessment)
    assert (one.total, one.signed, one.attested) == (8, True, True)


WARNINGS: list[tuple[str, list[int | None], dict[str, object]]] = [
    ("high-risk", HIGH, {}),
    ("high-risk", HIGH, {"answers": NONE}),
    ("high-risk", HIGH, {"answers": [1, 1, 1, None, None, None, None]}),
    ("high-risk", HIGH, {"effective_at": "2026-01-01T00:00:00Z"}),
    ("phq-9", [0] * 8 + [1], {}),
    ("phq-9", [0] * 8 + [1], {"answers": [0] * 9}),
    ("phq-9", [0] * 8 + [1], {"answers": [0] * 8 + [None]}),
    ("needs-iop", [4, 0, 2, 2, 3, 2], {"answers": [3, 0, 2, 2, 3, 2]}),
    ("needs-iop", [4, 0, 2, 2, 3, 2], {}),
]


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.NURSE, Role.COORDINATOR, Role.SERVICE])
@pytest.mark.parametrize(("what", "answers", "said"), WARNINGS)
def test_nobody_without_a_credential_takes_a_warning_back_by_a_correction(
    work: Work,
    pathway_id: UUID,
    at: datetime,
    role: Role,
    what: str,
    answers: list[int | None],
    said: dict[str, object],
) -> None:
    other = care.somebody(work, NewPerson(name=f"Robin {role}", role=role), at)
    fact = care.assess(work, pathway_id, what, by=other, at=at, answers=answers, source="ehr")
    with pytest.raises(NotAllowed):
        care.correct(work, fact, by=other, at=at, **said)
    assert known(work, pathway_id) == [fact]


@pytest.mark.parametrize(("what", "answers", "said"), [one for one in WARNINGS if "answers" in one[2]])
def test_a_clinician_takes_a_warning_back_only_by_signing_what_is_finished(
    work: Work,
    clinician: care.Principal,
    trainee: care.Principal,
    pathway_id: UUID,
    at: datetime,
    what: str,
    answers: list[int | None],
    said: dict[str, object],
) -> None:
    fact = care.assess(work, pathway_id, what, by=trainee, at=at, answers=answers)
    with pytest.raises(Invalid) as refused:
        care.correct(work, fact, by=clinician, at=at, **said)
    assert refused.value.pointer == "/signed"
    is_whole = None not in said["answers"][:2] + said["answers"][5:]  # type: ignore[index]
    if is_whole:
        care.correct(work, fact, by=clinician, at=at, **said, signed=True)
        assert [one.signed for one in cases.load(work, [pathway_id])[0].of(Assessment)] == [True]
    else:
        with pytest.raises(Invalid):
            care.correct(work, fact, by=clinician, at=at, **said, signed=True)


def test_a_warning_may_be_raised_by_anybody_and_stands_until_a_clinician_signs(
    work: Work, clinician: care.Principal, trainee: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    fact = care.assess(work, pathway_id, "c-ssrs", by=trainee, at=at)
    fact = care.correct(work, fact, by=trainee, at=at + MINUTE, answers=HIGH)
    care.passes(work, pathway_id, at=at + MINUTE)
    assert chart.pathway(work, pathway_id, at=at + MINUTE).flag == "High risk"
    with pytest.raises(NotAllowed):
        care.correct(work, fact, by=trainee, at=at + MINUTE, answers=NONE)
    care.correct(work, fact, by=clinician, at=at + 2 * MINUTE, answers=NONE, signed=True)
    care.passes(work, pathway_id, at=at + 2 * MINUTE)
    seen = chart.pathway(work, pathway_id, at=at + 2 * MINUTE)
    assert (seen.flag, seen.decision and seen.decision.outcome != "refer") == (None, True)
