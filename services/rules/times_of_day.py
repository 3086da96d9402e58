"""Times of day: when a stage is offered, and whether what a client is bound to leaves room for it.

It warns and holds nothing. Source: seed S7 (IOP by day, OP in the evening too) and S37 (work, school and family).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.definition import Stage
from models.delivering import Meets
from models.weekly import Obligation, Weekly
from services.rules.cadence import day_of
from services.rules.sight import Sight
from services.rules.weekly import stretches

_WORKDAYS = range(5)
_WEEK = timedelta(days=7)
_SESSION = 60

Stretch = tuple[datetime, datetime]


def outside(stage: Stage, starts_at: datetime, ends_at: datetime, zone: str) -> Iterator[str]:
    """Say that a session begins or ends at a time of day when its stage is not offered."""
    moments = (starts_at, ends_at - timedelta.resolution)
    if stage.meets and not all(_is_offered(stage.meets, one, zone) for one in moments):
        yield f"{stage.label} is offered {stage.meets}"


def _is_offered(meets: Meets, moment: datetime, zone: str) -> bool:
    clock = moment.astimezone(ZoneInfo(zone)).time()
    return any(one.since <= clock < one.until for one in meets.times)


def notes(sight: Sight, obligations: Sequence[Obligation]) -> tuple[str, ...]:
    """Say of each stage that is proposed or signed for that a client is bound when it is offered."""
    return tuple(note for stage in _ahead(sight) for note in _bound(stage, obligations, sight))


def _ahead(sight: Sight) -> Iterator[Stage]:
    standing, signature = sight.case.standing, sight.case.signature
    named = {signature and signature.to_stage, standing and not standing.signed and standing.to_stage}
    return (one for one in sight.definition.stages if one.key in named and one.key != sight.stage.key)


def _bound(stage: Stage, obligations: Sequence[Obligation], sight: Sight) -> Iterator[str]:
    """Tell where the week ahead has too few workdays with room for a session of a stage."""
    signature, least = sight.case.signature, stage.days_per_week.least if stage.days_per_week else 1
    begins = max(sight.at, signature.starts_at) if signature else sight.at
    free = len(days_with_room(stage, obligations, begins, sight.case.zone))
    if stage.meets and free < least:
        kinds = ", ".join(sorted({one.kind for one in obligations}))
        yield (
            f"{stage.label} is offered {stage.meets}, on {least} or more days a week; what the client is bound to "
            f"({kinds}) leaves room for it on {free or 'none'}. Nothing is held by this."
        )


def days_with_room(
    stage: Stage, obligations: Sequence[Obligation], begins: datetime, zone: str
) -> frozenset[date]:
    """Return the workdays of the week from a moment on which a client is free for a session while a stage is offered."""
    first = day_of(begins, zone)
    last = first + _WEEK - timedelta(days=1)
    bound = sorted(
        one for each in obligations for one in stretches(each, zone, first - timedelta(days=1), last)
    )
    times = stage.meets.times if stage.meets else ()
    weekly = [Weekly(weekdays=_WORKDAYS, since=one.since, until=one.until) for one in times]
    offered = (one for each in weekly for one in stretches(each, zone, first, last))
    return frozenset(day_of(one[0], zone) for one in offered if _has_room(one, bound, _session(stage)))


def _session(stage: Stage) -> timedelta:
    """How long a session of a stage usually is: the longest that its plans start from."""
    minutes = (one.minutes for one in stage.plan.services) if stage.plan else ()
    return timedelta(minutes=max(minutes, default=_SESSION))


def _has_room(offered: Stretch, bound: Iterable[Stretch], session: timedelta) -> bool:
    free_from, ends = offered
    for since, until in bound:
        if min(since, ends) - free_from >= session:
            return True
        free_from = max(free_from, until)
    return ends - free_from >= session
