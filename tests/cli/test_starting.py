"""`stepdown up` beside others: it takes nobody's server for its own, moves to a free port, and spoils no running one."""

import json
import socket
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

import pytest

from services import clock
from services.cli.processes import Process, Say, Supervisor
from services.cli.readiness import are_served, is_our_prefect, is_our_web, pages_of, web_file
from services.cli.up import Welcome, _Start
from services.cli.up import up as bring_up
from services.errors import CareError
from services.settings import Settings, prefect_api_file
from services.store.provision import Addresses
from tests.house_up import free_port

KEY = "stepdown:ours"
SERVER = """
import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()
"""


@contextmanager
def serving(body: dict[str, object], key: str | None = None) -> Iterator[int]:
    """Somebody's server, which says the same to everything: to everybody, or to whoever has the key."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            expected = key and f"Basic {b64encode(key.encode()).decode()}"
            self.send_response(200 if key is None or self.headers["Authorization"] == expected else 401)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("key", "ours"), [(KEY, True), (None, False), ("stepdown:theirs", False)])
def test_only_a_server_that_opens_to_our_key_and_to_nobody_else_is_our_prefect(
    key: str | None, ours: bool
) -> None:
    with serving({"version": "3.8"}, key) as port:
        assert is_our_prefect(port, KEY) is ours


def test_only_pages_that_know_the_name_of_this_start_are_ours() -> None:
    with serving({"status": "live", "instance": "this"}) as port:
        assert is_our_web(f"http://127.0.0.1:{port}", "this")
        assert not is_our_web(f"http://127.0.0.1:{port}", "that")


@pytest.mark.parametrize(("ago", "served"), [(timedelta(0), True), (timedelta(days=1), False), (None, False)])
def test_flows_that_an_earlier_start_registered_are_not_served_yet(
    ago: timedelta | None, served: bool
) -> None:
    since = clock.now()
    polled = None if ago is None else (clock.now() - ago).isoformat()
    with serving({"last_polled": polled}, KEY) as port:
        assert are_served(port, KEY, since) is served


def test_a_port_that_is_taken_in_the_last_moment_moves_to_the_next_one_said_aloud(tmp_path: Path) -> None:
    wanted, said, faster = free_port(), list[str](), ExitStack()

    def made(port: int) -> Process:
        if port == wanted:
            faster.enter_context(socket.create_server(("127.0.0.1", port)))
        argv = (sys.executable, "-c", SERVER, str(port))
        return Process("Web", argv, ready=lambda: port != wanted and _is_open(port))

    with faster, Supervisor(tmp_path, say=said.append) as supervisor:
        start = _Start(Settings.at(tmp_path), supervisor, said.append)
        got = start._listening("Web", "127.0.0.1", wanted, made)
    assert got > wanted
    assert f"Web: port {wanted} was taken in the meantime" in said
    assert "ready after" in "".join(said)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_process_that_fails_on_a_free_port_is_not_tried_on_the_next(tmp_path: Path) -> None:
    said = list[str]()
    with Supervisor(tmp_path, say=said.append) as supervisor:
        start = _Start(Settings.at(tmp_path), supervisor, said.append)
        broken = Process("Web", (sys.executable, "-c", "raise SystemExit(3)"), ready=lambda: False)
        with pytest.raises(CareError, match="ended with 3"):
            start._listening("Web", "127.0.0.1", free_port(), lambda _: broken)
    assert said == ["Web: starting"]


def _nothing(_found: Addresses, _demo: int | None, _say: Say) -> Welcome:
    raise AssertionError("a refused start prepares nothing")


def test_a_refused_second_start_leaves_the_notes_of_the_running_one(tmp_path: Path) -> None:
    with Supervisor(tmp_path, say=print):
        settings = Settings.at(tmp_path)
        notes = (prefect_api_file(settings), web_file(settings))
        for note in notes:
            note.write_text("where the running one is")
        with pytest.raises(CareError, match="already runs"):
            bring_up(_nothing, data=tmp_path)
        assert [note.exists() for note in notes] == [True, True]


def test_the_pages_are_known_while_they_run_and_not_from_a_note_that_a_killed_start_left(
    tmp_path: Path,
) -> None:
    settings = Settings.at(tmp_path)
    assert pages_of(settings) is None
    with serving({"status": "live", "instance": "this"}) as port:
        web_file(settings).parent.mkdir()
        web_file(settings).write_text(f"http://127.0.0.1:{port} this\n")
        assert pages_of(settings) == f"http://127.0.0.1:{port}"
    assert pages_of(settings) is None


def test_a_start_says_where_the_data_stands_if_not_in_its_folder(tmp_path: Path) -> None:
    said = list[str]()
    start = _Start(Settings.at(tmp_path), cast(Supervisor, None), said.append)
    start._say_where_the_data_is()
    assert said == []
    (tmp_path / "postgres.at").write_text("/var/lib/stepdown/0123456789ab\n")
    start._say_where_the_data_is()
    assert "/var/lib/stepdown/0123456789ab" in said[0]
