"""On call: who stands by in a program and when, who covers for the absent, and how each is reached."""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Row

from models.alerting import Absence, Channel, Contact, Duty
from models.requests import NewAbsence, NewContact, NewDuty
from services import ids
from services.access import Principal
from services.errors import Invalid, NotFound
from services.store import ledger, programs
from services.store import on_call as stored
from services.store.work import Work

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """A duty as people read it: whose, as what, on which days, by the clock of its program."""

    id: UUID
    program_id: UUID
    program: str
    zone: str
    person: str
    standby: str
    days: tuple[str, ...]
    since: time
    until: time
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceView:
    """An absence that is not over, and who covers."""

    id: UUID
    person: str
    cover: str | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A way to reach somebody; a webhook's secret is never shown again."""

    id: UUID
    person: str
    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """Who is on call, who is absent, and how each is reached."""

    duties: tuple[DutyView, ...]
    absences: tuple[AbsenceView, ...]
    contacts: tuple[ContactView, ...]


def add_duty(work: Work, request: NewDuty, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Let somebody stand by. Raises: NotFound, Invalid."""
    program = programs.one(work, request.program_id)
    _find(work, request.person_id, "/person_id")
    if request.first_on and request.last_on and request.last_on < request.first_on:
        raise Invalid("A duty ends after it begins.", pointer="/last_on")
    told = request.model_dump(include={"person_id", "since", "until", "first_on", "last_on"})
    weekdays = sorted({DAYS.index(day) for day in request.days})
    duty_id, duty = ids.new(), Duty(standby=request.standby.value, weekdays=weekdays, **told)
    stored.add_duty(work, duty_id, program.id, duty)
    _tell(work, "duty.added", duty_id, by, at, via)
    return duty_id


def add_absence(work: Work, request: NewAbsence, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Note that somebody is not there, and who covers. Raises: NotFound, Invalid."""
    _find(work, request.person_id, "/person_id")
    if request.cover_id:
        _find(work, request.cover_id, "/cover_id")
    if request.cover_id == request.person_id:
        raise Invalid("Nobody covers for themselves.", pointer="/cover_id")
    if request.ends_at <= request.starts_at:
        raise Invalid("An absence ends after it begins.", pointer="/ends_at")
    absence_id = ids.new()
    stored.add_absence(work, absence_id, Absence(**request.model_dump()))
    _tell(work, "absence.added", absence_id, by, at, via)
    return absence_id


def add_contact(
    work: Work, request: NewContact, *, by: Principal, at: datetime, via: str = "api"
) -> tuple[UUID, str]:
    """Add a way to reach somebody; return its id and the secret that signs a webhook. Raises: NotFound, Invalid."""
    _find(work, request.person_id, "/person_id")
    _CHECKS[request.channel](request.address)
    secret = new_secret() if request.channel is Channel.WEBHOOK else ""
    contact = Contact(
        id=ids.new(),
        person_id=request.person_id,
        channel=request.channel.value,
        address=request.address,
    )
    stored.add_contact(work, contact, secret)
    _tell(work, "contact.added", contact.id, by, at, via)
    return contact.id, secret


def end(work: Work, one_id: UUID, *, by: Principal, at: datetime, via: str = "api") -> None:
    """End a duty, an absence or a contact from now on. Raises: NotFound."""
    if not stored.end(work, one_id, at=at):
        raise NotFound("duty, absence or contact")
    _tell(work, "on-call.ended", one_id, by, at, via)


def listed(work: Work, *, at: datetime) -> OnCall:
    """Return who is on call in the programs in scope, and who is absent from now on."""
    duties, absences, contacts = stored.listed(work, at=at)
    return OnCall(
        duties=tuple(map(_duty, duties)),
        absences=tuple(AbsenceView(**row._mapping) for row in absences),
        contacts=tuple(ContactView(**row._mapping) for row in contacts),
    )


def new_secret() -> str:
    """Return a fresh secret for a webhook, written as receivers of Standard Webhooks expect it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"


def _duty(row: Row[Any]) -> DutyView:
    values = row._asdict()
    weekdays: Sequence[int] = values.pop("weekdays")
    return DutyView(**values, days=tuple(DAYS[one] for one in weekdays))


def _find(work: Work, person_id: UUID, pointer: str) -> None:
    if not stored.is_known(work, person_id):
        raise NotFound("person", pointer=pointer)


def _tell(work: Work, action: str, one_id: UUID, by: Principal, at: datetime, via: str) -> None:
    ledger.installation_entry(work, action, actor=by.actor(via), at=at, one=one_id)


def _check_mail(address: str) -> None:
    if not _MAIL.fullmatch(address):
        raise Invalid("This is no mail address; write it like name@example.org.", pointer="/address")


def _check_webhook(address: str) -> None:
    try:
        parts = urlsplit(address)
        fine = bool(
            parts.scheme in {"https", "http"} and parts.hostname and not parts.username and parts.port != 0
        )
    except ValueError:
        fine = False
    if not fine:
        raise Invalid("This is no web address; write it like https://example.org/hook.", pointer="/address")


_CHECKS = {Channel.EMAIL: _check_mail, Channel.WEBHOOK: _check_webhook}
