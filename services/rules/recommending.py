"""The level of care that the ratings recommend, against named levels or the present stage's own."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import takewhile

from models.criterion import Recommended
from models.facts import Assessment
from services.rules import wording
from services.rules.reading import Answer, met, not_met, stale, unknown
from services.rules.sight import RATINGS, Sight


def recommended(criterion: Recommended, sight: Sight) -> Answer:
    """Say whether the last so many ratings, spaced apart, and every one between them, recommend what is asked.

    All of them are read against what is known of the client now: the present stage, the risk and the other facts. Several
    reviews in a row are reviews of the present stay: what was rated elsewhere says nothing of how this level serves.
    """
    ratings = sight.signed(RATINGS)
    if not ratings:
        return unknown("no signed ratings")
    return stale(ratings[0], criterion.fresh_for, sight) or _agreed(criterion, ratings, sight)


def _agreed(criterion: Recommended, ratings: list[Assessment], sight: Sight) -> Answer:
    own = [one for one in ratings if criterion.reviews == 1 or one.effective_at >= sight.case.since]
    agreeing = takewhile(lambda one: _agrees(criterion, sight.level(one), sight), own)
    agreed = list(spaced(agreeing, criterion.apart))[: criterion.reviews]
    seen = agreed if len(agreed) == criterion.reviews else ratings[: criterion.reviews]
    actual = "; ".join(_rated(one, sight) for one in seen)
    if sight.level(ratings[0]) is None:
        return unknown(actual, seen)
    until = min((ratings[0].effective_at + criterion.fresh_for, *sight.known.turns))
    return (met if len(agreed) == criterion.reviews else not_met)(actual, seen, until=until)


def _agrees(criterion: Recommended, level: str | None, sight: Sight) -> bool:
    if level is None or (criterion.levels and level not in criterion.levels):
        return False
    step = sight.intensity(level) - sight.intensity(sight.stage.level)
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
