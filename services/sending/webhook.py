"""Webhooks: one signed call (Standard Webhooks), to hosts that an administrator has listed, and nowhere else.

The host's name is resolved once and the address it gave is the one that is called, so that no second answer can lead
elsewhere. Redirects are not followed. Addresses within the house are called only where the list says `private:`.
Each wait is short; a host that answers a byte at a time can hold up the other webhooks, not the mails and not the care.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from models.alerting import Failure, Letter
from services.sending import wording

PATIENCE_SECONDS = 10.0
_PORTS = {"https": 443, "http": 80}
_PASSES = frozenset({408, 425, 429})
"""Refusals that may pass; every other 3xx and 4xx is meant."""


@dataclass(frozen=True)
class Hosts:
    """Where calls may go: exact names, with a port if it is not the usual one."""

    listed: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Hosts":
        """Return the hosts a setting lists: `hooks.example.org, private:pager:9000`."""
        words = {one.strip().lower() for one in text.split(",") if one.strip()}
        private = {one.removeprefix("private:") for one in words if one.startswith("private:")}
        return cls(frozenset(words - {f"private:{one}" for one in private}), frozenset(private))


@dataclass(frozen=True)
class Caller:
    """Calls webhooks."""

    hosts: Hosts
    public_url: str

    def send(self, letter: Letter, at: datetime) -> Failure | None:
        """Call one webhook; return why it was not taken."""
        where = urlsplit(letter.address)
        place = (where.hostname or "").lower()
        place = place if where.port in {None, _PORTS.get(where.scheme)} else f"{place}:{where.port}"
        private = place in self.hosts.private
        if not private and place not in self.hosts.listed:
            return Failure("webhook-host-not-listed", final=True)
        if where.scheme != "https" and not private:
            return Failure("webhook-without-tls", final=True)
        if not letter.secret:
            return Failure("webhook-without-secret", final=True)
        return _called(where, letter, self.body(letter, at), at, private=private)

    def body(self, letter: Letter, at: datetime) -> bytes:
        """Return what is told: of what kind, which alert, where to look."""
        told = {"alert": str(letter.notice_id), "link": wording.link(letter, self.public_url)}
        said = {"type": f"alert.{letter.kind}", "timestamp": at.isoformat(), "data": told}
        return json.dumps(said | {"says": letter.says, "program": letter.program}).encode()


def signature(secret: str, delivery_id: object, timestamp: int, body: bytes) -> str:
    """Return the signature of a call, by the key that its receiver knows."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def _called(
    where: SplitResult, letter: Letter, body: bytes, at: datetime, *, private: bool
) -> Failure | None:
    try:
        address = _resolved(where)
        if not (private or ipaddress.ip_address(address).is_global):
            return Failure("webhook-address-private", final=True)
        return _answered(_posted(where, address, body, _headers(letter, body, int(at.timestamp()))))
    except (OSError, HTTPException, UnicodeError) as lost:
        return Failure(f"webhook-away-{type(lost).__name__.lower()}")


def _headers(letter: Letter, body: bytes, timestamp: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Stepdown",
        "webhook-id": str(letter.delivery_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(letter.secret, letter.delivery_id, timestamp, body),
    }


def _resolved(where: SplitResult) -> str:
    port = where.port or _PORTS[where.scheme]
    (_, _, _, _, found), *_ = socket.getaddrinfo(where.hostname, port, type=socket.SOCK_STREAM)
    return str(found[0])


def _posted(where: SplitResult, address: str, body: bytes, headers: dict[str, str]) -> int:
    """Send the call to this address, whatever the name leads to by now; TLS is for the name."""
    name, port = where.hostname or "", where.port or _PORTS[where.scheme]
    connection = _KINDS[where.scheme](name, port)
    path = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
    try:
        connection.sock = _opened(where.scheme, name, (address, port))
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _opened(scheme: str, name: str, place: tuple[str, int]) -> socket.socket:
    plain = socket.create_connection(place, PATIENCE_SECONDS)
    if scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


_KINDS: dict[str, type[HTTPConnection]] = {"https": HTTPSConnection, "http": HTTPConnection}


def _answered(status: int) -> Failure | None:
    if 200 <= status < 300:
        return None
    return Failure(f"webhook-refused-{status}", final=300 <= status < 500 and status not in _PASSES)
