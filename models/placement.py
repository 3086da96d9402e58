"""Placement: a decision table from six ratings to a level of care, and what it concludes.

Read from `models/catalogue/placement/*.yaml`, and from the folder in which a licensed site keeps its own. Rows that share
an id are alternatives of one rule: the first that fits speaks for it. What the rules that fire come to together is the
table's hit policy.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, model_validator

from models.word import ScaleType, Word


class UnknownName(ValueError):
    """A fact, level or risk band the table does not know; `known` lists those it does."""

    def __init__(self, what: str, known: tuple[str, ...]) -> None:
        self.what, self.known = what, known
        super().__init__(f"Unknown {what}. Known: {', '.join(known)}.")


class Edition(Word):
    """One edition of the criteria that ratings are made in. Ratings of two editions are never compared."""

    key: str
    title: str
    scale_type: ScaleType
    source: str


class HitPolicy(StrEnum):
    """What a table recommends where several of its rules fire. Every rule that fired is listed, whatever the policy."""

    HIGHEST_FLOOR = "highest-floor"
    FIRST_RULE = "first-rule"

    @property
    def says(self) -> str:
        """The policy in words."""
        return _POLICIES[self]


_POLICIES = {
    HitPolicy.HIGHEST_FLOOR: "every rule that fires is listed, and the most intensive floor among them is recommended",
    HitPolicy.FIRST_RULE: "every rule that fires is listed, and the floor of the first of them is recommended",
}


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


class Suggestion(Word):
    """A condition that speaks for more structure where one of these levels is recommended. It is no floor."""

    id: str
    when: Condition
    levels: tuple[str, ...]
    says: str
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
    hit_policy: HitPolicy
    edition: str = Field(description="the edition of the criteria whose ratings it reads, and no other")
    scale_type: ScaleType
    ratings: tuple[str, ...]
    values: tuple[int, ...]
    risks: tuple[str, ...]
    intensity: tuple[str, ...]
    outside: tuple[str, ...] = Field(
        default=(), description="stages a client may stand in that are no level of care"
    )
    facts: tuple[Fact, ...]
    rules: tuple[PlacementRule, ...]
    suggestions: tuple[Suggestion, ...] = ()
    silence: Silence

    @property
    def name(self) -> str:
        """`hr-1@1`, as a decision names what its level rests on."""
        return f"{self.key}@{self.version}"

    @property
    def fact_names(self) -> tuple[str, ...]:
        """The facts this table understands, in its order."""
        return tuple(fact.key for fact in self.facts)

    @model_validator(mode="after")
    def _hangs_together(self) -> "PlacementTable":
        whens = [*(rule.when for rule in self.rules), *(one.when for one in self.suggestions)]
        named = {level for one in self.suggestions for level in one.levels}
        for what, used, known in (
            ("level", {rule.floor for rule in self.rules} - {None} | named, self.intensity),
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

    `recommended` None is unknown, never "no care": that level is called `none`. `suggestions` speak for more or less
    structure within a level, and never change it.
    """

    recommended: str | None
    rules: tuple[str, ...]
    missing: tuple[str, ...]
    why: tuple[str, ...]
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a recommended level rests on: the table by version, what it read, from when, and every rule that fired."""

    table: str
    edition: str
    hit_policy: HitPolicy
    ratings: tuple[int | None, ...] = ()
    rated_at: datetime | None = None
    risk: str | None = None
    facts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
