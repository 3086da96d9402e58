"""Decides: one dated verdict for each case, from its definition and the facts alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from models.case import Case
from models.criterion import NoOpenRisk
from models.decision import Decision, Finding, Met, RouteFinding
from models.definition import Outcome, PathwayDefinition, Route
from models.facts import Assessment
from services.rules.criteria import found
from services.rules.reading import both
from services.rules.recommending import basis
from services.rules.sight import RATINGS, Sight

ENGINE = "1"
"""The version of these rules. A past decision is recomputed by the engine that made it."""

# Safety first: of several routes that stand open, the one earlier here is proposed.
_FIRST = (Outcome.REFER, Outcome.STEP_UP, Outcome.ADMIT, Outcome.STEP_DOWN, Outcome.COMPLETE)
_JUDGES_THE_LEVEL = ("assessed", "recommended", "worsened")


def decide(definition: PathwayDefinition, cases: Sequence[Case], *, at: datetime) -> list[Decision]:
    """One decision per case, in the order given.

    Shapes: n cases in, n decisions out; n may be 0.
    Time:   `at` is aware UTC; evidence dated after it is not seen.
    Raises: NoSuchStage, if a case stands where this definition has no stage.
    Source: each finding carries its criterion's own citation.
    """
    return [_decide(Sight(definition, case, at)) for case in cases]


def guards(definition: PathwayDefinition, case: Case, at: datetime) -> tuple[Finding, ...]:
    """Return how the criteria stand that bind every chosen move, overrides too."""
    return _found(definition.guards, Sight(definition, case, at))


def _decide(sight: Sight) -> Decision:
    definition = sight.definition
    routes = definition.routes_from(sight.stage.key)
    asked = (key for route in routes for key in route.criteria)
    keys = dict.fromkeys((*definition.guards, *asked, *sight.stage.mentions, *sight.stage.warns))
    findings = _found(tuple(keys), sight)
    ways, rated = _ways(definition, routes, findings), _rated(sight)
    looked = Decision(
        pathway_id=sight.case.pathway_id,
        definition=definition.name,
        at=sight.at,
        stage=sight.stage.key,
        outcome=Outcome.STAY,
        recommended=sight.level(rated),
        findings=findings,
        routes=ways,
        missing=_missing(ways, findings),
        basis=basis(sight, rated),
        warned=_warned(sight, findings),
    )
    return _concluded(sight, looked)


def _found(keys: tuple[str, ...], sight: Sight) -> tuple[Finding, ...]:
    return tuple(found(sight.definition.criterion(key), sight) for key in keys)


def _ways(
    definition: PathwayDefinition, routes: tuple[Route, ...], findings: tuple[Finding, ...]
) -> tuple[RouteFinding, ...]:
    stands = {finding.criterion: finding.met for finding in findings}
    asked = {route.key: (*definition.guards, *route.criteria) for route in routes}
    return tuple(
        RouteFinding(
            route=route.key,
            to_stage=route.to,
            outcome=route.outcome,
            met=both(stands[key] for key in asked[route.key]),
            criteria=asked[route.key],
        )
        for route in routes
    )


def _missing(ways: tuple[RouteFinding, ...], findings: tuple[Finding, ...]) -> tuple[str, ...]:
    open_ = {key for way in ways if way.met != Met.NOT_MET for key in way.criteria}
    unknown = (one for one in findings if one.criterion in open_ and one.met == Met.UNKNOWN)
    return tuple(dict.fromkeys(one.ask for one in unknown if one.ask))


def _warned(sight: Sight, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(
        one.criterion for one in findings if one.criterion in sight.stage.warns and one.met == Met.MET
    )


def _rated(sight: Sight) -> Assessment | None:
    """The ratings that recommend a level now, as long as they may speak at all."""
    fresh = (one for one in sight.signed(RATINGS) if one.effective_at > sight.rated_since)
    return next(fresh, None)


def _concluded(sight: Sight, looked: Decision) -> Decision:
    if _is_frozen(sight, looked):
        return replace(looked, outcome=Outcome.REFER)
    for way in _safest_first(sight, looked.routes):
        if way.met == Met.MET:
            return _proposed(sight, looked, way)
    return replace(looked, outcome=Outcome.INSUFFICIENT if _cannot_judge(sight, looked) else Outcome.STAY)


def _is_frozen(sight: Sight, looked: Decision) -> bool:
    return any(one.met == Met.NOT_MET for one in open_risk(sight.definition, looked))


def open_risk(definition: PathwayDefinition, decision: Decision) -> tuple[Finding, ...]:
    """Return the findings of the guards that freeze every chosen move while a risk is open."""
    freezing = {key for key in definition.guards if isinstance(definition.criterion(key), NoOpenRisk)}
    return tuple(one for one in decision.findings if one.criterion in freezing)


def _safest_first(sight: Sight, ways: tuple[RouteFinding, ...]) -> list[RouteFinding]:
    def rank(way: RouteFinding) -> tuple[int, int]:
        return _FIRST.index(way.outcome), -sight.intensity(sight.definition.stage(way.to_stage).level)

    return sorted(ways, key=rank)


def _proposed(sight: Sight, looked: Decision, way: RouteFinding) -> Decision:
    route = next(one for one in sight.definition.routes if one.key == way.route)
    return replace(
        looked, outcome=route.outcome, route=route.key, to_stage=route.to, authority=route.authority
    )


def _cannot_judge(sight: Sight, looked: Decision) -> bool:
    """Whether a way is undecided for no other cause than that nobody can tell which level of care the client needs."""
    unknown = {one.criterion for one in looked.findings if one.met == Met.UNKNOWN} - {
        *sight.definition.guards
    }
    undecided = (unknown.intersection(way.criteria) for way in looked.routes if way.met == Met.UNKNOWN)
    return any(open_ and all(_judges_the_level(key, sight) for key in open_) for open_ in undecided)


def _judges_the_level(key: str, sight: Sight) -> bool:
    return sight.definition.criterion(key).kind in _JUDGES_THE_LEVEL
