"""A case: all that a rule may see of one pathway at one instant.

Its canonical bytes are stored with every decision, so that the decision can be computed again for ever.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import Field, TypeAdapter

from models.canonical import canonical
from models.facts import Assessment, Attempt, Attendance, Authorisation, Checklist, Event, Plan

ONCE = (
    "review",
    "call-now",
    "no-contact",
    "outreach",
    "first-service",
    "interview",
    "first-visit-missed",
    "stay-review",
)
"""Work that the same cause asks for once, whatever became of it."""

F = TypeVar("F", Assessment, Attendance, Event, Plan, Checklist, Attempt, Authorisation)
AnyFact = Annotated[
    Assessment | Attendance | Event | Plan | Checklist | Attempt | Authorisation, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One placement: an interval in one stage. `ended_by` is the outcome or report that ended it."""

    stage: str
    started_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an early look was called: the trigger and the fact it rests on. Each pair calls once, ever.

    `since` is when that fact was true, also where it was corrected and is no fact of the case any more; beside the pair.
    """

    trigger: str
    fact_id: UUID
    since: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassessment:
    """One due occasion to look again. Overdue from `late_at`; past `outer_at` the supervisor is called."""

    id: UUID
    kind: Literal["periodic", "check-up", "triggered"]
    stage: str
    opened_at: datetime
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    outer_at: datetime
    parts: tuple[str, ...]
    called_at: datetime | None = None
    escalated_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How often looks of one kind with the same parts were completed in the present stay, and when last.

    A triggered look was completed when the client was rated for it, be it called later.
    """

    kind: str
    parts: tuple[str, ...]
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An open work item and what caused it."""

    id: UUID
    kind: str
    cause: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A sign-off that waits for its move."""

    id: UUID
    meaning: Literal["accepted", "overridden", "discharged"]
    to_stage: str
    starts_at: datetime
    decision_id: UUID | None = None
    discharge: int | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """An open hand-off to another program; accepted where somebody there has taken it on as `owner_id`."""

    id: UUID
    to_program_id: UUID
    owner_id: UUID | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The last hand-off by which this pathway's program took it over: from whom, and when."""

    id: UUID
    from_program_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The last decision on this pathway, as a later one needs to see it. `verdict` is its outcome and standings, hashed.

    `withdrawn` where it was accepted, and the signature was set aside before the move: it may be proposed anew.
    """

    id: UUID
    verdict: str
    outcome: str
    to_stage: str | None = None
    signed: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One pathway at one instant. Facts are in order of (effective_at, known, id).

    `recorded_at` is when the pathway last learned something: no verdict on it is of an earlier moment, whatever a slower
    clock says, or what was learned since would be passed over and nobody woken for it again.
    `holds` are the open holds, `resumed_at` is when the last one ended. `reviewed_at` is when this stay was last reviewed:
    when a periodic look was completed, or the client rated for a triggered one that asked for the six ratings. `settled`
    are the facts and other causes that have had their own consequence: a transition cites them, or a work item of a kind
    that is asked for once.
    `done` are the looks that were completed in this stay.
    `closed_days` are the weekdays on which the program is closed, some weeks before and after `recorded_at`.
    `earlier` are the stays of the walks that this one follows: they say at which level something was attended, no more.
    """

    pathway_id: UUID
    definition: str
    version: int
    recorded_at: datetime | None = None
    zone: str
    stage: str
    stays: tuple[Stay, ...]
    held: bool = False
    holds: tuple[UUID, ...] = ()
    facts: tuple[AnyFact, ...] = ()
    reassessments: tuple[Reassessment, ...] = ()
    reviewed_at: datetime | None = None
    resumed_at: datetime | None = None
    answered: tuple[Reason, ...] = ()
    work: tuple[Work, ...] = ()
    signature: Signature | None = None
    standing: Standing | None = None
    settled: tuple[UUID, ...] = ()
    closed_days: tuple[date, ...] = ()
    done: tuple[Done, ...] = ()
    hand_off: HandOff | None = None
    received: Received | None = None
    earlier: tuple[Stay, ...] = ()

    @property
    def since(self) -> datetime:
        """When the present stay began."""
        return self.stays[-1].started_at

    def of(self, kind: type[F]) -> tuple[F, ...]:
        """Return the facts of one kind, oldest first."""
        return tuple(fact for fact in self.facts if isinstance(fact, kind))

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that a decision stores."""
        return canonical(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Case":
        """Return the case these bytes hold. Raises: pydantic.ValidationError."""
        return _CASES.validate_json(data)


_CASES: TypeAdapter[Case] = TypeAdapter(Case)
