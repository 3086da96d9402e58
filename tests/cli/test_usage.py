"""What is typed wrong is said in one line and ends with 2; a command that only reads makes nothing."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from models.views import Alarms
from services.access import EVERYWHERE
from services.cli.app import app
from services.cli.examining import _needs
from services.cli.keeping import OPERATOR
from services.cli.options import moment
from services.health import Health
from services.store.database import Database
from services.store.provision import Addresses
from services.store.seal import Vault
from tests import care
from tests.conftest import NOON


def stepdown(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def apart(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as Prefect reads its settings once."""
    command = [sys.executable, "-m", "services.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def where(
    addresses: Addresses, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The options of an installation on the test's database, with a key and no Prefect."""
    monkeypatch.setenv("STEPDOWN_OWNER_URL", addresses.owner_url)
    monkeypatch.setenv("STEPDOWN_PREFECT_DATABASE_URL", addresses.prefect_url)
    monkeypatch.setenv("STEPDOWN_PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv(
        "STEPDOWN_DATABASE_URL", addresses.app_url
    )  # as `sweep` sets it for the flows it calls
    Vault.at(tmp_path / "keys" / "kek")
    return ["--data", str(tmp_path), "--database-url", addresses.app_url]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "add", "--name", "Bo", "--role", "nurse", "--until", "nonsense"), "2027-06-30"),
        (("user", "add", "--name", " ", "--role", "nurse"), "At least 1"),
        (("program", "add", "--name", ""), "At least 1"),
        (("sweep", "--as-of", "yesterday"), "2026-03-02T17:00Z"),
        (("doctor", "--database-url", "mysql://x"), "postgresql://"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(words: tuple[str, ...], said: str) -> None:
    answer = stepdown(*words, *(() if "--database-url" in words else ("--data", "/nowhere")))
    assert answer.exit_code == 2, answer.output
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("doctor",),
        ("doctor", "--invariants"),
        ("audit", "verify"),
        ("audit", "replay"),
        ("audit", "seal"),
        ("sweep",),
        ("sweep", "--dry-run"),
        ("user", "link", "--name", "Bo"),
        ("web",),
        ("worker",),
        ("serve",),
        ("remove",),
        ("remove", "--yes"),
    ],
)
def test_a_folder_without_an_installation_is_refused_and_stays_as_it_is(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    answer = stepdown(*words, "--data", str(tmp_path / "none"))
    assert answer.exit_code == 1
    assert "holds no installation" in answer.stderr
    assert "stepdown up" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_reading_an_own_database_makes_no_key(where: list[str], tmp_path: Path) -> None:
    elsewhere = ["--data", str(tmp_path / "none"), *where[2:]]
    assert stepdown("audit", "replay", *elsewhere).stdout == "0 of 0 decisions came out identical.\n"
    assert stepdown("doctor", "--json", *elsewhere).exit_code == 1
    assert not (tmp_path / "none").exists()
    refused = stepdown("user", "link", "--name", "Bo", *elsewhere)
    assert (refused.exit_code, "There is no key at" in refused.stderr) == (1, True)


def test_the_doctor_says_in_words_what_needs_a_person(where: list[str], database: Database) -> None:
    sick = stepdown("doctor", *where)
    assert (sick.exit_code, "Needs a person: no worker moves clients" in sick.stdout) == (1, True)
    assert len(json.loads(stepdown("doctor", "--json", *where).stdout)["needs"]) == 1
    state = Health(ready=False, engine="none", worker_seen=NOON, late=3, demo=False)
    worker, late, missed, untold = _needs(state, 2, Alarms(open=4, untold=1, dead=0, late=0), ())
    assert "2026-03-02 17:00 UTC" in worker
    assert late.startswith("3 pathways wait")
    assert missed.startswith("2 looks came due")
    assert untold.startswith("1 alerts reached nobody")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-02T17:00", NOON),
        ("2026-03-02T17:00Z", NOON),
        ("2026-03-02T12:00:00-05:00", NOON),
        ("2026-03-02", NOON.replace(hour=0)),
    ],
)
def test_a_moment_without_a_zone_is_in_utc(text: str, read: datetime) -> None:
    assert (moment(text), moment(text).tzinfo) == (read, UTC)


def test_a_dry_sweep_says_what_is_due_on_any_installation_and_changes_nothing(
    where: list[str], database: Database
) -> None:
    with database.transaction(EVERYWHERE) as work:
        care.a_pathway(work, OPERATOR, NOON)
    said = [json.loads(stepdown("sweep", "--dry-run", "--json", *where).stdout) for _ in range(2)]
    assert said == [{"assessment": 1}] * 2
    before = (NOON - timedelta(days=1)).isoformat()
    assert stepdown("sweep", "--dry-run", "--as-of", before, *where).stdout == "Nothing was due.\n"


def test_a_sweep_without_prefect_is_refused_in_one_line(where: list[str]) -> None:
    answer = apart("sweep", *where)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == (
        "Prefect's server does not answer at http://127.0.0.1:9/api; `stepdown up` starts it.\n"
    )
    forward = apart("sweep", "--as-of", "2026-03-02", *where)
    assert (forward.returncode, "--dry-run" in forward.stderr) == (1, True)


def test_a_link_names_the_pages_only_while_they_run(where: list[str]) -> None:
    answer = stepdown("user", "add", "--name", "Bo", "--role", "nurse", *where)
    assert "at /sign-in?token=" in answer.stdout
    assert "none run from here now" in answer.stdout
    told = json.loads(stepdown("user", "link", "--name", "Bo", "--json", *where).stdout)
    assert (told["link"].startswith("/sign-in?token="), told["url"]) == (True, None)
