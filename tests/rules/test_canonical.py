"""The one spelling is that of an independent RFC 8785; what has no single spelling is refused."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from hashlib import sha256
from unicodedata import normalize
from uuid import UUID

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from models.canonical import LARGEST_INTEGER, NotCanonical, canonical, digest, is_canonical

_keys = st.text(st.characters(max_codepoint=127), max_size=12)
_words = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: normalize("NFC", text))
_leaves = st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | _words
_documents = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=20,
)


class Stage(StrEnum):
    IOP = "iop"


class Risk(Enum):
    HIGH = 3


@dataclass(frozen=True)
class Finding:
    stage: Stage
    at: datetime
    note: str | None = None


@given(_documents)
@settings(max_examples=1_000)
def test_the_bytes_are_those_of_an_independent_rfc_8785_implementation(document):
    assert canonical(document) == rfc8785.dumps(document)


@given(_documents)
def test_the_one_spelling_is_recognised_and_any_other_is_not(document):
    data = canonical(document)
    assert is_canonical(data)
    assert not is_canonical(data + b"\n")


def test_field_words_have_one_spelling_each():
    seen = datetime(2026, 11, 22, 12, 2, tzinfo=timezone(timedelta(hours=2)))
    document = {
        "id": UUID("6B0B6A52-6F0E-4A5C-9D5E-2F6B7F3C9A11"),
        "day": date(2026, 11, 22),
        "finding": Finding(Stage.IOP, seen),
        "fresh_for": timedelta(days=2, seconds=1),
        "risk": Risk.HIGH,
        "score": Decimal("12.50"),
        "items": (1, None, True),
        "kinds": frozenset({"b", "a"}),
        "nothing": None,
        Stage.IOP: "café",
    }
    assert canonical(document).decode() == (
        '{"day":"2026-11-22","finding":{"at":"2026-11-22T10:02:00.000000Z","stage":"iop"},"fresh_for":172801,'
        '"id":"6b0b6a52-6f0e-4a5c-9d5e-2f6b7f3c9a11","iop":"café","items":[1,null,true],"kinds":["a","b"],'
        '"risk":3,"score":"12.50"}'
    )


def test_composed_and_decomposed_text_have_the_same_bytes():
    assert canonical("cafe\u0301") == canonical("caf\u00e9")
    assert not is_canonical('"cafe\u0301"'.encode())


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {"a": float("nan")},
        Decimal("NaN"),
        b"raw",
        datetime(2026, 11, 22, 10, 2),  # noqa: DTZ001 - naive on purpose
        timedelta(microseconds=1),
        LARGEST_INTEGER + 1,
        {"clé": 1},
        {1: "a"},
        {UUID(int=1): 1, str(UUID(int=1)): 2},
        "\ud800",
        Finding,
        object(),
    ],
)
def test_what_has_no_single_spelling_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"b":1,"a":2}',
        b'{"a":null}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"NaN",
        b"\xff",
        b"",
        b"[" * 100_000,
        b'"\\u0041"',
    ],
)
def test_stored_bytes_in_another_spelling_are_noticed(data):
    assert not is_canonical(data)


def test_a_digest_is_sha_256_of_the_bytes():
    assert (
        digest(canonical({"at": datetime(2026, 1, 1, tzinfo=UTC)}))
        == sha256(b'{"at":"2026-01-01T00:00:00.000000Z"}').digest()
    )
