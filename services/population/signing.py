"""How the invented clinicians sign: most proposals within three days, some declined, few moves around the routes."""

from datetime import datetime, time, timedelta

from models.requests import NewDischarge, NewOverride, NewSignOff
from services.population.days import HalfDay, moment
from services.population.people import Person
from services.population.seen import Seen

Signature = NewSignOff | NewOverride | NewDischarge

_A_HALF_DAY = {"detox": 0.85, "assessment": 0.5}
_MOSTLY = 0.4
_SLOWER = 0.3
_DECLINED = {"step_down": 0.12, "step_up": 0.25, "refer": 0.5, "admit": 0.03, "complete": 0.05}
_REASONS = {
    "step_down": "Two more weeks of group first; agreed with the client.",
    "step_up": "More sessions at this level first, looked at again in a week.",
    "refer": "Stays with us while a place elsewhere is sought.",
}
_SILENT_DAYS = 28


def signature(person: Person, seen: Seen, half: HalfDay, days: int) -> Signature | None:
    """Return what is signed about one client on a half-day, if anything is."""
    if seen.held or seen.waiting or seen.stage == "away" or not (half.is_workday or seen.stage == "detox"):
        return None
    if seen.proposal is None:
        return _of_its_own(person, seen, half)
    chance = person.draw("sign", half.day, half.afternoon)
    if chance.random() > _A_HALF_DAY.get(seen.stage, _MOSTLY) * (_SLOWER if half.day >= days - 4 else 1):
        return None
    outcome, _ = seen.proposal
    if chance.random() < _DECLINED[outcome]:
        return NewSignOff(verdict="decline", reason=_REASONS.get(outcome, "Not what the client wants now."))
    later = outcome == "step_down" and seen.stage != "detox" and chance.random() < 0.3
    return NewSignOff(
        verdict="accept",
        reason="Withdrawal is over, and the ratings ask for no more." if seen.stage == "detox" else None,
        starts_at=_start(half, chance.randint(1, 3)) if later else None,
    )


def _start(half: HalfDay, days: int) -> datetime:
    return moment(half.date + timedelta(days=days), time(9))


def _of_its_own(person: Person, seen: Seen, half: HalfDay) -> Signature | None:
    if person.overridden and seen.stage == "iop" and (half.date - seen.since).days >= 20:
        return NewOverride(to_stage="op", reason="New working hours; evenings in OP are what can be kept.")
    if person.leaves is None or half.afternoon:
        return None
    gone = half.day - person.leaves.first
    if person.leaves.kind == "silent" and gone >= _SILENT_DAYS:
        return NewDischarge(reason=2, note="No contact for four weeks; five calls and a letter.")
    if person.leaves.kind == "moved" and gone >= 0:
        return NewDischarge(reason=7, note="Moved to another state; records sent on.")
    done = person.leaves.kind == "completed" and seen.stage in ("op", "aftercare") and gone >= 0
    return NewDischarge(reason=1, note="Goals met; knows how to come back.") if done else None
