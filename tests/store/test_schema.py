"""The schema holds its own laws: records cannot be rewritten, intervals cannot overlap, the code and the tables agree."""

from importlib.resources import files

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlmodel import SQLModel

from models.tables import INSERT_ONLY
from services import ids
from services.store.database import Database
from services.store.migrate import differences, migrate
from services.store.provision import Addresses
from tests.conftest import NOON, Cluster


def test_migrating_again_changes_nothing(addresses: Addresses) -> None:
    reached = migrate(addresses.owner_url, addresses.app_url)
    assert migrate(addresses.owner_url, addresses.app_url) == reached


def test_the_migrated_schema_is_the_one_the_code_knows(addresses: Addresses) -> None:
    with create_engine(addresses.owner_url).connect() as connection:
        assert differences(connection) == []


def test_a_record_refuses_to_be_rewritten_even_by_its_owner(addresses: Addresses) -> None:
    engine = create_engine(addresses.owner_url)
    for table in INSERT_ONLY:
        column = next(iter(SQLModel.metadata.tables[table].columns)).name
        for verb in (
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with engine.begin() as connection, pytest.raises(DBAPIError, match="insert-only"):
                connection.execute(text(verb))


@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
def test_the_application_role_may_not_even_try(shared: Database, verb: str) -> None:
    for table in INSERT_ONLY:
        with (
            shared.engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(f"{verb} {table}"))


def test_the_application_role_owns_nothing(shared: Database) -> None:
    with shared.engine.connect() as connection:
        owned = connection.execute(
            text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        )
        assert owned.scalar() == 0


PATHWAY = ids.named("a pathway")
BEFORE = (
    "INSERT INTO program (id, name, zone, created_at) VALUES (:one, 'Main', 'UTC', :at)",
    "INSERT INTO client (id, program_id, sealed, version, created_at) VALUES (:one, :one, '', 1, :at)",
    """INSERT INTO pathway (id, client_id, program_id, definition, definition_key, definition_hash, stage, version,
         opened_at, recorded_at, attempts)
       VALUES (:one, :one, :one, 'sud-adult@1', 'sud-adult', '', 'op', 9, :at, :at, 0)""",
    """INSERT INTO work_item (id, pathway_id, kind, cause, for_role, opened_at, due_at, opened_version)
       SELECT gen_random_uuid(), :one, kind, :one, 'supervisor', :at, :at, 7
       FROM unnest(ARRAY['call-now', 'review']) kind""",
)


def test_what_was_open_before_notices_came_is_told_after_the_upgrade(cluster: Cluster) -> None:
    addresses = cluster.fresh("template0")
    with create_engine(addresses.owner_url).connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(files("services.store") / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in BEFORE:
            connection.execute(text(statement), {"one": PATHWAY, "at": NOON})
        connection.commit()
    migrate(addresses.owner_url, addresses.app_url)
    with create_engine(addresses.app_url).connect() as connection:
        rows = connection.execute(
            text("SELECT n.id, n.kind, a.look_at FROM notice n JOIN alert a ON a.notice_id = n.id")
        )
        assert [tuple(row) for row in rows] == [(ids.named("notice", PATHWAY, 7), "call-now", NOON)]
