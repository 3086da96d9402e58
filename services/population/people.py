"""Who the invented clients are: what brings them, how they fare, when they use again, stay away, leave or come back.

Source: DOMAIN figures for a synthetic population: TEDS 2004 for reasons and times of leaving, attendance Beta(7, 3).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from math import exp
from random import Random
from typing import Literal

MENTAL_HEALTH_SHARE = 0.2
HIGH_RISK_SHARE = 0.04
"""Of 3 to 5 in a hundred a screen at intake comes to a high suicide risk; uncertain."""

_GIVEN = [
    "Amber",
    "Basil",
    "Clover",
    "Dune",
    "Ember",
    "Fern",
    "Grove",
    "Hazel",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Linden",
    "Maple",
    "Nettle",
    "Olive",
    "Poppy",
    "Quill",
    "Reed",
    "Sage",
    "Thistle",
    "Umber",
    "Violet",
    "Willow",
    "Yarrow",
    "Zephyr",
]
_FAMILY = [
    "Ashmeadow",
    "Brookstone",
    "Cloudberry",
    "Driftwood",
    "Elmshade",
    "Foxglove",
    "Greenbriar",
    "Hollowell",
    "Ivywater",
    "Jaywood",
    "Kingfisher",
    "Larkspur",
    "Mossbank",
    "Northwind",
    "Oakhollow",
    "Pinecroft",
    "Quickbeam",
    "Riverstep",
    "Silverleaf",
    "Thornfield",
    "Underhill",
    "Vineyard",
    "Wintergreen",
    "Yellowtail",
]


_GONE = ("left", "silent", "elsewhere")
"""Ways of leaving that are not agreed with the clinic: it finds nobody there."""


@dataclass(frozen=True, slots=True)
class Spell:
    """Days during which somebody is away, on hold or gone. `last` is the first day on which it is over."""

    first: int
    last: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented client. Days count from the first day of the story; those before it are negative.

    Units: `severity` 0 to 1, `mending` its share per day, `faithful` the share of sessions attended.
    """

    number: int
    seed: str
    given_name: str
    family_name: str
    birth_date: date
    definition: Literal["sud-adult", "mh-adult"]
    entry: str
    arrives: int
    severity: float
    mending: float
    faithful: float
    reluctance: float
    home: int
    heavy: bool
    uses: tuple[int, ...] = ()
    risk_lasts: int = 0
    leaves: Spell | None = None
    away: Spell | None = None
    pause: Spell | None = None
    overridden: bool = False

    def draw(self, *about: object) -> Random:
        """Return the chance that decides about one thing, whatever else was drawn before."""
        return Random("/".join(map(str, (self.seed, self.number, *about))))  # noqa: S311 - a story, not a secret

    def severity_on(self, day: int) -> float:
        """Return how badly somebody fares: mending since arrival, set back by every return to use."""
        mended = self.severity * exp(-self.mending * max(0, day - self.arrives))
        setback = sum(0.25 * exp((use - day) / 15) for use in self.uses if self.arrives < use <= day)
        return min(1.0, mended + setback)

    def clean_days(self, day: int) -> int:
        """Return the days since the last use; a thousand where there was none."""
        return day - max((use for use in self.uses if use <= day), default=day - 1000)

    def is_there(self, day: int) -> bool:
        """Tell whether somebody comes to the clinic at all."""
        leaves = self.leaves if self.leaves and self.leaves.kind in _GONE else None
        spells = (leaves, self.away, self.pause)
        return not any(spell.first <= day < spell.last for spell in spells if spell)


def invent(seed: str, today: date, count: int, days: int) -> tuple[Person, ...]:
    """Return the invented clients of a story that ends before today, some of them cast for its last days."""
    key = f"{seed}-{today}"
    names = [*product(_GIVEN, _FAMILY)]
    Random(key).shuffle(names)  # noqa: S311 - a story, not a secret
    people = [
        _person(number, f"{key}-{count}", *names[number % len(names)], today, days) for number in range(count)
    ]
    return tuple(_CAST.get(one.number, _as_is)(one, days) for one in people)


def _person(number: int, seed: str, given: str, family: str, today: date, days: int) -> Person:
    chance = Random(f"{seed}-{number}")  # noqa: S311 - a story, not a secret
    definition: Literal["sud-adult", "mh-adult"] = (
        "mh-adult" if chance.random() < MENTAL_HEALTH_SHARE else "sud-adult"
    )
    (entry,) = chance.choices(*_ENTRIES[definition])
    mean, spread = _SEVERITY[entry]
    arrives = _arrival(chance, today, days)
    person = Person(
        number=number,
        seed=seed,
        given_name=given,
        family_name=family,
        birth_date=today - timedelta(days=round(365.25 * chance.triangular(19, 70, 31))),
        definition=definition,
        entry=entry,
        arrives=arrives,
        severity=min(0.95, max(0.05, chance.gauss(mean, spread))),
        mending=max(-0.001, chance.gauss(0.0115, 0.005)),
        faithful=chance.betavariate(7, 3),
        reluctance=chance.uniform(-0.15, 0.15),
        home=chance.choices((0, 1, 2), (40, 40, 20))[0],
        heavy=entry == "detox" or chance.random() < 0.1,
        risk_lasts=chance.randint(2, 5) if chance.random() < HIGH_RISK_SHARE else 0,
        overridden=chance.random() < 0.05,
    )
    person = replace(person, uses=_uses(person, chance, days))
    return replace(
        person, leaves=_leaves(person, chance), away=_away(person, chance), pause=_pause(person, chance)
    )


