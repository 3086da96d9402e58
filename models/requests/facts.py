"""What was seen, said, done or planned."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from models.care_plan import DIMENSIONS, GoalStatus, Participation
from models.facts import AttendanceStatus, Unit
from models.requests.border import Code, Day, Key, Minutes, Moment, Name, Prose, Request, Source


class Told(Request):
    """What every fact says beside its content: when it was true, and which other system told it, under which id."""

    effective_at: Moment | None = None
    source: Source = ""
    source_id: Source | None = None


class NewAssessment(Told):
    """Answers in the instrument's official order, or by item number; null where an item was not answered.

    `band_set` is the substance of an ASSIST or an SDS, or whose cut-off an AUDIT-C has; elsewhere the site's own cuts hold.
    """

    instrument: Key
    band_set: Key | None = None
    answers: (
        list[Annotated[int, Field(strict=True)] | None] | dict[str, Annotated[int, Field(strict=True)] | None]
    )
    signed: bool = Field(default=False, strict=True)
    note: Prose | None = None


class NewAttendance(Told):
    """One client at one session: attended, missed or cancelled."""

    kind: Literal["individual", "group", "family", "medical", "education", "peer"]
    minutes: Minutes
    status: Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]
    session_id: UUID | None = None


class NewEvent(Told):
    """Something that happened, at its true time."""

    kind: Key
    detail: Prose | None = None


Summary = Literal["open", "met", "transferred"]
"""Goals summed up in a word: at least one is open, or all that were not dropped are met, or go on at the next level."""


class NewGoal(Request):
    """One goal of the plan. `key` is its name from version to version; what it says is sealed."""

    key: Key
    dimension: Annotated[int, Field(ge=1, le=DIMENSIONS, strict=True)]
    status: GoalStatus = GoalStatus.OPEN
    what: Annotated[Prose, Field(min_length=3)]
    interventions: Prose | None = None


class NewDose(Request):
    """One service of the week: how often, and for how many minutes each time."""

    service: Key
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


class NewSession(Request):
    """A planned meeting with its roster of pathways."""

    service: Literal["individual", "group", "family", "medical", "education", "peer"]
    starts_at: Moment
    minutes: Minutes
    program_id: UUID | None = None
    roster: tuple[UUID, ...] = Field(min_length=1, max_length=200)


class SessionAttendance(Request):
    """The charting of a session: a status for each pathway of its roster."""

    statuses: dict[
        UUID, Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]
    ]
