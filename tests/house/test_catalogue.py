"""Clinical content is dated, sourced and never changed once published."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from models.catalogue.reading import read
from tests.house.tree import ROOT, texts
from tests.vignettes.page import page

SHELVES = "models/catalogue/"
FILES = sorted(file for file in texts() if file.startswith(SHELVES) and file.endswith(".yaml"))
PUBLISHED = dict(reversed(line.split()) for line in texts()["tests/house/catalogue.sha256"].splitlines())
_HOW = """
{file} is published: decisions were made by it, and they must stay explicable.
A pathway or a placement table: leave the file and add the next one beside it ({key}-2.yaml with `version: 2`).
An instrument: raise its `version` in place. Then, from the repository's folder:
  (cd models/catalogue && sha256sum */*.yaml) > tests/house/catalogue.sha256
and say in CHANGELOG.md, under "Clinical rules", what changed, in which version, on which source."""


@pytest.mark.parametrize("file", FILES)
def test_what_is_published_does_not_change(file: str) -> None:
    now = sha256(texts()[file].encode()).hexdigest()
    key = file.rpartition("/")[2].removesuffix(".yaml")
    assert PUBLISHED.get(file.removeprefix(SHELVES)) == now, _HOW.format(file=file, key=key)


def test_what_is_published_does_not_vanish() -> None:
    assert [file for file in PUBLISHED if not (ROOT / SHELVES / file).exists()] == []


@pytest.mark.parametrize("file", FILES)
def test_every_threshold_has_a_source(file: str) -> None:
    content = read(texts()[file])
    assert isinstance(content, dict)
    assert content.get("source") or "pathways/" in file
    assert content["in_force"]
    assert list(_unsourced(content)) == []


def _unsourced(content: dict[str, Any]) -> Iterator[str]:
    """The entries of a file that set a threshold without saying where it comes from; its own head speaks for the rest."""
    for word, entry in _entries(content):
        if not entry.get("source") and any(_is_threshold(value) for value in _values(entry)):
            yield f"{word}: {entry.get('key', entry)}"


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for word, value in content.items():
        entries = value if isinstance(value, list) else [value]
        if word not in {"items", "loinc"}:  # what may be answered, and codes: both are the head's
            yield from ((word, entry) for entry in entries if isinstance(entry, dict))
    for stage in content.get("stages", ()):
        yield from _entries({key: value for key, value in stage.items() if isinstance(value, dict)})


def _values(node: Any) -> Iterator[Any]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield child
        yield from _values(child)


def _is_threshold(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"\d+[bdhm]", value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def test_the_vignettes_are_shown_as_they_are_tested() -> None:
    renewed = ".venv/bin/python -m tests.vignettes.page > docs/vignettes.md"
    assert texts()["docs/vignettes.md"] == page(), f"renew it: {renewed}"
