"""Planted bugs: each breaks one promise on purpose, and the harness must find it; one that cannot fail proves nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Thread
from typing import Any

from sqlalchemy import Connection, RootTransaction

from services.access import EVERYWHERE, Scope
from services.store import claims
from services.store.database import Database
from services.store.work import Work
from services.web.api import posting


def acknowledge_before_commit() -> None:
    """Let attendance be acknowledged while its transaction still waits to be committed."""
    plain = posting.Posting.once

    def once(self: posting.Posting, act: Any, **more: Any) -> Any:
        if not self.visit.request.url.path.endswith("/attendance"):
            return plain(self, act, **more)
        hasty = replace(self.visit, database=Hasty(self.visit.database.url, self.visit.database.vault))
        return plain(replace(self, visit=hasty), act, **more)

    posting.Posting.once = once  # type: ignore[method-assign]


class Hasty(Database):
    """A database whose transactions are committed a moment after they end."""

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[Work]:
        """Let go before the commit."""
        connection = self.engine.connect()
        transaction = connection.begin()
        yield Work(connection, scope, self.vault)
        Thread(target=partial(_commit_late, connection, transaction)).start()


def _commit_late(connection: Connection, transaction: RootTransaction) -> None:
    time.sleep(0.2)
    transaction.commit()
    connection.close()


def claim_outside_the_transaction() -> None:
    """Let a worker take what is due in one transaction, and work it in another."""
    plain = claims.claim

    def claim(_work: Work, cohort: Any, **more: Any) -> Any:
        from flows.house import database

        with database().transaction(EVERYWHERE) as taking:
            claimed = plain(taking, cohort, **more)
            taking.run(
                "UPDATE pathway SET wake_at = NULL WHERE id = ANY(CAST(:ids AS uuid[]))",
                ids=[one for _, one in claimed],
            )
        time.sleep(0.01)
        return claimed

    claims.claim = claim


def no_unique_key() -> None:
    """Let the database take the same Idempotency-Key twice. The campaign drops the key; nothing is changed here."""


def none() -> None:
    """Change nothing."""


PLANTS: dict[str, Callable[[], None]] = {
    "none": none,
    "acknowledge-before-commit": acknowledge_before_commit,
    "claim-outside-the-transaction": claim_outside_the_transaction,
    "no-unique-key": no_unique_key,
}
