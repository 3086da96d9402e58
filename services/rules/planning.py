"""Plans kept by their definition: how goals sum up, what a plan does otherwise than its template, when a word is owed."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from models.care_plan import Dose, DoseTemplate, Goal, GoalStatus, PlanTemplate
from models.case import Reassessment
from models.changes import WorkOpened
from models.people import Role
from services.rules import work
from services.rules.cadence import after
from services.rules.sight import RATINGS, Sight

REVIEW = "review-plan"
COUNTERSIGN = "countersign-plan"


def summed_up(goals: Iterable[Goal]) -> Literal["open", "met", "transferred"]:
    """Return how goals stand together: open while one is; what was dropped counts for nothing."""
    statuses = {goal.status for goal in goals}
    if GoalStatus.OPEN in statuses:
        return "open"
    if GoalStatus.MET in statuses:
        return "met"
    return "transferred" if GoalStatus.TRANSFERRED in statuses else "open"


def deviations(
    template: PlanTemplate | None, goals: Sequence[Goal], doses: Sequence[Dose]
) -> tuple[str, ...]:
    """Return what a plan does otherwise than its template: `left-out:goal`, `added:service`, `changed:service`."""
    if template is None:
        return ()
    wanted, planned = {one.key for one in template.goals}, {one.key for one in goals}
    usual = {one.service: _amount(one) for one in template.services}
    given = {one.service: _amount(one) for one in doses}
    changed = [f"changed:{one}" for one in usual if one in given and usual[one] != given[one]]
    return (*_apart(wanted, planned), *_apart(set(usual), set(given)), *changed)


def _apart(usual: set[str], given: set[str]) -> Iterator[str]:
    yield from (f"left-out:{one}" for one in sorted(usual - given))
    yield from (f"added:{one}" for one in sorted(given - usual))


def _amount(one: Dose | DoseTemplate) -> tuple[int, int]:
    return one.per_week, one.minutes


def owed(sight: Sight, done: Iterable[Reassessment]) -> tuple[WorkOpened, ...]:
    """Ask for a word on the plan after each look at the ratings that no plan has been written for."""
    keeping = sight.definition.planning
    if keeping is None or sight.stage.plan is None or _still_serves(sight, sight.stage.plan):
        return ()
    asked = any(item.kind == REVIEW for item in sight.case.work)
    silent = [look for look in done if RATINGS in look.parts and not asked and not _has_spoken(sight, look)]
    due_at = after(sight.at, keeping.review_within, sight.case.zone)
    return tuple(work.opened(sight.case, REVIEW, look.id, Role.CLINICIAN, due_at) for look in silent[:1])


def _still_serves(sight: Sight, template: PlanTemplate) -> bool:
    newest = next(iter(sight.plans), None)
    return bool(newest and template.serves and newest.effective_at > sight.within(template.serves))


def _has_spoken(sight: Sight, look: Reassessment) -> bool:
    newest = next(iter(sight.plans), None)
    return newest is not None and newest.effective_at >= look.counts_from
