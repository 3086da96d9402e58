"""Builders for tests of alerts: who stands by, how they are reached, and a client at high risk."""

from datetime import datetime, timedelta
from uuid import UUID

from models.alerting import Channel, Standby
from models.requests import NewAbsence, NewContact, NewDuty
from services import on_call
from services.access import Principal
from services.store.work import Work
from tests import care

ALWAYS = {"days": on_call.DAYS, "since": "00:00", "until": "00:00"}


def address_of(person: Principal) -> str:
    return f"{person.name.lower().replace(' ', '.')}@clinic.example"


def stands_by(
    work: Work, person: Principal, standby: str, *, at: datetime, address: str | None = None
) -> None:
    """Let somebody stand by at any time, reached by mail."""
    care.a_program(work, person, at)
    duty = NewDuty(person_id=person.id, standby=Standby(standby), **ALWAYS)  # type: ignore[arg-type]
    on_call.add_duty(work, duty, by=person, at=at)
    reached = NewContact(person_id=person.id, channel=Channel.EMAIL, address=address or address_of(person))
    on_call.add_contact(work, reached, by=person, at=at)


def is_absent(
    work: Work, person: Principal, *, at: datetime, cover: Principal | None = None, hours: int = 24
) -> None:
    """Let somebody be absent from now on."""
    away = NewAbsence(
        person_id=person.id,
        cover_id=cover.id if cover else None,
        starts_at=at,
        ends_at=at + timedelta(hours=hours),
    )
    on_call.add_absence(work, away, by=person, at=at)


def at_risk(work: Work, pathway_id: UUID, *, by: Principal, at: datetime) -> None:
    """Record a high suicide band and let the engine look."""
    care.assess(work, pathway_id, "high-risk", by=by, at=at)
    care.passes(work, pathway_id, at=at)
