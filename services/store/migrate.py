"""Migrations: bring the schema to what this version needs, as the owner role. Running it again changes nothing."""

from importlib.resources import files

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, make_url, text
from sqlmodel import SQLModel

from models import tables

_ONE_AT_A_TIME = 7_305_001


def migrate(owner_url: str, app_url: str) -> str:
    """Apply what is missing, grant the application what it may do, and return the revision reached.

    Two at once wait for each other.
    """
    engine = create_engine(owner_url, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
        connection.commit()
        config = Config()
        config.set_main_option("script_location", str(files("services.store") / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _grant(connection, str(make_url(app_url).username))
        connection.commit()
        reached = MigrationContext.configure(connection).get_current_revision() or ""
    engine.dispose()
    return reached


def _grant(connection: Connection, role: str) -> None:
    """Let the application read and add everywhere, and change only what is not a record."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    records = set(tables.INSERT_ONLY)
    for table in sorted(SQLModel.metadata.tables):
        rights = "SELECT, INSERT" if table in records else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(text(f"REVOKE ALL ON {table} FROM {quoted}"))
        connection.execute(text(f"GRANT {rights} ON {table} TO {quoted}"))


def differences(connection: Connection) -> list[object]:
    """Return where the schema differs from the tables as the code knows them; none, when all is well."""
    assert tables.INSERT_ONLY  # noqa: S101 - the import fills the metadata
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, SQLModel.metadata))
