"""The messenger beside the worker: no Prefect, no move held up by a mail server that hangs, and a clean stop."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.messenger import Messenger
from flows.worker import Worker
from models.alerting import Channel
from services import alerts, chart, clock
from services.access import EVERYWHERE
from services.sending.mail import Post
from services.store.database import Database
from services.store.log_key import log_key
from tests import care, on_call
from tests.conftest import NOON
from tests.house_up import until
from tests.mailboxes import Mailbox, mail_server

NO_PREFECT = "http://127.0.0.1:1/api"
PUBLIC = "https://stepdown.clinic.example"


@contextmanager
def working(database: Database, folder: Path, mail_url: str) -> Iterator[Worker]:
    """Let a worker with a messenger run while the block does; it must stop when told to."""
    post = Post(mail_url, "stepdown@clinic.example", PUBLIC)
    messenger = Messenger(database, {Channel.EMAIL: post.send})
    worker = Worker(database, log_key(folder / "key"), folder / "notes", messenger=messenger)
    thread = Thread(target=worker.run)
    with temporary_settings({PREFECT_API_URL: NO_PREFECT}):
        thread.start()
        try:
            yield worker
        finally:
            began = time.monotonic()
            worker.stopping.set()
            thread.join(timeout=20)
            assert not thread.is_alive()
            assert time.monotonic() - began < 15


def a_high_risk(database: Database) -> UUID:
    """Let a client be at high risk and somebody stand by; return the pathway."""
    at = clock.now()
    with database.transaction(EVERYWHERE) as work:
        clinician = care.somebody(work, care.CLINICIAN, at)
        pathway_id = care.a_pathway(work, clinician, at)
        on_call.stands_by(work, clinician, "on-call", at=at)
        care.assess(work, pathway_id, "high-risk", by=clinician, at=at)
    return pathway_id


def test_a_high_risk_is_mailed_without_prefect(database: Database, tmp_path: Path) -> None:
    with mail_server(Mailbox()) as mailbox, working(database, tmp_path, mailbox.url):
        a_high_risk(database)
        until(lambda: mailbox.alerts, "nobody was told")
    with database.transaction(EVERYWHERE) as work:
        [alert] = alerts.listed(work)
    assert mailbox.addressed == ["sam.lindt@clinic.example"]
    assert f"{PUBLIC}/alerts/{alert.id}" in mailbox.alerts[0].get_content()
    assert [(one.state, one.attempts) for one in alert.told] == [("sent", 1)]


def test_a_mail_server_that_hangs_holds_up_no_move(database: Database, tmp_path: Path) -> None:
    def moved() -> bool:
        with database.transaction(EVERYWHERE) as work:
            return bool(chart.decisions(work, second))

    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with working(database, tmp_path, url):
            a_high_risk(database)
            held, _ = silent.accept()  # and never answered
            with held:
                second = somebody_new(database)
                until(moved, "the client waited for the mail server", seconds=8)


def somebody_new(database: Database) -> UUID:
    at = clock.now()
    with database.transaction(EVERYWHERE) as work:
        by = care.somebody(work, care.SUPERVISOR, at)
        pathway_id = care.a_pathway(work, by, at)
        care.look(work, pathway_id, "needs-iop", by=by, at=at)
    return pathway_id


def test_the_morning_letter_goes_out_beside_the_alerts(database: Database) -> None:
    with database.transaction(EVERYWHERE) as work:
        supervisor = care.somebody(work, care.SUPERVISOR, NOON)
        on_call.stands_by(work, supervisor, "on-call", at=NOON)
        care.passes(work, care.a_pathway(work, supervisor, NOON), at=NOON)
    with mail_server(Mailbox()) as mailbox:
        post = Post(mailbox.url, "stepdown@clinic.example", PUBLIC)
        with Messenger(database, {Channel.EMAIL: post.send}, now=lambda: NOON).running(Event()):
            until(lambda: mailbox.received, "nobody was written to")
    assert [one["Subject"] for one in mailbox.received] == [
        "Stepdown: Reassessments: 1 due within three days."
    ]
