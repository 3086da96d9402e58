"""The messenger: lets notices climb their ladders and sends what is to be sent, beside the worker's own doing.

A thread for the ladders and one for each channel, so that a slow mail server holds up neither a move nor a webhook.
Prefect has no part in it. Any number may run, on any number of machines: alerts and deliveries are shared by the claims.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event, Thread

from models.alerting import Letter
from services import alerts, clock
from services.access import EVERYWHERE
from services.sending import Send
from services.store.database import Database

LOOK_SECONDS = 1.0
_AT_ONCE = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Messenger:
    """One messenger's doing. `senders` say how letters are sent, by channel."""

    database: Database
    senders: Mapping[str, Send]
    now: Callable[[], datetime] = clock.now

    @contextmanager
    def running(self, stopping: Event) -> Iterator[None]:
        """Tell people until the block ends or `stopping` is set; a letter that is being sent is waited for, shortly."""
        duties = [self.climb, *(partial(self.send_all, one) for one in self.senders)]
        threads = [Thread(target=_again_and_again, args=(one, stopping), daemon=True) for one in duties]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopping.set()
            for thread in threads:
                thread.join(timeout=LOOK_SECONDS * 5)

    def climb(self, stopping: Event | None = None) -> None:
        """Let every alert that is due be told further."""
        climbed = _AT_ONCE
        while climbed == _AT_ONCE and not _stops(stopping):
            with self.database.transaction(EVERYWHERE) as work:
                climbed = alerts.climb_due(work, at=self.now(), limit=_AT_ONCE)

    def send_all(self, channel: str, stopping: Event | None = None) -> None:
        """Send all letters of a channel that may be tried now."""
        while not _stops(stopping) and (letter := self._take(channel)):
            self._send(channel, letter)

    def _take(self, channel: str) -> Letter | None:
        with self.database.transaction(EVERYWHERE) as work:
            return alerts.take(work, channel, at=self.now())

    def _send(self, channel: str, letter: Letter) -> None:
        """Send one letter, outside any transaction, and note what became of it."""
        failure = self.senders[channel](letter, self.now())
        with self.database.transaction(EVERYWHERE) as work:
            if failure is None:
                alerts.sent(work, letter, at=self.now())
            else:
                alerts.failed(work, letter, failure, at=self.now())


def _stops(stopping: Event | None) -> bool:
    return stopping is not None and stopping.is_set()


def _again_and_again(duty: Callable[[Event], None], stopping: Event) -> None:
    while not stopping.is_set():
        try:
            duty(stopping)
        except Exception as error:
            log.warning("the messenger starts over after %s", type(error).__name__)
        stopping.wait(LOOK_SECONDS)
