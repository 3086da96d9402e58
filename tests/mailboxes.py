"""Real servers for what leaves the house: mail over SMTP, calls over HTTP, both on this machine."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = "250 taken"


def _always(_address: str) -> str:
    return TAKEN


@dataclass
class Mailbox:
    """What a mail server received. `answers` says for each address what it answers."""

    answers: Callable[[str], str] = _always
    received: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    url: str = ""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name for it
        answer = self.answers(envelope.rcpt_tos[0])
        if answer == TAKEN:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.raw.append(content)
            self.received.append(message_from_bytes(content, policy=policy.default))
        return answer

    @property
    def alerts(self) -> list[EmailMessage]:
        """What interrupts somebody, whatever else the morning brings."""
        return [one for one in self.received if one["X-Priority"]]

    @property
    def addressed(self) -> list[str]:
        return [str(one["To"]) for one in self.alerts]


@contextmanager
def mail_server(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Serve a mailbox over SMTP."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{port}"
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Hook:
    """What a web server was called with, and what it answers."""

    status: int = 204
    location: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    place: str = ""

    def said(self, number: int) -> Any:
        return json.loads(self.calls[number][1])


@contextmanager
def web_server(hook: Hook) -> Iterator[Hook]:
    """Serve a hook over HTTP."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        hook.place = f"127.0.0.1:{server.server_port}"
        yield hook
        server.shutdown()
