"""`stepdown import`: transactions by chunk, a dry run that leaves nothing, and exits that a script can read."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner, Result

from models.requests import NewProgram
from services import importing, programs
from services.access import EVERYWHERE
from services.cli import importing as command
from services.cli.keeping import OPERATOR
from services.store.database import Database
from services.store.provision import Addresses

RUNNER = CliRunner()
DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def house(
    addresses: Addresses, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Database:
    """An installation in a folder of its own, on the test's database, with a program."""
    monkeypatch.setenv("STEPDOWN_DATA_DIR", str(tmp_path / "house"))
    monkeypatch.setenv("STEPDOWN_DATABASE_URL", addresses.app_url)
    monkeypatch.setenv("STEPDOWN_OWNER_URL", addresses.owner_url)
    monkeypatch.setenv("STEPDOWN_PREFECT_DATABASE_URL", addresses.prefect_url)
    with database.transaction(EVERYWHERE) as work:
        programs.add(
            work, NewProgram(name="Main program"), by=OPERATOR, at=datetime.fromisoformat("2026-01-01T00:00Z")
        )
    return database


def stepdown(*words: str | Path) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return RUNNER.invoke(app, ["import", *map(str, words)])


def counted(database: Database) -> dict[str, int]:
    with database.transaction(EVERYWHERE) as work:
        tables = work.rows(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        return {
            one.tablename: work.rows(f'SELECT count(*) AS n FROM "{one.tablename}"')[0].n for one in tables
        }


def test_a_file_is_taken_in_and_then_known(house: Database) -> None:
    done = stepdown(DATA / "onboarding.ndjson")
    assert (done.exit_code, done.stdout) == (0, "6 accepted, 0 known already, 0 rejected.\n"), done.output
    again = stepdown(DATA / "onboarding.ndjson", "--json")
    assert again.exit_code == 0
    told = json.loads(again.stdout)
    assert {key: told[key] for key in ("dry_run", "accepted", "duplicate", "rejected")} == {
        "dry_run": False,
        "accepted": 0,
        "duplicate": 6,
        "rejected": 0,
    }
    assert told["lines"][5] == {
        "number": 6,
        "kind": "client",
        "outcome": "duplicate",
        "reason": "A client with this identifier is registered already.",
        "pointer": "",
    }


def test_a_dry_run_says_the_same_and_writes_nothing(house: Database) -> None:
    before = counted(house)
    rehearsed = json.loads(stepdown(DATA / "onboarding.ndjson", "--dry-run", "--json").stdout)
    assert counted(house) == before
    told = json.loads(stepdown(DATA / "onboarding.ndjson", "--json").stdout)
    assert rehearsed == told | {"dry_run": True}
    assert counted(house) != before
    assert "Nothing was stored" in stepdown(DATA / "onboarding.ndjson", "--dry-run").stdout


def test_rejected_lines_are_listed_with_place_and_reason_and_exit_1(house: Database, tmp_path: Path) -> None:
    file = tmp_path / "mixed.ndjson"
    file.write_text(
        (DATA / "onboarding.ndjson").read_text() + '{"type": "client", "given_name": "Xylophone77"}\n'
    )
    done = stepdown(file)
    assert done.exit_code == 1
    assert "/family_name" in done.stdout
    assert "This is needed." in done.stdout
    assert "6 accepted, 0 known already, 1 rejected." in done.stdout
    assert "Xylophone77" not in done.output


def test_answers_from_fhir_go_to_the_pathway_named(house: Database) -> None:
    assert stepdown(DATA / "onboarding.ndjson").exit_code == 0
    with house.transaction(EVERYWHERE) as work:
        (row,) = work.rows("SELECT id FROM pathway")
    done = stepdown(DATA / "phq-9-response.json", "--pathway", str(row.id))
    assert (done.exit_code, done.stdout) == (0, "1 accepted, 0 known already, 0 rejected.\n")
    assert stepdown(DATA / "phq-9-response.json", "--pathway", str(UUID(int=7))).exit_code == 2


def test_a_file_of_an_unknown_kind_or_that_is_not_there_exits_2(house: Database, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"PK")
    refused = stepdown(book)
    assert refused.exit_code == 2
    assert ".ndjson" in refused.output
    assert stepdown(tmp_path / "nothing.csv").exit_code == 2
    assert stepdown().exit_code == 2


def test_one_pathway_does_not_take_the_facts_of_several_clients(house: Database) -> None:
    refused = stepdown(DATA / "assessments.csv", "--pathway", str(UUID(int=7)))
    assert refused.exit_code == 2
    assert "several clients" in refused.output


def test_chunks_that_were_taken_in_stay_when_the_import_is_cut_short(
    house: Database, tmp_path: Path, at: datetime
) -> None:
    class PowerCut(Exception):
        pass

    def cut(_done: int) -> None:
        raise PowerCut

    file = tmp_path / "many.ndjson"
    client = json.loads((DATA / "onboarding.ndjson").read_text().splitlines()[-1])
    texts = [
        json.dumps(client | {"identifiers": [{"system": "urn:mrn", "value": str(number)}]})
        for number in range(501)
    ]
    file.write_text("\n".join(texts))
    source = importing.opened(file)
    with pytest.raises(PowerCut):
        command.taken_in(house, source, at=at, tick=cut)
    again = command.taken_in(house, source, at=at)
    assert (again.accepted, again.duplicate) == (1, importing.CHUNK)
