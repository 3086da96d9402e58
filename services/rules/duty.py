"""Duty: who stands by in a program at a moment, by the program's own clock, with whoever covers for the absent."""

from datetime import datetime
from uuid import UUID

from models.alerting import Crew, Duty
from services.rules.weekly import is_during


def standing_by(crew: Crew, standby: str, *, at: datetime) -> tuple[UUID, ...]:
    """Return who is to be told: those whose duty it is, each replaced by whoever covers, the uncovered left out."""
    theirs = (one for one in crew.duties if one.standby == standby and is_on(one, crew.zone, at=at))
    there = (present(crew, one.person_id, at=at) for one in theirs)
    return tuple(dict.fromkeys(one for one in there if one is not None))


def is_on(duty: Duty, zone: str, *, at: datetime) -> bool:
    """Tell whether a duty runs at a moment, one that began yesterday included."""
    return is_during(duty, zone, at, at)


def present(crew: Crew, person_id: UUID | None, *, at: datetime) -> UUID | None:
    """Follow the covers to somebody who is there; covers that lead back to where they began lead nowhere."""
    passed: set[UUID] = set()
    while person_id is not None and person_id not in passed:
        passed.add(person_id)
        away = [
            one for one in crew.absences if one.person_id == person_id and one.starts_at <= at < one.ends_at
        ]
        if not away:
            return person_id
        person_id = next((one.cover_id for one in away if one.cover_id), None)
    return None
