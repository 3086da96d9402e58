"""The vignettes as a clinician reads them: `python -m tests.vignettes.page > docs/vignettes.md`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.catalogue.reading import read

HERE = Path(__file__).parent
GIVEN = {
    "scoring": ("instrument", "set", "sex", "answers"),
    "change": ("instrument", "totals", "scales", "days"),
    "placement": ("ratings", "current", "risk", "facts"),
    "cadence": ("definition", "stage", "looked", "rated"),
    "authorising": ("stage", "walk", "since", "day", "facts"),
    "decisions": ("definition", "stage", "walk", "since", "day", "held", "ready", "without", "facts"),
}
"""What each table gives; the rest of a row is what must come of it."""


def page() -> str:
    """Return every table, with what its columns mean."""
    return "\n".join(
        ("# Vignettes", "", *_INTRODUCTION, *(line for name in GIVEN for line in _table(name)), "")
    )


_INTRODUCTION = (
    "What the rules make of one client at one moment, row by row, as the tests read it. Each row names the rule it shows.",
    "",
)


def _table(name: str) -> Iterator[str]:
    text = (HERE / f"{name}.yaml").read_text("utf-8")
    rows = read(text)
    yield from (f"## {name.capitalize()} ({len(rows)})", "", *_said(text), "")
    yield from ("| rule | given | must come of it |", "|---|---|---|")
    for row in rows:
        given = {key: row[key] for key in GIVEN[name] if key in row}
        must = {key: value for key, value in row.items() if key not in {"rule", *given}}
        yield f"| {row['rule']} | {_cells(given)} | {_cells(must)} |"
    yield ""


def _said(text: str) -> Iterator[str]:
    """The comment at the head of a file."""
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line.removeprefix("#").strip()


def _cells(values: dict[str, Any]) -> str:
    return "; ".join(f"{name} {_plain(value)}" for name, value in values.items()).replace("|", "\\|")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    return (
        "–" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    )


if __name__ == "__main__":
    sys.stdout.write(page())
