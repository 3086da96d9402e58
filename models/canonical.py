"""One way to write a thing down, byte for byte: RFC 8785, narrowed to what any reader gets right.

ASCII keys, NFC strings, integers every JSON reader holds exactly, instants and decimals as strings; no
floats, no null members. What is hashed is always the stored bytes; `is_canonical` is a check beside the
proof, never part of it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from types import NoneType
from typing import Any
from unicodedata import normalize
from uuid import UUID

LARGEST_INTEGER = 2**53 - 1
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)

# What the encoder would let pass: a null member, an integer too long.
_ODD = re.compile(rb":null|\d{16}")


class NotCanonical(ValueError):
    """A value that has no single spelling, so its hash would prove nothing."""


def canonical(value: object) -> bytes:
    """Return the one spelling of a value, to store, to hash and to compare.

    Shapes: mappings and dataclasses become objects (members that are None are left out), sequences arrays,
            sets arrays sorted by their members' own spelling, enums their value, UUIDs lower-case text.
    Units:  a timedelta is whole seconds.
    Time:   an instant is `2026-11-22T10:02:00.000000Z`, a date is `2026-11-22`.
    Raises: NotCanonical, for a float, a naive instant, a key outside ASCII, an integer beyond 2^53-1, ...
    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    try:
        return _text(_plain(value)).encode()
    except UnicodeEncodeError as cause:
        raise NotCanonical("A string holds half a character (a lone surrogate).") from cause


def digest(data: bytes) -> bytes:
    """Return the SHA-256 by which stored bytes are named and compared."""
    return sha256(data).digest()


def instant(moment: datetime) -> str:
    """Return the one spelling of an aware moment: UTC, to the microsecond. Raises: NotCanonical."""
    if moment.tzinfo is None:
        raise NotCanonical("An instant without its zone could be any of 26 hours.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def is_canonical(data: bytes) -> bool:
    """Say whether stored bytes are the one spelling of what they say."""
    try:
        return read(data)[1]
    except NotCanonical:
        return False


def read(data: bytes) -> tuple[Any, bool]:
    """Return what stored bytes say, and whether they are the one spelling of it.

    Raises: NotCanonical, if they are no JSON or hold a float.
    """
    try:
        said = _DECODER.decode(data.decode())
        # Most records need no second look: the encoder alone tells, four times as fast.
        quick = data.isascii() and not _ODD.search(data)
        return said, (_text(said).encode() if quick else canonical(said)) == data
    except (ValueError, RecursionError) as cause:
        raise NotCanonical("These bytes are not JSON as we write it.") from cause


def _refuse_float(_number: str) -> float:
    raise NotCanonical("Floats differ between readers.")


_DECODER = json.JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float)


def _text(plain: object) -> str:
    return _ENCODER.encode(plain)


def _plain(value: Any) -> object:
    kind: Any = type(value)
    return _spelling(kind)(value)


@cache
def _spelling(kind: type) -> Callable[[Any], object]:
    for known, spelling in _SPELLINGS:
        if issubclass(kind, known):
            return spelling
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: _members({name: getattr(value, name) for name in names})
    raise NotCanonical(
        f"No canonical spelling for {kind.__name__}: give text, int, Decimal, date or instant."
    )


def _members(mapping: Mapping[object, object]) -> dict[str, object]:
    members = {_key(key): _plain(item) for key, item in mapping.items()}
    if len(members) != len(mapping):
        raise NotCanonical("Two keys have the same spelling.")
    return {key: item for key, item in members.items() if item is not None}


def _key(key: object) -> str:
    plain = _plain(key)
    if isinstance(plain, str) and plain.isascii():
        return plain
    raise NotCanonical("A key must be ASCII text, so that every reader sorts it alike.")


def _sorted(items: Iterable[object]) -> list[object]:
    return sorted((_plain(item) for item in items), key=_text)


def _exact(number: int) -> int:
    if -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        return number
    raise NotCanonical("An integer beyond 2^53-1 is rounded by some readers; give it as text.")


def _whole_seconds(span: timedelta) -> int:
    if span.microseconds:
        raise NotCanonical("A span is counted in whole seconds.")
    return _exact(span.days * 86_400 + span.seconds)


def _decimal(number: Decimal) -> str:
    if number.is_finite():
        return format(number, "f")
    raise NotCanonical("A decimal must be a number.")


# The first that fits: an Enum may be text, a bool is an int, an instant is a date.
_SPELLINGS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (Enum, lambda value: _plain(value.value)),
    (str, lambda text: text if text.isascii() else normalize("NFC", text)),
    (bool, bool),
    (int, _exact),
    (Mapping, _members),
    (list, lambda items: [_plain(item) for item in items]),
    (tuple, lambda items: [_plain(item) for item in items]),
    (NoneType, lambda nothing: nothing),
    (datetime, instant),
    (date, date.isoformat),
    (UUID, str),
    (timedelta, _whole_seconds),
    (Decimal, _decimal),
    (Set, _sorted),
)
