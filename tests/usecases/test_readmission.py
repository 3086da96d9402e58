"""A readmission is a new walk, linked to the one that ended last: what is known of the client comes along, no stay does."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.catalogue.pathway_files import definition
from models.requests import NewAuthorisation, NewDischarge, NewPathway
from services import authorisations, chart, enrolment, invariants, sign_offs
from services.access import Scope
from services.rules.authorising import used
from services.rules.sight import Sight
from services.store import cases
from services.store.work import Work
from tests import care

DAY = timedelta(days=1)
SUD = definition("sud-adult")


@pytest.fixture(name="clinician")
def a_clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture(name="client_id")
def a_client(work: Work, clinician: care.Principal, at: datetime) -> UUID:
    return care.a_client(work, clinician, at)


def _walk(work: Work, client_id: UUID, by: care.Principal, at: datetime, **more: object) -> UUID:
    return care.a_pathway(work, by, at, client_id=client_id, **more)  # type: ignore[arg-type]


def _end(work: Work, pathway_id: UUID, by: care.Principal, at: datetime) -> None:
    care.passes(work, pathway_id, at=at)
    sign_offs.discharge(work, pathway_id, NewDischarge(reason=7, note="moves away"), by=by, at=at)
    care.passes(work, pathway_id, at=at)


def test_a_new_walk_names_the_one_that_ended_last_and_each_shows_the_other(
    work: Work, clinician: care.Principal, client_id: UUID, at: datetime
) -> None:
    first = _walk(work, client_id, clinician, at)
    assert chart.pathway(work, first, at=at).follows is None
    _end(work, first, clinician, at + DAY)
    second = _walk(work, client_id, clinician, at + 9 * DAY)
    _end(work, second, clinician, at + 10 * DAY)
    third = enrolment.enrol(
        work, NewPathway(client_id=client_id, reason="readmission"), by=clinician, at=at + 20 * DAY
    )
    seen = [chart.pathway(work, one, at=at + 20 * DAY) for one in (first, second, third)]
    assert [one.follows for one in seen] == [None, first, second]
    assert [one.followed_by for one in seen] == [(second,), (third,), ()]
    assert [one.open for one in seen] == [False, False, True]
    assert [one for one in invariants.check(work, at=at + 20 * DAY) if one.invariant in ("I3", "I4")] == []


def test_a_walk_beside_another_follows_none(
    work: Work, clinician: care.Principal, client_id: UUID, at: datetime
) -> None:
    _walk(work, client_id, clinician, at)
    beside = _walk(work, client_id, clinician, at, definition="mh-adult")
    assert chart.pathway(work, beside, at=at).follows is None


def test_who_may_not_see_the_earlier_walk_is_not_told_of_it(
    work: Work, clinician: care.Principal, client_id: UUID, at: datetime
) -> None:
    first = _walk(work, client_id, clinician, at)
    _end(work, first, clinician, at + DAY)
    other = UUID(int=7)
    work.run(
        "INSERT INTO program (id, name, zone, created_at) VALUES (:id, 'Other', 'America/New_York', :at)",
        id=other,
        at=at,
    )
    asked = NewPathway(client_id=client_id, program_id=other)
    second = enrolment.enrol(work, asked, by=clinician, at=at + 9 * DAY)
    narrow = Work(work.connection, Scope(frozenset({other})), work.vault)
    assert chart.pathway(narrow, second, at=at + 9 * DAY).follows is None
    assert chart.pathway(work, second, at=at + 9 * DAY).follows == first


def test_what_is_known_comes_along_and_a_completed_level_does_not(
    work: Work, clinician: care.Principal, client_id: UUID, at: datetime
) -> None:
    """HR-6 rests on a level that was completed in this walk, or on what somebody reported; an earlier stay is neither."""
    supervisor = care.somebody(work, care.SUPERVISOR, at)
    first = _walk(work, client_id, clinician, at, stage="iop")
    care.passes(work, first, at=at)
    care.override(work, first, "op", by=supervisor, at=at + DAY)
    care.passes(work, first, at=at + DAY)
    [old] = cases.load(work, [first])
    assert "completed-higher-level" in Sight(SUD, old, at + DAY).known.facts
    care.assess(work, first, "phq-9", by=clinician, at=at + DAY)
    _end(work, first, clinician, at + 2 * DAY)
    second = _walk(work, client_id, clinician, at + 9 * DAY)
    [case] = cases.load(work, [second])
    assert [fact.kind for fact in case.facts] == ["assessment"]
    assert [stay.stage for stay in case.stays] == ["assessment"]
    assert "completed-higher-level" not in Sight(SUD, case, at + 9 * DAY).known.facts
    care.report(work, second, "completed-higher-level-elsewhere", by=clinician, at=at + 9 * DAY)
    [case] = cases.load(work, [second])
    assert "completed-higher-level" in Sight(SUD, case, at + 9 * DAY).known.facts


def test_what_was_attended_in_the_earlier_walk_has_used_its_authorisation(
    work: Work, clinician: care.Principal, client_id: UUID, at: datetime
) -> None:
    first = _walk(work, client_id, clinician, at, stage="iop")
    said = NewAuthorisation(
        payer="Blue",
        service_code="H0015",
        level="iop",
        decision="approved",
        units=10,
        unit="session",
        starts_on=at.date(),
        ends_on=(at + 30 * DAY).date(),
    )
    authorisations.record(work, [(first, said)], by=clinician, at=at)
    for hours in (1, 2):
        care.attend(work, first, by=clinician, at=at + timedelta(hours=hours))
    _end(work, first, clinician, at + DAY)
    second = _walk(work, client_id, clinician, at + 9 * DAY, stage="iop")
    care.attend(work, second, by=clinician, at=at + 9 * DAY)
    [case] = cases.load(work, [second])
    assert [stay.stage for stay in case.earlier] == ["iop"]
    assert [(use.used, use.left) for use in used(Sight(SUD, case, at + 9 * DAY))] == [(3, 7)]
