"""Real PostgreSQL servers for tests: the embedded one, and Debian's own 15 where that is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.store.embedded import EmbeddedPostgres
from services.store.provision import Addresses, provision

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def embedded(folder: Path) -> Iterator[Addresses]:
    """Give the embedded server of a data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with EmbeddedPostgres(folder).held() as admin:
        yield provision(admin)


@contextmanager
def debian(folder: Path) -> Iterator[Addresses]:
    """Give Debian's PostgreSQL 15 in a folder of its own, on a socket there."""
    user = "postgres" if os.getuid() == 0 else None
    folder.mkdir(parents=True, exist_ok=True)
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=60"
    _run([DEBIAN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"], user)
    _run([DEBIAN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], user)
    try:
        yield provision(f"postgresql://postgres@/postgres?host={folder}")
    finally:
        _run([DEBIAN / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)


def _run(command: list[str | Path], user: str | None) -> None:
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)
