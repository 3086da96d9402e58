"""What a client allows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """A consent in words. `active` as of the day it was asked for."""

    id: UUID
    client_id: UUID
    kind: str
    recipient: str
    program_id: UUID | None
    purpose: str
    what: str
    signed_on: date
    expires_on: date | None
    expires_when: str | None
    revoked_on: date | None
    active: bool
