"""A pathway definition: the versioned, published, immutable template of a walk.

Read from `models/catalogue/pathways/*.yaml`. Every threshold carries the source it comes from.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from pydantic import Field, model_validator

from models.canonical import canonical, digest
from models.care_plan import PlanKeeping, PlanTemplate
from models.criterion import (
    BandIs,
    BandIsNot,
    Criterion,
    Flagged,
    NewlyFlagged,
    NoEvent,
    NoOpenRisk,
    Recommended,
    Settled,
    Unfinished,
)
from models.delivering import Charting, Days, Meets, Minutes, Offered
from models.occurrence import BeforeEntry, NoContact, PlacementFact, Reported, Trigger
from models.placement import PlacementTable
from models.rhythm import Review, alternatives
from models.terms import Ask, Benefits, FirstService, HandOffTimes, Spared, StayReview
from models.word import Reviewed, Window, Word


class StageKind(StrEnum):
    """Entry and care stages hold the client; external ones are elsewhere; an end closes the pathway."""

    ENTRY = "entry"
    CARE = "care"
    EXTERNAL = "external"
    END = "end"


class Outcome(StrEnum):
    """The verdict of a decision. `insufficient` asks for what is missing and moves nobody."""

    STAY = "stay"
    STEP_DOWN = "step_down"
    STEP_UP = "step_up"
    COMPLETE = "complete"
    ADMIT = "admit"
    REFER = "refer"
    INSUFFICIENT = "insufficient"


class Authority(StrEnum):
    """Who must sign a route."""

    AUTOMATIC = "automatic"
    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"
    SUPERVISOR = "supervisor"


class Stage(Word):
    """One part of a definition, with its level of care on the intensity ladder."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    label: str
    level: str
    kind: StageKind = StageKind.CARE
    expected: tuple[Window, Window] | None = Field(default=None, description="usual stay; never ends a stage")
    hours_per_week: tuple[int, int] | None = None
    days_per_week: Days | None = None
    minutes: Minutes | None = None
    meets: Meets | None = None
    services: tuple[Offered, ...] = Field(default=(), description="what it delivers; others may be planned")
    presumes: tuple[str, ...] = Field(
        default=(), description="placement facts taken for granted here until an event says otherwise"
    )
    mentions: tuple[str, ...] = Field(
        default=(), description="criteria that a decision here says the standing of, and that bind no route"
    )
    warns: tuple[str, ...] = Field(default=(), description="criteria that, once met, speak for another plan")
    review: Review | None = None
    plan: PlanTemplate | None = None
    stay_review: StayReview | None = None
    source: str = ""


class ChecklistPart(Word):
    """One part that an assessment consists of."""

    key: str
    label: str
    source: str


class Route(Word):
    """An edge the definition permits, with its criteria and its authority."""

    key: str
    start: str
    to: str
    outcome: Outcome
    authority: Authority = Authority.CLINICIAN
    criteria: tuple[str, ...] = ()
    reasoned: bool = Field(
        default=False, description="to accept it takes a reason too, as to decline it does"
    )
    source: str


class Dangling(ValueError):
    """Words that name nothing in the definition they stand in."""

    def __init__(self, what: str, names: set[str]) -> None:
        self.names = sorted(names)
        super().__init__(f"unknown {what}: {', '.join(self.names)}")


