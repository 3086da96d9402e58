"""Tells pages and waiting sign-offs that something changed, the moment the database says so.

One thread listens for `stepdown_changed`, whose payload is the ids of pathways, or `*`. It carries no client data, and nor
does what goes on from here: a page that hears of a change asks again, and is answered by what it may see.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic
from uuid import UUID

import psycopg

CHANNEL = "stepdown_changed"
EVERYTHING = "*"
_RETRY_SECONDS = 1.0
log = logging.getLogger("stepdown.web")


class Ear:
    """Somebody who waits to hear of one pathway, or of any."""

    def __init__(self, pathway_id: UUID | None, rouse: Callable[[], object]) -> None:
        self.wanted = str(pathway_id) if pathway_id else EVERYTHING
        self.rouse = rouse

    def cares(self, changed: str) -> bool:
        """Tell whether a change concerns this ear."""
        return EVERYTHING in {changed, self.wanted} or self.wanted in changed


class Live:
    """One listener for a process, and everybody who waits on it."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg", "postgresql", 1)
        self._ears: set[Ear] = set()
        self._lock = Lock()
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._stop.clear()
        self._thread = Thread(target=self._listen, name="stepdown-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)

    def tell(self, changed: str) -> None:
        """Pass a change on to whoever cares."""
        with self._lock:
            ears = [ear for ear in self._ears if ear.cares(changed)]
        for ear in ears:
            ear.rouse()

    @contextmanager
    def listening(self, ear: Ear) -> Iterator[None]:
        """Keep an ear open while the block runs."""
        with self._lock:
            self._ears.add(ear)
        try:
            yield
        finally:
            with self._lock:
                self._ears.discard(ear)

    @contextmanager
    def watching(self, pathway_id: UUID) -> Iterator[Callable[[Callable[[], bool], float], bool]]:
        """Give a way to wait for a pathway; opened before the commit that starts it all, it misses nothing."""
        heard = Event()

        def until(happened: Callable[[], bool], seconds: float) -> bool:
            return _until(heard, happened, seconds)

        with self.listening(Ear(pathway_id, heard.set)):
            yield until

    async def changes(self, pathway_id: UUID | None = None) -> AsyncIterator[dict[str, str]]:
        """Yield an event whenever something changed; changes while nobody reads become one."""
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        with self.listening(Ear(pathway_id, lambda: loop.call_soon_threadsafe(heard.set))):
            yield {"event": "open", "data": ""}
            while True:
                await heard.wait()
                heard.clear()
                yield {"event": "changed", "data": ""}

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                self._hear()
            except psycopg.Error as lost:
                log.warning("live changes: the database is away (%s)", type(lost).__name__)
                self._stop.wait(_RETRY_SECONDS)

    def _hear(self) -> None:
        with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            self.tell(EVERYTHING)  # something may have changed while nobody listened
            while not self._stop.is_set():
                for notice in connection.notifies(timeout=0.5):
                    self.tell(notice.payload)


def _until(heard: Event, happened: Callable[[], bool], seconds: float) -> bool:
    deadline = monotonic() + seconds
    while not happened():
        if not heard.wait(timeout=max(0.0, deadline - monotonic())):
            return happened()
        heard.clear()
    return True
