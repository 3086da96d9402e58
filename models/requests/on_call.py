"""Who stands by, who is away and how they are reached."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    Field,
    StringConstraints,
)

from models.alerting import Channel, Standby
from models.requests.border import Day, Moment, Request, WallTime


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
