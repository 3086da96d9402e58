"""Hand over: a program asks another to take a client, which says yes or no; until then and the day, the sender answers.

Each side acts for its own program. Nobody is told of a client without a consent that covers them, on the day they are
told: when the offer is made, and again when it is accepted.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.catalogue.pathway_files import definition
from models.changes import (
    Change,
    HandOffAccepted,
    HandOffDeclined,
    HandOffOffered,
    HandOffRevoked,
    WorkClosed,
    WorkOpened,
)
from models.people import Role
from models.requests import HandOffChange, NewHandOff
from models.views import HandOffView
from services import consents, ids, telling
from services.access import EVERYWHERE, Principal, Scope
from services.errors import Conflict, Invalid, NotAllowed, NotFound
from services.programs import closed_days
from services.rules import cadence
from services.rules.handing import taken_over
from services.store import cases, hand_offs, ledger, pathways, people, programs
from services.store.pathways import Target
from services.store.seal import PersonKey
from services.store.work import Work

_AHEAD = timedelta(days=90)
_ACCEPT = "accept-hand-off"


def offer(
    work: Work, pathway_id: UUID, request: NewHandOff, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Ask another program to take a client over. Raises: NotFound, Invalid, NoConsent, PathwayClosed, Conflict."""
    whose = pathways.open_target(work, pathway_id)
    _refuse_receiver(work, whose, request)
    if hand_offs.listed(replace(work, scope=EVERYWHERE), pathway_id=pathway_id):
        raise Conflict("This client is being handed over already; revoke that first.")
    offered = _offered(work, whose, request, at)
    ledger.write(work, [offered, _to_accept(work, offered, whose, at)], actor=by.actor(via), at=at)
    return offered.hand_off_id


def _offered(work: Work, whose: Target, request: NewHandOff, at: datetime) -> HandOffOffered:
    hand_off_id, starts_at = ids.new(), _starts_at(request, whose.zone, at)
    return HandOffOffered(
        pathway_id=whose.pathway_id,
        hand_off_id=hand_off_id,
        from_program_id=whose.program_id,
        to_program_id=request.to_program_id,
        kind=request.kind,
        consent_id=_covered(work, whose, request.to_program_id, request.consent_id, at),
        starts_at=starts_at,
        sealed=_sealed(work, whose, request.told, "hand_off", hand_off_id),
    )


def answer(
    work: Work, hand_off_id: UUID, request: HandOffChange, *, by: Principal, at: datetime, via: str = "api"
) -> None:
    """Accept or decline an offer for the receiving program, or revoke it for the sender's.

    Raises: NotFound, NotAllowed, Invalid, NoConsent, Conflict if it was answered or revoked before.
    """
    asked = hand_offs.one(work, hand_off_id)
    wide = replace(
        work, scope=EVERYWHERE
    )  # which side may do what is asked of the hand-off, not of the pathway
    whose = pathways.target(wide, asked.pathway_id)
    row = hand_offs.one(work, hand_off_id)
    _refuse_side(row, request, by)
    _refuse_late(row, request)
    changes = _ANSWERS[request.status](wide, row, whose, request, by, at)
    ledger.write(wide, [*changes, *_answered(wide, row)], actor=by.actor(via), at=at)


def listed(work: Work, *, pathway_id: UUID | None = None) -> tuple[HandOffView, ...]:
    """Return the open hand-offs that somebody's programs send or receive, the earliest offered first."""
    rows = hand_offs.listed(work, pathway_id=pathway_id)
    clients = people.views(work, [row.client_id for row in rows])
    secrets = people.keys(work, list(clients))
    return tuple(
        _view(row, clients[row.client_id].initials, secrets[row.client_id], work.scope)
        for row in rows
        if row.client_id in clients
    )


def _refuse_receiver(work: Work, whose: Target, request: NewHandOff) -> None:
    if request.to_program_id not in {one.id for one in programs.everywhere(work)}:
        raise NotFound("program", pointer="/to_program_id")
    if request.to_program_id == whose.program_id:
        raise Invalid("The client is in this program.", pointer="/to_program_id")
    if request.kind == "warm" and not request.told:
        raise Invalid("Say what was told when the client was introduced.", pointer="/told")


def _starts_at(request: NewHandOff, zone: str, at: datetime) -> datetime | None:
    if request.starts_on is None:
        return None
    today = cadence.day_of(at, zone)
    if not today <= request.starts_on <= today + _AHEAD:
        raise Invalid("It starts today, or at most 90 days ahead.", pointer="/starts_on")
    return max(at, cadence.start_of(request.starts_on, zone))


