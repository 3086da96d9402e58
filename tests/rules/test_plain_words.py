"""Why a decision is what it is reads at school grade 8: over every row of the table of decisions and all twelve stories."""

from collections.abc import Callable, Iterator
from functools import cache
from statistics import median
from typing import Any

import pytest

from models.case import Case
from models.catalogue.pathway_files import definition
from models.changes import DecisionMade
from models.decision import Decision
from models.views import DecisionView
from services import ids, telling
from services.rules import decide
from tests.builders import on_day
from tests.folding import kinds
from tests.readability import findings, grade, syllables, verdict, whole
from tests.rules.test_decision_vignettes import ROWS, case_of
from tests.stories import STORIES, lived

GRADE = 8.0
Read = Callable[[DecisionView], Iterator[str]]


def _decided(row: dict[str, Any]) -> tuple[Decision, Case]:
    one = definition(row.get("definition", "sud-adult"))
    case = case_of(row, one.name)
    return decide(one, [case], at=on_day(row["day"]))[0], case


@cache
def _views() -> list[tuple[str, DecisionView]]:
    """Every decision of the table and of the stories, in words."""
    told = [(row["rule"], *_decided(row)) for row in ROWS]
    told += [
        (f"{name}, day {row.told['day']}", made.decision, Case.from_bytes(made.case))
        for name in STORIES
        for row in lived(name)
        for made in kinds(row.said, DecisionMade)
    ]
    return [
        (name, telling.decision(one, ids.named("decision", name), case=case, engine=""))
        for name, one, case in told
    ]


@pytest.mark.parametrize("read", [verdict, whole], ids=["what is read first", "all that is shown"])
def test_every_decision_reads_at_grade_8(read: Read) -> None:
    grades = sorted((grade(list(read(view))), name) for name, view in _views())
    assert len(grades) > 300
    assert [(f"{hard:.1f}", name) for hard, name in grades if hard > GRADE] == []
    assert median(hard for hard, _ in grades) < GRADE - 1


def test_no_ask_and_no_label_is_a_long_sentence() -> None:
    said = {text for _, view in _views() for one in findings(view) for text in (one.ask, one.label)}
    assert sorted(text for text in said if len(text.split()) > 14) == []


def test_the_measure_tells_plain_from_hard() -> None:
    plain = "Ask about use and record the six ratings."
    hard = "Contraindications necessitate reconsideration of the proposed pharmacological intervention."
    assert grade([plain]) < GRADE < grade([hard])
    assert grade(["PHQ-9 12 on 3 March"]) == grade(["on March"])


@pytest.mark.parametrize(
    ("word", "many"),
    [
        ("ratings", 2),
        ("signed", 1),
        ("expected", 3),
        ("aftercare", 3),
        ("suicide", 3),
        ("assessment", 3),
        ("residential", 4),
        ("ambulatory", 5),
        ("people", 2),
        ("evaluation", 5),
        ("quarterly", 3),
        ("the", 1),
        ("missed", 1),
        ("measures", 2),
    ],
)
def test_syllables_are_counted_as_they_are_said(word: str, many: int) -> None:
    assert syllables(word) == many


def worst(number: int = 12) -> Iterator[str]:
    """Return the hardest single texts, for whoever mends them: `python -m tests.rules.test_plain_words`."""
    said = {text for _, view in _views() for text in whole(view)}
    for text in sorted(said, key=lambda one: -grade([one]))[:number]:
        yield f"{grade([text]):4.1f}  {text}"


if __name__ == "__main__":
    print("\n".join(worst()))  # noqa: T201
