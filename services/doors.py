"""Doors: who may come in, by a one-time link, a browser session or a key."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.people import Actor, Role
from services import ids
from services.access import Principal, Scope
from services.errors import NotFound, NotSignedIn
from services.store import doors, ledger
from services.store.work import Work

LINK_LASTS = timedelta(minutes=30)
SESSION_LASTS = timedelta(hours=12)
KEY_LASTS = timedelta(days=365)

SETUP = Actor(id=UUID("00000000-0000-4000-8000-000000000002"), role="command-line", via="command")
"""How the audit names the command line, whose user has the installation's files anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who shall sign in. No programs means every program."""

    name: str
    role: Role
    programs: tuple[UUID, ...] = ()
    credential: str = ""
    credential_until: date | None = None


def add(work: Work, new: NewPerson, *, at: datetime) -> UUID:
    """Add somebody who signs in."""
    person_id = ids.new()
    doors.add_person(
        work,
        person_id,
        name=new.name,
        role=new.role.value,
        programs=list(new.programs),
        credential=new.credential,
        credential_until=new.credential_until,
        at=at,
    )
    ledger.installation_entry(work, "person.added", actor=SETUP, at=at, person=person_id, role=new.role)
    return person_id


def invite(work: Work, person_id: UUID, *, at: datetime) -> str:
    """Return a one-time link's token, good for half an hour."""
    return doors.issue(work, person_id, "link", at=at, until=at + LINK_LASTS)


def invite_by_name(work: Work, name: str, *, at: datetime) -> str:
    """Return a one-time link's token for somebody by name. Raises: NotFound."""
    return invite(work, by_name(work, name), at=at)


def by_name(work: Work, name: str) -> UUID:
    """Return somebody who signs in, by a name that only they have. Raises: NotFound."""
    found = [UUID(str(one.id)) for one in doors.people_listed(work) if one.name == name]
    if len(found) != 1:
        raise NotFound("person")
    return found[0]


def listed(work: Work) -> list[Row[Any]]:
    """Return the people who sign in, keys apart, by name."""
    return [one for one in doors.people_listed(work) if one.role != Role.SERVICE]


def cut_key(work: Work, person_id: UUID, *, at: datetime) -> str:
    """Return an API key, good for a year."""
    return doors.issue(work, person_id, "key", at=at, until=at + KEY_LASTS)


def enter(work: Work, token: str, *, at: datetime) -> tuple[Principal, str]:
    """Use up a one-time link; return who came in and the token of a new browser session. Raises: NotSignedIn."""
    person_id = doors.use_up(work, token, at=at)
    found = doors.person(work, person_id) if person_id else None
    if found is None:
        raise NotSignedIn("This link was used or is too old. Ask for a new one: stepdown user link.")
    return principal(found), doors.issue(work, found.id, "session", at=at, until=at + SESSION_LASTS)


def recognise(work: Work, token: str, *, at: datetime) -> Principal | None:
    """Return whose session or key this is, or nobody."""
    found = doors.recognise(work, token, at=at)
    return principal(found) if found else None


def leave(work: Work, token: str, *, at: datetime) -> None:
    """End a session."""
    doors.revoke(work, token, at=at)


def principal(row: Row[Any]) -> Principal:
    """Return somebody who signs in, as a use case sees them."""
    return Principal(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        scope=Scope(frozenset(row.programs) or None),
        credential=row.credential,
        credential_until=row.credential_until,
    )
