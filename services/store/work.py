"""A unit of work: one transaction's typed, scoped way to the store. Use cases receive it and never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, TextClause, text

from services.access import Scope
from services.store.seal import Vault


@dataclass(frozen=True, slots=True)
class Work:
    """One open transaction, the programs it may see, and the vault that seals."""

    connection: Connection
    scope: Scope
    vault: Vault

    def rows(self, query: str | Executable, /, **values: object) -> Sequence[Row[Any]]:
        """Return what a query finds. Every query over clients takes the scope as `:programs`, null for every program."""
        return self.connection.execute(_statement(query), self._with_scope(query, values)).all()

    def first(self, query: str | Executable, /, **values: object) -> Row[Any] | None:
        """Return the first row a query finds."""
        return self.connection.execute(_statement(query), self._with_scope(query, values)).first()

    def run(self, query: str | Executable, /, *many: Mapping[str, object], **values: object) -> int:
        """Run a statement, once or for many sets of values, and return how many rows it touched."""
        if many:
            return self.connection.execute(_statement(query), list(many)).rowcount
        return self.connection.execute(_statement(query), self._with_scope(query, values)).rowcount

    def _with_scope(self, query: str | Executable, values: Mapping[str, object]) -> dict[str, object]:
        if isinstance(query, str) and ":programs" in query:
            programs = self.scope.programs
            return {**values, "programs": None if programs is None else sorted(programs)}
        return dict(values)


def _statement(query: str | Executable) -> Executable:
    return _parsed(query) if isinstance(query, str) else query


@lru_cache(maxsize=1_000)
def _parsed(query: str) -> TextClause:
    return text(query)
