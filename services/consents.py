"""Consents: what a client allows us to tell, recorded as 42 CFR 2.31 asks, revoked for what is told from then on."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.consent import Consent, ConsentKind
from models.requests import ConsentChange, NewConsent
from models.views import ConsentView
from services import ids
from services.access import Principal
from services.errors import Conflict, Invalid, NoConsent, NotFound
from services.rules import consenting
from services.store import consents as stored
from services.store import ledger, people, programs
from services.store.seal import PersonKey, pack
from services.store.work import Work

_SEALED = ("recipient", "purpose", "what", "expires_when")
_IN_CLEAR = ("kind", "program_id", "signed_on", "expires_on")


def record(
    work: Work, client_id: UUID, request: NewConsent, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Record a consent. Raises: NotFound, Invalid."""
    people.view(work, client_id)
    _refuse_dates(request, at)
    if request.program_id and request.program_id not in {one.id for one in programs.everywhere(work)}:
        raise NotFound("program", pointer="/program_id")
    consent_id, secret = ids.new(), people.keys(work, [client_id])[client_id]
    told = {name: getattr(request, name) for name in _SEALED}
    clear = {name: getattr(request, name) for name in _IN_CLEAR}
    sealed = secret.seal(pack(told), "consent", consent_id)
    by_whom = {"id": consent_id, "client_id": client_id, "recorded_at": at, "recorded_by": by.id}
    stored.add(work, clear | by_whom | {"sealed": sealed})
    _note(work, "consent.recorded", client_id, consent_id, by, at, via)
    return consent_id


def revoke(
    work: Work, consent_id: UUID, request: ConsentChange, *, by: Principal, at: datetime, via: str = "api"
) -> None:
    """Revoke a consent; what was told before stays told. Raises: NotFound, Invalid, Conflict if it is revoked."""
    client_id = stored.client_of(work, consent_id)
    found = {one.id: one for one in listed(work, client_id, at=at)}
    if not found[consent_id].signed_on <= request.revoked_on <= at.date():
        raise Invalid("It is revoked between its signature and today.", pointer="/revoked_on")
    if not stored.revoke(work, consent_id, request.revoked_on, at=at, by=by.id):
        raise Conflict("This consent is revoked already.")
    _note(work, "consent.revoked", client_id, consent_id, by, at, via)


def listed(work: Work, client_id: UUID, *, at: datetime) -> tuple[ConsentView, ...]:
    """Return the consents of a client, the newest first. Raises: NotFound."""
    try:
        people.view(work, client_id)
    except NotFound as unseen:
        raise NotFound("client or consent") from unseen
    secret = people.keys(work, [client_id])[client_id]
    return tuple(_view(row, secret, at.date()) for row in stored.of_client(work, client_id))


def covering(
    work: Work, client_id: UUID, program_id: UUID, *, on: date, consent_id: UUID | None = None
) -> UUID:
    """Return the consent, the one named or any, that lets us tell a program of a client. Raises: NoConsent."""
    rows = stored.of_client(work, client_id)
    asked = [_consent(row) for row in rows if consent_id in (None, row.id)]
    found = consenting.covering(asked, program_id, on)
    if found is None:
        raise NoConsent(
            "No active consent lets us tell this program of the client. Record one under "
            "POST /clients/{id}/consents: recipient, purpose, what, signed_on, and expires_on or expires_when; "
            "of kind single-tpo, or specific with this program_id.",
            pointer="/consent_id",
        )
    return found.id


def _refuse_dates(request: NewConsent, at: datetime) -> None:
    if request.signed_on > at.date():
        raise Invalid("A consent counts once it is signed.", pointer="/signed_on")
    if request.expires_on is None and not request.expires_when:
        raise Invalid("Say on which day it expires, or upon what.", pointer="/expires_on")
    if request.expires_on and request.expires_on < request.signed_on:
        raise Invalid("It cannot expire before it is signed.", pointer="/expires_on")


def _note(
    work: Work, action: str, client_id: UUID, consent_id: UUID, by: Principal, at: datetime, via: str
) -> None:
    actor = by.actor(via)
    ledger.installation_entry(work, action, actor=actor, at=at, client=client_id, consent=consent_id)


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        id=row.id,
        kind=ConsentKind(row.kind),
        program_id=row.program_id,
        signed_on=row.signed_on,
        expires_on=row.expires_on,
        revoked_on=row.revoked_on,
    )


def _view(row: Row[Any], secret: PersonKey, on: date) -> ConsentView:
    opened = json.loads(secret.open(row.sealed, "consent", row.id))
    told: Sequence[tuple[str, Any]] = [(name, opened.get(name)) for name in _SEALED]
    clear = {name: getattr(row, name) for name in (*_IN_CLEAR, "id", "client_id", "revoked_on")}
    return ConsentView(**clear, **dict(told), active=consenting.is_active(_consent(row), on))
