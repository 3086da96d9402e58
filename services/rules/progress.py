"""Whether a change of the plan has helped: the ratings since, against those it was made on."""

from collections.abc import Iterable
from itertools import pairwise

from models.criterion import NoProgress
from models.facts import Assessment, Plan
from services.rules import wording
from services.rules.reading import Answer, not_met, stale, standing, unknown
from services.rules.recommending import spaced
from services.rules.sight import RATINGS, Sight


def no_progress(criterion: NoProgress, sight: Sight) -> Answer:
    """Hold the last reviews since the plan was changed against the ratings it was changed on."""
    changed = _changed(sight)
    if changed is None:
        return not_met("no service or goal was changed in this stay")
    ratings = sight.signed(RATINGS)
    before = next((one for one in ratings if one.effective_at <= changed.effective_at), None)
    since = [one for one in ratings if one.effective_at > changed.effective_at]
    reviews = list(spaced(since, criterion.apart))[: criterion.reviews]
    when = f"since the plan changed {wording.on(changed.effective_at, sight)}"
    if before is None:
        return unknown("no signed ratings before the plan changed", (changed,))
    if len(reviews) < criterion.reviews:
        return not_met(f"{len(reviews)} of {criterion.reviews} reviews {when}", (changed, *reviews))
    return stale(reviews[0], criterion.fresh_for, sight) or _compared(
        criterion, sight, before, reviews, changed, when
    )


def _changed(sight: Sight) -> Plan | None:
    """The last plan of this stay with other services or other goals than the one before it."""
    here = [one for one in sight.plans if one.effective_at >= sight.case.since]
    return next((newer for newer, older in pairwise(here) if _content(newer) != _content(older)), None)


def _content(plan: Plan) -> object:
    return {goal.key for goal in plan.by_goal}, frozenset(plan.services)


def _compared(
    criterion: NoProgress,
    sight: Sight,
    before: Assessment,
    reviews: list[Assessment],
    changed: Plan,
    when: str,
) -> Answer:
    had = _rated(criterion, sight, before)
    lower = [
        name for one in reviews for name, now in _rated(criterion, sight, one).items() if now < had[name]
    ]
    stuck = not lower and any(value >= criterion.reach for value in had.values())
    actual = f"{', '.join(dict.fromkeys(lower)) or 'nothing'} better {when}"
    until = reviews[0].effective_at + criterion.fresh_for
    return standing(stuck, actual, (changed, before, *reviews), until=until)


def _rated(criterion: NoProgress, sight: Sight, ratings: Assessment) -> dict[str, int]:
    named: Iterable[tuple[str, int | None]] = zip(
        sight.definition.placement.ratings, ratings.answers, strict=True
    )
    return {name: value for name, value in named if name in criterion.ratings and value is not None}
