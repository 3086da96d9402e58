"""A web face on a fresh database: people of every role with keys, a browser session, a clock that can be set."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from models.people import Role
from services import doors, health, ids, programs
from services.access import EVERYWHERE
from services.doors import NewPerson
from services.store.database import Database
from services.web.app import create_app
from services.web.door import form_token
from tests import care
from tests.conftest import NOON, VAULT, Cluster

HOST = "http://testserver"


@dataclass
class House:
    """An installation with somebody in every role."""

    database: Database
    at: datetime = NOON
    keys: dict[str, str] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    program: UUID | None = None
    one_worker: Any = field(default_factory=Lock)

    def clock(self) -> datetime:
        return self.at

    def app(self) -> FastAPI:
        return create_app(self.database, clock=self.clock)

    def settle(self) -> None:
        """Open the doors: a program, a person and a key for each role."""
        with self.database.transaction(EVERYWHERE) as work:
            for role in Role:
                signs = role.value in {"clinician", "supervisor", "lead", "prescriber"}
                new = NewPerson(
                    name=f"Robin {role.value.title()}",
                    role=role,
                    credential="LCSW 20417" if signs else "",
                    credential_until=date(2030, 1, 1) if signs else None,
                )
                self.people[role.value] = doors.add(work, new, at=self.at)
                self.keys[role.value] = doors.cut_key(work, self.people[role.value], at=self.at)
            admin = doors.recognise(work, self.keys["admin"], at=self.at)
            assert admin is not None
            self.program = care.a_program(work, admin, self.at)

    def zone(self) -> str:
        with self.database.transaction(EVERYWHERE) as work:
            return programs.listed(work)[0].zone

    def session(self, role: str) -> str:
        """Return the token of a browser session."""
        with self.database.transaction(EVERYWHERE) as work:
            return doors.enter(work, doors.invite(work, self.people[role], at=self.at), at=self.at)[1]

    def coordinator(self, name: str, program: str) -> tuple[UUID, str]:
        """Add a coordinator of one program; return who they are and their key."""
        new = NewPerson(name=name, role=Role.COORDINATOR, programs=(UUID(program),))
        with self.database.transaction(EVERYWHERE) as work:
            person = doors.add(work, new, at=self.at)
            return person, doors.cut_key(work, person, at=self.at)

    def engine(self, pathway_id: UUID | str) -> None:
        """Let the engine look until it rests."""
        with self.one_worker, self.database.transaction(EVERYWHERE) as work:
            care.passes(work, UUID(str(pathway_id)), at=self.at)

    def work_off(self) -> None:
        """Look at whatever is due, as the worker would."""
        with self.one_worker, self.database.transaction(EVERYWHERE) as work:
            health.beat(work, "prefect", at=self.at)
            for row in work.rows(
                "SELECT id FROM pathway WHERE wake_at <= :at FOR UPDATE SKIP LOCKED", at=self.at
            ):
                care.passes(work, row.id, at=self.at)

    def pathway(self, stage: str | None = None) -> str:
        """Enrol an invented client."""
        with self.database.transaction(EVERYWHERE) as work:
            by = doors.recognise(work, self.keys["clinician"], at=self.at)
            assert by is not None
            made = str(care.a_pathway(work, by, self.at, stage=stage))
        self.engine(made)
        return made

    def look(self, pathway_id: str, ratings: str = "needs-op") -> None:
        """Record and sign everything a reassessment consists of, and let the engine decide."""
        with self.database.transaction(EVERYWHERE) as work:
            by = doors.recognise(work, self.keys["clinician"], at=self.at)
            assert by is not None
            care.look(work, UUID(pathway_id), ratings, by=by, at=self.at)
        self.engine(pathway_id)


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    """One installation for a module; its tests add to it and do not count what is there."""
    database = Database(cluster.fresh().app_url, VAULT)
    made = House(database)
    made.settle()
    yield made
    database.close()


@pytest.fixture(scope="module")
def app(house: House) -> FastAPI:
    return house.app()


class Api(TestClient):
    """A client of the API with the key of a role."""

    def __init__(self, app: FastAPI, key: str) -> None:
        super().__init__(app, base_url=f"{HOST}/api/v1")
        self.headers["Authorization"] = f"Bearer {key}"


class Browser(TestClient):
    """A browser that is signed in, and fills in forms as the page gives them."""

    def __init__(self, app: FastAPI, session: str) -> None:
        super().__init__(app, base_url=HOST, cookies={"stepdown": session}, follow_redirects=False)
        self.token = form_token(session)

    def submit(self, path: str, **fields: Any) -> Any:
        """Submit a form with the hidden fields our pages carry."""
        hidden = {"form_token": self.token, "once": str(ids.new())}
        return self.post(path, data={**hidden, **fields}, headers={"Origin": HOST})


@pytest.fixture(scope="module")
def clinician(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["clinician"])


@pytest.fixture(scope="module")
def browser(app: FastAPI, house: House) -> Browser:
    return Browser(app, house.session("supervisor"))


@pytest.fixture(scope="module")
def north(app: FastAPI, house: House) -> str:
    """A second program."""
    made = Api(app, house.keys["lead"]).post("/programs", json={"name": "North"})
    return str(made.json()["id"])


@pytest.fixture(scope="module")
def receiver(app: FastAPI, house: House, north: str) -> Api:
    """A coordinator of the second program only."""
    house.people["receiver"], key = house.coordinator("Kit North", north)
    return Api(app, key)


@pytest.fixture(scope="module")
def sender(app: FastAPI, house: House) -> Api:
    """A coordinator of the first program only."""
    return Api(app, house.coordinator("Sol Main", str(house.program))[1])
