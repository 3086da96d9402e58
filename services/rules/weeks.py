"""The weeks of a stay against what its stage delivers: hours and days attended, planned still, and not charted.

What nobody charted is neither attended nor missed, so a week may come out either way; then how it stands is unknown.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from models.facts import Attendance, AttendanceStatus
from services.rules import dosing
from services.rules.cadence import day_of
from services.rules.sight import Sight

Stands = Literal["under", "over", "on-target", "unknown"]


class Tally(NamedTuple):
    """How much of something a week has, against the stage's range."""

    attended: float
    planned: float
    unlogged: float
    least: int
    most: int
    stands: Stands


class Week(NamedTuple):
    """One week of a stay. `ends_on` is its last day; a running one may still change."""

    starts_on: date
    ends_on: date
    running: bool
    hours: Tally | None
    days: Tally | None


class Share(NamedTuple):
    """The sessions of the last days: how many were to take place, were attended, are not charted."""

    days: int
    planned: int
    attended: int
    unlogged: int


def weeks(sight: Sight, whole: int = 4) -> tuple[Week, ...]:
    """Return the running week of the present stay and the whole ones before it, newest first.

    None where the stage sets no range, or a hold has stopped the clocks.
    """
    if not _counts(sight):
        return ()
    begun = []
    for start in dosing.every_week(sight):
        if start > sight.at:
            break
        begun.append(start)
    return tuple(_week(start, sight) for start in reversed(begun[-whole - 1 :]))


def week_of(moment: datetime, sight: Sight) -> Week | None:
    """Return the week of this stay that a moment lies in, also one to come; none before the stay."""
    if not _counts(sight):
        return None
    for start in dosing.every_week(sight):
        if moment < dosing.after_week(start, sight):
            return _week(start, sight) if moment >= start else None
    raise AssertionError("weeks do not end")


def share(days: int, sight: Sight) -> Share:
    """Return what became of the sessions of the last days."""
    expected = [one.status for one in dosing.expected(timedelta(days=days), sight)]
    return Share(
        days,
        len(expected),
        expected.count(AttendanceStatus.ATTENDED),
        expected.count(AttendanceStatus.UNLOGGED),
    )


def _counts(sight: Sight) -> bool:
    ranged = sight.stage.hours_per_week or sight.stage.days_per_week
    return bool(ranged) and not sight.case.held


def _week(start: datetime, sight: Sight) -> Week:
    end = dosing.after_week(start, sight)
    sessions = dosing.in_week(start, sight.sessions, sight)
    return Week(
        starts_on=day_of(start, sight.case.zone),
        ends_on=day_of(end, sight.case.zone) - timedelta(days=1),
        running=end > sight.at,
        hours=_hours(sessions, end > sight.at, sight),
        days=_days(sessions, end > sight.at, sight),
    )


def _hours(sessions: list[Attendance], running: bool, sight: Sight) -> Tally | None:
    if sight.stage.hours_per_week is None:
        return None
    attended, planned, unlogged = (
        sum(one.minutes for one in some) / 60 for some in _sorted(sessions, sight.at)
    )
    least, most = sight.stage.hours_per_week
    return _tally(attended, planned, unlogged, least, most, known=_is_known(sessions, running))


def _days(sessions: list[Attendance], running: bool, sight: Sight) -> Tally | None:
    ranged = sight.stage.days_per_week
    if ranged is None:
        return None
    attended, planned, unlogged = (_on(some, sight) for some in _sorted(sessions, sight.at))
    planned, unlogged = planned - attended, unlogged - attended - planned
    counts = (len(attended), len(planned), len(unlogged))
    return _tally(*counts, ranged.least, ranged.most, known=_is_known(sessions, running))


def _sorted(sessions: list[Attendance], at: datetime) -> tuple[list[Attendance], ...]:
    """Those that were attended, those that are to come, and those that nobody charted."""
    open_ = [one for one in sessions if one.status == AttendanceStatus.UNLOGGED]
    return (
        [one for one in sessions if one.status == AttendanceStatus.ATTENDED],
        [one for one in open_ if one.effective_at > at],
        [one for one in open_ if one.effective_at <= at],
    )


def _on(sessions: Iterable[Attendance], sight: Sight) -> set[date]:
    return {day_of(one.effective_at, sight.case.zone) for one in sessions}


def _is_known(sessions: list[Attendance], running: bool) -> bool:
    """Whether little is too little: a whole week has something charted, a running one was planned here."""
    if running:
        return any(one.session_id is not None for one in sessions)
    return any(one.status in dosing.CHARTED for one in sessions)


def _tally(attended: float, planned: float, unlogged: float, least: int, most: int, *, known: bool) -> Tally:
    low, high = attended + planned, attended + planned + unlogged
    stands: Stands = "unknown"
    if low > most:
        stands = "over"
    elif high < least:
        stands = "under" if known else "unknown"
    elif low >= least and high <= most:
        stands = "on-target"
    return Tally(attended, planned, unlogged, least, most, stands)
