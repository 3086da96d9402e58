"""What the outside asks for, checked at the border: closed to unknown fields, aware times, bounded text.

Everything an API body, an HTML form or an import line says about care comes in as one of these.
"""

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from models.alerting import Channel, Standby
from models.facts import AttendanceStatus

_JOINERS_AND_MARKS = "\u200c\u200d\u200e\u200f"
"""What Persian names, right-to-left text and joined emoji need; overrides of direction stay refused."""


def _plain(text: str) -> str:
    if any(not (char.isprintable() or char in "\n\t" + _JOINERS_AND_MARKS) for char in text):
        raise ValueError("control characters are not text")
    return text


D = TypeVar("D", date, datetime)


def _written(moment: object) -> object:
    """Take a moment only as written text: a bare number would be read as seconds since 1970."""
    if isinstance(moment, date) or (isinstance(moment, str) and "-" in moment):
        return moment
    raise ValueError("a moment is written like 2026-03-02T17:00:00Z, with its offset")


def _number(value: object) -> object:
    """Take a whole number only as one: true and 1.0 equal 1 in Python, and are no code."""
    if isinstance(value, bool | float):
        raise ValueError("a whole number is needed")  # noqa: TRY004 - a refusal of the request, not of the program
    return value


def _of_our_time(moment: D) -> D:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"a date lies between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return moment


def _wall_time(text: object) -> object:
    if isinstance(text, time) or (isinstance(text, str) and re.fullmatch("[0-2][0-9]:[0-5][0-9]", text)):
        return text
    raise ValueError("a time of day is written like 17:00")


EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_of_our_time)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_time)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_plain)
]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_plain)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000), AfterValidator(_plain)
]
Source = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9@_-]{0,63}$")]
WallTime = Annotated[time, BeforeValidator(_wall_time)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60, strict=True)]


class Request(BaseModel):
    """A body from outside: an unknown field is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Identifier(Request):
    """A number another system knows the client by."""

    system: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_plain)]


class NewClient(Request):
    """A person who comes into care."""

    given_name: Name
    family_name: Name
    birth_date: Day
    identifiers: tuple[Identifier, ...] = Field(default=(), max_length=20)
    program_id: UUID | None = None


class NewProgram(Request):
    """A service at a site. `zone` is an IANA time zone."""

    name: Name
    zone: Annotated[str, StringConstraints(max_length=64)] = "America/New_York"


class EntryReason(StrEnum):
    """Why a walk begins where it does."""

    INTAKE = "intake"
    DIRECT_ENTRY = "direct-entry"
    TRANSFER = "transfer"
    READMISSION = "readmission"
    ONBOARDING = "onboarding"


class NewPathway(Request):
    """A client enters a pathway; beyond the entry stage a reason is asked for."""

    client_id: UUID
    definition: Key = "sud-adult"
    stage: Key | None = None
    reason: EntryReason | None = None
    program_id: UUID | None = None
    owner_id: UUID | None = None
    started_at: Moment | None = None


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


class NewPlan(Told):
    """Where the plan of care stands for this level, and the next step with its date."""

    goals: Literal["open", "met", "transferred"]
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

    statuses: dict[
        UUID, Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]
    ]


class NewSignOff(Request):
    """Accept or decline a proposed move; an accepted one may start later."""

    verdict: Literal["accept", "decline"]
    reason: Prose | None = None
    starts_at: Moment | None = None


class NewOverride(Request):
    """A supervisor moves a client around the routes, with a reason. The guards still hold."""

    to_stage: Key
    reason: Reason
    starts_at: Moment | None = None


class NewDischarge(Request):
    """A chosen end of the walk. `reason` is the TEDS code: 1 completed, 2 left, 3 ended by us, 4 transferred, 7 other."""

    reason: Annotated[Literal[1, 2, 3, 4, 7], BeforeValidator(_number)]
    note: Reason


class NewWithdrawal(Request):
    """A signed move is taken back before it takes place."""

    reason: Reason


class NewHold(Request):
    """Stop the clocks, with a reason."""

    reason: Literal["hospital", "jail", "travel", "illness", "family", "other"]
    note: Prose | None = None


class WorkChange(Request):
    """A person ends a work item."""

    status: Literal["done", "not-needed"]
    note: Prose | None = None


class NewDuty(Request):
    """Somebody stands by in a program on these weekdays, from a time of its own clock until another, over midnight too."""

    program_id: UUID | None = None
    person_id: UUID
    standby: Standby
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        min_length=1, max_length=7
    )
    since: WallTime
    until: WallTime
    first_on: Day | None = None
    last_on: Day | None = None


class NewAbsence(Request):
    """Somebody is not there; whoever covers takes their duties."""

    person_id: UUID
    starts_at: Moment
    ends_at: Moment
    cover_id: UUID | None = None


class NewContact(Request):
    """A way to reach somebody: a mail address, or the address of a webhook."""

    person_id: UUID
    channel: Channel
    address: Annotated[str, StringConstraints(max_length=254, pattern=r"^[\x21-\x7e]+$")]
