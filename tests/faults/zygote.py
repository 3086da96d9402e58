"""A process that has read all code and forks the parts of an installation from itself, so that a restart costs
milliseconds instead of seconds and hundreds of kills fit into minutes.

Each line of standard input is a command line of `stepdown`, as JSON; the answer is the number of the process that
runs it. What runs is the real command: its own connections, threads and signals are made after the fork.
"""

import json
import os
import signal
import sys
from pathlib import Path

import uvicorn  # noqa: F401

# Read now, not after the fork; these are what `web` and `worker` import when they run.
import flows.worker  # noqa: F401
import services.web.app  # noqa: F401
from services.cli import main
from tests.faults.plants import PLANTS
from tests.faults.points import Points


def serve(folder: Path) -> None:
    """Fork what is asked for until nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for line in sys.stdin:
        asked = json.loads(line)
        number = os.fork()
        if number == 0:
            _become(folder, asked)
        print(number, flush=True)


def _become(folder: Path, asked: dict[str, object]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(folder / f"{asked['name']}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    PLANTS[str(asked["plant"])]()
    if asked["points"]:
        Points(folder, str(asked["name"]).partition("-")[0]).install()
    sys.argv = ["stepdown", *map(str, asked["argv"])]  # type: ignore[call-overload]
    try:
        main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
