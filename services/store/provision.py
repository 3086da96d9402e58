"""The roles and databases an installation stands on: made where we may, else said word for word.

Three roles, apart: the owner runs migrations, the application reads and writes what the owner grants and owns nothing
(so row-level security binds it), Prefect's server has a database of its own beside ours. All three are named after
our database: stepdown_owner, stepdown_app, stepdown_prefect.
"""

import atexit
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote, urlsplit, urlunsplit

from psycopg import Connection, connect
from psycopg import Error as DatabaseError
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Composed, Identifier, Literal

from services.errors import CareError, Unavailable
from services.settings import Settings, for_prefect, for_sqlalchemy, plain, secret
from services.store.embedded import EmbeddedPostgres

_LOCK = 0x57E9D0
_KINDS = ("owner", "app", "prefect")


@dataclass(frozen=True)
class Addresses:
    """Where the domain is migrated, where it is used, and where Prefect keeps its own records."""

    owner_url: str
    app_url: str
    prefect_url: str


def addresses(settings: Settings) -> Addresses:
    """Say where this installation's databases are, started and made ready if they are ours to start.

    The embedded server stops when the last process that asked has ended.

    Raises: CareError, when something is missing that an administrator must make; Unavailable, when nobody answers.
    """
    if settings.database_url is None:
        return provision(_embedded(settings.data_dir).start())
    if settings.owner_url is not None and settings.prefect_database_url is not None:
        return Addresses(settings.owner_url, settings.database_url, settings.prefect_database_url)
    made = _derived(settings, settings.database_url)
    return Addresses(
        settings.owner_url or made.owner_url, made.app_url, settings.prefect_database_url or made.prefect_url
    )


def application_url(settings: Settings) -> str:
    """Say where the application role reads and writes: all that `web`, `worker` and `serve` need to know.

    They can run where the owner's password is not kept. Raises: as `addresses` does.
    """
    given = settings.database_url
    if given is not None:
        with _connected(given) as session:
            if not _may_create(session):
                return given
    return addresses(settings).app_url


def provision(
    admin_url: str, *, database: str = "stepdown", passwords: Mapping[str, str] | None = None
) -> Addresses:
    """Make the roles and databases that are missing; do nothing where all stand.

    `admin_url` may create roles and databases. Without passwords the server trusts whoever reaches it.
    """
    passwords = passwords or {}
    with _connected(admin_url) as admin:
        # One at a time: two commands that start together would both create the same role.
        admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        for kind in _KINDS:
            _make_role(admin, f"{database}_{kind}", passwords.get(kind))
        _make_database(admin, database, owner=f"{database}_owner")
        _make_database(admin, f"{database}_prefect", owner=f"{database}_prefect")
        admin.execute(_say("GRANT CONNECT ON DATABASE {} TO {}", database, f"{database}_app"))
    with _connected(_pointed(admin_url, database=f"{database}_prefect")) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    return _addresses(admin_url, database, passwords)


@cache
def _embedded(folder: Path) -> EmbeddedPostgres:
    """Hold the embedded server for as long as this process lives."""
    server, leaving = EmbeddedPostgres(folder), ExitStack()
    leaving.enter_context(server.held())
    atexit.register(leaving.close)
    return server


def _derived(settings: Settings, given: str) -> Addresses:
    """Take the given address for an administrator's, and make roles of our own, if it may."""
    named = urlsplit(given).path.strip("/")
    database = "stepdown" if named in {"", "postgres", "template1"} else named
    with _connected(given) as session:
        if not _may_create(session):
            raise CareError(_what_to_run(database))
        kept = settings.data_dir / "keys"
        if _foreign(session, database) and not (kept / f"{database}-app").exists():
            raise CareError(
                f"The roles of '{database}' were made by another installation, which alone knows their passwords. "
                "Set STEPDOWN_DATABASE_URL, STEPDOWN_OWNER_URL and STEPDOWN_PREFECT_DATABASE_URL as they are there."
            )
    return provision(
        given, database=database, passwords={k: secret(kept / f"{database}-{k}") for k in _KINDS}
    )


def _may_create(session: Connection[TupleRow]) -> bool:
    found = session.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return found is not None and bool(found[0])


def _foreign(session: Connection[TupleRow], database: str) -> bool:
    return (
        session.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"{database}_app"]).fetchone()
        is not None
    )


def _make_role(admin: Connection[TupleRow], name: str, password: str | None) -> None:
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone() is None:
        admin.execute(_say("CREATE ROLE {} LOGIN", name))
        # Without membership an administrator who is no superuser could not make a database for the role.
        admin.execute(_say("GRANT {} TO CURRENT_USER", name))
    if password is not None:
        admin.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(name), Literal(password)))


def _make_database(admin: Connection[TupleRow], name: str, *, owner: str) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        admin.execute(_say("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0", name, owner))
        admin.execute(_say("REVOKE ALL ON DATABASE {} FROM PUBLIC", name))


def _say(words: LiteralString, *names: str) -> Composed:
    return SQL(words).format(*(Identifier(name) for name in names))


def _connected(url: str) -> Connection[TupleRow]:
    try:
        return connect(plain(url), autocommit=True, connect_timeout=10)
    except DatabaseError as cause:
        raise Unavailable(f"The database does not answer: {str(cause).strip().splitlines()[-1]}") from cause


def _addresses(admin_url: str, database: str, passwords: Mapping[str, str]) -> Addresses:
    owner, app, prefect = (
        _pointed(admin_url, database=place, role=f"{database}_{kind}", password=passwords.get(kind, ""))
        for kind, place in (("owner", database), ("app", database), ("prefect", f"{database}_prefect"))
    )
    return Addresses(for_sqlalchemy(owner), for_sqlalchemy(app), for_prefect(prefect))


def _pointed(url: str, *, database: str, role: str | None = None, password: str = "") -> str:
    """Point an address at another database, and at another role if one is named."""
    parts = urlsplit(plain(url))
    who, _, where = parts.netloc.rpartition("@")
    if role is not None:
        who = f"{quote(role, safe='')}:{quote(password, safe='')}" if password else quote(role, safe="")
    return urlunsplit(parts._replace(netloc=f"{who}@{where}" if who else where, path=f"/{quote(database)}"))


def _what_to_run(database: str) -> str:
    return f"""\
STEPDOWN_DATABASE_URL may not create roles and databases, and STEPDOWN_OWNER_URL or STEPDOWN_PREFECT_DATABASE_URL is
not set. Ask whoever runs that PostgreSQL (15 or later) for:
  CREATE ROLE {database}_owner LOGIN PASSWORD '…';
  CREATE ROLE {database}_app LOGIN PASSWORD '…';
  CREATE ROLE {database}_prefect LOGIN PASSWORD '…';
  CREATE DATABASE {database} OWNER {database}_owner;
  CREATE DATABASE {database}_prefect OWNER {database}_prefect;
  GRANT CONNECT ON DATABASE {database} TO {database}_app;
  \\connect {database}_prefect
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
and set STEPDOWN_OWNER_URL, STEPDOWN_DATABASE_URL and STEPDOWN_PREFECT_DATABASE_URL to those three roles."""
