"""Every seed and every hazard is traced to what exists: a test, or a row of a vignette table, by its name."""

import ast
import re
from functools import cache
from typing import Any

import pytest

from models.catalogue.reading import read
from tests.house.tree import texts

PAGES = ("docs/seeds.md", "docs/hazards.md")
_NAMED = re.compile(r"`(tests/[^`:]+)::([^`]+)`")


@cache
def _rows(page: str) -> list[list[str]]:
    """The cells of a page's one table, without its head."""
    lines = [line for line in texts()[page].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@cache
def _names(file: str) -> set[str]:
    """What can be named in a file of tests: its functions, or the rules of its rows and of a story's days."""
    if file.endswith(".py"):
        nodes = ast.parse(texts()[file]).body
        return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_"}
    found: Any = read(texts()[file])
    return {row.get("rule") for row in (found["days"] if isinstance(found, dict) else found)}


def test_every_seed_stands_once_and_in_order() -> None:
    assert [row[0] for row in _rows("docs/seeds.md")] == [f"S{number}" for number in range(1, 49)]


@pytest.mark.parametrize("page", PAGES)
def test_every_row_is_whole(page: str) -> None:
    rows = _rows(page)
    assert {len(row) for row in rows} == {4 if page == "docs/seeds.md" else 6}
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows)


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_is_named_exists(page: str) -> None:
    named = _NAMED.findall(texts()[page])
    assert texts()[page].count("::") == len(named) + texts()[page].count("`file::name`")
    assert [
        f"{file}::{name}" for file, name in named if file not in texts() or name not in _names(file)
    ] == []


def test_a_seed_says_how_it_stands_and_what_shows_it_or_that_it_is_open() -> None:
    for key, asks, stands, shown in _rows("docs/seeds.md"):
        assert 5 <= len(asks.split()) <= 15, key
        assert re.match("(Field|Rule|Warning|Catalogue|Open): ", stands), key
        assert bool(_NAMED.search(shown)) != stands.startswith("Open: "), key


def test_a_hazard_has_its_cause_a_control_a_test_and_what_remains() -> None:
    rows = _rows("docs/hazards.md")
    assert [row[0] for row in rows] == [f"H{number}" for number in range(1, len(rows) + 1)]
    assert len(rows) >= 20
    for row in rows:
        assert all(row), row[0]
        where = re.findall(r"`((?:services|models|flows)/[^`]+)`", row[3])
        assert where, row[0]
        assert [file for file in where if file not in texts()] == [], row[0]
        assert _NAMED.search(row[4]), row[0]


@pytest.mark.parametrize("page", PAGES)
def test_the_readme_leads_there(page: str) -> None:
    assert f"]({page})" in texts()["README.md"]
