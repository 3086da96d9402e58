"""Reports that come late or by another pathway: who is gone is gone, at the time that can still be told."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.requests import NewPathway
from services import chart, enrolment, invariants
from services.store.work import Work
from tests import care

DAY = timedelta(days=1)


@pytest.fixture
def clinician(work: Work, at: datetime) -> care.Principal:
    return care.somebody(work, care.CLINICIAN, at)


def two_walks(work: Work, by: care.Principal, at: datetime) -> tuple[UUID, UUID]:
    """A client who walks both pathways."""
    client_id = care.a_client(work, by, at)
    keys = ("sud-adult", "mh-adult")
    first, second = (
        enrolment.enrol(work, NewPathway(client_id=client_id, definition=key), by=by, at=at) for key in keys
    )
    return first, second


def stands(work: Work, pathway_id: UUID, at: datetime) -> tuple[str, list[str]]:
    care.passes(work, pathway_id, at=at)
    seen = chart.pathway(work, pathway_id, at=at)
    return seen.stage, [task.kind for task in seen.work if task.kind == "review"]


@pytest.mark.parametrize("kind", ["died", "left-against-advice"])
def test_who_left_in_the_minute_of_their_enrolment_is_gone(
    work: Work, clinician: care.Principal, at: datetime, kind: str
) -> None:
    enrolled_at = at + timedelta(seconds=38)
    pathway_id = care.a_pathway(work, clinician, enrolled_at, stage="op")
    care.report(work, pathway_id, kind, by=clinician, at=enrolled_at + timedelta(minutes=3), effective_at=at)
    assert stands(work, pathway_id, enrolled_at + timedelta(minutes=3)) == ("discharged", ["review"])
    seen = chart.pathway(work, pathway_id, at=enrolled_at + timedelta(minutes=3))
    told = {entry.kind: entry.at for entry in seen.timeline if entry.kind in ("event", "move")}
    assert told == {"event": at, "move": enrolled_at}
    assert [one for one in invariants.check(work, at=at + DAY) if one.invariant in ("I3", "I4", "I8")] == []


def test_who_leaves_one_program_stays_in_the_other_where_it_is_reviewed(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    first, second = two_walks(work, clinician, at)
    care.report(work, first, "left-against-advice", by=clinician, at=at + DAY)
    assert stands(work, first, at + DAY) == ("discharged", ["review"])
    assert stands(work, second, at + DAY) == ("assessment", ["review"])


def test_who_is_in_hospital_is_away_on_every_pathway(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    walks = two_walks(work, clinician, at)
    care.report(work, walks[0], "hospitalised", by=clinician, at=at + DAY)
    assert [stands(work, one, at + DAY)[0] for one in walks] == ["away", "away"]


def test_who_comes_again_is_not_discharged_by_how_they_left(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    client_id = care.a_client(work, clinician, at)
    first = care.a_pathway(work, clinician, at, client_id=client_id)
    care.report(work, first, "left-against-advice", by=clinician, at=at + DAY)
    assert stands(work, first, at + DAY)[0] == "discharged"
    again = care.a_pathway(work, clinician, at + 2 * DAY, client_id=client_id)
    assert stands(work, again, at + 2 * DAY)[0] == "assessment"
