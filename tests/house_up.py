"""A whole installation, started as a user starts it, and a client of its HTTP face for tests."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString, TypeVar
from uuid import UUID

import httpx
import psutil
from psycopg import connect
from sqlalchemy import make_url

from services import clock, doors
from services.access import EVERYWHERE
from services.doors import NewPerson
from services.settings import Settings
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.seal import Vault
from services.web.door import form_token
from tests import care

T = TypeVar("T")
PATIENCE_SECONDS = 60.0


@dataclass
class Installation:
    """A running `stepdown up`: its address, its database, its processes."""

    folder: Path
    running: "subprocess.Popen[str]"
    url: str
    prefect_url: str
    lines: list[str] = field(default_factory=list)

    def database(self) -> Database:
        """Return the running database as the application sees it."""
        admin = make_url(str(EmbeddedPostgres(self.folder).find()))
        app = admin.set(drivername="postgresql+psycopg", username="stepdown_app", database="stepdown")
        return Database(
            app.render_as_string(hide_password=False), Vault.at(Settings.at(self.folder).key_file)
        )

    def someone(self, new: NewPerson) -> "Person":
        """Add somebody and sign them in by their one-time link, as they would."""
        with closing(self.database()) as opened:
            return Person(signed_in(opened, self.url, new)[1])

    def again(self, new: NewPerson) -> "Person":
        """Sign somebody in anew, as their session has ended."""
        with closing(self.database()) as opened, opened.transaction(EVERYWHERE) as work:
            link = doors.invite_by_name(work, new.name, at=clock.now())
        return Person(_by_link(self.url, link))

    def kill(self, word: str) -> int:
        """End the installation's processes of a name as a fault would, by SIGKILL; return how many there were."""
        struck = 0
        for child in psutil.Process(self.running.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # a child may end, or be a zombie, while we look
                if word in child.cmdline():
                    child.kill()
                    struck += 1
        return struck

    @contextmanager
    def without_prefect(self) -> Iterator[None]:
        """Keep Prefect away: killed, and in its place a server that accepts calls and answers none."""
        self.kill("prefect")
        place = ("127.0.0.1", int(self.prefect_url.rpartition(":")[2]))
        with until(lambda: _taken(place), "Prefect's port was not free"):
            yield

    def as_administrator(self, statement: LiteralString, *values: object) -> None:
        """Do behind everybody's back what only the database's administrator can."""
        admin = make_url(str(EmbeddedPostgres(self.folder).find())).set(database="stepdown")
        with connect(admin.render_as_string(hide_password=False), autocommit=True) as session:
            session.execute("SET session_replication_role = replica")
            session.execute(statement, values)

    def start(self, deployment: str) -> str:
        """Ask Prefect to run a served flow now; return the run."""
        found = self.prefect(
            "/deployments/filter", deployments={"name": {"any_": [deployment.partition("/")[2]]}}
        )
        run = self.prefect(f"/deployments/{found[0]['id']}/create_flow_run", state={"type": "SCHEDULED"})
        return str(run["id"])

    def ended(self, run: str) -> Any:
        """Return a run that has ended."""
        [found] = self.prefect("/flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        return found if found["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"} else None

    def prefect(self, path: str, **body: object) -> Any:
        """Ask Prefect's API."""
        key = (self.folder / "keys" / "prefect").read_text().strip()
        answer = httpx.post(f"{self.prefect_url}/api{path}", json=body, auth=("stepdown", key), timeout=30)
        answer.raise_for_status()
        return answer.json()


def signed_in(database: Database, url: str, new: NewPerson) -> tuple[UUID, httpx.Client]:
    """Add somebody and sign them in by their one-time link, as they would."""
    with database.transaction(EVERYWHERE) as work:
        person_id = doors.add(work, new, at=clock.now())
        link = doors.invite(work, person_id, at=clock.now())
    return person_id, _by_link(url, link)


def _by_link(url: str, link: str) -> httpx.Client:
    client = httpx.Client(base_url=url, headers={"sec-fetch-site": "same-origin"}, timeout=30)
    client.post("/sign-in", data={"token": link})
    client.headers["x-form-token"] = form_token(client.cookies["stepdown"])
    return client


@dataclass
class Person:
    """Somebody signed in, and what they ask of the API."""

    client: httpx.Client
    patience: float = PATIENCE_SECONDS

    def post(self, path: str, **body: object) -> Any:
        """Send a change and return its answer. Raises: AssertionError with the problem."""
        answer = self.client.post(f"/api/v1{path}", json=body)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def get(self, path: str) -> Any:
        """Return what a resource shows."""
        answer = self.client.get(f"/api/v1{path}")
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def enrol(self, family_name: str = "Rivera", **more: object) -> str:
        """Register an invented client and open a pathway."""
        client = self.post("/clients", given_name="Ana", family_name=family_name, birth_date="1990-05-17")
        return str(self.post("/pathways", client_id=client["id"], **more)["id"])

    def assess(self, pathway_id: str, what: str, **more: object) -> Any:
        """Record a signed assessment by the name of its answers."""
        instrument = {"high-risk": "c-ssrs", "needs-iop": "six-dimensions", "needs-op": "six-dimensions"}.get(
            what, what
        )
        body = {"instrument": instrument, "answers": care.ANSWERS[what], "signed": True} | more
        return self.post(f"/pathways/{pathway_id}/assessments", **body)

    def status(self, pathway_id: str) -> Any:
        """Return a pathway's status."""
        return self.get(f"/pathways/{pathway_id}")

    def moves(self, pathway_id: str) -> list[str]:
        """Return what the timeline says of moves, newest first."""
        timeline = self.get(f"/pathways/{pathway_id}/timeline")
        return [entry["text"] for entry in timeline if entry["kind"] == "move"]

    def proposed(self, pathway_id: str, to_stage: str) -> str:
        """Wait for a proposal and return its decision's id."""
        return until(
            lambda: _proposal(self.status(pathway_id), to_stage), f"no proposal of {to_stage}", self.patience
        )

    def accept(self, decision_id: str) -> Any:
        """Sign a proposal."""
        return self.post(f"/decisions/{decision_id}/sign-off", verdict="accept")

    def arrives(self, pathway_id: str, stage: str) -> None:
        """Wait until the client is in a stage."""
        until(lambda: self.status(pathway_id)["stage"] == stage, f"never came to {stage}", self.patience)


def _proposal(status: Any, to_stage: str) -> str | None:
    decision = status["decision"]
    return (
        decision["id"] if decision and decision["to_stage"] == to_stage and not decision["signed"] else None
    )


def _taken(place: tuple[str, int]) -> socket.socket | None:
    with suppress(OSError):
        return socket.create_server(place)
    return None


def until(ask: Callable[[], T | None], complaint: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Ask again until the answer is one, and give up after a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := ask():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{complaint} within {seconds:g} s")


@contextmanager
def up(*options: str, around: dict[str, str] | None = None, **settings: str) -> Iterator[Installation]:
    """Start everything in a new folder, with these settings; at the end Ctrl-C must leave nothing running.

    `around` is put into the environment of every process as it is.
    """
    with TemporaryDirectory(prefix="sd", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        folder.chmod(0o755)
        folder = folder / "data"
        command = [
            sys.executable,
            "-m",
            "services.cli",
            "up",
            "--data",
            str(folder),
            "--port",
            "8700",
            *options,
        ]
        told = (around or {}) | {f"STEPDOWN_{name.upper()}": value for name, value in settings.items()}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running = subprocess.Popen(command, text=True, env=os.environ | told, **pipes)
        try:
            yield _greeted(folder, running)
        finally:
            running.send_signal(signal.SIGINT)
            left = psutil.Process(running.pid).children(recursive=True)
            running.wait(timeout=60)
            assert [one for one in left if one.is_running()] == []


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _greeted(folder: Path, running: "subprocess.Popen[str]") -> Installation:
    lines: list[str] = []
    for line in running.stdout or ():
        lines.append(line)
        if "Ctrl-C" in line:
            said = "".join(lines)
            urls = [re.search(rf"{word}: (http://\S+?)/?\s", said) for word in ("is up", "Prefect's page")]
            web, prefect = (found[1] for found in urls if found)
            return Installation(folder, running, web, prefect, lines)
    raise AssertionError("stepdown up ended:\n" + "".join(lines))
