"""Handing a client over to another program."""

from typing import Literal
from uuid import UUID

from models.requests.border import Day, Prose, Request


class NewHandOff(Request):
    """Ask another program to take a client over; `warm` where the client was introduced, and `told` what was said then."""

    to_program_id: UUID
    kind: Literal["warm", "cold"]
    starts_on: Day | None = None
    told: Prose | None = None
    consent_id: UUID | None = None


class HandOffChange(Request):
    """The receiver accepts or declines, the sender revokes."""

    status: Literal["accepted", "declined", "revoked"]
    reason: Prose | None = None
