"""Supervision, on real processes: restarted when they die, gone when we go, leftovers ended, strangers never."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from services.cli.processes import Ended, Process, Supervisor
from services.errors import CareError, Unavailable

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")
# Has a child in a session of its own, and neither of the two listens to SIGTERM.
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "subprocess.Popen([sys.executable, '-c', 'import signal, time; signal.signal(15, 1); time.sleep(600)'],"
    " start_new_session=True)\n"
    "open(sys.argv[1], 'w').close()\n"
    "time.sleep(600)",
)
UP = """
import sys
from pathlib import Path
from functools import partial
from services.cli.processes import Process, Supervisor
say = partial(print, flush=True)
with Supervisor(Path(sys.argv[1]), say=say) as supervisor:
    for name in ("first", "second"):
        supervisor.start(Process(name, [sys.executable, "-c", "import time; time.sleep(600)"]))
    say("all started")
    supervisor.watch()
"""


@pytest.fixture
def up(tmp_path: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen([sys.executable, "-c", UP, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    heard_until(started, "all started")
    return started


def heard_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.strip())
        if words in line:
            return lines
    raise AssertionError(lines)


def started_from(folder: Path) -> set[int]:
    """Every living process whose environment names this folder as the one that started it."""
    found = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get("STEPDOWN_STARTED_BY", "").endswith(f"@{folder}"):
                found.add(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def exists(path: Path) -> Callable[[], bool]:
    return path.exists


def test_a_process_that_dies_is_started_again(up: subprocess.Popen[str], tmp_path: Path) -> None:
    before = started_from(tmp_path)
    os.kill(min(before), signal.SIGKILL)
    said = heard_until(up, "started again")
    assert "ended with -9; starting it again in 0.5 s" in said[0]
    assert len(started_from(tmp_path)) == 2
    assert len(started_from(tmp_path) & before) == 1
    up.terminate()
    up.communicate()


def test_one_that_fails_by_itself_waits_ever_longer_and_one_that_is_struck_does_not(tmp_path: Path) -> None:
    pauses: dict[str, list[str]] = {"fails": [], "struck": []}

    class Enough(Exception): ...

    def say(line: str) -> None:
        name, _, pause = line.partition(" ended with ")
        if pause:
            pauses[name].append(pause.split(" again in ")[1].split(" s")[0])
        if min(map(len, pauses.values())) == 3:
            raise Enough

    programs = {"fails": "raise SystemExit(1)", "struck": "import os; os.kill(os.getpid(), 9)"}
    with Supervisor(tmp_path, say=say) as supervisor:
        for name, program in programs.items():
            supervisor.start(Process(name, (sys.executable, "-c", program)))
        with pytest.raises(Enough):
            supervisor.watch()
    assert pauses["fails"] == ["0.5", "1", "2"]
    assert set(pauses["struck"]) == {"0.5"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interruption_stops_all_in_reverse_order_and_leaves_nothing(
    up: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    up.send_signal(number)
    said, _ = up.communicate(timeout=20)
    assert said.splitlines() == ["Stopping second", "Stopping first"]
    assert started_from(tmp_path) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_an_interruption_leaves_nothing_though_nobody_listens_any_more(
    up: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    """`make demo | tee log`: Ctrl-C ends tee too; a closed terminal takes its output with it."""
    assert up.stdout is not None
    up.stdout.close()
    up.send_signal(number)
    up.wait(timeout=20)
    assert started_from(tmp_path) == set()


def test_what_does_not_listen_is_ended_in_time_with_all_it_started(tmp_path: Path) -> None:
    said: list[str] = []
    with Supervisor(tmp_path, say=said.append, stop_seconds=0.5) as supervisor:
        supervisor.start(Process("deaf", (*STUBBORN, str(tmp_path / "up")), ready=exists(tmp_path / "up")))
        assert len(started_from(tmp_path)) == 2
    assert said == ["Stopping deaf", "deaf did not stop in time; ended"]
    assert started_from(tmp_path) == set()


def test_what_a_killed_supervisor_left_is_ended_at_the_next_start_and_strangers_are_not(
    up: subprocess.Popen[str], tmp_path: Path
) -> None:
    stranger = subprocess.Popen(SLEEP)
    up.kill()
    up.communicate()
    left, said = started_from(tmp_path), list[str]()
    assert len(left) == 2
    with Supervisor(tmp_path, say=said.append):
        assert started_from(tmp_path) == set()
    assert said == ["Ending 2 process(es) that an earlier `stepdown up` left behind"]
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_second_supervisor_of_the_same_folder_is_refused(up: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(CareError, match="already runs"), Supervisor(tmp_path, say=print):
        pass
    assert len(started_from(tmp_path)) == 2
    up.terminate()
    up.communicate()


def test_a_process_that_ends_while_starting_is_said_with_its_last_words(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "raise SystemExit('no such table')")
    ends = pytest.raises(Unavailable, match=r"broken ended with 1 while starting.*no such table")
    with ends, Supervisor(tmp_path, say=print) as supervisor:
        supervisor.start(Process("broken", argv, ready=lambda: False))


def test_a_process_that_has_ended_is_not_ready_whoever_answers_in_its_place(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "raise SystemExit('address in use')")
    ends = pytest.raises(Ended, match=r"ended with 1 while starting.*address in use")
    with Supervisor(tmp_path, say=print) as supervisor:
        with ends:
            supervisor.start(Process("late", argv, ready=lambda: not started_from(tmp_path)))
        assert supervisor._children == []


def test_a_process_that_is_never_ready_is_given_up_and_stopped(tmp_path: Path) -> None:
    slow = Process("slow", SLEEP, ready=lambda: False, patience_seconds=0.3)
    with (
        pytest.raises(Unavailable, match="slow was not ready after"),
        Supervisor(tmp_path, say=print) as supervisor,
    ):
        supervisor.start(slow)
    assert started_from(tmp_path) == set()
