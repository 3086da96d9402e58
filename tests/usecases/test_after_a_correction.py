"""What rested on a fact that was corrected: looks fall away, proposals are superseded, and no move is undone by itself."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.facts import Assessment
from services import chart, invariants
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


def looks(work: Work, pathway_id: UUID) -> list[str]:
    return [
        row.status
        for row in work.rows(
            "SELECT status FROM reassessment WHERE pathway_id = :id AND kind = 'triggered' ORDER BY opened_version",
            id=pathway_id,
        )
    ]


def tasks(work: Work, pathway_id: UUID, at: datetime) -> list[str]:
    return sorted(task.kind for task in chart.pathway(work, pathway_id, at=at).work)


def sound(work: Work, at: datetime) -> bool:
    return list(invariants.check(work, at=at)) == []


def test_a_look_falls_away_with_the_report_that_called_for_it(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    event = care.report(work, pathway_id, "return-to-use", by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    assert looks(work, pathway_id) == ["open"]
    care.correct(work, event, by=clinician, at=at + MINUTE)
    care.passes(work, pathway_id, at=at + MINUTE)
    assert looks(work, pathway_id) == ["cancelled"]
    assert sound(work, at + MINUTE)
    care.report(work, pathway_id, "return-to-use", by=clinician, at=at + DAY)
    care.passes(work, pathway_id, at=at + DAY)
    assert looks(work, pathway_id) == ["cancelled", "open"]


def test_a_proposal_that_rested_on_a_corrected_fact_is_superseded(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    proposed = chart.pathway(work, pathway_id, at=at).decision
    rated = next(
        one for one in cases.load(work, [pathway_id])[0].of(Assessment) if one.instrument == "six-dimensions"
    )
    care.correct(work, rated.id, by=clinician, at=at + MINUTE, answers=care.ANSWERS["needs-op"])
    care.passes(work, pathway_id, at=at + MINUTE)
    now = chart.pathway(work, pathway_id, at=at + MINUTE)
    assert (proposed and proposed.to_stage, now.decision and now.decision.to_stage) == ("iop", "op")
    assert [task.kind for task in now.work].count("sign-off") == 1


def test_a_signed_move_that_waits_is_set_aside_when_its_ground_is_retracted(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    care.passes(work, pathway_id, at=at)
    care.accept(work, pathway_id, by=clinician, at=at)
    rated = next(
        one for one in cases.load(work, [pathway_id])[0].of(Assessment) if one.instrument == "six-dimensions"
    )
    care.correct(work, rated.id, by=clinician, at=at + MINUTE)
    care.passes(work, pathway_id, at=at + MINUTE)
    seen = chart.pathway(work, pathway_id, at=at + MINUTE)
    assert (seen.stage, seen.pending_move) == ("assessment", None)


@pytest.mark.parametrize(("kind", "stage"), [("died", "discharged"), ("hospitalised", "away")])
@pytest.mark.parametrize("said", [{}, {"effective_at": True}])
def test_what_a_report_moved_stays_and_a_supervisor_is_asked(
    work: Work,
    clinician: care.Principal,
    pathway_id: UUID,
    at: datetime,
    kind: str,
    stage: str,
    said: dict[str, object],
) -> None:
    care.passes(work, pathway_id, at=at)
    event = care.report(work, pathway_id, kind, by=clinician, at=at + DAY)
    care.passes(work, pathway_id, at=at + DAY)
    assert tasks(work, pathway_id, at + DAY).count("review") == 1
    earlier = {"effective_at": at + DAY - MINUTE} if said else {}
    made = care.correct(work, event, by=clinician, at=at + 2 * DAY, **earlier)
    for _ in range(2):
        care.passes(work, pathway_id, at=at + 2 * DAY)
    seen = chart.pathway(work, pathway_id, at=at + 2 * DAY)
    assert (seen.stage, [task.kind for task in seen.work].count("review")) == (stage, 2)
    row = work.first("SELECT for_role FROM work_item WHERE cause = :id", id=made)
    assert row.for_role == "supervisor"
    assert sound(work, at + 2 * DAY)


def test_who_came_back_is_not_sent_away_again_by_the_corrected_date_of_their_leaving(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.passes(work, pathway_id, at=at)
    event = care.report(work, pathway_id, "hospitalised", by=clinician, at=at + DAY)
    care.passes(work, pathway_id, at=at + DAY)
    care.report(work, pathway_id, "returned", by=clinician, at=at + 3 * DAY)
    care.passes(work, pathway_id, at=at + 3 * DAY)
    for minutes in (1, 2):
        event = care.correct(
            work, event, by=clinician, at=at + 4 * DAY, effective_at=at + DAY - minutes * MINUTE
        )
        care.passes(work, pathway_id, at=at + 4 * DAY)
    assert chart.pathway(work, pathway_id, at=at + 4 * DAY).stage == "iop"


def test_a_report_whose_date_was_wrong_moves_the_client_once_it_is_right(
    work: Work, clinician: care.Principal, pathway_id: UUID, at: datetime
) -> None:
    care.passes(work, pathway_id, at=at)
    year_ago = at - 365 * DAY
    event = care.report(work, pathway_id, "hospitalised", by=clinician, at=at + DAY, effective_at=year_ago)
    care.passes(work, pathway_id, at=at + DAY)
    assert chart.pathway(work, pathway_id, at=at + DAY).stage == "iop"
    care.correct(work, event, by=clinician, at=at + DAY + MINUTE, effective_at=at + DAY)
    care.passes(work, pathway_id, at=at + DAY + MINUTE)
    assert chart.pathway(work, pathway_id, at=at + DAY + MINUTE).stage == "away"


def test_the_history_of_a_client_stays_history_when_its_date_is_corrected(
    work: Work, clinician: care.Principal, at: datetime
) -> None:
    client_id = care.a_client(work, clinician, at)
    first = care.a_pathway(work, clinician, at, client_id=client_id, definition="mh-adult")
    event = care.report(work, first, "hospitalised", by=clinician, at=at)
    care.passes(work, first, at=at)
    second = care.a_pathway(work, clinician, at + 12 * 60 * MINUTE, client_id=client_id)
    care.passes(work, second, at=at + 12 * 60 * MINUTE)
    assert chart.pathway(work, second, at=at + DAY).stage == "assessment"
    care.correct(work, event, by=clinician, at=at + DAY, effective_at=at - MINUTE)
    care.passes(work, second, at=at + DAY)
    assert chart.pathway(work, second, at=at + DAY).stage == "assessment"
