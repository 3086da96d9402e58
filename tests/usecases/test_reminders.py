"""The morning letter on the real store and a real mail server: written once, sent after every alert, and no client in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import event

from flows.messenger import Messenger
from models.alerting import Channel, Failure
from models.requests import NewProgram
from services import programs, reminders
from services.access import EVERYWHERE, Principal
from services.rules import delivering
from services.sending.mail import Post
from services.store.database import Database
from services.store.work import Work
from tests import care, on_call
from tests.mailboxes import Mailbox, mail_server

PUBLIC = "https://stepdown.clinic.example"
DAY = timedelta(days=1)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as served:
        yield served


def keeper(work: Work, at: datetime) -> Principal:
    """A supervisor who keeps a caseload, reached by mail."""
    by = care.somebody(work, care.SUPERVISOR, at)
    on_call.stands_by(work, by, "on-call", at=at)
    return by


def a_client(work: Work, by: Principal, at: datetime) -> UUID:
    """A new client, whose assessment is due in three days."""
    pathway_id = care.a_pathway(work, by, at)
    care.passes(work, pathway_id, at=at)
    return pathway_id


def says(work: Work, at: datetime) -> list[str]:
    """Send all that may be sent."""
    said = []
    while letter := reminders.take(work, Channel.EMAIL, at=at):
        said.append(letter.says)
        reminders.sent(work, letter, at=at)
    return said


def test_each_morning_of_an_open_day_has_one_letter(work: Work, at: datetime) -> None:
    a_client(work, keeper(work, at), at)
    assert [reminders.write_due(work, at=at) for _ in range(3)] == [1, 0, 0]
    assert says(work, at) == ["Reassessments: 1 due within three days."]
    mornings = [reminders.write_due(work, at=at + n * DAY) for n in range(1, 7)]
    assert mornings == [1, 1, 1, 1, 0, 0]  # at is a Monday
    assert says(work, at + 7 * DAY)[-1] == "Reassessments: 1 overdue."


def test_a_client_on_hold_waits(work: Work, at: datetime) -> None:
    by = keeper(work, at)
    pathway_id = a_client(work, by, at)
    care.hold(work, pathway_id, by=by, at=at)
    assert reminders.write_due(work, at=at) == 0


def test_who_may_sign_in_no_more_is_told_nothing_and_the_supervisors_are(work: Work, at: datetime) -> None:
    clinician = care.somebody(work, care.CLINICIAN, at)
    on_call.stands_by(work, clinician, "on-call", at=at)
    keeper(work, at)
    a_client(work, clinician, at)
    work.run("UPDATE person SET disabled_at = :at WHERE id = :id", at=at, id=clinician.id)
    reminders.write_due(work, at=at)
    letter = reminders.take(work, Channel.EMAIL, at=at)
    assert letter is not None
    assert letter.address == "mo.osei@clinic.example"


def test_two_workers_write_one_letter(database: Database, at: datetime) -> None:
    with database.transaction(EVERYWHERE) as work:
        a_client(work, keeper(work, at), at)
    wrote, together = [], Barrier(2)

    def write() -> None:
        together.wait()
        with database.transaction(EVERYWHERE) as work:
            wrote.append(reminders.write_due(work, at=at))

    threads = [Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wrote) == [0, 1]


def test_ten_programs_cost_no_more_questions_than_one(work: Work, at: datetime) -> None:
    by = keeper(work, at)
    a_client(work, by, at)
    asked: list[str] = []
    event.listen(work.connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
    reminders.write_due(work, at=at)
    one, asked[:] = len(asked), []
    for number in range(10):
        programs.add(work, NewProgram(name=f"Program {number}"), by=by, at=at)
    asked[:] = []
    reminders.write_due(work, at=at + DAY)
    assert len(asked) == one


def test_a_letter_that_is_refused_for_good_is_dead_and_another_is_tried_again(
    work: Work, at: datetime
) -> None:
    a_client(work, keeper(work, at), at)
    reminders.write_due(work, at=at)
    for attempt in range(1, delivering.TRIES + 1):
        letter = reminders.take(work, Channel.EMAIL, at=at)
        assert letter is not None
        assert letter.attempts == attempt
        assert reminders.take(work, Channel.EMAIL, at=at) is None  # it is somebody's
        reminders.failed(work, letter, Failure("mail-server-away"), at=at)
        at += timedelta(hours=1)
    assert reminders.take(work, Channel.EMAIL, at=at) is None
    [row] = work.rows("SELECT dead_at, error FROM reminder")
    assert (row.dead_at is not None, row.error) == (True, "mail-server-away")


def test_alerts_go_first_and_no_letter_tells_of_a_client(
    database: Database, mailbox: Mailbox, at: datetime
) -> None:
    post = Post(mailbox.url, "stepdown@clinic.example", PUBLIC)
    messenger = Messenger(database, {Channel.EMAIL: post.send}, now=lambda: at)
    with database.transaction(EVERYWHERE) as work:
        by = keeper(work, at)
        pathway_id = a_client(work, by, at)
        on_call.at_risk(work, pathway_id, by=by, at=at)
    messenger.remind()
    messenger.climb()
    for _ in range(2):
        messenger.send_all(Channel.EMAIL)
    alert, letter = mailbox.received
    assert (alert["X-Priority"], letter["X-Priority"]) == ("1", None)
    assert letter["Subject"].startswith("Stepdown: Reassessments: ")
    lines = letter.get_content().splitlines()
    assert f"{PUBLIC}/" in lines
    assert "Program: Main program" in lines
    assert not any(
        word in letter.get_content() for word in ("Rivera", "Ana", "A.R.", str(pathway_id), "acknowledge")
    )
