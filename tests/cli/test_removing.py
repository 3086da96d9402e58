"""`stepdown remove`: a demo goes with its database wherever that stands; what is no demo, or runs, stays."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services import health
from services.access import EVERYWHERE
from services.cli.app import app
from services.store import installation
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.migrate import migrate
from services.store.provision import provision
from services.store.seal import Vault
from tests.conftest import NOON


def remove(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["remove", "--data", str(folder), *words])


def an_installation(folder: Path, *, demo: bool) -> EmbeddedPostgres:
    server = EmbeddedPostgres(folder)
    with server.held() as admin:
        found = provision(admin)
        migrate(found.owner_url, found.app_url)
        database = Database(found.app_url, Vault.at(folder / "keys" / "kek"))
        with database.transaction(EVERYWHERE) as work:
            if demo:
                installation.note(work, health.DEMO, "invented", at=NOON)
        database.close()
    return server


def test_a_demo_is_removed_with_its_database_once_it_is_stopped(tmp_path: Path) -> None:
    server = an_installation(tmp_path / "demo", demo=True)
    place = server.place
    assert place.is_relative_to("/var/lib/stepdown") == (os.geteuid() == 0)
    with server.held():
        running = remove(tmp_path / "demo")
        assert (running.exit_code, "is in use" in running.stderr) == (1, True)
    gone = remove(tmp_path / "demo")
    assert gone.exit_code == 0, gone.output
    assert not place.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_demo_is_removed_only_by_yes(tmp_path: Path) -> None:
    server = an_installation(tmp_path / "real", demo=False)
    refused = remove(tmp_path / "real")
    assert (refused.exit_code, "--yes" in refused.stderr) == (1, True)
    assert (tmp_path / "real" / "keys" / "kek").exists()
    place = server.place
    assert remove(tmp_path / "real", "--yes").exit_code == 0
    assert not place.exists()


def test_a_note_that_points_elsewhere_removes_nothing(tmp_path: Path) -> None:
    folder, theirs = tmp_path / "data", tmp_path / "theirs"
    (theirs / "data").mkdir(parents=True)
    (theirs / "data" / "PG_VERSION").write_text("18\n")
    folder.mkdir()
    (folder / "postgres.at").write_text(f"{theirs}\n")
    refused = remove(folder, "--yes")
    assert (refused.exit_code, "no place of ours" in refused.stderr) == (1, True)
    assert (theirs / "data" / "PG_VERSION").exists()


def test_an_own_database_is_left_to_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPDOWN_DATABASE_URL", "postgresql://u@h/d")
    refused = remove(tmp_path, "--yes")
    assert (refused.exit_code, "drop it there" in refused.stderr) == (1, True)
