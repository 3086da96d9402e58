"""A Prefect server that is away, or accepts calls and never answers them as one does while it starts, holds nobody up."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.engine import ASK_AGAIN_AFTER, PATIENCE_SECONDS, Engine
from flows.worker import Worker
from services import chart, clock, health
from services.access import EVERYWHERE
from services.store.database import Database
from services.store.log_key import log_key
from tests import care

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/api"


class _Yes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def ready() -> Iterator[str]:
    """The address of a server that says it is ready."""
    with HTTPServer(("127.0.0.1", 0), _Yes) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


def asked(engine: Engine, url: str, at: datetime = NOW) -> bool:
    with temporary_settings({PREFECT_API_URL: url}):
        return engine.is_there(at=at)


def test_a_silent_server_is_away_within_its_patience(silent: str) -> None:
    began = time.monotonic()
    assert not asked(Engine(), silent)
    assert time.monotonic() - began < PATIENCE_SECONDS + 3


def test_no_server_is_away() -> None:
    assert not asked(Engine(), "http://127.0.0.1:1/api")


def test_an_engine_that_was_away_is_not_asked_again_at_once() -> None:
    engine = Engine()
    engine.lose("a test", at=NOW)
    began = time.monotonic()
    assert not asked(engine, "http://an-address-that-is-never-asked.invalid/api")
    assert engine.is_away(at=NOW)
    assert not engine.is_away(at=NOW + ASK_AGAIN_AFTER)
    assert time.monotonic() - began < 1


def test_a_server_that_is_back_is_there_when_asked_again(ready: str) -> None:
    engine = Engine()
    engine.lose("a test", at=NOW)
    assert not asked(engine, ready)
    assert asked(engine, ready, at=NOW + ASK_AGAIN_AFTER)


def test_a_silent_server_does_not_hold_up_a_client(database: Database, silent: str, tmp_path: Path) -> None:
    at = clock.now()
    with database.transaction(EVERYWHERE) as work:
        clinician = care.somebody(work, care.CLINICIAN, at)
        pathway_id = care.a_pathway(work, clinician, at)
        care.look(work, pathway_id, "needs-iop", by=clinician, at=at)
    with temporary_settings({PREFECT_API_URL: silent}):
        Worker(database, log_key(tmp_path / "key"), tmp_path / "notes").work_off()
    with database.transaction(EVERYWHERE) as work:
        [made] = chart.decisions(work, pathway_id)
        entries = [line.entry for line in chart.audit(work, pathway_id)]
        assert health.ready(work, at=clock.now()).engine == "direct"
    assert (made.outcome, made.run_id) == ("admit", None)
    assert {one["actor"]["via"] for one in entries if one["action"] == "decision.made"} == {"worker"}
