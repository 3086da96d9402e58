"""Fixtures every floor shares: a real PostgreSQL, a fresh migrated database for each test, a fixed clock."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from psycopg import connect
from sqlalchemy import make_url
from xdist.scheduler import LoadFileScheduling

from services.access import EVERYWHERE
from services.settings import plain
from services.store.database import Database
from services.store.migrate import migrate
from services.store.provision import Addresses
from services.store.seal import Vault
from services.store.work import Work
from tests import servers

settings.register_profile("unhurried", deadline=None)  # a busy machine is no wrong rule
settings.load_profile("unhurried")

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""A Monday noon in New York, when nothing in particular happens."""

VAULT = Vault(b"a wrapping key that only tests use")


class ByFile(LoadFileScheduling):
    """A file of tests to a process at a time; but the worlds, which are long and share nothing, part by part."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if "test_worlds_keep" in nodeid else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return ByFile(config, log)


@dataclass
class Cluster:
    """A server with a migrated template, from which each test gets a database of its own."""

    addresses: Addresses
    made: int = 0

    def fresh(self, template: str = "stepdown") -> Addresses:
        """Return the addresses of a new, empty database, migrated but for `template0`."""
        self.made += 1
        name = f"stepdown_t{self.made}"
        with connect(self._admin, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER stepdown_owner TEMPLATE {template}")
        owner, app = (_named(url, name) for url in (self.addresses.owner_url, self.addresses.app_url))
        return Addresses(owner, app, self.addresses.prefect_url)

    def administrator(self, addresses: Addresses) -> str:
        """Return a database's address as its administrator, whom nothing inside it can stop."""
        url = make_url(addresses.owner_url).set(username="postgres", drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    @property
    def _admin(self) -> str:
        return plain(_named(self.administrator(self.addresses), "postgres"))


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def start(stack: ExitStack, kind: str) -> Cluster:
    """Start a server of a kind and migrate its template."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="sd", ignore_cleanup_errors=True)))
    folder.chmod(0o755)
    opened = {"embedded": servers.embedded, "debian": servers.debian}[kind]
    addresses = stack.enter_context(opened(folder / "pg"))
    migrate(addresses.owner_url, addresses.app_url)
    return Cluster(addresses)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The embedded PostgreSQL, started once."""
    with ExitStack() as stack:
        yield start(stack, "embedded")


@pytest.fixture
def addresses(cluster: Cluster) -> Addresses:
    """The addresses of a fresh database."""
    return cluster.fresh()


@pytest.fixture
def database(addresses: Addresses) -> Iterator[Database]:
    """A fresh database, as the application role sees it."""
    opened = Database(addresses.app_url, VAULT)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared(cluster: Cluster) -> Iterator[Database]:
    """One database for all tests that roll back what they did."""
    opened = Database(cluster.fresh().app_url, VAULT)
    yield opened
    opened.close()


@pytest.fixture
def work(shared: Database) -> Iterator[Work]:
    """One open transaction on an empty database, rolled back at the end."""
    with shared.engine.connect() as connection, connection.begin() as transaction:
        yield Work(connection, EVERYWHERE, VAULT)
        transaction.rollback()


@pytest.fixture
def at() -> datetime:
    """The moment a test happens."""
    return NOON