def _covered(work: Work, whose: Target, program_id: UUID, consent_id: UUID | None, at: datetime) -> UUID:
    on = cadence.day_of(at, whose.zone)
    return consents.covering(work, whose.client_id, program_id, on=on, consent_id=consent_id)


def _sealed(work: Work, whose: Target, text: str | None, column: str, hand_off_id: UUID) -> bytes | None:
    if not text:
        return None
    return people.keys(work, [whose.client_id])[whose.client_id].seal(text, column, hand_off_id)


def _to_accept(work: Work, offered: HandOffOffered, whose: Target, at: datetime) -> WorkOpened:
    times, wide = definition(whose.definition).hand_off, replace(work, scope=EVERYWHERE)
    closed = closed_days(wide, offered.to_program_id, cadence.day_of(at, whose.zone))
    return WorkOpened(
        pathway_id=offered.pathway_id,
        work_id=ids.named("work", offered.pathway_id, _ACCEPT, offered.hand_off_id),
        kind=_ACCEPT,
        cause=offered.hand_off_id,
        for_role=str(Role.COORDINATOR),
        due_at=cadence.after(at, times.answer, whose.zone, closed) if times else at,
        program_id=offered.to_program_id,
    )


def _refuse_side(row: Row[Any], request: HandOffChange, by: Principal) -> None:
    revokes = request.status == "revoked"
    if not by.scope.holds(row.from_program_id if revokes else row.to_program_id):
        side = "sending" if revokes else "receiving"
        raise NotAllowed(f"Somebody of the {side} program does this.")


def _refuse_late(row: Row[Any], request: HandOffChange) -> None:
    if row.closed_at is not None or (row.status != "offered" and request.status != "revoked"):
        raise Conflict(f"This hand-off is {row.status} already.")
    if request.status == "declined" and not request.reason:
        raise Invalid("Say why it is declined.", pointer="/reason")


def _accepted(
    work: Work, row: Row[Any], whose: Target, _request: HandOffChange, by: Principal, at: datetime
) -> list[Change]:
    """The receiver answers for the client from now, or from the day that was asked."""
    _covered(work, whose, row.to_program_id, row.consent_id, at)
    starts_at = max(at, row.starts_at or at)
    accepted = HandOffAccepted(
        pathway_id=whose.pathway_id, hand_off_id=row.id, owner_id=by.id, starts_at=starts_at
    )
    [case] = cases.load(work, [whose.pathway_id])
    assert case.hand_off is not None  # noqa: S101 - open, and locked
    then = replace(case, hand_off=replace(case.hand_off, owner_id=by.id, starts_at=starts_at))
    return [accepted, *taken_over(definition(case.definition), then, at)]


def _declined(
    work: Work, row: Row[Any], whose: Target, request: HandOffChange, _by: Principal, _at: datetime
) -> list[Change]:
    sealed = _sealed(work, whose, request.reason, "hand_off.reason", row.id)
    return [HandOffDeclined(pathway_id=whose.pathway_id, hand_off_id=row.id, sealed_reason=sealed)]


def _revoked(
    work: Work, row: Row[Any], whose: Target, request: HandOffChange, _by: Principal, _at: datetime
) -> list[Change]:
    sealed = _sealed(work, whose, request.reason, "hand_off.reason", row.id)
    return [
        HandOffRevoked(
            pathway_id=whose.pathway_id, hand_off_id=row.id, because="sender", sealed_reason=sealed
        )
    ]


_ANSWERS = {"accepted": _accepted, "declined": _declined, "revoked": _revoked}


def _answered(work: Work, row: Row[Any]) -> list[WorkClosed]:
    """The question to the receiver ends with its answer, whichever it is."""
    [case] = cases.load(work, [row.pathway_id])
    return [
        WorkClosed(pathway_id=row.pathway_id, work_id=item.id, outcome="answered")
        for item in case.work
        if item.kind == _ACCEPT and item.cause == row.id
    ]


_SAME = (
    *("id", "pathway_id", "from_program_id", "from_program", "to_program_id", "to_program", "zone"),
    *("kind", "status", "starts_at", "offered_at", "consent_id"),
)


def _view(row: Row[Any], initials: str, secret: PersonKey, scope: Scope) -> HandOffView:
    return HandOffView(
        **{name: getattr(row, name) for name in _SAME},
        short_id=people.short_id(row.pathway_id),
        initials=initials,
        stage=telling.label(definition(row.definition), row.stage),
        offered_by=row.offered_by_name,
        accepted_by=row.accepted_by_name,
        told=secret.open(row.sealed, "hand_off", row.id) if row.sealed else "",
        sends=scope.holds(row.from_program_id),
        receives=scope.holds(row.to_program_id),
    )
