"""What would alter a decision: the ways that lack the least, what each of them lacks, and which rating alone would do it."""

from collections.abc import Iterator
from math import inf
from typing import NamedTuple

from models.criterion import Recommended
from models.decision import Decision, Finding, Met, RouteFinding
from models.definition import Outcome, PathwayDefinition
from models.placement import Basis, PlacementTable
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
    basis, stage, level = decision.basis, decision.stage, decision.recommended
    if basis is None or level is None or asks(asked, definition, stage, level):
        return ()
    others = _others(definition.placement, basis)
    doing = [one for one in others if asks(asked, definition, stage, _level(definition, stage, basis, one))]
    return tuple(one for one in doing if all(one.by <= other.by for other in doing))


def _others(table: PlacementTable, basis: Basis) -> Iterator[Rerated]:
    """Every value that a single rating may have, the present one too: with that nothing is brought."""
    for name, now in zip(table.ratings, basis.ratings, strict=False):
        if now is not None:
            yield from (Rerated(name, now, then) for then in table.values)


def _level(definition: PathwayDefinition, stage: str, basis: Basis, one: Rerated) -> str | None:
    """The level that the table recommends once a rating has this value, all else alike."""
    pairs = zip(definition.placement.ratings, basis.ratings, strict=True)
    return place(
        definition.placement,
        [one.then if name == one.rating else now for name, now in pairs],
        current=definition.stage(stage).level,
        risk=basis.risk,
        facts=frozenset(basis.facts),
    ).recommended


def _distance(alteration: Alteration) -> tuple[int, int, float]:
    lacks = alteration.lacks
    against = sum(one.met == Met.NOT_MET for one in lacks)
    return against, len(lacks), next((one.by for one in alteration.rerated), inf)
