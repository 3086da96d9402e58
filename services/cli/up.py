"""`stepdown up`: the whole installation on one machine, from the database to the pages, until it is interrupted."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console

from services import clock, ids
from services.cli.processes import Ended, Process, Say, Supervisor
from services.cli.readiness import are_served, is_our_prefect, is_our_web, web_file, worker_beats
from services.errors import CareError, Unavailable
from services.settings import Settings, prefect_api_file, prefect_environment
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.migrate import migrate
from services.store.provision import Addresses, addresses
from services.store.seal import Vault

_LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class SignInLink:
    """A first way in: for whom, and the path on our own pages that lets them in once."""

    who: str
    path: str


@dataclass(frozen=True)
class Welcome:
    """What a start tells first: the ways in, and what else somebody new should know."""

    links: Sequence[SignInLink]
    remarks: Sequence[str] = ()


# Given the databases, the size of the demo population (None: no demo) and a voice; the Prefect server answers by then.
Prepare = Callable[[Addresses, int | None, Say], Welcome]


def up(
    prepare: Prepare,
    *,
    demo: int | None = None,
    host: str | None = None,
    port: int | None = None,
    data: Path | None = None,
    database_url: str | None = None,
) -> None:
    """Start everything in order, say where it is, keep it running; Ctrl-C stops all of it.

    Raises: CareError, if a part cannot start; whatever had started is stopped again.
    """
    chosen = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings.at(data, database_url).model_copy(update=chosen)
    say = partial(Console().print, markup=False, highlight=False, soft_wrap=True)
    with suppress(KeyboardInterrupt), Supervisor(settings.data_dir, say=say) as supervisor, _noted(settings):
        links = _Start(settings, supervisor, say).everything(prepare, demo)
        _greet(links, say)
        supervisor.watch(partial(_tend, settings, say))
    say("Stopped.")


@contextmanager
def _noted(settings: Settings) -> Iterator[None]:
    """Take away, at the end, the notes that say where we are. Only who holds the folder may: they could be another's."""
    try:
        yield
    finally:
        for note in (prefect_api_file(settings), web_file(settings)):
            note.unlink(missing_ok=True)


