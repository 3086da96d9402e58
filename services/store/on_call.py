"""Who is on call: duties of programs, absences, and the ways to reach people."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, insert

from models.alerting import Absence, Contact, Crew, Duty
from models.tables import alerting
from services.store.work import Work


def crews(work: Work, program_ids: Sequence[UUID], *, at: datetime) -> dict[UUID, Crew]:
    """Return who can be told in programs at a moment; those who may not sign in any more are left out."""
    wanted = list(set(program_ids))
    duties: defaultdict[UUID, list[Duty]] = defaultdict(list)
    for row in work.rows(_DUTIES, ids=wanted):
        values = row._asdict()
        duties[values.pop("program_id")].append(Duty(**values))
    absences = [Absence(**row._mapping) for row in work.rows(_ABSENCES, at=at)]
    contacts = [Contact(**row._mapping) for row in work.rows(_CONTACTS)]
    zones = work.rows("SELECT id, zone FROM program WHERE id = ANY(CAST(:ids AS uuid[]))", ids=wanted)
    return {
        row.id: Crew(zone=row.zone, duties=duties[row.id], absences=absences, contacts=contacts)
        for row in zones
    }


def is_known(work: Work, person_id: UUID) -> bool:
    """Tell whether somebody in scope, keys apart, may sign in."""
    return work.first(_KNOWN, id=person_id) is not None


def add_duty(work: Work, duty_id: UUID, program_id: UUID, duty: Duty) -> None:
    """Store a duty."""
    values = {name: getattr(duty, name) for name in Duty.__dataclass_fields__}
    values |= {"id": duty_id, "program_id": program_id, "weekdays": list(duty.weekdays)}
    work.run(insert(alerting.Duty), values)


def add_absence(work: Work, absence_id: UUID, absence: Absence) -> None:
    """Store an absence."""
    values = {name: getattr(absence, name) for name in Absence.__dataclass_fields__}
    work.run(insert(alerting.Absence), values | {"id": absence_id})


def add_contact(work: Work, contact: Contact, secret: str) -> None:
    """Store a way to reach somebody; a secret is sealed under the installation's own key."""
    values = {name: getattr(contact, name) for name in Contact.__dataclass_fields__}
    sealed = work.vault.own.seal(secret, "contact", contact.id) if secret else None
    work.run(insert(alerting.Contact), values | {"sealed": sealed})


def secret_of(work: Work, contact_id: UUID, sealed: bytes | None) -> str:
    """Return the secret of a contact, opened; none where it has none, or was sealed under another key."""
    try:
        return work.vault.own.open(sealed, "contact", contact_id) if sealed else ""
    except InvalidTag:
        return ""


def end(work: Work, one_id: UUID, *, at: datetime) -> bool:
    """End a duty, an absence or a contact in scope, whichever has this id; tell whether there was one."""
    ended = (work.run(statement, id=one_id, at=at) for statement in _ENDS)
    return any(ended)


def listed(work: Work, *, at: datetime) -> tuple[Sequence[Row[Any]], Sequence[Row[Any]], Sequence[Row[Any]]]:
    """Return the duties in scope, and the absences and contacts of the people in scope, by name."""
    return work.rows(_LISTED_DUTIES), work.rows(_LISTED_ABSENCES, at=at), work.rows(_LISTED_CONTACTS)


_IN_SCOPE = """(CAST(:programs AS uuid[]) IS NULL OR person.programs = '{}'
  OR person.programs && CAST(:programs AS uuid[]))"""
_KNOWN = f"""
SELECT 1 FROM person WHERE id = :id AND disabled_at IS NULL AND role <> 'service' AND {_IN_SCOPE}
"""  # noqa: S608 - constants
_DUTIES = """
SELECT d.program_id, d.person_id, d.standby, d.weekdays, d.since, d.until, d.first_on, d.last_on
FROM duty d JOIN person ON person.id = d.person_id
WHERE d.program_id = ANY(CAST(:ids AS uuid[])) AND d.ended_at IS NULL AND person.disabled_at IS NULL
ORDER BY person.name, d.id
"""
_ABSENCES = """
SELECT person_id, starts_at, ends_at, cover_id FROM absence WHERE ends_at > :at ORDER BY starts_at, id
"""
_CONTACTS = """
SELECT c.id, c.person_id, c.channel, c.address FROM contact c JOIN person ON person.id = c.person_id
WHERE c.ended_at IS NULL AND person.disabled_at IS NULL ORDER BY c.channel, c.address, c.id
"""
_ENDS = (
    """UPDATE duty SET ended_at = :at WHERE id = :id AND ended_at IS NULL
       AND (CAST(:programs AS uuid[]) IS NULL OR program_id = ANY(CAST(:programs AS uuid[])))""",
    f"""UPDATE absence SET ends_at = least(ends_at, greatest(starts_at, :at)) WHERE id = :id AND ends_at > :at
        AND EXISTS (SELECT FROM person WHERE person.id = absence.person_id AND {_IN_SCOPE})""",  # noqa: S608
    f"""UPDATE contact SET ended_at = :at WHERE id = :id AND ended_at IS NULL
        AND EXISTS (SELECT FROM person WHERE person.id = contact.person_id AND {_IN_SCOPE})""",  # noqa: S608
)
_LISTED_DUTIES = """
SELECT d.id, d.program_id, program.name AS program, program.zone, person.name AS person, d.standby, d.weekdays, d.since,
       d.until, d.first_on, d.last_on
FROM duty d JOIN person ON person.id = d.person_id JOIN program ON program.id = d.program_id
WHERE d.ended_at IS NULL AND (CAST(:programs AS uuid[]) IS NULL OR d.program_id = ANY(CAST(:programs AS uuid[])))
ORDER BY program.name, d.standby, d.since, person.name, d.id
"""
_LISTED_ABSENCES = f"""
SELECT a.id, person.name AS person, cover.name AS cover, a.starts_at, a.ends_at
FROM absence a JOIN person ON person.id = a.person_id LEFT JOIN person cover ON cover.id = a.cover_id
WHERE a.ends_at > :at AND {_IN_SCOPE} ORDER BY a.starts_at, a.id
"""  # noqa: S608 - constants
_LISTED_CONTACTS = f"""
SELECT c.id, person.name AS person, c.channel, c.address
FROM contact c JOIN person ON person.id = c.person_id
WHERE c.ended_at IS NULL AND {_IN_SCOPE} ORDER BY person.name, c.channel, c.address, c.id
"""  # noqa: S608 - constants
