"""The schema holds its own laws: records cannot be rewritten, intervals cannot overlap, the code and the tables agree."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlmodel import SQLModel

from models.tables import INSERT_ONLY
from services.store.database import Database
from services.store.migrate import differences, migrate
from services.store.provision import Addresses


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
