"""The level of care that the ratings recommend, against named levels or the present stage's own."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import takewhile

from models.criterion import Recommended
from models.definition import PathwayDefinition
from models.facts import Assessment
from models.placement import Basis
from services.rules import wording
from services.rules.placement import intensity
from services.rules.reading import Answer, met, not_met, stale, unknown
from services.rules.sight import RATINGS, Sight

_SAID = ("rules", "missing", "why", "suggestions")


def recommended(criterion: Recommended, sight: Sight) -> Answer:
    """Say whether the last so many ratings, spaced apart, and every one between them, recommend what is asked.

    All of them are read against what is known of the client now: the present stage, the risk and the other facts. Several
    reviews in a row are reviews of the present stay: what was rated elsewhere says nothing of how this level serves.
    """
    ratings = sight.signed(RATINGS)
    if not ratings:
        return unknown("no signed ratings")
    return stale(ratings[0], criterion.fresh_for, sight) or _agreed(criterion, ratings, sight)


def basis(sight: Sight, ratings: Assessment | None) -> Basis:
    """Return what the recommended level rests on: the table, what it read, from when, and every rule that fired."""
    table, found = sight.definition.placement, sight.placed(ratings)
    return Basis(
        table=table.name,
        edition=table.edition,
        hit_policy=table.hit_policy,
        ratings=ratings.answers if ratings else (),
        rated_at=ratings.effective_at if ratings else None,
        risk=sight.risk,
        facts=tuple(sorted(sight.placement_facts)),
        **{name: getattr(found, name) for name in _SAID},
    )


def _agreed(criterion: Recommended, ratings: list[Assessment], sight: Sight) -> Answer:
    run = _agreeing(criterion, ratings, sight)
    agreed = list(spaced(run, criterion.apart))[: criterion.reviews]
    whole = len(agreed) == criterion.reviews
    seen = agreed if whole else ratings[: criterion.reviews]
    actual = "; ".join(_rated(one, sight) for one in seen)
    if sight.level(ratings[0]) is None:
        return unknown(actual, seen)._replace(ask=_diagnosis(sight))
    until = min((ratings[0].effective_at + criterion.fresh_for, *sight.known.turns))
    waits = "" if whole else _waits(criterion, run, sight)
    return (met if whole else not_met)(f"{actual}{waits}", seen, until=until)


def _agreeing(criterion: Recommended, ratings: list[Assessment], sight: Sight) -> list[Assessment]:
    """The newest ratings that recommend what is asked, one after the other."""
    own = (one for one in ratings if criterion.reviews == 1 or one.effective_at >= sight.case.since)
    return list(
        takewhile(lambda one: asks(criterion, sight.definition, sight.case.stage, sight.level(one)), own)
    )


def _waits(criterion: Recommended, run: list[Assessment], sight: Sight) -> str:
    """Say from which day a second review would count, where one has been."""
    if criterion.reviews != 2 or not run:
        return ""
    return f"; a second review counts from {wording.moment(run[-1].effective_at + criterion.apart, sight)}"


def _diagnosis(sight: Sight) -> str:
    """What to ask for where the ratings are there and come to no level: the diagnosis, if nobody has said."""
    definition = sight.definition
    said = {fact.key: fact.says for fact in definition.placement.facts}
    return (
        ""
        if definition.diagnosis in sight.placement_facts
        else f"Record whether {said[definition.diagnosis]}"
    )


def asks(criterion: Recommended, definition: PathwayDefinition, stage: str, level: str | None) -> bool:
    """Tell whether a level is one that is asked for, seen from a stage."""
    if level is None or (criterion.levels and level not in criterion.levels):
        return False
    ladder, here = definition.placement, definition.stage(stage).level
    step = intensity(ladder, level) - intensity(ladder, here)
    return {"below": step < 0, "above": step > 0, None: True}[criterion.relation]


def spaced(newest_first: Iterable[Assessment], apart: timedelta) -> Iterator[Assessment]:
    """Yield the newest, and each that is so long before the last one: ratings of one week are one review."""
    last: Assessment | None = None
    for one in newest_first:
        if last is None or last.effective_at - one.effective_at >= apart:
            last = one
            yield one


def _rated(one: Assessment, sight: Sight) -> str:
    level = sight.level(one)
    what = wording.level(level, sight) if level else "no recommendation"
    return f"{what} {wording.on(one.effective_at, sight)}"
