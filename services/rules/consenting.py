"""Consent: whether one holds on a day, and whether it covers a program."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from models.consent import Consent, ConsentKind


def is_active(consent: Consent, on: date) -> bool:
    """Tell whether a consent is signed, not expired and not revoked on a day. Source: 42 CFR 2.31(a)."""
    begun = consent.signed_on <= on
    expired = consent.expires_on is not None and consent.expires_on < on
    revoked = consent.revoked_on is not None and consent.revoked_on <= on
    return begun and not expired and not revoked


def covering(consents: Iterable[Consent], program_id: UUID, on: date) -> Consent | None:
    """Return a consent that lets us tell a program; one that names it before one to all who treat, the newest first."""
    named = [one for one in consents if is_active(one, on) and _covers(one, program_id)]
    return max(
        named, key=lambda one: (one.program_id == program_id, one.signed_on, str(one.id)), default=None
    )


def _covers(consent: Consent, program_id: UUID) -> bool:
    return consent.program_id == program_id or consent.kind == ConsentKind.SINGLE_TPO
