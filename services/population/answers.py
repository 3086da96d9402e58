"""What invented clients and their clinicians would answer on a day. Answers only; scoring and judging are the engine's.

Source: PHQ-9 at intake about 11, falling by about 5 in eight weeks; BAM use decays and spikes at a return to use.
"""

from collections.abc import Callable, Sequence
from random import Random

from services.population.people import Person

Answers = list[int | None]


def answers(instrument: str, person: Person, day: int) -> Answers:
    """Return the answers to an instrument on a day, in its official order."""
    return _INSTRUMENTS[instrument](person, day, person.draw(instrument, day))


def asks_for_less(person: Person, day: int, stage: str) -> bool:
    """Tell whether the day's ratings look as if a clinician would plan the next step down."""
    _, _, emotion, *rest = (rating or 0 for rating in answers("six-dimensions", person, day))
    if stage == "iop":
        return emotion < 2 and max(rest) < 3 and sum(rating >= 2 for rating in rest) < 2
    return max(emotion, *rest) < 2 and is_in_remission(person, day)


def is_in_remission(person: Person, day: int) -> bool:
    """Tell whether a clinician would confirm a remission of ninety days."""
    return person.clean_days(day) >= 90 and person.severity_on(day) < 0.3


def suicide_risk(person: Person, day: int) -> str:
    """Return the band that a screen of this day comes to."""
    since, severity = day - person.arrives, person.severity_on(day)
    if since < person.risk_lasts:
        return "high"
    if since < person.risk_lasts + 4 and person.risk_lasts:
        return "moderate"
    chance = person.draw("risk", day).random()
    if severity > 0.5 and chance < 0.05:
        return "moderate"
    return "low" if chance < 0.25 * severity else "none"


def _phq_9(person: Person, day: int, chance: Random) -> Answers:
    total = round(1 + 18.5 * person.severity_on(day) + chance.gauss(0, 1.2))
    danger = suicide_risk(person, day) in ("moderate", "high")
    last = chance.randint(1, 2) if danger else 0
    return [*_spread(total - last, 8, 3, chance), last]


def _gad_7(person: Person, day: int, chance: Random) -> Answers:
    return [*_spread(round(1 + 13 * person.severity_on(day) + chance.gauss(0, 1)), 7, 3, chance)]


def _pcl_5(person: Person, day: int, chance: Random) -> Answers:
    return [*_spread(round(34 * person.severity_on(day) + chance.gauss(0, 2)), 20, 4, chance)]


def _c_ssrs(person: Person, day: int, _chance: Random) -> Answers:
    return list(_SCREENS[suicide_risk(person, day)])


_SCREENS: dict[str, Answers] = {
    "none": [0, 0, None, None, None, 0, 0],
    "low": [1, 0, None, None, None, 0, 0],
    "moderate": [1, 1, 1, 0, 0, 0, 0],
    "high": [1, 1, 1, 1, 0, 1, 0],
}


def _six_dimensions(person: Person, day: int, chance: Random) -> Answers:
    severity = person.severity_on(day) + chance.gauss(0, 0.025)
    hard = 0.56 if person.definition == "mh-adult" else 0.66
    home = 1 if person.home == 2 and severity < 0.32 else person.home
    return [
        _withdrawal(person, day),
        int(person.home == 0 and severity > 0.5),
        _step(severity, 0.25, hard, 0.93),
        _step(severity + person.reluctance, 0.2, 0.5),
        _step(severity, 0.15, 0.4, 0.86),
        home,
    ]


def _withdrawal(person: Person, day: int) -> int:
    if not person.heavy:
        return 0
    return max(0, 3 - person.clean_days(day))


def _ciwa_ar(person: Person, day: int, chance: Random) -> Answers:
    total = max(1, 22 - 6 * person.clean_days(day)) if person.heavy else 2
    return [*_spread(total + chance.randint(0, 2), 9, 5, chance), 0]


def _bam(person: Person, day: int, chance: Random) -> Answers:
    severity = person.severity_on(day)
    used = min(4, sum(day - 30 < use <= day for use in person.uses) * (2 if person.heavy else 1))
    drinks = used if person.heavy or person.number % 2 else 0
    burden = _spread(round(13 * severity + chance.gauss(0, 0.8)), 6, 4, chance)
    strength = _spread(round(20 - 14 * severity + chance.gauss(0, 1)), 5, 4, chance)
    mood = round(3 * severity)
    sure = [4 if severity < 0.5 else 0]
    return [
        *burden[:3],
        drinks,
        drinks // 2,
        0 if drinks else used,
        mood,
        burden[3],
        *strength[:2],
        burden[4],
        *strength[2:4],
        *sure,
        burden[5],
        strength[4],
        mood,
    ]


def _step(severity: float, *marks: float) -> int:
    return sum(severity >= mark for mark in marks)


def _spread(total: int, items: int, most: int, chance: Random) -> Sequence[int]:
    """Spread a total over items at random, each up to `most`."""
    points = [item for item in range(items) for _ in range(most)]
    chosen = chance.sample(points, min(len(points), max(0, total)))
    return [chosen.count(item) for item in range(items)]


_INSTRUMENTS: dict[str, Callable[[Person, int, Random], Answers]] = {
    "phq-9": _phq_9,
    "gad-7": _gad_7,
    "pcl-5": _pcl_5,
    "c-ssrs": _c_ssrs,
    "six-dimensions": _six_dimensions,
    "ciwa-ar": _ciwa_ar,
    "bam": _bam,
}
