"""What a client allows, and what becomes of it."""

from uuid import UUID

from models.consent import ConsentKind
from models.requests.border import Day, Prose, Reason, Request


class NewConsent(Request):
    """A written consent with the elements of 42 CFR 2.31; it expires on a day, or upon an event in words."""

    kind: ConsentKind
    recipient: Reason
    program_id: UUID | None = None
    purpose: Reason
    what: Reason
    signed_on: Day
    expires_on: Day | None = None
    expires_when: Prose | None = None


class ConsentChange(Request):
    """A consent is revoked; what was told before stays told."""

    revoked_on: Day
