"""What speaks against a session for one client. It warns and refuses nothing: people know more than the timetable."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from models.case import Case
from models.definition import PathwayDefinition, Stage
from models.facts import Attendance, AttendanceStatus
from models.weekly import Obligation
from services import ids
from services.rules import times_of_day
from services.rules.sight import Sight, stage_of
from services.rules.weekly import is_during
from services.rules.weeks import Tally, week_of

Code = Literal["double-booked", "obligation", "time-of-day", "length", "over-hours", "over-days"]


class Meeting(NamedTuple):
    """A session that somebody thinks of planning. Units: minutes."""

    service: str
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """When it will be over."""
        return self.starts_at + timedelta(minutes=self.minutes)


class Warned(NamedTuple):
    """One thing that speaks against a session for a client, as a code and in words."""

    code: Code
    pathway_id: UUID
    detail: str


def warnings(
    definition: PathwayDefinition,
    case: Case,
    meeting: Meeting,
    *,
    others: Sequence[Case] = (),
    obligations: Iterable[Obligation] = (),
    at: datetime,
) -> tuple[Warned, ...]:
    """Return what speaks against a session for the client of a pathway; `others` are their other pathways.

    Source: seed S3 (one session), S5 (over as well as under), S7, S37 and S45 (time of day, work and family).
    """
    found = (
        *_clashes((case, *others), meeting, case.zone),
        *_obliged(obligations, meeting, case.zone),
        *_outside(stage_of(definition, case), meeting, case.zone),
        *_unusual(stage_of(definition, case), meeting),
        *_beyond(definition, case, meeting, at),
    )
    return tuple(Warned(code, case.pathway_id, detail) for code, detail in found)


def _clashes(cases: Iterable[Case], meeting: Meeting, zone: str) -> Iterator[tuple[Code, str]]:
    """Any other session at that time, on whichever pathway; one that is known on two of them is one."""
    others = {(one.effective_at, one.service) for case in cases for one in _at_that_time(case, meeting)}
    for begins, service in sorted(others):
        yield "double-booked", f"has another session then: {service}, {_clock(begins, zone)}"


def _at_that_time(case: Case, meeting: Meeting) -> Iterator[Attendance]:
    for one in case.of(Attendance):
        ends = one.effective_at + timedelta(minutes=one.minutes)
        overlaps = one.effective_at < meeting.ends_at and meeting.starts_at < ends
        if overlaps and one.status != AttendanceStatus.CANCELLED:
            yield one


def _obliged(obligations: Iterable[Obligation], meeting: Meeting, zone: str) -> Iterator[tuple[Code, str]]:
    for one in obligations:
        if is_during(one, zone, meeting.starts_at, meeting.ends_at):
            yield "obligation", f"is bound then: {one.kind}, {one.since:%H:%M} to {one.until:%H:%M}"


def _outside(stage: Stage, meeting: Meeting, zone: str) -> Iterator[tuple[Code, str]]:
    for detail in times_of_day.outside(stage, meeting.starts_at, meeting.ends_at, zone):
        yield "time-of-day", detail


def _unusual(stage: Stage, meeting: Meeting) -> Iterator[tuple[Code, str]]:
    usual = stage.minutes
    if usual and not usual.least <= meeting.minutes <= usual.most:
        yield (
            "length",
            f"lasts {meeting.minutes} minutes; in {stage.label} it is {usual.least} to {usual.most}",
        )


def _beyond(
    definition: PathwayDefinition, case: Case, meeting: Meeting, at: datetime
) -> Iterator[tuple[Code, str]]:
    """Whether the week of the session would hold more than the stage delivers, or could by what nobody charted."""
    sight = Sight(definition, _with(case, meeting), at)
    week = week_of(meeting.starts_at, sight)
    if week is None:
        return
    if week.hours and _can_exceed(week.hours):
        yield "over-hours", _comes_to(week.hours, "hours", sight.stage.label)
    if week.days and _can_exceed(week.days):
        yield "over-days", _comes_to(week.days, "days", sight.stage.label)


def _with(case: Case, meeting: Meeting) -> Case:
    seat = Attendance(
        id=ids.named("meeting", case.pathway_id, meeting.starts_at),
        effective_at=meeting.starts_at,
        recorded_at=meeting.starts_at,
        known=case.version + 1,
        service=meeting.service,
        minutes=meeting.minutes,
        status=AttendanceStatus.UNLOGGED,
    )
    return replace(case, facts=(*case.facts, seat))


def _can_exceed(tally: Tally) -> bool:
    return tally.attended + tally.planned + tally.unlogged > tally.most


def _comes_to(tally: Tally, unit: str, stage: str) -> str:
    total = tally.attended + tally.planned + tally.unlogged
    comes = "comes" if tally.stands == "over" else "could come"
    return f"that week {comes} to {total:g} {unit}; {stage} is up to {tally.most}"


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %b, %H:%M}"
