"""The resident worker: listens for wake-ups and calls `care_pathway` in-process, through Prefect or, when Prefect's
API is away, without it. Beside that it beats, keeps the audit log growing, and seals it; its messenger tells people.

Any number may run, on any number of machines: rows are shared by the claims, the log by its own lock.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import psycopg
from httpx import HTTPError
from prefect.exceptions import PrefectException

from flows import care_pathway, sealing
from flows.engine import Engine
from flows.messenger import Messenger
from services import clock, health
from services.access import EVERYWHERE
from services.errors import Conflict
from services.settings import plain
from services.store import claims
from services.store.database import Database
from services.store.log_key import LogKey

BEAT = timedelta(seconds=5)
KEEP_AFTER = timedelta(seconds=2)
SEAL_AFTER = timedelta(seconds=10)
_GLANCE_SECONDS = 0.5
_HELD_SECONDS = 0.1

log = logging.getLogger(__name__)


@dataclass
class Worker:
    """One worker's doing. `run` goes on until `stopping` is set."""

    database: Database
    key: LogKey
    notes: Path
    messenger: Messenger | None = None
    stopping: Event = field(default_factory=Event)
    engine: Engine = field(default_factory=Engine)
    now: Callable[[], datetime] = clock.now
    kept_at: datetime | None = None
    sealed_at: datetime | None = None

    def run(self) -> None:
        """Work until told to stop; a lost database is waited for, and no wake-up is missed by it."""
        messenger = self.messenger.running(self.stopping) if self.messenger else nullcontext()
        with care_pathway.in_process(), messenger:
            while not self.stopping.is_set():
                self._work_until_lost()

    def _work_until_lost(self) -> None:
        try:
            for _ in self._wakes():
                self.work_off()
        except Exception as error:
            log.warning("worker starts over after %s", type(error).__name__)
            self.stopping.wait(1)

    def work_off(self) -> None:
        """Pass over whatever is due until nothing is, and keep house beside it."""
        self._keep_house()
        while self._is_due() and not self.stopping.is_set():
            if not self._walk():
                self.stopping.wait(_HELD_SECONDS)
            self._keep_house()

    def _wakes(self) -> Iterator[None]:
        """Yield at once, at every wake-up, and at least once a beat."""
        with psycopg.connect(plain(self.database.url), autocommit=True) as connection:
            connection.execute("LISTEN stepdown_wake")
            while not self.stopping.is_set():
                yield
                beat_at = self.now() + BEAT
                # Short waits, so that a worker told to stop does so at once.
                while not self.stopping.is_set() and self.now() < beat_at:
                    if list(connection.notifies(timeout=_GLANCE_SECONDS, stop_after=1)):
                        break

    def _is_due(self) -> bool:
        with self.database.transaction(EVERYWHERE) as work:
            return bool(claims.due_stages(work, at=self.now()))

    def _walk(self) -> bool:
        """Pass over what is due; tell whether anything was passed, or others hold all of it."""
        was_away = self.engine.is_away(at=self.now())
        if not self.engine.is_there(at=self.now()):
            self.kept_at = self.kept_at if was_away else None  # say so at once
            return bool(care_pathway.call_directly(self.database, at=self.now()).passed)
        try:
            return bool(care_pathway.care_pathway("wake", self.now()))
        except (PrefectException, HTTPError, RuntimeError) as error:
            self.engine.lose(type(error).__name__, at=self.now())
            self.kept_at = None  # say so at once
        return True

    def _keep_house(self) -> None:
        """Every few seconds beat, give audit entries their place in the log, and less often sign it."""
        now = self.now()
        if self.kept_at is not None and now - self.kept_at < KEEP_AFTER:
            return
        self.kept_at = now
        with self.database.transaction(EVERYWHERE) as work:
            health.beat(work, "direct" if self.engine.is_away(at=now) else "prefect", at=now)
        sealing.place(self.database)
        if self.sealed_at is None or now - self.sealed_at >= SEAL_AFTER:
            self._seal(now)

    def _seal(self, now: datetime) -> None:
        self.sealed_at = now
        try:
            sealing.seal(self.database, self.key, self.notes, at=now)
        except Conflict as refusal:
            log.error("%s", refusal.message)  # noqa: TRY400 - the sentence says it all
