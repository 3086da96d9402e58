"""Alert load as it is measured: every notice under what called for it, and none where nothing happened."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from benchmarks.alert_load import TODAY, Load, deliver, every_hour, measured, told
from services.access import EVERYWHERE, Principal
from services.cli.demo import Made, tell
from services.store.database import Database
from services.store.work import Work
from tests import care, on_call
from tests.conftest import VAULT, Cluster

DAY = timedelta(days=1)
MADE = Made(TODAY, count=10, days=28, seed="a small clinic")


@pytest.fixture(scope="module")
def clinic(cluster: Cluster) -> Iterator[Database]:
    with closing(Database(cluster.fresh().app_url, VAULT)) as database:
        tell(database, MADE, lambda _line: None, walk=every_hour(database, MADE))
        yield database


@pytest.fixture(scope="module")
def load(clinic: Database) -> Load:
    with clinic.transaction(EVERYWHERE) as work:
        return measured(work, MADE.ends)


@pytest.fixture
def clinician(work: Work, at: datetime) -> Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def pathway(work: Work, clinician: Principal, at: datetime) -> UUID:
    """A client in IOP, two days after a first look."""
    return care.in_iop(work, clinician, at - 2 * DAY)


def counted(clinic: Database, rows: str) -> int:
    with clinic.transaction(EVERYWHERE) as work:
        return int(work.rows(f"SELECT count(*) AS many FROM {rows}")[0].many)


def test_the_sum_by_trigger_is_what_stands_in_the_database(clinic: Database, load: Load) -> None:
    assert load.notices.total() == counted(clinic, "notice") > 0
    listed = "work_item w WHERE NOT EXISTS (SELECT FROM notice n WHERE n.work_id = w.id)"
    assert load.listed.total() == counted(clinic, listed) > 0


def test_every_notice_reached_somebody_once(clinic: Database, load: Load) -> None:
    assert load.letters == load.notices.total() == counted(clinic, "notice_acknowledged")


def test_whoever_keeps_a_caseload_has_a_letter_each_morning_at_most(clinic: Database, load: Load) -> None:
    contacts = counted(clinic, "contact WHERE channel = 'email'")
    assert 0 < load.mornings <= contacts * counted(clinic, "reminder_day")
    assert load.looks_told >= load.mornings


def test_the_table_adds_up(load: Load) -> None:
    lines = [line.split(" | ") for line in told(load) if line.startswith("| ")]
    rows = [line for line in lines if len(line) == 6 and line[1].isdigit()]
    all_, parts = rows[-1], rows[:-1]
    assert all_[0] == "| **all**"
    for column in (1, 2, 3, 4):
        assert int(all_[column]) == sum(int(row[column]) for row in parts)
    assert load.per_ten(load.notices.total()) == pytest.approx(float(all_[5].rstrip(" |")), abs=0.001)


def test_who_has_no_event_gives_no_alert_of_one(work: Work, pathway: UUID, at: datetime) -> None:
    care.passes(work, pathway, at=at + DAY)
    found = measured(work, at + DAY)
    assert (found.notices, found.listed["outreach"]) == (Counter(), 0)
    assert found.client_days == pytest.approx(3)


def test_an_event_that_nobody_looks_into_gives_one_alert_of_its_own_name(
    work: Work, pathway: UUID, clinician: Principal, at: datetime
) -> None:
    care.report(work, pathway, "return-to-use", by=clinician, at=at)
    for hours in range(0, 100, 4):
        care.passes(work, pathway, at=at + timedelta(hours=hours))
    found = measured(work, at + 4 * DAY)
    assert found.notices == {("return-to-use", "overdue"): 1}
    assert found.looks["return-to-use"] == 1


def test_a_high_risk_calls_now_and_whoever_takes_it_over_is_told_once(
    work: Work, pathway: UUID, clinician: Principal, at: datetime
) -> None:
    on_call.stands_by(work, clinician, "on-call", at=at)
    on_call.at_risk(work, pathway, by=clinician, at=at)
    for hours in range(3):
        deliver(work, at + timedelta(hours=hours))
    found = measured(work, at + DAY)
    assert (found.notices, found.letters) == ({("suicide-risk-high", "call-now"): 1}, 1)
