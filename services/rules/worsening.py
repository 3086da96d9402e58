"""Whether the six ratings have worsened in the present stay, rating by rating."""

from models.criterion import Worsened
from models.facts import Assessment
from services.rules import wording
from services.rules.reading import Answer, stale, standing, unknown
from services.rules.sight import RATINGS, Sight


def worsened(criterion: Worsened, sight: Sight) -> Answer:
    """Hold the latest signed ratings against those that the stay began with."""
    ratings = sight.signed(RATINGS)
    if not ratings:
        return unknown("no signed ratings")
    newest, first = ratings[0], _first(criterion, ratings, sight)
    names = sight.definition.placement.ratings
    worse = [
        f"{name} {before} to {now}"
        for name, before, now in zip(names, first.answers, newest.answers, strict=True)
        if before is not None and now is not None and _is_worse(criterion, name, before, now)
    ]
    actual = f"{', '.join(worse) or 'none worse'} since {wording.moment(first.effective_at, sight)}"
    return stale(newest, criterion.fresh_for, sight) or standing(
        bool(worse), actual, (newest, first), until=newest.effective_at + criterion.fresh_for
    )


def _first(criterion: Worsened, ratings: list[Assessment], sight: Sight) -> Assessment:
    since = sight.case.since
    near = [one for one in ratings if one.effective_at > since - criterion.before]
    before = (one for one in near if one.effective_at <= since)
    return next(before, (near or ratings)[-1])


def _is_worse(criterion: Worsened, name: str, before: int, now: int) -> bool:
    far = name in criterion.ratings and now - before >= criterion.by
    return far or (name in criterion.acute and now > before and now >= criterion.reach)
