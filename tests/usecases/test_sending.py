"""What leaves the house, over a real mail server and a real web server: few words, one id, a signature, no client."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from models.alerting import Failure, Letter
from services import ids
from services.on_call import new_secret
from services.sending import webhook
from services.sending.mail import Post
from services.sending.webhook import Caller, Hosts
from tests.mailboxes import Hook, Mailbox, mail_server, web_server

PUBLIC = "https://stepdown.clinic.example"
SENDER = "stepdown@clinic.example"
LETTER = Letter(
    delivery_id=ids.named("a delivery"),
    notice_id=ids.named("a notice"),
    kind="call-now",
    says="Somebody must be called now.",
    program="North clinic",
    address="ann@clinic.example",
)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as served:
        yield served


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server(Hook()) as served:
        yield served


def call_of(hook: Hook) -> Letter:
    return replace(LETTER, address=f"http://{hook.place}/pager?team=night", secret=new_secret())


def caller(*hosts: str) -> Caller:
    return Caller(Hosts.read(", ".join(hosts)), PUBLIC)


def test_a_mail_says_what_must_be_done_and_where_and_nothing_else(mailbox: Mailbox, at: datetime) -> None:
    assert Post(mailbox.url, SENDER, PUBLIC).send(LETTER, at) is None
    [mail] = mailbox.received
    assert (mail["From"], mail["To"]) == (SENDER, "ann@clinic.example")
    assert mail["Subject"] == "Stepdown: Somebody must be called now."
    assert mail["Message-ID"] == f"<{LETTER.delivery_id}@clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    lines = mail.get_content().splitlines()
    assert lines[0] == "Somebody must be called now."
    assert {f"{PUBLIC}/alerts/{LETTER.notice_id}", "Program: North clinic"} <= set(lines)


def test_a_mail_that_is_sent_again_has_the_same_message_id(mailbox: Mailbox, at: datetime) -> None:
    post = Post(mailbox.url, SENDER, PUBLIC)
    for attempts in (1, 2):
        assert post.send(replace(LETTER, attempts=attempts), at) is None
    assert len({mail["Message-ID"] for mail in mailbox.received}) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("451 later", Failure("mail-refused-451")),
        ("550 no such mailbox", Failure("mail-refused-550", final=True)),
    ],
)
def test_a_refusal_is_final_where_the_server_means_it(
    mailbox: Mailbox, at: datetime, answer: str, failure: Failure
) -> None:
    mailbox.answers = lambda _address: answer
    assert Post(mailbox.url, SENDER, PUBLIC).send(LETTER, at) == failure


def test_without_a_mail_server_a_letter_says_so(at: datetime) -> None:
    assert Post(None, SENDER, PUBLIC).send(LETTER, at) == Failure("no-mail-server", final=True)


def test_a_server_that_is_away_is_tried_again(at: datetime) -> None:
    with socket.socket() as taken:  # bound and not listening
        taken.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        assert Post(url, SENDER, PUBLIC).send(LETTER, at) == Failure(
            "mail-server-away-connectionrefusederror"
        )


def test_a_password_is_not_told_where_there_is_no_login(mailbox: Mailbox, at: datetime) -> None:
    url = mailbox.url.replace("smtp://", "smtp://clinic:a-secret@")
    failure = Post(url, SENDER, PUBLIC).send(LETTER, at)
    assert failure == Failure("mail-server-away-smtpnotsupportederror")
    assert "a-secret" not in repr(Post(url, SENDER, PUBLIC))


def test_a_webhook_is_signed_and_carries_ids_and_a_link(hook: Hook, at: datetime) -> None:
    letter = call_of(hook)
    assert caller(f"private:{hook.place}").send(letter, at) is None
    [(headers, body)] = hook.calls
    assert headers["webhook-id"] == str(letter.delivery_id)
    assert headers["webhook-timestamp"] == str(int(at.timestamp()))
    key = base64.b64decode(letter.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == (
        f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
    )
    assert hook.said(0) == {
        "type": "alert.call-now",
        "timestamp": at.isoformat(),
        "says": "Somebody must be called now.",
        "program": "North clinic",
        "data": {"alert": str(letter.notice_id), "link": f"{PUBLIC}/alerts/{letter.notice_id}"},
    }


def test_a_signature_is_the_one_of_the_published_example() -> None:
    """The example of the Standard Webhooks specification's reference libraries."""
    made = webhook.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_redirect_is_not_followed(hook: Hook, at: datetime) -> None:
    with web_server(Hook()) as elsewhere:
        hook.status, hook.location = 302, f"http://{elsewhere.place}/"
        failure = caller(f"private:{hook.place}", f"private:{elsewhere.place}").send(call_of(hook), at)
        assert (failure, elsewhere.calls) == (Failure("webhook-refused-302", final=True), [])


@pytest.mark.parametrize(
    ("status", "final"), [(400, True), (404, True), (410, True), (429, False), (503, False)]
)
def test_a_refused_call_is_tried_again_where_it_may_pass(
    hook: Hook, at: datetime, status: int, final: bool
) -> None:
    hook.status = status
    found = caller(f"private:{hook.place}").send(call_of(hook), at)
    assert found == Failure(f"webhook-refused-{status}", final=final)


@pytest.mark.parametrize(
    ("listed", "why"),
    [
        ("", "webhook-host-not-listed"),
        ("127.0.0.1", "webhook-host-not-listed"),
        ("private:127.0.0.1", "webhook-host-not-listed"),
        ("private:localhost:{port}", "webhook-host-not-listed"),
        ("127.0.0.1:{port}", "webhook-without-tls"),
    ],
)
def test_a_host_is_called_only_as_it_is_listed(hook: Hook, at: datetime, listed: str, why: str) -> None:
    port = hook.place.rpartition(":")[2]
    found = caller(listed.format(port=port)).send(call_of(hook), at)
    assert (found, hook.calls) == (Failure(why, final=True), [])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.8",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.8]",
        "0.0.0.0",  # noqa: S104 - it is refused
        "100.64.0.1",
    ],
)
def test_a_listed_name_that_leads_into_the_house_is_not_called(host: str, at: datetime) -> None:
    name = host.strip("[]")
    letter = replace(LETTER, address=f"https://{host}/hook", secret=new_secret())
    assert caller(name).send(letter, at) == Failure("webhook-address-private", final=True)


def test_a_call_without_its_secret_is_not_made(hook: Hook, at: datetime) -> None:
    letter = replace(call_of(hook), secret="")
    assert caller(f"private:{hook.place}").send(letter, at) == Failure("webhook-without-secret", final=True)