@dataclass
class _Start:
    """The phases of a start, in their order; ports move when they are taken."""

    settings: Settings
    supervisor: Supervisor
    say: Say

    def everything(self, prepare: Prepare, demo: int | None) -> list[str]:
        with self._phase("Database"):
            found = addresses(self.settings)
        self._say_where_the_data_is()
        with self._phase("Migrations"):
            migrate(found.owner_url, found.app_url)
        prefect = self._prefect_server(found)
        welcome = prepare(found, demo, self.say)
        self._worker(found)
        self._served_flows(prefect)
        return [*_told(self._web(), welcome), *self._told_of_prefect(prefect)]

    def _say_where_the_data_is(self) -> None:
        place = EmbeddedPostgres(self.settings.data_dir).place
        if self.settings.database_url is None and not place.is_relative_to(self.settings.data_dir):
            self.say(
                f"Database: its files are in {place}, as PostgreSQL never runs as root and its user cannot go to"
            )
            self.say(f"          {self.settings.data_dir}. `stepdown remove` takes both away.")

    def _prefect_server(self, found: Addresses) -> int:
        def server(port: int) -> Process:
            words = ("-m", "prefect", "server", "start", "--host", _LOCAL, "--port", str(port))
            spoken = prefect_environment(
                self.settings, api_url=_prefect_api(port), server_url=found.prefect_url
            )
            ready = partial(is_our_prefect, port, spoken["PREFECT_API_AUTH_STRING"])
            return Process("Prefect server", (sys.executable, *words), spoken, ready)

        port = self._listening("Prefect server", _LOCAL, self.settings.prefect_port, server)
        self._speak_to_prefect(_prefect_api(port))
        return port

    def _speak_to_prefect(self, api: str) -> None:
        # Our own environment too: what this process starts, or runs itself, speaks to this server.
        os.environ.update(prefect_environment(self.settings, api_url=api))
        prefect_api_file(self.settings).write_text(f"{api}\n")

    def _worker(self, found: Addresses) -> None:
        database = Database(found.app_url, Vault.at(self.settings.key_file), pool_size=1)
        # The links in alerts lead to these pages, unless a proxy before them has a better name.
        os.environ.setdefault("STEPDOWN_PUBLIC_URL", f"http://{_LOCAL}:{self.settings.port}")
        with self._phase("Worker"):
            ready = partial(worker_beats, database, clock.now())
            self.supervisor.start(Process("Worker", self._ourselves("worker"), ready=ready))
        database.close()

    def _served_flows(self, prefect: int) -> None:
        with self._phase("Served flows"):
            ready = partial(are_served, prefect, os.environ["PREFECT_API_AUTH_STRING"], clock.now())
            self.supervisor.start(Process("Served flows", self._ourselves("serve"), ready=ready))

    def _web(self) -> str:
        host, instance = self.settings.host, str(ids.new())
        near = _LOCAL if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound

        def web(port: int) -> Process:
            argv = (*self._ourselves("web"), "--host", host, "--port", str(port))
            ready = partial(is_our_web, f"http://{near}:{port}", instance)
            return Process("Web", argv, {"STEPDOWN_INSTANCE": instance}, ready)

        url = f"http://{near}:{self._listening('Web', host, self.settings.port, web)}"
        web_file(self.settings).write_text(f"{url} {instance}\n")
        return url

    def _told_of_prefect(self, port: int) -> list[str]:
        key = f"`stepdown:` and the line in {self.settings.data_dir}/keys/prefect"
        return [
            f"Prefect's page: http://{_LOCAL}:{port} (its key: {key})",
            "Ctrl-C stops everything; the data stays.",
        ]

    def _ourselves(self, word: str) -> tuple[str, ...]:
        if self.settings.database_url is not None:
            os.environ["STEPDOWN_DATABASE_URL"] = (
                self.settings.database_url
            )  # never on a command line: it is shown
        return (sys.executable, "-m", "services.cli", word, "--data", str(self.settings.data_dir))

    def _listening(self, name: str, host: str, wanted: int, made: Callable[[int], Process]) -> int:
        """Start a process on the first port from `wanted` on that it gets, and return the port.

        A port that was free may be taken by the time the process has come to listen; then it ends, and the next is tried.
        """
        port = self._port(name, host, wanted)
        try:
            with self._phase(name):
                self.supervisor.start(made(port))
        except Ended:
            if _is_free(host, port):
                raise
            self.say(f"{name}: port {port} was taken in the meantime")
            return self._listening(name, host, port + 1, made)
        return port

    def _port(self, name: str, host: str, wanted: int) -> int:
        port = next((port for port in range(wanted, min(wanted + 100, 65536)) if _is_free(host, port)), None)
        if port is None:
            raise CareError(f"No free port for {name} on {host} from {wanted} on.")
        if port != wanted:
            self.say(f"{name}: port {wanted} is taken, using {port}")
        return port

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        self.say(f"{name}: starting")
        began = time.monotonic()
        yield
        self.say(f"{name}: ready after {time.monotonic() - began:.1f} s")


def _prefect_api(port: int) -> str:
    return f"http://{_LOCAL}:{port}/api"


def _told(web: str, welcome: Welcome) -> list[str]:
    return [
        f"Stepdown is up: {web}/",
        *(f"Sign in once as {link.who}: {web}{link.path}" for link in welcome.links),
        "A link is good once, for half an hour: it opens a page with one button, which signs you in.",
        *welcome.remarks,
    ]


def _greet(lines: Sequence[str], say: Say) -> None:
    say("")
    for line in lines:
        say(line)


def _tend(settings: Settings, say: Say) -> None:
    """Bring the embedded server back if it has died."""
    server = EmbeddedPostgres(settings.data_dir)
    if settings.database_url is None and server.find() is None:
        say("Database: gone; starting it again")
        try:
            server.start()
        except Unavailable as cause:
            say(cause.message)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
