"""How hard a text is to read: the Flesch-Kincaid grade level, and which words of a decision are read.

Source: Kincaid, Fishburne, Rogers and Chissom (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are
counted by groups of vowels, without a silent e. Names that a clinician says as a whole (PHQ-9, IOP, HR-2), numbers and
months are no words here: they would only make a text look easier.
"""

import re
from collections.abc import Iterator, Sequence

from models.views import DecisionView, FindingLine

_NAMES = re.compile(
    r"\b(?:(?!NOT\b)[A-Z][A-Z]+(?:-\w+)?|CIWA-Ar|HR-\w+|[a-z]+-\d|[Sr]\d+|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"
)


def grade(sentences: Sequence[str]) -> float:
    """Return the school grade of a text, given sentence by sentence."""
    words = [word for one in sentences for word in re.findall(r"[a-z]+", _NAMES.sub(" ", one).lower())]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Count the syllables of a lower-case word."""
    groups = len(re.findall(r"[aeiouy]+", word))
    groups += len(re.findall(r"(?<![tcsg])i[aou]|(?<![qg])ua|sui", word))
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$|[^aeiouysxzcg]es$", word)
    return max(1, groups - bool(silent))


def verdict(view: DecisionView) -> Iterator[str]:
    """What is read first: the verdict, what is missing, what would change it. A thing with its figures is one sentence."""
    yield view.headline
    yield from view.missing
    for other in view.alterations:
        yield f"{other.says} {other.takes}"
        yield from (f"{one.label} expected: {one.expected}; now: {one.actual}" for one in other.lacks)
        yield from (f"Enough: {one.enough}." for one in other.lacks if one.enough)
    yield from view.basis.suggestions if view.basis else ()


def whole(view: DecisionView) -> Iterator[str]:
    """All that a page says of a decision: the verdict, then every table row by row, and how the level was found."""
    yield from verdict(view)
    yield from view.basis.why if view.basis else ()
    for one in findings(view):
        yield f"{one.label} {one.expected} {one.actual}"
        if one.met == "unknown":
            yield one.ask


def findings(view: DecisionView) -> Iterator[FindingLine]:
    """Every finding that is shown, as often as it is shown."""
    yield from (*view.guards, *view.mentions)
    yield from (one for route in view.routes for one in route.findings)
