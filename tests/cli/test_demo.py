"""`stepdown up --demo N`: only in a folder of its own, marked before all else, made once, finished if interrupted."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from models.requests import NewClient, NewProgram
from services import clients, clock, health, programs
from services.access import EVERYWHERE
from services.cli import starting
from services.cli.demo import Made, tell
from services.cli.installation import Installation
from services.cli.keeping import OPERATOR
from services.errors import CareError
from services.population.days import moment
from services.settings import Settings
from services.store.database import Database
from tests import house_up

MADE = Made(date(2026, 11, 24), count=5, days=14)


def count(database: Database, table: str) -> int:
    with database.transaction(EVERYWHERE) as work:
        return int(work.rows(f"SELECT count(*) AS n FROM {table}")[0].n)


def test_a_folder_that_holds_other_clients_is_refused(database: Database, at: datetime) -> None:
    with database.transaction(EVERYWHERE) as work:
        programs.add(work, NewProgram(name="Main program"), by=OPERATOR, at=at)
        someone = NewClient(given_name="Ana", family_name="Rivera", birth_date=date(1990, 5, 17))
        clients.register(work, someone, by=OPERATOR, at=at)
    with pytest.raises(CareError, match="--data"):
        tell(database, MADE, print)
    with database.transaction(EVERYWHERE) as work:
        assert not health.ready(work, at=at).demo


def test_a_demo_is_made_once_and_says_how_far_it_has_come(database: Database, tmp_path: Path) -> None:
    said: list[str] = []
    assert tell(database, MADE, say=said.append)
    assert said[0].startswith("Demo: day 1 of 14")
    entries = count(database, "audit_entry")
    assert not tell(database, Made(date(2026, 11, 25), count=60), say=said.append)
    assert (count(database, "client"), count(database, "audit_entry")) == (5, entries)
    names = [link.who for link in starting._links(Installation(Settings.at(tmp_path), database))]
    assert names[0] == "Mo Osei (supervisor)"
    assert {"Noor Abara (coordinator)", "Sam Lindt (clinician)"} <= set(names)


def test_an_interrupted_demo_goes_on_where_it_was(database: Database) -> None:
    def interrupted(_at: datetime) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(database, MADE, print, last_day=interrupted)
    walked: list[datetime] = []
    assert tell(database, MADE, print, last_day=walked.append)
    assert walked == [moment(date(2026, 11, 23), time(17, 30)), MADE.ends]
    assert (count(database, "client"), count(database, "pathway")) == (5, 5)


def test_up_makes_a_demo_and_walks_its_last_day_through_prefect() -> None:
    with house_up.up("--demo", "4") as house:
        runs = house.prefect("/flow_runs/filter", limit=50)
        database = house.database()
        with database.transaction(EVERYWHERE) as work:
            ready = health.ready(work, at=clock.now())
        assert count(database, "client") == 4
        database.close()
    assert ready.demo
    assert [run["name"] for run in runs].count("demo") >= 2
    assert "".join(house.lines).count("Sign in once as") == 4
