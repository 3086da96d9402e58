"""Facts: what was seen, said or done about a client. Insert-only; a correction cites what it corrects.

Each has two times: when it was true (`effective_at`) and when we learned it (`recorded_at`), and `known`, the pathway
version from which this pathway knew it. No fact here holds a name or free text; those are sealed beside it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.care_plan import Dose, Goal, Participation

FIRST_EDITION = "asam-3"
"""What ratings were made in before their edition was kept."""


class FactKind(StrEnum):
    """The kinds of facts a case holds; and the one that says nothing, but that another was entered in error."""

    ASSESSMENT = "assessment"
    ATTENDANCE = "attendance"
    EVENT = "event"
    PLAN = "plan"
    CHECKLIST = "checklist"
    RETRACTION = "retraction"
    ATTEMPT = "attempt"
    AUTHORISATION = "authorisation"


class AttendanceStatus(StrEnum):
    """What became of a session for one client. Unlogged is unknown: neither attended nor missed."""

    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"
    UNLOGGED = "unlogged"


class PartStatus(StrEnum):
    """How a part of an assessment stands. A part nobody has recorded is unknown: neither done nor not done."""

    DONE = "done"
    NOT_DONE = "not-done"
    NOT_APPLICABLE = "not-applicable"


class AttemptOutcome(StrEnum):
    """What came of trying to reach a client. Reached or declined, somebody spoke to them; the rest is silence."""

    REACHED = "reached"
    NO_ANSWER = "no-answer"
    MESSAGE_LEFT = "message-left"
    WRONG_NUMBER = "wrong-number"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    id: UUID
    effective_at: datetime
    recorded_at: datetime
    known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(_Fact):
    """Answers to an instrument, scored. `attested` where they count as signed by their source or their client alone.

    `band` stands where the form is finished. `could_be` are the bands that its answers leave possible, mildest first,
    by the cuts of `band_set`; `open_flags` are those that the missing answers may still raise. `edition` is the one that
    ratings were made in; those from before editions were kept are of the first.
    """

    kind: Literal["assessment"] = "assessment"
    instrument: str
    answers: tuple[int | None, ...]
    total: int | None = None
    band: str | None = None
    band_set: str | None = None
    could_be: tuple[str, ...] = ()
    subscales: tuple[tuple[str, int], ...] = ()
    flags: tuple[str, ...] = ()
    open_flags: tuple[str, ...] = ()
    signed: bool = False
    attested: bool = False
    edition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance(_Fact):
    """One client at one session. Units: minutes."""

    kind: Literal["attendance"] = "attendance"
    service: str
    minutes: int
    status: AttendanceStatus
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(_Fact):
    """Something reported: a return to use, a visit to an emergency department, a departure.

    `shared` where it came by another pathway of the client. `first_known`, where it corrects another one, is the version
    from which the pathway knew that one.
    """

    kind: Literal["event"] = "event"
    event: str
    shared: bool = False
    first_known: int | None = None

    @property
    def heard_of(self) -> int:
        """From which of its versions the pathway has known that something like this was told."""
        return self.known if self.first_known is None else self.first_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(_Fact):
    """A version of the plan of care: how this level's goals stand, taken together and one by one, and the next step.

    `changed` where it differs from the version before; `aftercare` where it says what carries the client afterwards.
    `shared` where it came by another pathway of the client, whose levels it speaks of.
    """

    kind: Literal["plan"] = "plan"
    goals: Literal["open", "met", "transferred"]
    next_step: str | None = None
    next_on: date | None = None
    by_goal: tuple[Goal, ...] = ()
    services: tuple[Dose, ...] = ()
    aftercare: bool = False
    participation: Participation = Participation.NOT_ASKED
    changed: bool = True
    assessment_id: UUID | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist(_Fact):
    """How some parts of an assessment stand; the newest word on each part counts. Why one does not apply is sealed."""

    kind: Literal["checklist"] = "checklist"
    parts: tuple[tuple[str, PartStatus], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(_Fact):
    """Somebody tried to reach the client, by some way: phone, visit, letter, text, other."""

    kind: Literal["attempt"] = "attempt"
    outcome: AttemptOutcome
    way: str


Unit = Literal["day", "session", "15-min", "hour"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation(_Fact):
    """What the payer said about one level of care, from day to day, both included. Payer and reference are sealed beside it.

    Units: `units` of kind `unit`, as many as were approved; none where days alone are the limit.
    `replaces` is the earlier one whose place this takes: an answer after a wait, an appeal that was won, a revocation.
    """

    kind: Literal["authorisation"] = "authorisation"
    level: str
    decision: Literal["approved", "partly", "pending", "denied"]
    starts_on: date
    ends_on: date
    unit: Unit | None = None
    units: int | None = None
    service_code: str = ""
    review_on: date | None = None
    denial_reason: str | None = None
    appeal_by: date | None = None
    replaces: UUID | None = None

    @property
    def grants(self) -> bool:
        """Tell whether it pays for care."""
        return self.decision in ("approved", "partly")


Fact = Assessment | Attendance | Event | Plan | Checklist | Attempt | Authorisation
