"""What would alter a decision: the ways that lack the least, what each of them lacks, and which rating alone would do it."""

from collections.abc import Iterator
from typing import NamedTuple

from models.criterion import Recommended
from models.decision import Decision, Finding, Met, RouteFinding
from models.definition import Outcome, PathwayDefinition
from models.placement import PlacementTable
from services.rules.placement import place
from services.rules.recommending import asks

_UP = (Outcome.STEP_UP, Outcome.REFER)
_DIRECTIONS = ((Outcome.STEP_DOWN, Outcome.COMPLETE), (Outcome.ADMIT,), _UP)


class Rerated(NamedTuple):
    """One rating with another value than it has now."""

    rating: str
    now: int
    then: int

    @property
    def by(self) -> int:
        """How far the two are apart."""
        return abs(self.then - self.now)


class Alteration(NamedTuple):
    """One other way out, and every finding that would have to change for it to be open.

    `rerated` are the smallest changes of a single rating, any one of which brings the level that the way asks for; none
    where the ratings are there already, and where no single one would do.
    """

    way: RouteFinding
    lacks: tuple[Finding, ...]
    rerated: tuple[Rerated, ...] = ()


def alterations(definition: PathwayDefinition, decision: Decision) -> tuple[Alteration, ...]:
    """Return in each direction the way that is nearest to open, if the decision does not go there already.

    Shapes: at most one way onwards, one in, one up, in this order. Fewest findings against it first, then fewest unknown,
    then the smallest change of a rating. While no level is recommended no way in or up is told: what is missing says it.
    """
    return tuple(_nearest(definition, decision))


def _nearest(definition: PathwayDefinition, decision: Decision) -> Iterator[Alteration]:
    for outcomes in _DIRECTIONS:
        ways = [
            _alteration(definition, way, decision)
            for way in decision.routes
            if way.outcome in outcomes and _is_other(way, outcomes, decision)
        ]
        if ways:
            yield min(ways, key=_distance)


def _is_other(way: RouteFinding, outcomes: tuple[Outcome, ...], decision: Decision) -> bool:
    """Whether the decision does not go this way already; of the ways in, any but the one proposed is another."""
    if Outcome.ADMIT in outcomes:
        return decision.recommended is not None and way.to_stage != decision.to_stage
    untold = outcomes == _UP and decision.recommended is None
    return decision.outcome not in outcomes and not untold


def _alteration(definition: PathwayDefinition, way: RouteFinding, decision: Decision) -> Alteration:
    lacks = tuple(one for one in decision.findings if one.criterion in way.criteria and one.met != Met.MET)
    criteria = (definition.criterion(one.criterion) for one in lacks)
    asked = next((one for one in criteria if isinstance(one, Recommended)), None)
    return Alteration(way, lacks, _rerated(definition, asked, decision) if asked else ())


def _rerated(definition: PathwayDefinition, asked: Recommended, decision: Decision) -> tuple[Rerated, ...]:
    if decision.recommended is None or asks(asked, definition, decision.stage, decision.recommended):
        return ()
    doing = [
        one for one in _others(definition.placement, decision) if _brings(definition, asked, decision, one)
    ]
    least = min((one.by for one in doing), default=0)
    return tuple(one for one in doing if one.by == least)


def _others(table: PlacementTable, decision: Decision) -> Iterator[Rerated]:
    """Every other value that a single rating might have."""
    rated = decision.basis.ratings if decision.basis else ()
    for name, now in zip(table.ratings, rated, strict=False):
        if now is not None:
            yield from (Rerated(name, now, then) for then in table.values if then != now)


def _brings(definition: PathwayDefinition, asked: Recommended, decision: Decision, one: Rerated) -> bool:
    """Whether the table recommends what is asked once a rating has this value, all else alike."""
    basis, table = decision.basis, definition.placement
    if basis is None:
        return False
    pairs = zip(table.ratings, basis.ratings, strict=True)
    found = place(
        table,
        [one.then if name == one.rating else now for name, now in pairs],
        current=definition.stage(decision.stage).level,
        risk=basis.risk,
        facts=frozenset(basis.facts),
    )
    return asks(asked, definition, decision.stage, found.recommended)


def _distance(alteration: Alteration) -> tuple[int, int, int]:
    lacks = alteration.lacks
    against = sum(one.met == Met.NOT_MET for one in lacks)
    return against, len(lacks) - against, min((one.by for one in alteration.rerated), default=9)
