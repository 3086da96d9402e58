"""What a payer said, and what is used of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

AuthorisationState = Literal["in-force", "to-come", "ended", "used-up", "pending", "denied", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationLine:
    """One authorisation as it stands today. Units: of its own kind; `left` is none where no number was approved.

    `payer`, `plan` and `reference` are sealed in the record, and gone with the client's key.
    """

    id: UUID
    at: datetime
    level: str
    level_label: str
    decision: Literal["approved", "partly", "pending", "denied"]
    state: AuthorisationState
    service_code: str
    starts_on: date
    ends_on: date
    unit: str | None = None
    units: int | None = None
    used: float = 0
    over: float = 0
    left: float | None = None
    review_on: date | None = None
    denial_reason: str | None = None
    appeal_by: date | None = None
    replaces: UUID | None = None
    payer: str | None = None
    plan: str | None = None
    reference: str | None = None
