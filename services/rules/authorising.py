"""What attended care has used of what a payer authorised. Computed, never stored: a later fact changes the count.

Only attended sessions count, in the stays of the level that is authorised, on the days it is authorised for. Where
several cover a session the one that ends first is used first (house default H), and none is ever used below nothing:
what goes beyond all of them is over on the one that ends last. No recommendation reads any of this.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from models.case import Case
from models.definition import PathwayDefinition, Stage, StageKind
from models.facts import Attendance, AttendanceStatus, Authorisation
from models.terms import Benefits
from services.rules.cadence import day_of
from services.rules.sight import Sight

_MINUTES = {"15-min": 15, "hour": 60}
"""How long a unit is, where it has a length. How a payer rounds is theirs; here a minute is a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of one authorisation is used. Units: parts, of which `of` make one of its units; `left` none: no limit.

    `spent` says after which session how many parts were used, oldest first.
    """

    authorisation: Authorisation
    of: int
    used: int
    over: int
    left: int | None
    spent: tuple[tuple[datetime, int], ...]


def standing(sight: Sight) -> list[Authorisation]:
    """Return what pays for care and was not replaced, the one that ends first before the others."""
    replaced = {one.replaces for one in sight.authorisations}
    kept = (one for one in sight.authorisations if one.grants and one.id not in replaced)
    return sorted(kept, key=lambda one: (one.ends_on, one.starts_on, one.id))


def used(sight: Sight) -> tuple[Use, ...]:
    """Return how much is used of each that stands, in the order in which they are used.

    Source: units are consumed by attended service only; of several the earliest end first, house default (H).
    """
    counts = [_Count(one) for one in standing(sight)]
    for session in attended(sight) if counts else ():
        level, day = level_at(sight.definition, sight.case, session.effective_at), _day(session, sight)
        _charge(session, day, [one for one in counts if one.covers(level, day)])
    return tuple(one.use() for one in counts)


def attended(sight: Sight) -> Iterable[Attendance]:
    """Return the attended sessions, oldest first."""
    came = (one for one in sight.attendance if one.status == AttendanceStatus.ATTENDED)
    return sorted(came, key=lambda one: (one.effective_at, one.id))


def level_at(definition: PathwayDefinition, case: Case, moment: datetime) -> str | None:
    """Return the level of the stay that a moment lies in, of this walk or of those it follows."""
    levels = {stage.key: stage.level for stage in definition.stages}
    within = (
        levels.get(stay.stage)
        for stay in (*reversed(case.stays), *reversed(case.earlier))
        if stay.started_at <= moment and (stay.ended_at is None or moment < stay.ended_at)
    )
    return next(within, None)


def in_force(sight: Sight) -> Iterator[Authorisation]:
    """Return what stands today."""
    today = day_of(sight.at, sight.case.zone)
    return (one for one in standing(sight) if one.starts_on <= today <= one.ends_on)


def authorised(sight: Sight) -> str | None:
    """Return the level the payer authorises today: the present stage's own where it does, else the most intensive one."""
    levels = {one.level for one in in_force(sight)}
    return (
        sight.stage.level if sight.stage.level in levels else max(levels, key=sight.intensity, default=None)
    )


def unchecked(sight: Sight) -> tuple[Stage, ...]:
    """Return the stages about to begin, or just begun, for which nobody asked what the payer covers. It stops nothing."""
    asked = sight.definition.benefits
    if asked is None or sight.stage.kind is StageKind.END or _is_checked(asked, sight):
        return ()
    today = day_of(sight.at, sight.case.zone)
    known = {one.level for one in sight.authorisations if one.ends_on >= today}
    return tuple(stage for stage in _beginning(asked, sight) if stage.level not in known)


def _is_checked(asked: Benefits, sight: Sight) -> bool:
    return any(one.effective_at > sight.within(asked.within) for one in sight.of_kinds((asked.event,)))


def _beginning(asked: Benefits, sight: Sight) -> Iterator[Stage]:
    """The care that is proposed or signed for, and that which has just begun."""
    case = sight.case
    named = {case.standing and case.standing.to_stage, case.signature and case.signature.to_stage}
    named -= {sight.stage.key}
    named |= {sight.stage.key} if sight.at < case.since + asked.entered else set()
    return (one for one in sight.definition.stages if one.key in named and one.kind is StageKind.CARE)


def _day(session: Attendance, sight: Sight) -> date:
    return day_of(session.effective_at, sight.case.zone)


def _charge(session: Attendance, day: date, covering: list["_Count"]) -> None:
    minutes = session.minutes
    for count in covering:
        minutes = count.take(session.effective_at, minutes, day)
        if not minutes:
            return
    if covering:
        covering[-1].overrun(minutes, day)


@dataclass(slots=True)
class _Count:
    """One authorisation being used up."""

    one: Authorisation
    used: int = 0
    over: int = 0
    days: set[date] = field(default_factory=set)
    spent: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def of(self) -> int:
        return _MINUTES.get(self.one.unit or "", 1)

    @property
    def left(self) -> int | None:
        return None if self.one.units is None else self.one.units * self.of - self.used

    def covers(self, level: str | None, day: date) -> bool:
        return self.one.level == level and self.one.starts_on <= day <= self.one.ends_on

    def take(self, at: datetime, minutes: int, day: date) -> int:
        """Use what is left for a session, and return its minutes that nothing was left for."""
        wanted = self._parts(minutes, day)
        taken = wanted if self.left is None else min(wanted, self.left)
        if taken:
            self.used += taken
            self.days.add(day)
            self.spent.append((at, self.used))
        if self.one.unit in _MINUTES:
            return minutes - taken
        return 0 if taken == wanted else minutes

    def overrun(self, minutes: int, day: date) -> None:
        self.over += self._parts(minutes, day)
        self.days.add(day)

    def _parts(self, minutes: int, day: date) -> int:
        if self.one.unit in _MINUTES:
            return minutes
        return 0 if self.one.unit == "day" and day in self.days else 1

    def use(self) -> Use:
        return Use(
            authorisation=self.one,
            of=self.of,
            used=self.used,
            over=self.over,
            left=self.left,
            spent=tuple(self.spent),
        )
