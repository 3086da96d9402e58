"""What people do about a walk: sign, override, discharge, hold, end work."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator

from models.facts import AttemptOutcome
from models.requests.border import Day, Key, Moment, Prose, Reason, Request, whole_number
from models.requests.facts import Way


class OverrideReason(StrEnum):
    """Why another level is selected than the rules recommend: need, or what may select and never recommends (S40)."""

    NEED = "need"
    PREFERENCE = "preference"
    COST = "cost"
    AVAILABILITY = "availability"
    TIME = "time"
    OTHER = "other"


class NewSignOff(Request):
    """Accept or decline a proposed move; an accepted one may start later."""

    verdict: Literal["accept", "decline"]
    reason: Prose | None = None
    starts_at: Moment | None = None


class NewOverride(Request):
    """A supervisor moves a client around the routes, with a reason. The guards still hold."""

    to_stage: Key
    reason: Reason
    reason_code: OverrideReason | None = None
    starts_at: Moment | None = None


class NewDischarge(Request):
    """A chosen end of the walk. `reason` is the TEDS code: 1 completed, 2 left, 3 ended by us, 4 transferred, 5 in jail
    for longer than a place can wait, 7 other.

    `sub_reason` says it more exactly: of 2 `no-contact`, of 3 `capacity`, of 7 `moved`, …
    """

    reason: Annotated[Literal[1, 2, 3, 4, 5, 7], BeforeValidator(whole_number)]
    sub_reason: Key | None = None
    note: Reason


class NewWithdrawal(Request):
    """A signed move is taken back before it takes place."""

    reason: Reason


class NewHold(Request):
    """Stop the clocks, with a reason."""

    reason: Literal["hospital", "jail", "travel", "illness", "family", "other"]
    note: Prose | None = None


class NewDueDate(Request):
    """Another due date for one open look: a day of the program, or a moment where the look counts hours."""

    reassessment_id: UUID
    due_on: Day | None = None
    due_at: Moment | None = None
    reason: Literal["client-asked", "clinical-need", "appointment", "closed-day", "staffing", "other"]
    note: Prose | None = None


class WorkChange(Request):
    """A person ends a work item. `outcome` and `way` say what came of an outreach, `effective_at` when it was."""

    status: Literal["done", "not-needed"]
    note: Prose | None = None
    outcome: AttemptOutcome | None = None
    way: Way | None = None
    effective_at: Moment | None = None
