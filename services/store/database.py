"""The database, and the one place where a transaction commits or rolls back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError

from services.access import Scope
from services.errors import Unavailable
from services.store.seal import Vault
from services.store.violations import refusal
from services.store.work import Work

_AWAY = "The database is away for the moment. Send the same again shortly, under the same key if it had one."
_FULL = "The database has no room left; nothing was stored. Make room on its disk, then send the same again."
_NO_ROOM = "53100"


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
        """Open one transaction: committed when the block ends, rolled back when it raises.

        Raises: Unavailable, if the database is away, full, or lost on the way. A commit that was lost on the way may
        have taken place: the same request under the same key finds out. Conflict or Invalid, if another transaction
        came first with the same, or took away what this one names.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                yield Work(connection, scope, self.vault)
        except (OperationalError, InterfaceError) as cause:
            raise Unavailable(_FULL if _is_full(cause) else _AWAY) from cause
        except IntegrityError as broken:
            if refused := refusal(broken):
                raise refused from broken
            raise

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


def _is_full(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == _NO_ROOM
