"""Consent: what a client allows us to tell, to whom, for what, until when, as rules need to see it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class ConsentKind(StrEnum):
    """One consent to all who treat, pay and run care, or one that names its recipient."""

    SINGLE_TPO = "single-tpo"
    SPECIFIC = "specific"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A signed consent. `program_id` is the program of ours that it names, where it names one."""

    id: UUID
    kind: ConsentKind
    program_id: UUID | None
    signed_on: date
    expires_on: date | None
    revoked_on: date | None
