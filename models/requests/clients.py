"""Clients, programs, and the beginning of a walk."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
)

from models.requests.border import Day, Key, Moment, Name, Request, WallTime, _plain


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


Places = Annotated[int, Field(ge=0, le=100_000, strict=True)]


class NewObligation(Request):
    """What a client is bound to every week, from a time of the program's clock until another, over midnight too."""

    kind: Literal["work", "school", "family", "volunteering", "other"]
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        min_length=1, max_length=7
    )
    since: WallTime
    until: WallTime
    first_on: Day | None = None
    last_on: Day | None = None


Setting = Literal["medical-centre", "day-treatment-centre", "mental-health-clinic", "other"]
"""Where outpatient care is given. Source: Carolina Center for Recovery (IOP vs OP)."""


class NewProgram(Request):
    """A service at a site. `zone` is an IANA time zone, `setting` the kind of site it is at.

    `places` is how many clients it can have in which stage; `crisis_line` whom its clients reach at any hour, as it
    stands on their copy of the plan.
    """

    name: Name
    setting: Setting | None = None
    crisis_line: Name | None = None
    zone: Annotated[str, StringConstraints(max_length=64)] = "America/New_York"
    places: dict[Key, Places] = Field(default_factory=dict, max_length=50)


class ProgramChange(Request):
    """How many clients a program can have in which stage, whom its clients reach at any hour; null takes either away."""

    places: dict[Key, Places | None] = Field(default_factory=dict, max_length=50)
    crisis_line: Name | None = None


class EntryReason(StrEnum):
    """Why a walk begins where it does."""

    INTAKE = "intake"
    DIRECT_ENTRY = "direct-entry"
    TRANSFER = "transfer"
    READMISSION = "readmission"
    ONBOARDING = "onboarding"


class CameFrom(StrEnum):
    """The level of care a client comes from."""

    NONE = "none"
    OP = "op"
    IOP = "iop"
    DETOX = "detox"
    RESIDENTIAL = "residential"
    HOSPITAL = "hospital"


class ReferredBy(StrEnum):
    """Who referred a client."""

    SELF = "self"
    ADDICTION_CARE = "addiction-care"
    HEALTH_CARE = "health-care"
    SCHOOL = "school"
    EMPLOYER = "employer"
    COMMUNITY = "community"
    COURT = "court"


class NewPathway(Request):
    """A client enters a pathway; beyond the entry stage a reason is asked for.

    Source: seed S24 for the level before and who referred; the words are a house default (H). They decide nothing.
    """

    client_id: UUID
    definition: Key = "sud-adult"
    stage: Key | None = None
    reason: EntryReason | None = None
    came_from: CameFrom | None = None
    referred_by: ReferredBy | None = None
    program_id: UUID | None = None
    owner_id: UUID | None = None
    started_at: Moment | None = None
