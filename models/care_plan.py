"""A plan of care: goals by dimension, services by the week, and how a definition wants plans kept.

A plan is a fact, a version each time. What a goal says in words is sealed; its key, dimension and status are not.
"""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from models.service import Service
from models.word import Step, Window, Word

DIMENSIONS = 6
"""Dimensions 1 to 6, as the six ratings number them."""


class GoalStatus(StrEnum):
    """Where one goal stands. Transferred goals are pursued at the next level; dropped ones no longer."""

    OPEN = "open"
    MET = "met"
    TRANSFERRED = "transferred"
    DROPPED = "dropped"


class Participation(StrEnum):
    """What the client says of the plan."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal, named by a key that stays the same from version to version."""

    key: str
    dimension: int
    status: GoalStatus = GoalStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One service of the week: how often, and for how many minutes each time."""

    service: str
    per_week: int
    minutes: int


class GoalTemplate(Word):
    """A goal that a stage usually has, in plain words, and what is usually done about it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    dimension: int = Field(ge=1, le=DIMENSIONS)
    says: str
    interventions: str = ""
    practice: str = Field(default="", description="what the client tries between sessions and brings back")


class DoseTemplate(Word):
    """A service that a stage usually gives."""

    service: Service
    per_week: int = Field(ge=1, le=21)
    minutes: int = Field(ge=1, le=24 * 60)


class PlanTemplate(Word):
    """What a plan of a stage starts from. It is there to be changed: what a plan does otherwise is recorded with it."""

    goals: tuple[GoalTemplate, ...] = Field(min_length=1)
    services: tuple[DoseTemplate, ...]
    serves: Window | None = Field(
        default=None, description="a plan as young as this needs no new word; one after each look if left out"
    )
    source: str


class Countersigning(Word):
    """A supervisor countersigns a plan that was changed, within so long."""

    within: Step
    source: str


class PlanKeeping(Word):
    """What a definition asks of plans: a word on the plan after each look at the ratings, and who countersigns."""

    review_within: Step = Field(description="how long after the look a plan must say: unchanged, or changed")
    countersign: Countersigning | None = None
    source: str
