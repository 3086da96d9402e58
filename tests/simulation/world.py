"""A world in one transaction that is never committed: the real store, a virtual clock, and actors that take turns.

Every transaction of the product becomes a savepoint, so a seed costs no disk and leaves nothing behind. Actors are
interleaved at the boundaries of transactions, where PostgreSQL itself would let another one in; what happens inside of
one, under locks, is for the real processes of `tests/faults` to show. Why so: docs/adr/0010.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from greenlet import greenlet
from sqlalchemy import Connection

from services.access import Scope
from services.errors import Unavailable
from services.store.database import Database
from services.store.seal import Vault
from services.store.work import Work


class Died(BaseException):
    """The process of an actor was killed here."""


@dataclass(frozen=True)
class Faults:
    """How likely, at the end of a transaction, each fault is."""

    killed_before: float = 0.03
    killed_after: float = 0.03
    aborted: float = 0.03
    unknown: float = 0.03

    def strike(self, chance: random.Random) -> str:
        """Return what goes wrong with a transaction, or nothing."""
        names = ("killed_before", "killed_after", "aborted", "unknown")
        weights = [getattr(self, name) for name in names]
        return chance.choices(("", *names), (1 - sum(weights), *weights))[0]


class Turns(Database):
    """A database of one connection, at whose every transaction somebody else may have a turn, or something breaks."""

    def __init__(self, connection: Connection, vault: Vault, chance: random.Random, faults: Faults) -> None:
        self.connection, self.vault, self.chance, self.faults = connection, vault, chance, faults
        self.calm = False

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[Work]:
        """Let others have their turn, then do this one whole or not at all, and let it be known or not."""
        self._take_turns()
        fault = "" if self.calm else self.faults.strike(self.chance)
        savepoint = self.connection.begin_nested()
        try:
            yield Work(self.connection, scope, self.vault)
        except BaseException:
            savepoint.rollback()
            raise
        if fault in ("killed_before", "aborted"):
            savepoint.rollback()
        else:
            savepoint.commit()
        _break(fault)

    def _take_turns(self) -> None:
        scheduler = greenlet.getcurrent().parent
        if scheduler is not None:
            scheduler.switch()


def _break(fault: str) -> None:
    if fault.startswith("killed"):
        raise Died
    if fault:
        raise Unavailable("The database is away for the moment.")


@dataclass
class VirtualClock:
    """The time of the world; it may stand, leap and run backwards. Each actor's own runs a little fast or slow."""

    chance: random.Random
    now: datetime
    highest: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.highest = self.now

    def tick(self) -> None:
        """Let some time pass: mostly hours, at times weeks, at times it goes back."""
        kind = self.chance.random()
        if kind < 0.05:
            self.now -= timedelta(minutes=self.chance.uniform(1, 90))
        elif kind < 0.1:
            self.now += timedelta(days=self.chance.uniform(7, 40))
        else:
            self.now += timedelta(hours=self.chance.expovariate(1 / 8))
        self.highest = max(self.highest, self.now)


Act = Callable[[], None]


class Actor:
    """Somebody who does one thing again and again, a turn at a time; whoever was killed begins anew."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._running: greenlet | None = None

    def turn(self) -> None:
        """Go on until the next transaction begins, or to the end."""
        if self._running is None or self._running.dead:
            self._running = greenlet(self._live)
        self._running.switch()

    def _live(self) -> None:
        try:
            self._act()
        except (Died, Unavailable):
            return
