"""The database, and the one place where a transaction commits or rolls back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from services.access import Scope
from services.errors import Unavailable
from services.store.seal import Vault
from services.store.work import Work


class Database:
    """One PostgreSQL, reached as the application role: it owns nothing and cannot rewrite a record."""

    def __init__(self, url: str, vault: Vault, *, pool_size: int = 8) -> None:
        self.url = url
        self.vault = vault
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=8,
            pool_pre_ping=True,
            hide_parameters=True,  # an exception must not carry a client's data
            connect_args={
                "options": "-c timezone=utc -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
            },
        )

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[Work]:
        """Open one transaction: committed when the block ends, rolled back when it raises. Raises: Unavailable."""
        try:
            connection = self.engine.connect()
        except OperationalError as cause:
            raise Unavailable(
                "The database does not answer; nothing was stored. Try again shortly."
            ) from cause
        with connection, connection.begin():
            yield Work(connection, scope, self.vault)

    def answers(self) -> bool:
        """Tell whether the database can be reached."""
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except OperationalError:
            return False

    def close(self) -> None:
        """Let every connection go."""
        self.engine.dispose()
