"""Somebody was told: the outbox in the state's transaction, one id on every try, order, and who took it over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from models.alerting import Channel, Failure, Letter
from models.changes import Quarantined
from models.requests import WorkChange
from services import alerts, ids, invariants, worklist
from services.access import EVERYWHERE, Principal, Scope
from services.errors import Conflict, NotFound
from services.rules import delivering
from services.store import ledger
from services.store.database import Database
from services.store.provision import Addresses
from services.store.work import Work
from tests import care, on_call
from tests.conftest import Cluster

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clinician(work: Work, at: datetime) -> Principal:
    return care.somebody(work, care.CLINICIAN, at)


@pytest.fixture
def supervisor(work: Work, at: datetime) -> Principal:
    return care.somebody(work, care.SUPERVISOR, at)


@pytest.fixture
def pathway(work: Work, clinician: Principal, supervisor: Principal, at: datetime) -> UUID:
    """A client at high risk; a clinician is on call, a supervisor behind."""
    pathway_id = care.a_pathway(work, clinician, at)
    on_call.stands_by(work, clinician, "on-call", at=at)
    on_call.stands_by(work, supervisor, "supervisor", at=at)
    on_call.at_risk(work, pathway_id, by=clinician, at=at)
    return pathway_id


def rows(work: Work, table: str) -> list[Any]:
    return list(work.rows(f"SELECT * FROM {table}"))


def letters(work: Work, at: datetime, channel: str = Channel.EMAIL) -> Iterator[Letter]:
    """Climb, and take all that may be tried."""
    alerts.climb_due(work, at=at)
    while letter := alerts.take(work, channel, at=at):
        yield letter


def told(work: Work, at: datetime) -> list[str]:
    """Climb and send; return who was told."""
    found = []
    for letter in letters(work, at):
        alerts.sent(work, letter, at=at)
        found.append(letter.address)
    return found


def the_alert(work: Work) -> UUID:
    [notice] = rows(work, "notice")
    return UUID(str(notice.id))


def test_a_high_risk_leaves_one_notice_with_the_state_and_one_entry(work: Work, pathway: UUID) -> None:
    [notice] = rows(work, "notice")
    [item] = [one for one in rows(work, "work_item") if one.kind == "call-now"]
    assert (notice.kind, notice.work_id, notice.pathway_version) == ("call-now", item.id, item.opened_version)
    assert notice.raised_at == item.opened_at


def test_a_state_that_is_rolled_back_tells_nobody(database: Database, at: datetime) -> None:
    with database.transaction(EVERYWHERE) as work:
        by = care.somebody(work, care.CLINICIAN, at)
        pathway_id = care.a_pathway(work, by, at)
    with database.engine.connect() as connection, connection.begin() as transaction:
        lost = Work(connection, EVERYWHERE, database.vault)
        on_call.at_risk(lost, pathway_id, by=by, at=at)
        assert len(rows(lost, "notice")) == 1
        transaction.rollback()
    with database.transaction(EVERYWHERE) as work:
        assert (rows(work, "notice"), rows(work, "alert")) == ([], [])


@pytest.mark.parametrize(
    ("bug", "what"),
    [
        (("alert", "notice"), "is told and not there"),
        (("alert",), "nobody follows notice"),
    ],
)
def test_the_oracle_names_a_notice_that_was_not_written_with_its_state(
    cluster: Cluster, addresses: Addresses, database: Database, at: datetime, bug: tuple[str, ...], what: str
) -> None:
    """As it would be, were the outbox written after the commit and the writer died between the two."""
    with database.transaction(EVERYWHERE) as work:
        by = care.somebody(work, care.CLINICIAN, at)
        pathway_id = care.a_pathway(work, by, at)
        on_call.at_risk(work, pathway_id, by=by, at=at)
        assert list(invariants.check(work, at=at)) == []
    with create_engine(cluster.administrator(addresses)).begin() as planted:
        planted.execute(text("SET LOCAL session_replication_role = replica"))
        for table in bug:
            planted.execute(text(f"DELETE FROM {table}"))
    with database.transaction(EVERYWHERE) as work:
        [breach] = invariants.check(work, at=at)
    assert (breach.invariant, breach.pathway_id, what in breach.what) == ("I5", pathway_id, True)


def test_silence_passes_on_from_rung_to_rung_inside_the_hour(work: Work, pathway: UUID, at: datetime) -> None:
    assert told(work, at) == ["sam.lindt@clinic.example"]
    assert told(work, at + 9 * MINUTE) == []
    assert told(work, at + 10 * MINUTE) == ["mo.osei@clinic.example"]  # nobody is backup: the next at once
    assert [told(work, at + n * MINUTE) for n in (15, 20, 29)] == [[], ["mo.osei@clinic.example"], []]


def test_a_late_worker_tells_everybody_who_should_know_by_now(
    work: Work, pathway: UUID, at: datetime
) -> None:
    assert told(work, at + 45 * MINUTE) == ["sam.lindt@clinic.example", "mo.osei@clinic.example"]


def test_an_acknowledgement_names_a_person_and_ends_the_ladder(
    work: Work, pathway: UUID, supervisor: Principal, at: datetime
) -> None:
    told(work, at)
    alerts.acknowledge(work, the_alert(work), by=supervisor, at=at + MINUTE)
    assert told(work, at + 2 * timedelta(days=1)) == []
    seen = alerts.shown(work, the_alert(work))
    assert (seen.state, seen.acknowledged_by, seen.acknowledged_at) == (
        "acknowledged",
        "Mo Osei",
        at + MINUTE,
    )
    [entry] = [one for one in rows(work, "audit_entry") if one.kind == "notice.acknowledged"]
    assert (entry.pathway_id, str(supervisor.id) in bytes(entry.bytes).decode()) == (pathway, True)


def test_only_one_takes_over(
    work: Work, pathway: UUID, supervisor: Principal, clinician: Principal, at: datetime
) -> None:
    alerts.acknowledge(work, the_alert(work), by=supervisor, at=at)
    with pytest.raises(Conflict, match="Mo Osei has acknowledged"):
        alerts.acknowledge(work, the_alert(work), by=clinician, at=at)


def test_work_that_is_done_ends_the_ladder_and_drops_what_waits(
    work: Work, pathway: UUID, clinician: Principal, at: datetime
) -> None:
    [item] = [one for one in rows(work, "work_item") if one.kind == "call-now"]
    alerts.climb_due(work, at=at)
    worklist.close(work, item.id, WorkChange(status="done"), by=clinician, at=at)
    assert told(work, at + MINUTE) == []
    assert [one.error for one in rows(work, "delivery")] == ["not-needed"]
    assert alerts.shown(work, the_alert(work)).state == "over"
    assert alerts.listed(work) == ()
    with pytest.raises(Conflict, match="any more"):
        alerts.acknowledge(work, the_alert(work), by=clinician, at=at)


def test_a_retry_carries_one_id_and_five_failures_are_a_dead_letter(
    work: Work, pathway: UUID, at: datetime
) -> None:
    tried, moment = [], at
    for _ in range(delivering.TRIES):
        [letter] = letters(work, moment)
        tried.append(letter.delivery_id)
        alerts.failed(work, letter, Failure("mail-refused-451"), at=moment)
        assert alerts.take(work, Channel.EMAIL, at=moment + timedelta(seconds=5)) is None
        moment += timedelta(seconds=15 * 2 ** (letter.attempts - 1))
    assert len(set(tried)) == 1
    assert moment - at < 8 * MINUTE
    assert told(work, moment) == ["mo.osei@clinic.example"], "the next rung, at once"
    alarms = alerts.alarms(work, at=moment)
    assert (alarms.open, alarms.dead, alarms.untold) == (1, 1, 0)


def test_a_sender_who_dies_over_a_letter_costs_time_and_no_word(
    work: Work, pathway: UUID, at: datetime
) -> None:
    [lost] = letters(work, at)
    assert list(letters(work, at + MINUTE)) == []
    [again] = letters(work, at + delivering.LEASE)
    assert (again.delivery_id, again.attempts) == (lost.delivery_id, 2)
    alerts.sent(work, again, at=at + delivering.LEASE)
    assert list(letters(work, at + 3 * MINUTE)) == []


def test_a_dead_letter_is_retried_by_hand_under_the_id_it_had(
    work: Work, pathway: UUID, supervisor: Principal, at: datetime
) -> None:
    [letter] = letters(work, at)
    alerts.failed(work, letter, Failure("mail-refused-550", final=True), at=at)
    alerts.retry(work, the_alert(work), by=supervisor, at=at)
    assert letter.delivery_id in [one.delivery_id for one in letters(work, at)]
    with pytest.raises(Conflict, match="Nothing of this alert"):
        alerts.retry(work, the_alert(work), by=supervisor, at=at)


def test_nobody_to_tell_is_loud_and_found_again_once_somebody_is_there(
    work: Work, clinician: Principal, at: datetime
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    on_call.at_risk(work, pathway_id, by=clinician, at=at)
    for minutes in range(0, 120, 5):
        assert told(work, at + minutes * MINUTE) == []
    assert alerts.alarms(work, at=at + 120 * MINUTE).untold == 1
    assert {one.error for one in rows(work, "delivery")} == {"nobody-on-duty"}
    assert len(rows(work, "delivery")) == 3, "one note for each rung, however often it is found"
    on_call.stands_by(work, clinician, "supervisor", at=at)
    assert told(work, at + 125 * MINUTE) == ["sam.lindt@clinic.example"]


def test_a_pathway_set_aside_is_told_and_told_anew_when_it_is_set_aside_again(
    work: Work, clinician: Principal, supervisor: Principal, at: datetime
) -> None:
    pathway_id = care.a_pathway(work, clinician, at)
    on_call.stands_by(work, supervisor, "supervisor", at=at)
    for hour in (0, 1):
        moment = at + hour * timedelta(hours=1)
        aside = [Quarantined(pathway_id=pathway_id, error="ValueError")]
        ledger.write(work, aside, actor=care.ENGINE, at=moment, wakes={pathway_id: None})
        assert told(work, moment) == ["mo.osei@clinic.example"]
        worklist.retry(work, pathway_id, by=supervisor, at=moment + MINUTE)
        assert told(work, moment + 59 * MINUTE) == []
    assert [one.kind for one in rows(work, "notice")] == ["set-aside", "set-aside"]


def test_what_concerns_one_pathway_reaches_one_address_in_order(
    work: Work, pathway: UUID, supervisor: Principal, at: datetime
) -> None:
    def hers(moment: datetime) -> list[Letter]:
        return [one for one in letters(work, moment) if one.address == "mo.osei@clinic.example"]

    at += 20 * MINUTE
    [first] = hers(at)
    aside = [Quarantined(pathway_id=pathway, error="ValueError")]
    ledger.write(work, aside, actor=care.ENGINE, at=at + MINUTE, wakes={pathway: None})
    assert hers(at + MINUTE) == [], "the first is on its way"
    alerts.failed(work, first, Failure("mail-refused-451"), at=at + MINUTE)
    [again] = hers(at + MINUTE + timedelta(seconds=15))
    assert again.delivery_id == first.delivery_id, "the first is tried again before the second"
    alerts.sent(work, again, at=at + 2 * MINUTE)
    assert [one.kind for one in hers(at + 2 * MINUTE)] == ["set-aside"]


def test_what_lies_outside_the_scope_reads_as_not_found(
    work: Work, pathway: UUID, supervisor: Principal, at: datetime
) -> None:
    elsewhere = Work(work.connection, Scope(frozenset({ids.new()})), work.vault)
    assert alerts.listed(elsewhere) == ()
    assert alerts.alarms(elsewhere, at=at).open == 0
    for act in (alerts.acknowledge, alerts.retry):
        with pytest.raises(NotFound):
            act(elsewhere, the_alert(work), by=supervisor, at=at)


def test_two_senders_racing_take_each_letter_once(database: Database, at: datetime) -> None:
    with database.transaction(EVERYWHERE) as work:
        by = care.somebody(work, care.CLINICIAN, at)
        on_call.stands_by(work, by, "on-call", at=at)
        for number in range(12):
            client = care.a_client(work, by, at, family_name=f"Racer {number}")
            on_call.at_risk(work, care.a_pathway(work, by, at, client_id=client), by=by, at=at)
    start, taken = Barrier(4), []

    def sender() -> None:
        start.wait()
        with database.transaction(EVERYWHERE) as work:
            alerts.climb_due(work, at=at)
        while True:
            with database.transaction(EVERYWHERE) as work:
                letter = alerts.take(work, Channel.EMAIL, at=at)
            if letter is None:
                return
            taken.append(letter.delivery_id)
            with database.transaction(EVERYWHERE) as work:
                alerts.sent(work, letter, at=at)

    senders = [Thread(target=sender) for _ in range(4)]
    for one in senders:
        one.start()
    for one in senders:
        one.join()
    with database.transaction(EVERYWHERE) as work:
        stored = {one.id for one in work.connection.execute(text("SELECT id FROM delivery"))}
    assert (len(taken), set(taken)) == (12, stored)
