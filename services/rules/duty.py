"""Duty: who stands by in a program at a moment, by the program's own clock, with whoever covers for the absent."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.alerting import Crew, Duty
from services.rules.cadence import day_of

_DAY = timedelta(days=1)


def standing_by(crew: Crew, standby: str, *, at: datetime) -> tuple[UUID, ...]:
    """Return who is to be told: those whose duty it is, each replaced by whoever covers, the uncovered left out."""
    theirs = (one for one in crew.duties if one.standby == standby and is_on(one, crew.zone, at=at))
    present = (_present(crew, one.person_id, at) for one in theirs)
    return tuple(dict.fromkeys(one for one in present if one is not None))


def is_on(duty: Duty, zone: str, *, at: datetime) -> bool:
    """Tell whether a duty runs at a moment, one that began yesterday included."""
    return any(start <= at < end for start, end in _stretches(duty, zone, at))


def _stretches(duty: Duty, zone: str, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    today = day_of(at, zone)
    for day in (today - _DAY, today):
        if day.weekday() in duty.weekdays and _is_bound(duty, day):
            last = day if duty.until > duty.since else day + _DAY
            yield _moment(day, duty.since, zone), _moment(last, duty.until, zone)


def _is_bound(duty: Duty, day: date) -> bool:
    return (duty.first_on or date.min) <= day <= (duty.last_on or date.max)


def _moment(day: date, clock: time, zone: str) -> datetime:
    """Return a time of the program's clock.

    Of an hour that comes twice the first is meant, of one that is left out the moment it would have been: so a duty ends
    exactly when the next begins, on every night of the year.
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _present(crew: Crew, person_id: UUID | None, at: datetime) -> UUID | None:
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
