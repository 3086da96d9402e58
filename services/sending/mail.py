"""Mail: one letter over SMTP. TLS where the server offers it, and a password never without it, but on this machine.

The Message-ID is the delivery's id, the same however often it is sent: a mailbox that knows it shows it once.
"""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from models.alerting import Failure, Letter
from services.sending import wording

PATIENCE_SECONDS = 10.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Mapping[str, int] = {"smtp": 25, "smtps": 465}


class _NotPrivate(smtplib.SMTPException):
    """The server offers no TLS, and we would have to tell it a password."""


@dataclass(frozen=True)
class Post:
    """A mail server, and as whom we write. Without a server nothing is sent, and every letter says why."""

    server: str | None = field(repr=False)
    sender: str
    public_url: str

    def send(self, letter: Letter, at: datetime) -> Failure | None:
        """Send one letter; return why it was not taken."""
        if self.server is None:
            return Failure("no-mail-server", final=True)
        try:
            with _connected(urlsplit(self.server)) as session:
                session.send_message(self.written(letter, at))
        except (smtplib.SMTPException, OSError, UnicodeError) as lost:
            return _failure(lost)
        return None

    def written(self, letter: Letter, at: datetime) -> EmailMessage:
        """Return a letter as it is sent."""
        message = EmailMessage()
        message["From"], message["To"] = self.sender, letter.address
        message["Subject"] = wording.subject(letter)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{letter.delivery_id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if letter.notice_id:
            message["X-Priority"] = "1"
        message.set_content(wording.body(letter, self.public_url))
        return message


def _connected(server: SplitResult) -> smtplib.SMTP:
    session = _SESSIONS[server.scheme]()
    try:
        session.connect(server.hostname or "", server.port or _PORTS[server.scheme])
        session.ehlo()
        _introduce(session, server)
    except BaseException:
        session.close()
        raise
    return session


def _plain() -> smtplib.SMTP:
    # A name of our own is given, or smtplib would ask a name server for it and wait.
    return smtplib.SMTP(local_hostname="stepdown.invalid", timeout=PATIENCE_SECONDS)


def _private() -> smtplib.SMTP:
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(local_hostname="stepdown.invalid", timeout=PATIENCE_SECONDS, context=context)


_SESSIONS = {"smtp": _plain, "smtps": _private}


def _introduce(session: smtplib.SMTP, server: SplitResult) -> None:
    private = server.scheme == "smtps" or server.hostname in _HERE
    if not private and session.has_extn("starttls"):
        session.starttls(context=ssl.create_default_context())
        session.ehlo()
        private = True
    if server.username and not private:
        raise _NotPrivate
    if server.username:
        session.login(unquote(server.username), unquote(server.password or ""))


def _failure(lost: Exception) -> Failure:
    match lost:
        case smtplib.SMTPRecipientsRefused():
            return _refused(min(code for code, _ in lost.recipients.values()))
        case smtplib.SMTPResponseException():
            return _refused(lost.smtp_code)
        case _NotPrivate():
            return Failure("mail-server-without-tls", final=True)
        case _:
            return Failure(f"mail-server-away-{type(lost).__name__.lower()}")


def _refused(code: int) -> Failure:
    """A server that says 5xx means it; one that says 4xx may think better of it."""
    return Failure(f"mail-refused-{code}", final=code >= 500)
