"""What would alter a decision: the way onwards and the way up that lack the least, and what each of them lacks."""

from collections.abc import Iterator
from typing import NamedTuple

from models.decision import Decision, Finding, Met, RouteFinding
from models.definition import Outcome

_DIRECTIONS = ((Outcome.STEP_DOWN, Outcome.COMPLETE), (Outcome.STEP_UP, Outcome.REFER))


class Alteration(NamedTuple):
    """One other way out, and every finding that would have to change for it to be open."""

    way: RouteFinding
    lacks: tuple[Finding, ...]


def alterations(decision: Decision) -> tuple[Alteration, ...]:
    """Return in each direction the way that is nearest to open, if the decision does not go there already.

    Shapes: at most one way onwards, then at most one up. Fewest findings against it first, then fewest unknown.
    """
    return tuple(_nearest(decision))


def _nearest(decision: Decision) -> Iterator[Alteration]:
    for outcomes in _DIRECTIONS:
        ways = [Alteration(way, _lacks(way, decision)) for way in decision.routes if way.outcome in outcomes]
        if ways and decision.outcome not in outcomes:
            yield min(ways, key=_distance)


def _lacks(way: RouteFinding, decision: Decision) -> tuple[Finding, ...]:
    return tuple(one for one in decision.findings if one.criterion in way.criteria and one.met != Met.MET)


def _distance(alteration: Alteration) -> tuple[int, int]:
    against = sum(one.met == Met.NOT_MET for one in alteration.lacks)
    return against, len(alteration.lacks) - against
