"""What a request must be before anything reads it: small, of the right kind, and JSON that means one thing only.

The whole body is read here, under a cap, and parsed once by a strict reader; the routes then get it replayed. A body
that two readers could understand differently (doubled keys, numbers beyond 2^53, lone surrogates) is refused with a
pointer to the place, before it costs a transaction.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.errors import CareError, TooLarge

CAP_BYTES = 1_000_000
DEPTH = 32
WHOLE = 2**53
_FIELDS = 2000
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)

Refuse = Callable[[Request, CareError], Response]


class Unreadable(CareError):
    """The body or the address cannot be read in exactly one way."""

    code, status = "unreadable", 400


class WrongKind(CareError):
    """The body is of a kind, or in a spelling, that this route does not take."""

    code, status = "wrong-kind", 415


class BodyGuard:
    """Reads, caps and checks every body; leaves it in the request's state as `body`, and forms as `form`."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            replayed = await _checked(scope, receive)
        except CareError as refusal:
            await self.refuse(Request(scope), refusal)(scope, receive, send)
            return
        await self.app(scope, replayed, send)


async def _checked(scope: Scope, receive: Receive) -> Receive:
    headers, state = Headers(scope=scope), scope.setdefault("state", {})
    _check_address(scope)
    state["body"], state["form"] = b"", ImmutableMultiDict[str, str]()
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return receive
    _check_encoding(headers)
    body = await _read(headers, receive)
    if body:
        kind = _JSON if is_api(scope) else _FORM
        _check_kind(headers, kind)
        text = _text(body)
        if kind == _JSON:
            read_strictly(text)
        else:
            state["form"] = _form(text)
    state["body"] = body
    return _replay(body, receive)


def is_api(scope: Scope) -> bool:
    """Tell whether a request speaks to the API rather than to a page."""
    return str(scope["path"]).startswith("/api/")


def _check_address(scope: Scope) -> None:
    query = bytes(scope.get("query_string", b""))
    if "\x00" in scope["path"] or b"%00" in query or b"\x00" in query:
        raise Unreadable("The address holds a NUL character.")


def _check_encoding(headers: Headers) -> None:
    if headers.get("content-encoding", "identity") != "identity":
        raise WrongKind("A compressed body is not taken; send it plain.")


def _check_kind(headers: Headers, wanted: str) -> None:
    given = [part.strip().lower() for part in headers.get("content-type", "").split(";")]
    charsets = [part for part in given[1:] if part.startswith("charset=")]
    if given[0] != wanted or any(one not in {"charset=utf-8", 'charset="utf-8"'} for one in charsets):
        raise WrongKind(f"This route takes {wanted} in UTF-8.")


async def _read(headers: Headers, receive: Receive) -> bytes:
    declared = headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 12 or int(declared) > CAP_BYTES:
        raise TooLarge(f"A body may have {CAP_BYTES} bytes.")
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Unreadable("The request ended before its body did.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > CAP_BYTES:
            raise TooLarge(f"A body may have {CAP_BYTES} bytes.")
    return bytes(body)


def _text(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise Unreadable("The body begins with a byte order mark; send plain UTF-8.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as bad:
        raise Unreadable("The body is not UTF-8.") from bad


def _form(text: str) -> ImmutableMultiDict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError as bad:
        raise Unreadable("The form cannot be read as UTF-8 fields.") from bad
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise Unreadable("A field holds a NUL character.", pointer=_step("", name))
    return ImmutableMultiDict(pairs)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


@dataclass(frozen=True, slots=True)
class _Bad:
    """A number that must not be taken for one."""

    why: str


class _Object(list[tuple[str, Any]]):
    """An object as it was written, doubled keys and all."""


def read_strictly(text: str) -> None:
    """Check that a text is JSON with one meaning. Raises: Unreadable with the pointer of the place."""
    _check_depth(text)
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_Object,
            parse_int=_whole,
            parse_float=_real,
            parse_constant=lambda _: _Bad("NaN and infinity are not JSON."),
        )
    except json.JSONDecodeError as bad:
        raise Unreadable(f"This is not JSON: line {bad.lineno}, column {bad.colno}.") from None
    for pointer, why in _faults(tree, ""):
        raise Unreadable(why, pointer=pointer)


def _check_depth(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEPTH:
            raise Unreadable(f"The body is nested deeper than {DEPTH} levels.")


def _whole(digits: str) -> int | _Bad:
    fits = len(digits) <= 17 and abs(int(digits)) <= WHOLE
    return int(digits) if fits else _Bad("This number is larger than 2^53.")


def _real(digits: str) -> float | _Bad:
    fits = len(digits) <= 32 and abs(float(digits)) <= WHOLE
    return float(digits) if fits else _Bad("This number is too large or too long.")


def _faults(value: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Bad):
        yield pointer, value.why
    elif isinstance(value, str):
        yield from _text_faults(value, pointer)
    elif isinstance(value, _Object):
        yield from _object_faults(value, pointer)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _faults(one, f"{pointer}/{place}")


def _object_faults(pairs: _Object, pointer: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for key, value in pairs:
        yield from ((pointer, why) for _, why in _text_faults(key, pointer))
        if key in seen:
            yield _step(pointer, key), "This key is given twice."
        seen.add(key)
        yield from _faults(value, _step(pointer, key))


def _text_faults(text: str, pointer: str) -> Iterator[tuple[str, str]]:
    if "\x00" in text:
        yield pointer, "A NUL character is not text."
    if any("\ud800" <= char <= "\udfff" for char in text):
        yield pointer, "Half of a surrogate pair is not text."


def _step(pointer: str, key: str) -> str:
    return f"{pointer}/{key[:100].replace('~', '~0').replace('/', '~1')}"
