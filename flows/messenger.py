"""The messenger: lets notices climb their ladders, writes the morning letters, and sends what is to be sent.

A thread for the ladders, one for the mornings and one for each channel, so that a slow mail server holds up neither a move
nor a webhook. Of one channel alerts go first: a morning letter is sent where no alert waits.
Prefect has no part in it. Any number may run, on any number of machines: alerts and deliveries are shared by the claims.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Protocol

from models.alerting import Failure, Letter
from services import alerts, clock, reminders
from services.access import EVERYWHERE
from services.sending import Send
from services.store.database import Database
from services.store.work import Work

LOOK_SECONDS = 1.0
_AT_ONCE = 100

log = logging.getLogger(__name__)


class Desk(Protocol):
    """Who hands out letters and keeps what became of them: `services.alerts`, `services.reminders`."""

    def take(self, work: Work, channel: str, *, at: datetime) -> Letter | None: ...  # noqa: D102
    def sent(self, work: Work, letter: Letter, *, at: datetime) -> None: ...  # noqa: D102
    def failed(self, work: Work, letter: Letter, failure: Failure, *, at: datetime) -> None: ...  # noqa: D102


_DESKS: tuple[Desk, ...] = (alerts, reminders)


@dataclass(frozen=True)
class Messenger:
    """One messenger's doing. `senders` say how letters are sent, by channel."""

    database: Database
    senders: Mapping[str, Send]
    now: Callable[[], datetime] = clock.now

    @contextmanager
    def running(self, stopping: Event) -> Iterator[None]:
        """Tell people until the block ends or `stopping` is set; a letter that is being sent is waited for, shortly."""
        duties = [self.climb, self.remind, *(partial(self.send_all, one) for one in self.senders)]
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

    def remind(self, _stopping: Event | None = None) -> None:
        """Write the letters of every program whose morning has come."""
        with self.database.transaction(EVERYWHERE) as work:
            reminders.write_due(work, at=self.now())

    def send_all(self, channel: str, stopping: Event | None = None) -> None:
        """Send all letters of a channel that may be tried now; before each, what is more urgent is asked for anew."""
        while not _stops(stopping) and any(self._send_next(desk, channel) for desk in _DESKS):
            pass

    def _send_next(self, desk: Desk, channel: str) -> bool:
        """Send one letter, outside any transaction, and note what became of it; tell whether there was one."""
        with self.database.transaction(EVERYWHERE) as work:
            letter = desk.take(work, channel, at=self.now())
        if letter is None:
            return False
        failure = self.senders[channel](letter, self.now())
        with self.database.transaction(EVERYWHERE) as work:
            if failure is None:
                desk.sent(work, letter, at=self.now())
            else:
                desk.failed(work, letter, failure, at=self.now())
        return True


def _stops(stopping: Event | None) -> bool:
    return stopping is not None and stopping.is_set()


def _again_and_again(duty: Callable[[Event], None], stopping: Event) -> None:
    while not stopping.is_set():
        try:
            duty(stopping)
        except Exception as error:
            log.warning("the messenger starts over after %s", type(error).__name__)
        stopping.wait(LOOK_SECONDS)
