"""The clinic looks at its clients: which assessments, plans and findings it writes up on a half-day, and how late."""

from collections.abc import Iterator
from datetime import timedelta

from models.requests import NewAssessment, NewEvent, NewPlan
from models.rhythm import alternatives
from services.population.answers import answers, is_in_remission
from services.population.days import HalfDay
from services.population.people import Person
from services.population.plans import NEXT, plan
from services.population.seen import Look, Seen

Written = NewAssessment | NewPlan | NewEvent

# Screens before ratings: the ratings of a contact know what the screens of the same contact said.
_ORDER = ("ciwa-ar", "phq-9", "gad-7", "pcl-5", "bam", "c-ssrs", "six-dimensions")
_SELF_REPORTS = ("phq-9", "gad-7", "pcl-5", "bam")
_URGENT = {
    "suicide-risk-high",
    "suicide-risk-moderate",
    "suicide-screen-unfinished",
    "suicide-answer",
    "overdose",
    "intent-to-leave",
    "returned",
}
_HOURLY = "detox"
DIAGNOSED = {
    "sud-adult": "substance-use-disorder-diagnosed",
    "mh-adult": "mental-disorder-diagnosed",
}
"""What whoever assesses finds, pathway by pathway: a clinician says so."""
_NEVER = 60

# How many days after its due day a look is done, and with what weight. Most are in time; some are late, a few never done.
_PERIODIC = ((-1, 0, 1, 3, 6, _NEVER), (30, 42, 12, 7, 4, 5))
_INTAKE = ((-3, -2, -1, 0, 3, 6, _NEVER), (22, 24, 18, 16, 10, 5, 5))
_TRIGGERED = ((-1, 0, 1, 3, _NEVER), (36, 42, 12, 6, 4))


def looked(person: Person, seen: Seen, half: HalfDay) -> Iterator[Written]:
    """Return what the clinic writes up about one client, in the order it came about."""
    if seen.held or seen.stage == "away" or not person.is_there(half.day):
        return
    timely = [look for look in seen.looks if _is_time(person, seen, look, half)]
    parts = {_chosen(part) for look in timely for part in look.open_parts}
    if _screens_again(person, seen, half):
        parts.add("c-ssrs")
    if reviewed := any(look.kind != "triggered" for look in timely):
        parts |= _more(person, seen)
    yield from _assessments(person, seen, half, parts)
    if reviewed:
        yield from _planned(person, seen, half)


def _chosen(part: str) -> str:
    """Of several that would do this clinic asks for the PHQ-9, which its board draws."""
    return "phq-9" if "phq-9" in (either := alternatives(part)) else either[0]


def _assessments(
    person: Person, seen: Seen, half: HalfDay, parts: set[str]
) -> Iterator[NewAssessment | NewEvent]:
    begun = person.draw("hour", half.day, half.afternoon).randint(70, 180)
    for number, part in enumerate(part for part in _ORDER if part in parts):
        yield NewAssessment(
            instrument=part,
            answers=answers(part, person, half.day),
            effective_at=half.before(begun - 10 * number),
            signed=part not in _SELF_REPORTS,
        )
    if seen.stage == "assessment" and "six-dimensions" in parts:
        yield NewEvent(kind=DIAGNOSED[person.definition], effective_at=half.before(5))


def _is_time(person: Person, seen: Seen, look: Look, half: HalfDay) -> bool:
    if not look.open_parts or half.before(200) < look.counts_from:
        return False
    if _is_urgent(person, look):
        return True
    if seen.stage == _HOURLY:
        return look.due_at - half.at <= timedelta(hours=12)
    chance = person.draw("look", seen.stage, look.kind, look.due_on)
    (delay,) = chance.choices(*_habit(seen, look))
    days = (half.date - look.due_on).days
    return half.is_workday and (days > delay or (days == delay and half.afternoon >= (chance.random() < 0.5)))


def _is_urgent(person: Person, look: Look) -> bool:
    """Whoever comes in danger is seen at once, and so is whom a screen or a report says to be."""
    return person.risk_lasts > 0 or bool(_URGENT & set(look.reasons))


def _habit(seen: Seen, look: Look) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if look.kind == "triggered":
        return _TRIGGERED
    return _INTAKE if seen.stage == "assessment" else _PERIODIC


def _screens_again(person: Person, seen: Seen, half: HalfDay) -> bool:
    """A high risk is asked about every morning, a moderate one on most."""
    if half.afternoon or seen.risk not in ("moderate", "high"):
        return False
    return seen.risk == "high" or (half.is_workday and person.draw("again", half.day).random() < 0.6)


def _more(person: Person, seen: Seen) -> set[str]:
    """What a good clinic asks beside what is due: use at every review."""
    return {"bam"} if person.definition == "sud-adult" and seen.stage in ("iop", "op") else set()


def _planned(person: Person, seen: Seen, half: HalfDay) -> Iterator[NewPlan | NewEvent]:
    if seen.stage in ("op", "aftercare") and is_in_remission(person, half.day):
        yield NewEvent(kind="remission-confirmed", effective_at=half.before(45))
    if seen.stage in NEXT:
        yield plan(person, seen, half)
