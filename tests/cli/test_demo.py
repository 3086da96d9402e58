"""`stepdown up --demo N`: only in a folder of its own, marked before all else, made once, finished if interrupted."""

from datetime import date, datetime, time

import pytest

from models.people import Role
from models.requests import NewClient, NewProgram
from services import clients, clock, doors, health, programs
from services.access import EVERYWHERE
from services.cli import starting
from services.cli.demo import Made, tell
from services.cli.keeping import OPERATOR
from services.doors import NewPerson
from services.errors import CareError
from services.population.days import moment
from services.population.staff import STAFF
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


def test_a_demo_is_made_once_and_says_how_far_it_has_come(database: Database) -> None:
    said: list[str] = []
    assert tell(database, MADE, say=said.append)
    assert said[0].startswith("Demo: day 1 of 14")
    entries = count(database, "audit_entry")
    assert not tell(database, Made(date(2026, 11, 25), count=60), say=said.append)
    assert (count(database, "client"), count(database, "audit_entry")) == (5, entries)


def test_the_greeting_lets_in_the_staff_first_and_says_where_the_rest_of_the_clients_are(
    database: Database, at: datetime
) -> None:
    tell(database, MADE, say=print)
    with database.transaction(EVERYWHERE) as work:
        for number in range(9):
            doors.add(work, NewPerson(name=f"Ada {number}", role=Role.NURSE), at=at)
        welcome = starting._welcome(work, at)
    names = [link.who for link in welcome.links]
    assert (len(names), names[0]) == (12, "Mo Osei (supervisor)")
    assert {name.partition(" (")[0] for name in names[:7]} == STAFF
    assert welcome.remarks == [
        "4 more sign in here, each by `stepdown user link --name NAME`.",
        "5 invented pathways are on the boards, one board for each definition; 0 have ended, by completion or "
        "discharge, and stand on none.",
    ]


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
    assert "".join(house.lines).count("Sign in once as") == 7
