"""Reads a placement table: six ratings, the risk band and a few facts in, a recommended level of care out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.instrument import BadAnswer
from models.placement import (
    Condition,
    Count,
    HitPolicy,
    PlacementRule,
    PlacementTable,
    Recommendation,
    UnknownName,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the rules may see of a client."""

    ratings: dict[str, int | None]
    current: str | None
    risk: str | None
    facts: frozenset[str]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, rating in self.ratings.items() if rating is None)

    def at_least(self, name: str, mark: int) -> bool:
        rating = self.ratings[name]
        return rating is not None and rating >= mark


def place(
    table: PlacementTable,
    ratings: Sequence[int | None],
    *,
    current: str | None = None,
    risk: str | None = None,
    facts: frozenset[str] = frozenset(),
) -> Recommendation:
    """List every rule that fires, and recommend what the table's hit policy makes of their floors.

    Shapes: one rating per dimension in the table's order, None for missing.
    Raises: BadAnswer, for a wrong count or value; UnknownName, for a fact, stage or risk the table does not know.
    Source: each rule of the table carries its own.
    """
    _check(table, ratings, current, risk, facts)
    reading = _Reading(dict(zip(table.ratings, ratings, strict=True)), current, risk, facts)
    fired = _fired(table, reading)
    level = _level(table, fired)
    suggested = _suggested(table, level, reading)
    return Recommendation(
        recommended=level,
        rules=tuple(rule.id for rule in fired),
        missing=reading.missing or (() if fired else (table.silence.missing,)),
        why=(*_why(table, reading, fired), *suggested),
        suggestions=suggested,
    )


def urgent(table: PlacementTable, ratings: Sequence[int | None]) -> bool:
    """Tell whether a rule that is not to wait holds already on the ratings given, whichever are missing."""
    reading = _Reading(dict(zip(table.ratings, ratings, strict=True)), None, None, frozenset())
    return bool(_urgent(table, reading))


def intensity(table: PlacementTable, level: str) -> int:
    """Return where a level stands on the ladder, 0 the least intensive. Raises: UnknownName."""
    if level not in table.intensity:
        raise UnknownName("level", table.intensity)
    return table.intensity.index(level)


def _check(
    table: PlacementTable,
    ratings: Sequence[int | None],
    current: str | None,
    risk: str | None,
    facts: frozenset[str],
) -> None:
    if len(ratings) != len(table.ratings):
        first = min(len(ratings), len(table.ratings)) + 1
        raise BadAnswer(
            table.key, first, (), f"{len(table.ratings)} ratings are expected, not {len(ratings)}"
        )
    for number, rating in enumerate(ratings, start=1):
        if rating is not None and (type(rating) is not int or rating not in table.values):
            raise BadAnswer(table.key, number, table.values)
    for what, used, known in (
        ("stage", {current}, (*table.intensity, *table.outside)),
        ("risk", {risk}, table.risks),
        ("fact", facts, table.fact_names),
    ):
        if used - {None} - set(known):
            raise UnknownName(what, known)


def _level(table: PlacementTable, fired: tuple[PlacementRule, ...]) -> str | None:
    """Return what the rules that fired come to together: the one place that reads the hit policy."""
    floors = [rule.floor for rule in fired if rule.floor is not None]
    match table.hit_policy:
        case HitPolicy.HIGHEST_FLOOR:
            return max(floors, key=table.intensity.index, default=None)
        case HitPolicy.FIRST_RULE:
            return next(iter(floors), None)


def _suggested(table: PlacementTable, level: str | None, reading: _Reading) -> tuple[str, ...]:
    speaking = (
        one for one in table.suggestions if level in one.levels and _fits(one.when, reading, first=False)
    )
    return tuple(f"{one.id} suggests, and asks for no level: {one.says}" for one in speaking)


def _fired(table: PlacementTable, reading: _Reading) -> tuple[PlacementRule, ...]:
    fired: dict[str, PlacementRule] = {}
    for rule in table.rules:
        silent = reading.missing and not rule.without_ratings
        if rule.id not in fired and not silent and _fits(rule.when, reading, first=not fired):
            fired[rule.id] = rule
    return tuple(fired.values())


def _fits(when: Condition, reading: _Reading, *, first: bool) -> bool:
    return _fits_ratings(when, reading) and all(
        (
            not when.any_fact or not reading.facts.isdisjoint(when.any_fact),
            reading.facts.issuperset(when.all_facts),
            not when.current or reading.current in when.current,
            not when.risk or reading.risk in when.risk,
            not when.rating_missing or bool(reading.missing),
            not when.otherwise or first,
        )
    )


def _fits_ratings(when: Condition, reading: _Reading) -> bool:
    is_any = [reading.ratings[name] == value for name, value in when.any_is.items()]
    high_any = [reading.at_least(name, mark) for name, mark in when.any_at_least.items()]
    return all(
        (
            not is_any or any(is_any),
            not high_any or any(high_any),
            when.all_at_most is None or not _any_above(when.all_at_most, reading),
            when.count is None or _counts(when.count, reading),
        )
    )


def _any_above(mark: int, reading: _Reading) -> bool:
    return any(rating is None or rating > mark for rating in reading.ratings.values())


def _counts(count: Count, reading: _Reading) -> bool:
    number = sum(reading.at_least(name, count.rated) for name in count.of)
    return count.least <= number <= (len(count.of) if count.most is None else count.most)


def _why(table: PlacementTable, reading: _Reading, fired: tuple[PlacementRule, ...]) -> tuple[str, ...]:
    lines = [_line(rule) for rule in fired]
    if not fired:
        lines.append(table.silence.says)
    waiting = [rule for rule in _urgent(table, reading) if reading.missing and rule not in fired]
    return (*lines, *(f"{rule.id} holds already on the ratings given: {rule.note}" for rule in waiting))


def _urgent(table: PlacementTable, reading: _Reading) -> list[PlacementRule]:
    return [rule for rule in table.rules if rule.urgent and _fits(rule.when, reading, first=False)]


def _line(rule: PlacementRule) -> str:
    return f"{rule.id} → {rule.floor or 'no recommendation'}: {rule.says}" + (
        f" ({rule.note})" if rule.note else ""
    )
