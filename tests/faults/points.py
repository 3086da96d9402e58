"""Failpoints: every statement a process sends, and every commit, is a point at which it can be made to die.

Nothing of this is in the product. A point is named after what the process is about to do or has just done, such as
`web before INSERT fact` or `worker after COMMIT`. A process writes the points it passes to a trace, and dies by SIGKILL at
the one that lies armed; it disarms it first, so that its successor lives.
"""

import os
import re
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+(\w+)", re.IGNORECASE)
_TELLS = re.compile(r"\s*SELECT pg_notify\('(\w+)'", re.IGNORECASE)
_LOCKS = re.compile(r"FROM (\w+).*FOR UPDATE", re.IGNORECASE | re.DOTALL)


class Points:
    """The points that one kind of process passes; `folder` holds what is armed, and the trace if somebody wants one."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.trace, self.armed, self.kind = folder / "trace", folder / "armed", kind
        self._wrote = False

    def install(self) -> None:
        """Watch every engine of this process."""
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "commit", self._committing)
        event.listen(Pool, "checkin", self._committed)

    def passes(self, *points: str) -> None:
        """Note points of the process, and die if one of them lies armed."""
        if self.trace.exists():
            with self.trace.open("a") as trace:
                trace.writelines(f"{self.kind} {what}\n" for what in points)
        for what in points:
            self.dies_at(what)

    def dies_at(self, what: str) -> None:
        """Die here if it is armed."""
        if self._lies_armed(f"{self.kind} {what}"):
            self.armed.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)

    def _lies_armed(self, point: str) -> bool:
        """Whether this is where to die; another process may have disarmed it in between."""
        try:
            return self.armed.read_text() == point
        except FileNotFoundError:
            return False

    def _before(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if what := named(statement):
            self.dies_at(f"before {what}")

    def _after(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        """A question that found nothing to write or lock, as the messenger asks every second, is no point."""
        if cursor.rowcount and (what := named(statement)):
            self._wrote = True
            self.passes(f"before {what}", f"after {what}")

    def _committing(self, _connection: Any) -> None:
        if self._wrote:
            self.passes("before COMMIT")

    def _committed(self, *_: Any) -> None:
        if self._wrote:
            self._wrote = False
            self.passes("after COMMIT")


def named(statement: str) -> str | None:
    """Return what a statement that writes or locks does, in two words; nothing for one that only reads."""
    if found := _WRITES.match(statement):
        return f"{found[1].split()[0].upper()} {found[2]}"
    if found := _TELLS.match(statement):
        return f"NOTIFY {found[1]}"
    if found := _LOCKS.search(statement):
        return f"LOCK {found[1]}"
    return None
