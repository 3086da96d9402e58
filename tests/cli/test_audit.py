"""`stepdown audit`: one line for people, one document for programs, and a note outside the database."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, make_url, text
from typer.testing import CliRunner

from flows import sealing
from models.tables.audit import AuditEntry
from services import auditing
from services.access import EVERYWHERE
from services.cli.app import app
from services.cli.audit import describe, document, verified
from services.rules.checkpoint import notes_in
from services.store.database import Database
from services.store.kept_notes import kept
from services.store.log_key import LogKey, log_key
from services.store.provision import Addresses
from tests.conftest import NOON
from tests.store.test_log import entry


@pytest.fixture
def signer(tmp_path: Path) -> LogKey:
    return log_key(tmp_path / "keys" / "log")


@pytest.fixture
def log(database: Database) -> Iterator[Database]:
    with database.transaction(EVERYWHERE) as work:
        work.run(insert(AuditEntry), *[entry(number, None, None) for number in range(9)])
    return database


def test_sealing_keeps_each_note_once_and_verifying_reads_them(
    log: Database, signer: LogKey, tmp_path: Path
) -> None:
    notes = tmp_path / "checkpoints.log"
    made = sealing.seal(log, signer, notes, at=NOON)
    assert made is not None
    assert sealing.seal(log, signer, notes, at=NOON) is None
    assert kept(notes) == made.note
    found = verified(log, auditing.public_key(signer), notes_in(kept(notes)))
    assert describe(found) == (
        "Whole: 9 entries, proved up to 9 by 1 checkpoints and 1 notes kept outside; 0 not sealed yet."
    )
    assert json.loads(json.dumps(document(found))) == {
        "valid": True,
        "size": 9,
        "valid_to": 9,
        "unsealed": 0,
        "unplaced": 0,
        "checkpoints": 1,
        "notes": 1,
        "misspelt": 0,
        "damages": [],
    }


def test_a_note_that_a_full_disk_had_refused_is_kept_the_next_time(
    log: Database, signer: LogKey, tmp_path: Path
) -> None:
    made = sealing.seal(log, signer, tmp_path / "lost", at=NOON)
    assert sealing.seal(log, signer, tmp_path / "found", at=NOON) is None
    assert made is not None
    assert kept(tmp_path / "found") == made.note


def test_damage_is_told_in_one_line_with_its_place(
    log: Database, signer: LogKey, tmp_path: Path, addresses: Addresses
) -> None:
    sealing.seal(log, signer, tmp_path / "notes", at=NOON)
    superuser = create_engine(make_url(addresses.owner_url).set(username="postgres"))
    with superuser.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM audit_entry USING audit_leaf WHERE id = entry_id AND seq = 4"))
    superuser.dispose()
    found = verified(log, auditing.public_key(signer), [])
    assert describe(found) == (
        "Damaged: deleted at entry 4 of 9. The entry at this place is gone. Valid up to 0."
    )
    assert document(found)["damages"] == [
        {"class": "deleted", "first": 4, "last": 4, "why": "The entry at this place is gone."}
    ]


def test_the_commands_seal_and_verify_an_installation_and_refuse_without_its_key(
    addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPDOWN_OWNER_URL", addresses.owner_url)
    monkeypatch.setenv("STEPDOWN_PREFECT_DATABASE_URL", addresses.prefect_url)
    where = ["--data", str(tmp_path), "--database-url", addresses.app_url]
    run = CliRunner().invoke
    without = run(app, ["audit", "verify", *where])
    assert (without.exit_code, without.stdout) == (1, "")
    assert "--key" in without.stderr
    first = json.loads(run(app, ["audit", "seal", "--json", *where]).stdout)
    assert first["sealed"] is False
    found = json.loads(run(app, ["audit", "verify", "--json", *where]).stdout)
    assert (found["valid"], found["size"]) == (True, 0)
    wrong = run(app, ["audit", "verify", "--key", "x", *where])
    assert (wrong.exit_code, wrong.stderr.strip()) == (1, "This is not a public key of the form name+id+key.")