class PathwayDefinition(Reviewed):
    """Stages in walking order, the routes between them, and what moves or recalls a client."""

    key: str
    version: int = Field(ge=1)
    title: str
    population: str
    minimum_age: int = 18
    placement: PlacementTable
    diagnosis: str = Field(
        description="placement fact of the disorder it treats: recorded before care begins, taken for granted in care"
    )
    placement_facts: tuple[PlacementFact, ...] = ()
    checklist: tuple[ChecklistPart, ...] = Field(
        default=(),
        description="what an assessment consists of; how much of it is done is told, and gates nothing",
    )
    stages: tuple[Stage, ...]
    guards: tuple[str, ...] = Field(description="criteria that bind every chosen move, overrides too")
    routes: tuple[Route, ...]
    criteria: tuple[Criterion, ...]
    triggers: tuple[Trigger, ...]
    before_entry: BeforeEntry
    charting: Charting | None = None
    planning: PlanKeeping | None = None
    no_contact: NoContact | None = None
    hand_off: HandOffTimes | None = None
    first_service: tuple[FirstService, ...] = ()
    reported: tuple[Reported, ...]
    benefits: Benefits | None = None
    spared: Spared | None = None
    events: tuple[str, ...] = Field(
        default=(), description="event kinds beyond those that trigger or are reported"
    )

    @property
    def name(self) -> str:
        """`sud-adult@1`, as the command line and the audit write it."""
        return f"{self.key}@{self.version}"

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical content, hex: what a decision says it was made by."""
        return digest(canonical(self.model_dump(mode="json"))).hex()

    @cached_property
    def asked(self) -> dict[str, Ask]:
        """What people are asked to do beside the looks, by its kind of work."""
        called, reported = (one.besides for one in self.triggers), (one.besides for one in self.reported)
        first, long = (one.asks for one in self.first_service), [one.stay_review for one in self.stages]
        asks = (ask for asks in (*called, *reported, *first, long) for ask in asks if ask)
        return {ask.work: ask for ask in asks}

    @cached_property
    def uncounted(self) -> frozenset[str]:
        """The services whose time is no care, in whichever stage they take place."""
        return frozenset(one.key for stage in self.stages for one in stage.services if not one.counts)

    @property
    def reasoned(self) -> frozenset[str]:
        """The routes that take a reason to be accepted."""
        return frozenset(route.key for route in self.routes if route.reasoned)

    @cached_property
    def diagnosing(self) -> frozenset[str]:
        """The events by which the disorder is said to be there, or not to be: for a licensed clinician to report."""
        said = [one for one in self.placement_facts if one.fact == self.diagnosis]
        return frozenset(event for one in said for event in (one.event, *one.ended_by))

    @cached_property
    def _criteria(self) -> dict[str, Criterion]:
        return {criterion.key: criterion for criterion in self.criteria}

    def stage(self, key: str) -> Stage:
        """Return the stage of this key. Raises: KeyError."""
        return {stage.key: stage for stage in self.stages}[key]

    def criterion(self, key: str) -> Criterion:
        """Return the criterion of this key. Raises: KeyError."""
        return self._criteria[key]

    def routes_from(self, stage: str) -> tuple[Route, ...]:
        """Return the routes that leave a stage, in the order the definition writes them."""
        return tuple(route for route in self.routes if route.start == stage)

    def event_kinds(self) -> tuple[str, ...]:
        """Return every event kind this definition understands, sorted."""
        named = {t.event for t in self.triggers if t.event} | {r.event for r in self.reported}
        named |= {self.benefits.event} if self.benefits else set()
        return tuple(sorted(named | {fact.event for fact in self.placement_facts} | set(self.events)))

    def instruments(self) -> frozenset[str]:
        """Return every instrument this definition asks for."""
        reviews = [stage.review for stage in self.stages if stage.review]
        looks = [key for review in reviews for key in (*review.instruments, *review.scales)]
        looks += [key for review in reviews if review.checkup for key in review.checkup.instruments]
        parts = [key for trigger in self.triggers for part in trigger.parts for key in alternatives(part)]
        named = [key for criterion in self.criteria for key in criterion.instruments()]
        return frozenset((*looks, *parts, *named))

    def bands(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Return every instrument whose bands it names, with those bands."""
        for criterion in self.criteria:
            if isinstance(criterion, BandIs | BandIsNot | NoOpenRisk):
                yield criterion.instrument, criterion.bands
            if isinstance(criterion, Settled):
                yield from criterion.scales.items()
        by_band = (one for stage in self.stages if stage.review for one in stage.review.by_band)
        yield from ((one.scale, one.bands) for one in by_band)

    def flags(self) -> Iterator[tuple[str, str]]:
        """Return every flag it waits for, with the instrument that is to raise it."""
        for criterion in self.criteria:
            if isinstance(criterion, Flagged | NewlyFlagged | Unfinished):
                yield criterion.instrument, criterion.flag

    @model_validator(mode="after")
    def _hangs_together(self) -> "PathwayDefinition":
        for what, used, known in (*self._names(), *self._words()):
            if used - known:
                raise Dangling(what, used - known)
        return self

    def _names(self) -> Iterator[tuple[str, set[str], set[str]]]:
        """What is named by key, against the keys there are."""
        stages, criteria = {s.key for s in self.stages}, {c.key for c in self.criteria}
        yield "stage", {x for r in self.routes for x in (r.start, r.to)}, stages
        yield "stage", {r.to for r in self.reported} - {"previous"}, stages
        yield "stage", {s for t in self.triggers for s in t.stages}, stages
        yield "stage", {s for f in self.placement_facts for s in f.stages}, stages
        yield "stage", set(self.no_contact.stages if self.no_contact else ()), stages
        yield "stage", {*filter(None, (x for s in self.first_service for x in (s.left, s.entered)))}, stages
        yield (
            "event",
            {*filter(None, (x for s in self.first_service for x in (s.by, s.event, *s.ended_by)))},
            {*self.event_kinds()},
        )
        yield "criterion", {c for r in self.routes for c in r.criteria} | set(self.guards), criteria
        yield "criterion", {t.criterion for t in self.triggers if t.criterion}, criteria
        yield "criterion", {c for s in self.stages for c in (*s.mentions, *s.warns)}, criteria
        yield "trigger", {*self.spared.triggers} if self.spared else set(), {t.key for t in self.triggers}

    def _words(self) -> Iterator[tuple[str, set[str], set[str]]]:
        """What is said in the words of the placement table, of outcomes and of events."""
        levels, facts = set(self.placement.intensity), set(self.placement.fact_names)
        yield "level", {s.level for s in self.stages}, levels
        yield "level", {x for c in self.criteria if isinstance(c, Recommended) for x in c.levels}, levels
        yield "placement fact", {self.diagnosis, *(f.fact for f in self.placement_facts)}, facts
        yield "placement fact", {x for s in self.stages for x in s.presumes}, facts
        yield (
            "outcome of a route",
            {r.outcome.value for r in self.routes},
            {*map(str, Outcome)} - {"stay", "insufficient"},
        )
        events = {x for c in self.criteria if isinstance(c, NoEvent) for x in (*c.events, *c.unexplained)}
        yield "event", events | {x for f in self.placement_facts for x in f.ended_by}, set(self.event_kinds())
