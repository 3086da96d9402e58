"""An installation whose parts are forked from a zygote and killed without mercy: database, web, workers."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import psutil
from sqlalchemy import make_url

from services.settings import Settings
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.migrate import migrate
from services.store.provision import Addresses, provision
from services.store.seal import Vault
from tests.house_up import free_port, until

WORKERS = ("worker-1", "worker-2")
PARTS = ("web", *WORKERS)


@dataclass
class Wreck:
    """The parts, by name, with the processes that run them now. Whatever dies is started again by `mend`."""

    folder: Path
    addresses: Addresses
    port: int
    zygote: "subprocess.Popen[str]"
    plant: str = "none"
    points: bool = False
    running: dict[str, psutil.Process] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Where the pages listen."""
        return f"http://127.0.0.1:{self.port}"

    def database(self) -> Database:
        """Return a way to the database, as the application has it."""
        return Database(self.addresses.app_url, Vault.at(Settings.at(self.folder).key_file))

    def administrator(self) -> str:
        """Return the database's address as its administrator."""
        url = make_url(self.addresses.owner_url).set(username="postgres", drivername="postgresql+psycopg")
        return url.render_as_string(hide_password=False)

    def mend(self) -> None:
        """Start whatever is not running."""
        for name in PARTS:
            if not self.lives(name):
                self.running[name] = self._fork(name)

    def lives(self, name: str) -> bool:
        """Tell whether a part runs."""
        with suppress(psutil.NoSuchProcess):
            found = self.running.get(name)
            return found is not None and found.is_running() and found.status() != psutil.STATUS_ZOMBIE
        return False

    def kill(self, name: str) -> bool:
        """End a part by SIGKILL; tell whether it lived."""
        with suppress(psutil.NoSuchProcess):
            if self.lives(name):
                self.running[name].kill()
                self.running[name].wait(5)
                return True
        return False

    def crash_database(self, chance: random.Random) -> None:
        """Kill one of the server's own processes: it ends every session, recovers from its log and goes on."""
        postmaster = int((EmbeddedPostgres(self.folder).data / "postmaster.pid").read_text().split()[0])
        with suppress(psutil.NoSuchProcess):
            backends = [one for one in psutil.Process(postmaster).children() if "stepdown" in _title(one)]
            if backends:
                chance.choice(backends).kill()

    def _fork(self, name: str) -> psutil.Process:
        word, *more = ["web", "--port", str(self.port)] if name == "web" else ["worker"]
        asked = {"name": name, "argv": [word, *more], "plant": self.plant, "points": self.points}
        assert self.zygote.stdin
        assert self.zygote.stdout
        with self._lock:
            self.zygote.stdin.write(json.dumps(asked) + "\n")
            self.zygote.stdin.flush()
            return psutil.Process(int(self.zygote.stdout.readline()))


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


@contextmanager
def wreck(*, plant: str = "none", points: bool = False, place: Path | None = None) -> Iterator[Wreck]:
    """Give an installation in a new folder, its parts not yet started; at the end nothing is left."""
    with TemporaryDirectory(prefix="sd", dir=place, ignore_cleanup_errors=True) as made:
        folder = Path(made) / "data"
        Path(made).chmod(0o755)
        with EmbeddedPostgres(folder).held() as admin:
            addresses = provision(admin)
            migrate(addresses.owner_url, addresses.app_url)
            Vault.at(Settings.at(folder).key_file)
            with _zygote(folder, addresses) as zygote:
                port = free_port()
                yield Wreck(folder, addresses, port, zygote, plant, points)


@contextmanager
def _zygote(folder: Path, addresses: Addresses) -> Iterator["subprocess.Popen[str]"]:
    environment = {
        **os.environ,
        "STEPDOWN_DATA_DIR": str(folder),
        "STEPDOWN_DATABASE_URL": addresses.app_url,
        "STEPDOWN_PREFECT_API_URL": "http://127.0.0.1:1/api",  # nobody there: workers move clients themselves
        "PREFECT_API_URL": "http://127.0.0.1:1/api",
        "PREFECT_HOME": str(folder / "prefect"),
    }
    command = [sys.executable, "-m", "tests.faults.zygote", str(folder)]
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            yield running
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)


def answering(house: Wreck) -> None:
    """Wait until the pages answer."""
    import httpx

    def asked() -> bool:
        house.mend()
        with suppress(httpx.HTTPError):
            return httpx.get(f"{house.url}/api/v1/health/live", timeout=5).is_success
        return False

    until(asked, "no page answered")
