"""Parts that are away for a while: Prefect for ten minutes, the database for seconds, the disk for good until cleared."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import httpx
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.engine import ASK_AGAIN_AFTER
from flows.worker import Worker
from services import chart, clock, health, invariants
from services.access import EVERYWHERE
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.log_key import log_key
from tests import care
from tests.faults.campaign import settled
from tests.faults.crowd import crowd
from tests.faults.house import Wreck, answering, wreck
from tests.faults.writers import Book, Writer, misplaced
from tests.house_up import Person, signed_in, until

SECOND = timedelta(seconds=1)
AWAY = timedelta(minutes=10)


@pytest.mark.parametrize("begins", [timedelta(0), timedelta(minutes=3)], ids=["at-start", "in-the-middle"])
def test_ten_minutes_without_prefect_move_everybody_and_double_nobody(
    database: Database, at: datetime, tmp_path: Path, begins: timedelta
) -> None:
    """A client every ten seconds of virtual time, each decided in the round it came; Prefect is asked now and then."""
    moment, asked = [at], []
    worker = Worker(database, log_key(tmp_path / "key"), tmp_path / "notes", now=lambda: moment[0])
    worker.engine.lose("away from the start", at=at - ASK_AGAIN_AFTER)
    enrolled = 0
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        while moment[0] < at + begins + AWAY:
            [pathway_id] = crowd(database, 1, at=moment[0])
            enrolled += 1
            before = worker.engine.away_until
            worker.work_off()
            asked += [moment[0]] if worker.engine.away_until != before else []
            with database.transaction(EVERYWHERE) as work:
                [made] = chart.decisions(work, pathway_id)
                assert (made.run_id, health.ready(work, at=moment[0]).engine) == (None, "direct")
            moment[0] += 10 * SECOND
    assert enrolled == (begins + AWAY) / (10 * SECOND)
    assert max(b - a for a, b in pairwise(asked)) <= ASK_AGAIN_AFTER + 10 * SECOND
    with database.transaction(EVERYWHERE) as work:
        assert list(invariants.check(work, at=moment[0])) == []


@contextmanager
def people(house: Wreck, count: int = 1) -> Iterator[tuple[Book, list[Writer]]]:
    """Give people who are signed in, while whatever dies is started again."""
    answering(house)
    database, book = house.database(), Book()
    with database.transaction(EVERYWHERE) as work:
        care.a_program(work, care.somebody(work, care.SUPERVISOR, clock.now()), clock.now())
    writers = [Writer(signed_in(database, house.url, care.CLINICIAN)[1], 60, book) for _ in range(count)]
    database.close()
    over = Event()

    def mend() -> None:
        while not over.wait(0.05):
            house.mend()

    with ThreadPoolExecutor(1) as hand:
        mending = hand.submit(mend)
        try:
            yield book, writers
        finally:
            over.set()
            mending.result()


def examined(house: Wreck, book: Book) -> list[object]:
    database = house.database()
    with database.transaction(EVERYWHERE) as work:
        found = [*invariants.lost(work, book.acknowledged), *invariants.check(work, at=clock.now())]
    database.close()
    return found


@pytest.mark.timeout(300)
def test_a_restart_of_the_database_costs_a_wait_and_nothing_else() -> None:
    with wreck() as house, people(house, 2) as (book, writers), ThreadPoolExecutor(2) as hands:
        enough = Event()
        walking = [hands.submit(one.walk_until, enough.is_set) for one in writers]
        for _ in range(3):
            until(lambda: book.answers["201"] >= 5, "nobody wrote")
            server = EmbeddedPostgres(house.folder)
            server.stop()
            until(lambda: book.answers["503"] > 0, "nobody was told to wait")
            server.start()
            book.answers.clear()
        enough.set()
        for one in walking:
            one.result()
        settled(house)
        assert (book.failures, misplaced(book)) == ([], [])
        assert examined(house, book) == []


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own with little room."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    with TemporaryDirectory(prefix="sd", ignore_cleanup_errors=True) as disk:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200m,mode=0755", "tmpfs", disk], check=True)
        yield Path(disk)
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.timeout(300)
def test_a_full_disk_refuses_says_why_and_lets_people_read_until_there_is_room(small_disk: Path) -> None:
    with wreck(place=small_disk) as house, people(house) as (book, [writer]):
        pathway_id = writer.enrol()
        settled(house)
        ballast = filled(small_disk, leave_kilobytes=16)
        refused = until(lambda: refusal(writer, pathway_id), "the disk is never full")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.headers["content-type"] == "application/problem+json"
        assert "room" in refused.json()["detail"]
        assert writer.status(pathway_id)["stage"] == "assessment"
        ballast.unlink()
        writer.assess(pathway_id, "phq-9")
        settled(house)
        assert book.answers["500"] == 0
        assert examined(house, book) == []


def filled(disk: Path, *, leave_kilobytes: int) -> Path:
    """Fill a file system but for a little room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass
        file.truncate(file.tell() - leave_kilobytes * 1024)
    return ballast


def refusal(writer: Person, pathway_id: str) -> httpx.Response | None:
    """Record events until one is refused for want of room."""
    with suppress(httpx.TransportError):
        answer = writer.client.post(
            f"/api/v1/pathways/{pathway_id}/events", json={"kind": "ed-visit", "detail": "x" * 900}
        )
        return answer if "room" in answer.text else None
    return None
