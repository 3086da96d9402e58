"""Who stands for an assessment: a person signs, a source attests, and no source takes a warning back."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.people import Role
from models.requests import NewAssessment
from services import chart, recording, whereabouts
from services.doors import NewPerson
from services.errors import Invalid, NotAllowed
from services.store import cases
from services.store.work import Work
from tests import care

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def pathway_id(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    return care.a_pathway(work, clinician, at, stage="iop")


def by_role(work: Work, role: Role, at: datetime) -> care.Principal:
    return care.somebody(work, NewPerson(name=f"Robin {role}", role=role), at)


def stands(work: Work, pathway_id: UUID) -> list[tuple[bool, bool]]:
    (case,) = cases.load(work, [pathway_id])
    return [(one.signed, one.attested) for one in case.facts]


@pytest.mark.parametrize("role", [Role.TRAINEE, Role.COORDINATOR, Role.NURSE, Role.CLINICIAN])
def test_a_person_does_not_sign_by_naming_a_source(
    work: Work, pathway_id: UUID, at: datetime, role: Role
) -> None:
    care.assess(work, pathway_id, "c-ssrs", by=by_role(work, role, at), at=at, signed=False, source="x")
    assert stands(work, pathway_id) == [(False, False)]


def test_a_person_who_signs_with_a_source_needs_their_credential(
    work: Work, pathway_id: UUID, at: datetime
) -> None:
    with pytest.raises(NotAllowed):
        care.assess(
            work, pathway_id, "c-ssrs", by=by_role(work, Role.TRAINEE, at), at=at, signed=True, source="x"
        )


def test_another_system_attests_and_cannot_sign(work: Work, pathway_id: UUID, at: datetime) -> None:
    key = by_role(work, Role.SERVICE, at)
    for source, signed in (("ehr", True), ("ehr", False)):
        care.assess(work, pathway_id, "c-ssrs", by=key, at=at, signed=signed, source=source)
    assert sorted(stands(work, pathway_id)) == [(False, False), (True, True)]
    with pytest.raises(NotAllowed):
        care.assess(work, pathway_id, "c-ssrs", by=key, at=at, signed=True)


def test_a_clinicians_own_signature_is_no_attestation(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.assess(work, pathway_id, "c-ssrs", by=clinician, at=at)
    assert stands(work, pathway_id) == [(True, False)]


@pytest.mark.parametrize(("role", "source"), [(Role.TRAINEE, "x"), (Role.SERVICE, "ehr"), (Role.NURSE, "")])
def test_nobody_without_a_credential_ends_a_freeze_and_every_page_says_so(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime, role: Role, source: str
) -> None:
    care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    other = by_role(work, role, at)
    care.assess(work, pathway_id, "c-ssrs", by=other, at=at + MINUTE, source=source)
    care.passes(work, pathway_id, at=at + MINUTE)
    seen = chart.pathway(work, pathway_id, at=at + MINUTE)
    assert (seen.flag, seen.decision and seen.decision.outcome) == ("High risk", "refer")
    assert [card.flag for card in whereabouts.listed(work, at=at + MINUTE).cards] == ["High risk"]
    care.assess(work, pathway_id, "c-ssrs", by=clinician, at=at + 2 * MINUTE)
    care.passes(work, pathway_id, at=at + 2 * MINUTE)
    seen = chart.pathway(work, pathway_id, at=at + 2 * MINUTE)
    assert (seen.flag, seen.decision and seen.decision.outcome != "refer") == (None, True)


@pytest.mark.parametrize("answers", [{}, [None] * 9, {"1": None}])
def test_an_assessment_in_which_nothing_is_answered_is_refused(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime, answers: object
) -> None:
    request = NewAssessment(instrument="phq-9", answers=answers)
    with pytest.raises(Invalid) as refused:
        recording.assessments(work, [(pathway_id, request)], by=clinician, at=at)
    assert refused.value.pointer == "/answers"


def test_answers_that_come_to_no_result_complete_no_look(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    partly = {"phq-9": {"1": 1}, "c-ssrs": {"1": 0}, "six-dimensions": {"r1": 0}}
    for key, answers in partly.items():
        request = NewAssessment(instrument=key, answers=answers, signed=True)
        recording.assessments(work, [(pathway_id, request)], by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    assert [due.done for due in chart.pathway(work, pathway_id, at=at).dues] == [()]
    care.look(work, pathway_id, "needs-iop", by=clinician, at=at + MINUTE)
    whole = chart.pathway(work, pathway_id, at=at + MINUTE).dues[0]
    assert set(whole.done) == set(whole.parts)
    care.passes(work, pathway_id, at=at + MINUTE)
    closed = work.rows("SELECT status FROM reassessment WHERE closed_at IS NOT NULL")
    assert [row.status for row in closed] == ["completed"]


def test_a_credential_signs_until_its_last_day(work: Work, pathway_id: UUID, at: datetime) -> None:
    for days, signs in ((0, True), (-1, False)):
        until = at.date() + timedelta(days=days)
        new = NewPerson(name="Kit", role=Role.CLINICIAN, credential="LCSW 1", credential_until=until)
        kit = care.somebody(work, new, at)
        if signs:
            assert care.assess(work, pathway_id, "c-ssrs", by=kit, at=at, signed=True)
        else:
            with pytest.raises(NotAllowed, match="expired"):
                care.assess(work, pathway_id, "c-ssrs", by=kit, at=at, signed=True)
