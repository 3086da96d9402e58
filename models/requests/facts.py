"""What was seen, said, done or planned."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    Field,
)

from models.facts import AttendanceStatus
from models.requests.border import Day, Key, Minutes, Moment, Prose, Reason, Request, Source

Answer = Annotated[int, Field(strict=True)] | None
Answers = list[Answer] | dict[str, Answer]
Charted = Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]
Goals = Literal["open", "met", "transferred"]


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
    answers: Answers
    signed: bool = Field(default=False, strict=True)
    note: Prose | None = None


class NewAttendance(Told):
    """One client at one session: attended, missed or cancelled."""

    kind: Literal["individual", "group", "family", "medical", "education", "peer"]
    minutes: Minutes
    status: Charted
    session_id: UUID | None = None


class NewEvent(Told):
    """Something that happened, at its true time."""

    kind: Key
    detail: Prose | None = None


class NewPlan(Told):
    """Where the plan of care stands for this level, and the next step with its date."""

    goals: Goals
    next_step: Key | None = None
    next_on: Day | None = None
    note: Prose | None = None


class NewCorrection(Request):
    """What a fact should have said, or that it was entered in error and never was. What is left out stays as it was.

    A fact keeps its kind: `answers`, `band_set` and `signed` are an assessment's, `minutes` and `status` an attendance's,
    `detail` an event's, `goals`, `next_step` and `next_on` a plan's; `note` an assessment's and a plan's.
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
    goals: Goals | None = None
    next_step: Key | None = None
    next_on: Day | None = None
    note: Prose | None = None


class NewSession(Request):
    """A planned meeting with its roster of pathways."""

    service: Literal["individual", "group", "family", "medical", "education", "peer"]
    starts_at: Moment
    minutes: Minutes
    program_id: UUID | None = None
    roster: tuple[UUID, ...] = Field(min_length=1, max_length=200)


class SessionAttendance(Request):
    """The charting of a session: a status for each pathway of its roster."""

    statuses: dict[UUID, Charted]
