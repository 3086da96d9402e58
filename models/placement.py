"""Placement: a decision table from six ratings to a level of care, and what it concludes.

Read from `models/catalogue/placement/*.yaml`. Hit policy: list every rule that fires, recommend the most intensive floor
among them. Rows that share an id are alternatives of one rule: the first that fits speaks for it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from models.word import Word


class UnknownName(ValueError):
    """A fact, level or risk band the table does not know; `known` lists those it does."""

    def __init__(self, what: str, known: tuple[str, ...]) -> None:
        self.what, self.known = what, known
        super().__init__(f"Unknown {what}. Known: {', '.join(known)}.")


class Count(Word):
    """So many of these ratings at or above a mark."""

    of: tuple[str, ...]
    rated: int = Field(description="a rating counts from this value up")
    least: int
    most: int | None = None


class Condition(Word):
    """When a rule fires: every part that is given must hold. A missing rating satisfies none of them."""

    any_is: dict[str, int] = Field(default_factory=dict)
    any_at_least: dict[str, int] = Field(default_factory=dict)
    all_at_most: int | None = None
    count: Count | None = None
    any_fact: tuple[str, ...] = ()
    all_facts: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    risk: tuple[str, ...] = ()
    rating_missing: bool = False
    otherwise: bool = Field(default=False, description="no rule above this row has fired")

    def ratings(self) -> set[str]:
        """Return the ratings this condition names."""
        return {*self.any_is, *self.any_at_least, *(self.count.of if self.count else ())}

    def facts(self) -> set[str]:
        """Return the facts this condition names."""
        return {*self.any_fact, *self.all_facts}


class PlacementRule(Word):
    """One row: a condition and the least level of care it asks for."""

    id: str
    when: Condition
    floor: str | None = Field(description="null: this rule forbids a recommendation")
    says: str
    note: str = ""
    urgent: bool = Field(default=False, description="said even where other ratings are still missing")
    without_ratings: bool = Field(default=False, description="may fire although a rating is missing")
    source: str


class Fact(Word):
    """Something true of the client beside the ratings."""

    key: str
    says: str
    source: str


class Silence(Word):
    """What to ask for when no rule fires although every rating is there."""

    missing: str
    says: str


class PlacementTable(Word):
    """A versioned decision table with its ladder of levels, least intensive first."""

    key: str
    title: str
    version: int = Field(ge=1)
    in_force: date
    licence: str
    source: str
    scale_type: Literal["ordinal0_4"] = "ordinal0_4"
    ratings: tuple[str, ...]
    values: tuple[int, ...]
    risks: tuple[str, ...]
    intensity: tuple[str, ...]
    outside: tuple[str, ...] = Field(
        default=(), description="stages a client may stand in that are no level of care"
    )
    facts: tuple[Fact, ...]
    rules: tuple[PlacementRule, ...]
    silence: Silence

    @property
    def fact_names(self) -> tuple[str, ...]:
        """The facts this table understands, in its order."""
        return tuple(fact.key for fact in self.facts)

    @model_validator(mode="after")
    def _hangs_together(self) -> "PlacementTable":
        whens = [rule.when for rule in self.rules]
        for what, used, known in (
            ("level", {rule.floor for rule in self.rules} - {None}, self.intensity),
            ("rating", {name for when in whens for name in when.ratings()}, self.ratings),
            ("fact", {name for when in whens for name in when.facts()}, self.fact_names),
            ("risk", {name for when in whens for name in when.risk}, self.risks),
            ("stage", {name for when in whens for name in when.current}, (*self.intensity, *self.outside)),
        ):
            if used - set(known):
                raise ValueError(f"{self.key}: a rule names an unknown {what}")
        return self


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The level the rules ask for, every rule that fired, what is missing and why, in words.

    `recommended` None is unknown, never "no care": that level is called `none`.
    """

    recommended: str | None
    rules: tuple[str, ...]
    missing: tuple[str, ...]
    why: tuple[str, ...]
