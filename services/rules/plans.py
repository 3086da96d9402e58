"""What the plan of care says: of this level's goals, of the next step, and of what carries the client afterwards."""

from datetime import date, datetime, timedelta

from models.criterion import AftercarePlanned, GoalsMet, NextStepDated
from models.facts import Plan
from services.rules import wording
from services.rules.cadence import day_of, start_of
from services.rules.reading import Answer, met, not_met, stale, standing, unknown
from services.rules.sight import Sight


def goals_met(criterion: GoalsMet, sight: Sight) -> Answer:
    """Say whether no goal of this level is open any more."""
    plan = next(iter(sight.plans), None)
    if plan is None:
        return unknown("no plan on file")
    actual = f"goals {plan.goals} {wording.on(plan.effective_at, sight)}"
    return stale(plan, criterion.fresh_for, sight) or standing(
        plan.goals != "open", actual, (plan,), until=plan.effective_at + criterion.fresh_for
    )


def next_step_dated(criterion: NextStepDated, sight: Sight) -> Answer:
    """Say whether the plan names the next step and its date, today or later."""
    plan = next(iter(sight.plans), None)
    if plan is None:
        return unknown("no plan on file")
    return stale(plan, criterion.fresh_for, sight) or _dated(plan, criterion, sight)


def _dated(plan: Plan, criterion: NextStepDated, sight: Sight) -> Answer:
    if plan.next_step is None or plan.next_on is None:
        return not_met("no next step with a date", (plan,), until=plan.effective_at + criterion.fresh_for)
    stale = plan.effective_at + criterion.fresh_for
    actual = f"{wording.plain(plan.next_step)} on {wording.day(plan.next_on, sight)}"
    elsewhere = bool(criterion.leads_to) and plan.next_step not in criterion.leads_to
    if elsewhere or plan.next_on < day_of(sight.at, sight.case.zone):
        return not_met(actual, (plan,), until=stale)
    passes = plan.next_on < day_of(stale, sight.case.zone)
    return met(actual, (plan,), until=_day_after(plan.next_on, sight) if passes else stale)


def _day_after(day: date, sight: Sight) -> datetime:
    return start_of(day + timedelta(days=1), sight.case.zone)


def aftercare_planned(criterion: AftercarePlanned, sight: Sight) -> Answer:
    """Say whether the plan tells what carries the client after this level; a plan that is silent on it is not finished."""
    plan = next(iter(sight.plans), None)
    if plan is None:
        return unknown("no plan on file")
    if not plan.aftercare:
        return unknown(f"the plan of {wording.moment(plan.effective_at, sight)} says nothing of it", (plan,))
    written = f"written {wording.on(plan.effective_at, sight)}"
    return stale(plan, criterion.fresh_for, sight) or met(
        written, (plan,), until=plan.effective_at + criterion.fresh_for
    )
