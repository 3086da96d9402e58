"""What happens to the invented clients themselves: what is reported of them, who comes to a session, who is on hold."""

from collections.abc import Iterator
from typing import Literal

from models.facts import AttendanceStatus
from models.requests import NewEvent
from services.population.days import HalfDay
from services.population.people import Person
from services.population.seen import Seen

_NOW_AND_THEN = (
    "housing-loss",
    "request",
    "medication-change",
    "ed-visit",
    "legal-change",
    "intent-to-leave",
)
_LEAVING = {"left": "left-against-advice", "elsewhere": "admitted-elsewhere"}
_MINUTES_A_DAY = 24 * 60
_UNCHARTED_DAYS = 3
"""The clinic has not caught up with the charts of its last days."""

Charted = Literal[AttendanceStatus.ATTENDED, AttendanceStatus.MISSED, AttendanceStatus.CANCELLED]


def comes_in(person: Person, half: HalfDay) -> bool:
    """Tell whether somebody enters care on this half-day, for the first time."""
    afternoon = half.is_workday and person.draw("arrival").random() < 0.4
    return half.day == person.arrives and half.afternoon == afternoon


def comes_back(person: Person, half: HalfDay) -> bool:
    """Tell whether somebody who left comes back on this half-day."""
    return person.leaves is not None and half.day == person.leaves.last and not half.afternoon


def is_done(person: Person, kind: str, half: HalfDay) -> bool:
    """Tell whether a person at the clinic gets round to a work item on this half-day: to a call at once."""
    if kind == "call-now":
        return person.draw("call", half.day, half.afternoon).random() < 0.95
    return half.is_workday and person.draw("work", kind, half.day, half.afternoon).random() < 0.35


def reported(person: Person, seen: Seen, half: HalfDay) -> Iterator[NewEvent]:
    """Return what is reported of one client on a half-day: some of it days after it happened."""
    if not half.afternoon:
        yield from _whereabouts(person, seen, half)
    ends_day = half.afternoon or not half.is_workday
    if ends_day and person.is_there(half.day) and seen.stage not in ("away", "assessment"):
        yield from _return_to_use(person, half)
        yield from _now_and_then(person, half)


def prior(person: Person, half: HalfDay) -> Iterator[NewEvent]:
    """Return what is told at entry about the time before: who comes to less has mostly completed more elsewhere."""
    if person.entry == "aftercare" or (person.entry == "op" and person.draw("prior").random() < 0.7):
        yield NewEvent(kind="completed-higher-level-elsewhere", effective_at=half.before(30 * _MINUTES_A_DAY))
    if person.entry == "aftercare":
        yield NewEvent(kind="remission-confirmed", effective_at=half.before(60))


def attends(person: Person, half: HalfDay, days: int) -> Charted | None:
    """Return what is charted of one client's session of the day; nothing where nobody has charted it yet."""
    chance = person.draw("session", half.day)
    if chance.random() < (0.3 if half.day >= days - _UNCHARTED_DAYS else 0.01):
        return None
    if any(spell and spell.first <= half.day < spell.last for spell in (person.away, person.pause)):
        return AttendanceStatus.CANCELLED
    if chance.random() < _likely(person, half.day):
        return AttendanceStatus.ATTENDED
    return AttendanceStatus.CANCELLED if chance.random() < 0.45 else AttendanceStatus.MISSED


def pauses(person: Person, seen: Seen, half: HalfDay) -> Literal["hold", "resume"] | None:
    """Return whether one client's clocks are stopped or let run on a half-day."""
    wanted = person.pause is not None and person.pause.first <= half.day < person.pause.last
    if wanted == seen.held or seen.stage == "away":
        return None
    return "hold" if wanted else "resume"


def _likely(person: Person, day: int) -> float:
    """Who is about to leave comes less and less for two weeks; who has left does not come."""
    if not person.is_there(day):
        return 0.0
    near = person.leaves is not None and person.leaves.kind != "completed" and day >= person.leaves.first - 14
    return person.faithful * (0.4 if near else 1.0)


def _whereabouts(person: Person, seen: Seen, half: HalfDay) -> Iterator[NewEvent]:
    away, leaves = person.away, person.leaves
    if seen.stage == "away":
        if away and half.day >= away.last:
            yield NewEvent(kind="returned", effective_at=half.before(120))
    elif away and away.first == half.day:
        yield NewEvent(kind=away.kind, effective_at=half.before(14 * 60), detail="Told by the family.")
    elif leaves and leaves.kind in _LEAVING and leaves.first <= half.day < leaves.last:
        yield NewEvent(kind=_LEAVING[leaves.kind], effective_at=half.before(5 * 60))


def _return_to_use(person: Person, half: HalfDay) -> Iterator[NewEvent]:
    """Most tell of it, on the day or days later; of some only a test or a questionnaire tells."""
    for use in person.uses:
        chance = person.draw("told", use)
        told = use + chance.choice((0, 0, 1, 3))
        if told == half.day and use > person.arrives and chance.random() < 0.85:
            kind = "return-to-use" if chance.random() < 0.8 else "unexpected-drug-test"
            yield NewEvent(kind=kind, effective_at=half.before((told - use) * _MINUTES_A_DAY + 90))


def _now_and_then(person: Person, half: HalfDay) -> Iterator[NewEvent]:
    chance = person.draw("event", half.day)
    if chance.random() < 0.006:
        yield NewEvent(kind=chance.choice(_NOW_AND_THEN), effective_at=half.before(75))
