"""People who write over HTTP while everything dies around them: each change under a key, sent until acknowledged."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from uuid import UUID

import httpx

from services import ids
from tests.house_up import Person, until
from tests.journeys import MOVES, stepped_down

TWINS = 0.2
"""So often a request is sent twice at once, as an impatient browser or a retrying gateway does."""
_AGAIN = 503


@dataclass
class Book:
    """What was acknowledged and how requests were answered, across all writers of a campaign."""

    acknowledged: list[UUID] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    walked: list[tuple["Writer", str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, **more: Any) -> None:
        """Add to the book, one writer at a time."""
        with self._lock:
            for name, value in more.items():
                getattr(self, name).append(value)

    def count(self, answer: str) -> None:
        """Count an answer, or the lack of one."""
        with self._lock:
            self.answers[answer] += 1


@dataclass
class Writer(Person):
    """A person whose every change is acknowledged in the end, exactly once."""

    book: Book = field(default_factory=Book)
    chance: random.Random = field(default_factory=random.Random)

    def post(self, path: str, **body: object) -> Any:
        """Send a change under one key until it is acknowledged; now and then twice at once."""
        key = str(ids.new())
        send = lambda: self._once("POST", path, json=body, headers={"Idempotency-Key": key})  # noqa: E731
        if self.chance.random() < TWINS:
            with ThreadPoolExecutor(1) as twin:
                second = twin.submit(send)
                answer = until(send, f"{path} was never acknowledged", self.patience)
                second.result()
        else:
            answer = until(send, f"{path} was never acknowledged", self.patience)
        self.book.note(acknowledged=UUID(answer["id"]))
        return answer

    def get(self, path: str) -> Any:
        """Ask until there is an answer."""
        return until(lambda: self._once("GET", path), f"{path} never answered", self.patience)

    def _once(self, verb: str, path: str, **more: Any) -> Any:
        try:
            answer = self.client.request(verb, f"/api/v1{path}", **more)
        except httpx.TransportError as error:
            self.book.count(type(error).__name__)
            Event().wait(0.02)
            return None
        self.book.count(str(answer.status_code))
        if answer.status_code == _AGAIN:
            return None
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def walk_until(self, done: Callable[[], bool]) -> None:
        """Take one client after the other from assessment to OP."""
        while not done():
            try:
                self.book.note(walked=(self, stepped_down(self)))
            except AssertionError as failed:
                self.book.note(failures=str(failed))
                return


def misplaced(book: Book) -> list[str]:
    """Return the clients whose story is not exactly that of one who met no fault."""
    found = []
    for writer, pathway_id in book.walked:
        with suppress(AssertionError):
            if writer.moves(pathway_id) == MOVES:
                continue
        found.append(pathway_id)
    return found