# How people come in, and with what weight.
_ENTRIES = {
    "sud-adult": (("assessment", "iop", "op", "detox", "aftercare"), (60, 13, 12, 9, 6)),
    "mh-adult": (("assessment", "iop", "op"), (70, 15, 15)),
}
_SEVERITY = {
    "assessment": (0.55, 0.14),
    "iop": (0.6, 0.09),
    "op": (0.34, 0.07),
    "detox": (0.66, 0.08),
    "aftercare": (0.12, 0.04),
}
_LAST_USE = {"assessment": (1, 14), "iop": (3, 14), "op": (15, 75), "detox": (0, 0), "aftercare": (95, 160)}


def _arrival(chance: Random, today: date, days: int) -> int:
    """Everywhere in the story, a few more in its last days; on a working day."""
    first = max(0, days - 9) if chance.random() < 0.15 else 0
    day = chance.randrange(first, days)
    weekday = (today - timedelta(days=days - day)).weekday()
    return max(0, day - max(0, weekday - 4))


def _uses(person: Person, chance: Random, days: int) -> tuple[int, ...]:
    if person.definition != "sud-adult":
        return ()
    before = person.arrives - chance.randint(*_LAST_USE[person.entry])
    later = (
        day
        for day in range(person.arrives + 5, days)
        if chance.random() < 0.0025 + 0.008 * person.severity_on(day)
    )
    return (before, *later)


def _leaves(person: Person, chance: Random) -> Spell | None:
    """TEDS in round numbers: of those who leave, most against advice or without a word, about a month in."""
    (kind,) = chance.choices(("", "left", "silent", "elsewhere", "moved", "completed"), (64, 13, 8, 3, 4, 8))
    stayed = round(chance.lognormvariate(3.3, 0.6))
    first = person.arrives + (90 + stayed if kind == "completed" else stayed)
    last = first + chance.randint(20, 45) if kind == "left" and chance.random() < 0.35 else 10_000
    return Spell(first, last, kind) if kind else None


def _away(person: Person, chance: Random) -> Spell | None:
    first = person.arrives + chance.randint(8, 80)
    (kind,) = chance.choices(("", "hospitalised", "incarcerated"), (91, 7, 2))
    return Spell(first, first + chance.randint(4, 9), kind) if kind else None


def _pause(person: Person, chance: Random) -> Spell | None:
    first = person.arrives + chance.randint(12, 90)
    (kind,) = chance.choices(("", "travel", "illness", "family"), (94, 2, 2, 2))
    return Spell(first, first + chance.randint(5, 12), kind) if kind else None


def _as_is(person: Person, _days: int) -> Person:
    return person


def _in_withdrawal(person: Person, days: int) -> Person:
    arrives = days - 2 - person.number // 12
    return _cast(person, entry="detox", severity=0.7, arrives=arrives, uses=(arrives,), heavy=True)


def _in_hospital(person: Person, days: int) -> Person:
    return _cast(person, entry="iop", arrives=days - 32, away=Spell(days - 3, days + 4, "hospitalised"))


def _on_hold(person: Person, days: int) -> Person:
    return _cast(person, entry="op", arrives=days - 40, pause=Spell(days - 4, days + 6, "travel"))


def _at_risk(person: Person, days: int) -> Person:
    return _cast(person, entry="assessment", severity=0.8, arrives=days - 2, risk_lasts=5)


def _cast(person: Person, *, entry: str, arrives: int, **more: object) -> Person:
    told: dict[str, object] = {
        "uses": (max(0, arrives) - 12,),
        "severity": _SEVERITY[entry][0],
        "leaves": None,
        "away": None,
        "pause": None,
    }
    return replace(
        person,
        definition="sud-adult",
        entry=entry,
        arrives=max(0, arrives),
        **{**told, **more},  # type: ignore[arg-type]
    )


# A board without anybody in withdrawal, in hospital, on hold or at risk would hide what it is for.
_CAST: dict[int, Callable[[Person, int], Person]] = {
    3: _in_withdrawal,
    7: _in_hospital,
    11: _on_hold,
    19: _at_risk,
    27: _in_withdrawal,
}
