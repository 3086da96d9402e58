"""The plans that the invented clinic writes at its reviews."""

from datetime import timedelta
from typing import Any

from models.care_plan import GoalStatus, Participation, PlanTemplate
from models.catalogue.pathway_files import definition
from models.requests import NewDose, NewGoal, NewPlan
from services.population.answers import asks_for_less
from services.population.days import HalfDay
from services.population.people import Person
from services.population.seen import Seen

NEXT = {"iop": "op", "op": "aftercare", "aftercare": "discharged"}


def plan(person: Person, seen: Seen, half: HalfDay) -> NewPlan:
    """Return the plan of a review: its stage's own at first, then unchanged until the next step can be named."""
    chance = person.draw("next", half.day)
    says, at = _says(chance.random()), half.before(40)
    ends = seen.stage == "aftercare" or asks_for_less(person, half.day, seen.stage)
    if seen.planned and not ends:
        return NewPlan(unchanged=True, participation=says, effective_at=at)
    usual, next_on = (
        definition(person.definition).stage(seen.stage).plan,
        half.date + timedelta(days=chance.randint(14, 22)),
    )
    step = {"next_step": NEXT[seen.stage], "next_on": next_on} if ends else {}
    goals, services = _goals(usual, "met" if ends else "open"), _services(usual)
    said = {
        "goals": goals,
        "services": services,
        "aftercare": _AFTER,
        "participation": says,
        "effective_at": at,
    }
    return NewPlan.model_validate({**said, **step})


_AFTER = "A meeting each week; knows whom to call at night; the telephone check-in on Mondays."


def _says(share: float) -> Participation:
    return (
        Participation.AGREES
        if share < 0.85
        else Participation.DISAGREES
        if share < 0.9
        else Participation.NOT_ASKED
    )


def _goals(usual: PlanTemplate | None, status: str) -> Any:
    """The goals its stage usually has, all of them open or met; a stage without a template sums them up in a word."""
    if usual is None:
        return status
    return tuple(
        NewGoal(
            **one.model_dump(include={"key", "dimension"}),
            status=GoalStatus(status),
            what=one.says,
            interventions=one.interventions or None,
            practice=one.practice or None,
        )
        for one in usual.goals
    )


def _services(usual: PlanTemplate | None) -> tuple[NewDose, ...]:
    return tuple(NewDose(**one.model_dump()) for one in usual.services) if usual else ()
