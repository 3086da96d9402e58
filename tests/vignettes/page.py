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
    "cadence": ("definition", "stage", "look", "looked", "called", "rated", "pcl", "scales"),
    "weeks": ("stage", "day", "held", "unplanned", "sessions"),
    "times": ("definition", "stage", "session", "bound"),
    "waiting": ("day", "waits"),
    "authorising": ("stage", "walk", "since", "day", "facts"),
    "decisions": ("definition", "stage", "walk", "since", "day", "held", "ready", "without", "facts"),
}
"""What each table gives; the rest of a row is what must come of it."""


def page() -> str:
    """Return every table, with what its columns mean."""
    tables = (line for name in GIVEN for line in _table(name))
    stories = [read(file.read_text("utf-8")) for file in sorted((HERE / "stories").glob("*.yaml"))]
    return "\n".join(("# Vignettes", "", *_INTRODUCTION, *tables, *_stories(stories)))


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


def _stories(stories: list[Any]) -> Iterator[str]:
    yield from (f"## Stories ({len(stories)})", "", *_OF_STORIES)
    for number, story in enumerate(stories, 1):
        yield from _story(number, story)


_OF_STORIES = (
    "Twelve weeks of one client each, messy on purpose: late, contradictory, missing. Day 0 is Monday 5 January 2026,",
    "a fact is at noon, and `learned @24` is the day on which we heard of it. What is never proposed is so on every",
    "pass from the one day to the other, or throughout. A row names every trigger that called, every move and every",
    "signature set aside since the row before, and nothing is proposed that it does not name. On every pass of the",
    "engine, too, never two placements are open, nobody is moved but by a signature or a report, an open high risk",
    "freezes every chosen move, unknown moves nobody, and every decision can be made again to the byte. `charts` counts",
    "the sessions that somebody is asked to chart; they are left out of `work`.",
    "",
)


def _story(number: int, story: dict[str, Any]) -> Iterator[str]:
    yield from (f"### {number}. {story['title']}", "", f"{story['client']}.", "")
    yield from (
        f"- Definition {story['definition']}, enters at {story['enters']}",
        f"- Shows {_plain(story['shows'])}",
    )
    yield from (f"- Never proposed: {_plain(story['never'])}", "")
    yield from (
        "| day | what it shows | becomes known | people do | must come of it |",
        "|---|---|---|---|---|",
    )
    for row in story["days"]:
        given = ("day", "rule", "known", "does", "refused")
        day, rule, known, does, refused = (_plain(row.get(key, "")) for key in given)
        done = "; ".join(filter(None, (does, refused and f"refused: {refused}")))
        must = {key: value for key, value in row.items() if key not in given}
        yield f"| {day} | {rule} | {known} | {done} | {_cells(must)} |"
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
