"""Risk: which warning stands. It counts from whoever gives it; only a clinician's own signature takes it back."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, Protocol, TypeVar

from models.criterion import Flagged, Unfinished
from models.definition import PathwayDefinition
from models.instrument import Answers
from services.rules.placement import urgent
from services.rules.sight import RATINGS, RISK


class Screen(Protocol):
    """A screen that came to a band."""

    @property
    def band(self) -> str | None:
        """What it came to."""

    @property
    def signed(self) -> bool:
        """Whether it counts as signed."""

    @property
    def attested(self) -> bool:
        """Whether only its source or its client stands for it."""


S = TypeVar("S", bound=Screen)


def open_warning(screens: Iterable[S], bands: Collection[str]) -> S | None:
    """Return the warning that nobody with a credential has taken back, if there is one.

    Shapes: screens with a band, newest first; `bands` are those that warn.
    """
    for one in screens:
        if one.band in bands:
            return one
        if one.signed and not one.attested:
            return None
    return None


class Seen(NamedTuple):
    """What a form shows: its answers, the bands it could be, mildest first, and its flags."""

    instrument: str
    answers: Answers
    could_be: tuple[str, ...]
    flags: tuple[str, ...]


def lessens(definition: PathwayDefinition, before: Seen, after: Seen | None) -> bool:
    """Tell whether a correction would take back a warning: a suicide risk, an answer about suicide, an urgent need.

    Shapes: `after` is None where the form is retracted.
    """
    return not warnings(definition, before) <= (warnings(definition, after) if after else set())


def warnings(definition: PathwayDefinition, seen: Seen) -> set[str]:
    """Return what a form warns of, each in a word: of risk every band up to the least that it could be."""
    found = set(seen.flags) & _watched(definition, seen.instrument)
    ranks = definition.placement.risks
    if seen.instrument == RISK and seen.could_be and seen.could_be[0] in ranks:
        found |= {*ranks[1 : ranks.index(seen.could_be[0]) + 1]}
    if seen.instrument == RATINGS and urgent(definition.placement, seen.answers):
        found.add("urgent")
    return found


def _watched(definition: PathwayDefinition, instrument: str) -> set[str]:
    """The flags of an instrument that wait for somebody to look into them."""
    waits = (one for one in definition.criteria if isinstance(one, Flagged | Unfinished))
    return {one.flag for one in waits if one.instrument == instrument}
