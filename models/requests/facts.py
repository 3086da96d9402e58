"""What was seen, said, done or planned."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from models.care_plan import DIMENSIONS, GoalStatus, Participation
from models.facts import AttemptOutcome, AttendanceStatus, PartStatus, Unit
from models.requests.border import Code, Day, Key, Minutes, Moment, Name, Prose, Reason, Request, Source
from models.service import Service

Answer = Annotated[int, Field(strict=True)] | None
Answers = list[Answer] | dict[str, Answer]
Charted = Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]


class Told(Request):
    """What every fact says beside its content: when it was true, and which other system told it, under which id."""

    effective_at: Moment | None = None
    source: Source = ""
    source_id: Source | None = None


class NewAssessment(Told):
    """Answers in the instrument's official order, or by item number; null where an item was not answered.

    `band_set` is the substance of an ASSIST or an SDS, or whose cut-off an AUDIT-C has; elsewhere the site's own cuts hold.
    `edition` is the edition of the criteria that six ratings were made in; the house's own where none is named.
    """

    instrument: Key
    band_set: Key | None = None
    edition: Key | None = None
    answers: Answers
    signed: bool = Field(default=False, strict=True)
    note: Prose | None = None


class NewAttendance(Told):
    """One client at one session: attended, missed or cancelled."""

    kind: Service
    minutes: Minutes
    status: Charted
    session_id: UUID | None = None


class NewEvent(Told):
    """Something that happened, at its true time."""

    kind: Key
    detail: Prose | None = None


Summary = Literal["open", "met", "transferred"]
"""Goals summed up in a word: at least one is open, or all that were not dropped are met, or go on at the next level."""


class NewGoal(Request):
    """One goal of the plan. `key` is its name from version to version; what it says is sealed.

    `practice` is what the client tries between sessions and brings back to the next one.
    """

    key: Key
    dimension: Annotated[int, Field(ge=1, le=DIMENSIONS, strict=True)]
    status: GoalStatus = GoalStatus.OPEN
    what: Annotated[Prose, Field(min_length=3)]
    interventions: Prose | None = None
    practice: Prose | None = None


class NewDose(Request):
    """One service of the week: how often, and for how many minutes each time."""

    service: Service
    per_week: Annotated[int, Field(ge=1, le=21, strict=True)]
    minutes: Minutes


class NewPlan(Told):
    """A version of the plan of care. Its goals are written out, or summed up in a word where they are kept elsewhere.

    `unchanged` says that the present version still serves, as of a newer assessment: then only what the client says of
    it, the next step and a note may be new. `assessment_id` is the latest signed ratings where it is not named.
    """

    goals: Summary | Annotated[tuple[NewGoal, ...], Field(min_length=1, max_length=40)] | None = None
    services: tuple[NewDose, ...] = Field(default=(), max_length=20)
    next_step: Key | None = None
    next_on: Day | None = None
    aftercare: Annotated[Prose, Field(min_length=3)] | None = None
    participation: Participation = Participation.NOT_ASKED
    unchanged: bool = Field(default=False, strict=True)
    assessment_id: UUID | None = None
    note: Prose | None = None


class PartSaid(Request):
    """How one part of an assessment stands; one that does not apply says why."""

    status: PartStatus
    reason: Reason | None = None


class NewChecklist(Told):
    """How parts of an assessment stand, by the definition's keys; those that are left out stay as they were."""

    parts: dict[Key, PartSaid] = Field(min_length=1, max_length=40)


class NewCorrection(Request):
    """What a fact should have said, or that it was entered in error and never was. What is left out stays as it was.

    A fact keeps its kind: `answers`, `band_set`, `signed` and `note` are an assessment's, `minutes` and `status` an
    attendance's, `detail` an event's. A plan is written anew, not corrected.
    """

    reason: Reason
    entered_in_error: bool = Field(default=False, strict=True)
    effective_at: Moment | None = None
    answers: Answers | None = None
    band_set: Key | None = None
    signed: bool | None = Field(default=None, strict=True)
    minutes: Minutes | None = None
    status: Charted | None = None
    detail: Prose | None = None
    note: Prose | None = None


class NewAuthorisation(Told):
    """What the payer said about a level of care, from day to day. `replaces` is the earlier one whose place it takes.

    Units: as many as were approved, of one kind; none where days alone are the limit.
    """

    payer: Name
    plan: Name | None = None
    reference: Name | None = None
    service_code: Code
    level: Key
    decision: Literal["approved", "partly", "pending", "denied"]
    units: Annotated[int, Field(ge=1, le=10_000, strict=True)] | None = None
    unit: Unit | None = None
    starts_on: Day
    ends_on: Day
    review_on: Day | None = None
    denial_reason: Code | None = None
    appeal_by: Day | None = None
    replaces: UUID | None = None


class NewCountersignature(Request):
    """A supervisor stands beside a version of the plan."""

    plan_id: UUID


Way = Literal["phone", "visit", "letter", "text", "other"]
"""By what way somebody tried to reach a client."""


class NewAttempt(Told):
    """Somebody tried to reach the client; `work_id` is the outreach that this was, which it ends."""

    outcome: AttemptOutcome
    way: Way
    work_id: UUID | None = None
    note: Prose | None = None


class NewSession(Request):
    """A planned meeting with its roster of pathways. `facilitator_id` works in its program and is asked to chart it."""

    service: Service
    starts_at: Moment
    minutes: Minutes
    program_id: UUID | None = None
    facilitator_id: UUID | None = None
    roster: tuple[UUID, ...] = Field(min_length=1, max_length=200)


class SessionAttendance(Request):
    """The charting of a session: a status for each pathway of its roster."""

    statuses: dict[UUID, Charted]
