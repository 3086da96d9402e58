"""The oracle finds nothing in a record that the engine made, and names whatever an administrator does to it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from flows import sealing
from models.oracle import INVARIANTS, Breach
from services import auditing, ids, invariants
from services.access import EVERYWHERE
from services.cli.demo import Made, tell
from services.store.database import Database
from services.store.invariants import snapshot
from services.store.log_key import LogKey, log_key
from services.store.work import Work
from tests.conftest import VAULT, Cluster

MADE = Made(date(2026, 11, 24), count=6, days=40)
AT = MADE.ends + timedelta(minutes=1)


class Record(NamedTuple):
    """A record of six clients through forty days, sealed, and its administrator's way in."""

    database: Database
    administrator: str
    key: LogKey


@pytest.fixture(scope="module")
def record(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder: Path = tmp_path_factory.mktemp("log")
    addresses, key = cluster.fresh(), log_key(folder / "key")
    database = Database(addresses.app_url, VAULT)
    tell(database, MADE, lambda _line: None)
    sealing.seal(database, key, folder / "notes", at=AT)
    yield Record(database, cluster.administrator(addresses), key)
    database.close()


@pytest.fixture
def tampered(record: Record) -> Iterator[Work]:
    """A transaction in which everything is allowed, and which is rolled back."""
    engine = create_engine(record.administrator)
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield Work(connection, EVERYWHERE, VAULT)
        transaction.rollback()
    engine.dispose()


def found(work: Work, key: LogKey) -> list[Breach]:
    return list(invariants.check(work, at=AT, public_key=auditing.public_key(key)))


def test_the_engines_own_record_breaks_nothing(record: Record) -> None:
    with record.database.transaction(EVERYWHERE) as work:
        snapshot(work)
        assert found(work, record.key) == []


TAMPERINGS = {
    "a request that left nothing": (
        "I1",
        """INSERT INTO command SELECT id, 'k', '', convert_to('{"id":"' || gen_random_uuid() || '"}', 'UTF8'), 201,
           created_at FROM person LIMIT 1""",
    ),
    "a version that nobody wrote": ("I3", "UPDATE pathway SET version = version + 1 WHERE id = :one"),
    "an entry taken out": (
        "I3",
        "DELETE FROM audit_entry WHERE pathway_id = :one AND pathway_version = 2",
    ),
    "a pathway taken out": ("I3", "DELETE FROM pathway WHERE id = :one"),
    "a stage painted on": ("I4", "UPDATE pathway SET stage = 'discharged' WHERE id = :one"),
    "a due date put off": (
        "I4",
        "UPDATE reassessment SET due_at = due_at + interval '9 days' WHERE pathway_id = :one",
    ),
    "a fact taken out": (
        "I4",
        "DELETE FROM fact WHERE id = (SELECT id FROM fact WHERE pathway_id = :one LIMIT 1)",
    ),
    "a fact dated back": (
        "I4",
        "UPDATE fact SET effective_at = effective_at - interval '1 day' WHERE pathway_id = :one",
    ),
    "an answer changed": (
        "I4",
        "UPDATE fact SET body = convert_to('{\"answers\":[0]}', 'UTF8') WHERE pathway_id = :one AND kind = 'assessment'",
    ),
    "a case exchanged": (
        "I4",
        "UPDATE decision SET case_bytes = convert_to('{}', 'UTF8') WHERE pathway_id = :one",
    ),
    "a decision taken back": ("I4", "UPDATE pathway SET decision_id = NULL WHERE id = :one"),
    "a work item made to vanish": ("I4", "DELETE FROM work_item WHERE pathway_id = :one"),
    "an entry rewritten": (
        "I6",
        """UPDATE audit_entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"engine"', '"nobody"'), 'UTF8')
           WHERE pathway_id = :one""",
    ),
    "a client slept over": ("I7", "UPDATE pathway SET wake_at = :at - interval '6 minutes' WHERE id = :one"),
    "a move without a cause": (
        "I8",
        "UPDATE transition SET decision_id = NULL, sign_off_id = NULL, fact_id = NULL WHERE pathway_id = :one",
    ),
    "a move that had its cause later": (
        "I8",
        "UPDATE sign_off SET pathway_version = 1000 WHERE pathway_id = :one",
    ),
    "a move by no route": (
        "I8",
        "UPDATE transition SET to_stage = 'moon' WHERE pathway_id = :one AND how = 'route'",
    ),
    "a move that nobody signed": (
        "I8",
        "UPDATE transition SET sign_off_id = NULL WHERE pathway_id = :one AND how = 'route'",
    ),
    "a way in that outlived its time": (
        "I9",
        """INSERT INTO token SELECT convert_to(id::text, 'UTF8'), id, 'session', created_at, created_at,
           created_at + interval '1 hour' FROM person LIMIT 1""",
    ),
    "a refusal that was kept": (
        "I10",
        "INSERT INTO command SELECT id, 'k', '', NULL, 409, created_at FROM person LIMIT 1",
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_was_done_to_the_record_is_named(record: Record, tampered: Work, name: str) -> None:
    invariant, statement = TAMPERINGS[name]
    one = most_moved(tampered)
    touched = tampered.run(
        statement, **{k: v for k, v in {"one": one, "at": AT}.items() if f":{k}" in statement}
    )
    assert touched, "nothing was done"
    breaches = [breach for breach in found(tampered, record.key) if breach.invariant == invariant]
    assert breaches, f"{invariant}: {INVARIANTS[invariant]}"
    assert {breach.pathway_id for breach in breaches} <= {one, None}


def test_a_transaction_left_open_is_named(record: Record) -> None:
    with record.database.transaction(EVERYWHERE) as left_open:
        left_open.rows("SELECT 1")
        with record.database.transaction(EVERYWHERE) as work:
            later = AT + timedelta(days=100_000)
            breaches = [one for one in invariants.check(work, at=later) if one.invariant == "I9"]
    assert len(breaches) == 1


def test_what_was_acknowledged_to_somebody_and_is_lost_is_named(record: Record) -> None:
    nowhere = ids.new()
    with record.database.transaction(EVERYWHERE) as work:
        there = most_moved(work)
        assert list(invariants.lost(work, [there])) == []
        [breach] = invariants.lost(work, [there, nowhere])
    assert (breach.invariant, str(nowhere) in breach.what) == ("I1", True)


def most_moved(work: Work) -> UUID:
    row = work.first(
        """SELECT pathway_id FROM transition WHERE how = 'route' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"""
    )
    assert row is not None, "somebody moved"
    return UUID(str(row.pathway_id))
