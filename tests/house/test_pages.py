"""Decisions of architecture are one page each, numbered without a gap, and say what they cost."""

import re

import pytest

from tests.house.tree import texts

PAGES = sorted(file for file in texts() if re.fullmatch(r"docs/adr/\d{4}-[a-z-]+\.md", file))


def test_they_are_numbered_without_a_gap() -> None:
    assert [int(page[9:13]) for page in PAGES] == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES)
def test_each_has_its_four_parts(page: str) -> None:
    assert re.findall(r"^## (.+)$", texts()[page], re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Status",
    ]
    assert texts()[page].count("\n") <= 75


def test_the_command_that_checks_is_the_one_the_readme_names() -> None:
    runs = [line for line in texts()[".ci/run"].splitlines() if line.startswith("make ")]
    assert runs == ["make check"]
    assert "`make check`" in texts()["README.md"]
    assert "`make test`" in texts()["README.md"]
