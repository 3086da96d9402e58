"""Duty: who stands by at a moment, through every night, every absence and whoever covers."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alerting import Absence, Duty
from services.rules.duty import is_on, standing_by
from tests.nights import NEW_YORK
from tests.rules.test_alerting import ANY_DAY, MINUTE, RAISED, a_crew, a_duty, who


def test_whoever_covers_takes_the_duty_and_covers_that_lead_in_a_circle_lead_nowhere() -> None:
    def away(name: str, cover: str | None) -> Absence:
        return Absence(
            person_id=who(name),
            starts_at=RAISED - MINUTE,
            ends_at=RAISED + MINUTE,
            cover_id=who(cover) if cover else None,
        )

    duty = a_duty("ann", "on-call")
    for absences, there in (
        ((), ("ann",)),
        ((away("ann", "bob"),), ("bob",)),
        ((away("ann", "bob"), away("bob", "sue")), ("sue",)),
        ((away("ann", None),), ()),
        ((away("ann", None), away("ann", "bob")), ("bob",)),
        ((away("ann", "bob"), away("bob", "ann")), ()),
    ):
        crew = a_crew(duty, absences=absences)
        assert standing_by(crew, "on-call", at=RAISED) == tuple(map(who, there))
    assert standing_by(a_crew(duty, absences=(away("ann", None),)), "on-call", at=RAISED + MINUTE) == (
        who("ann"),
    )


@pytest.mark.parametrize(
    ("local", "on"),
    [
        ("2026-03-02T16:59", False),  # Monday
        ("2026-03-02T17:00", True),
        ("2026-03-03T02:10", True),  # the night after Monday
        ("2026-03-03T08:00", False),
        ("2026-03-08T03:30", False),  # Sunday: the duty is Monday's
        ("2026-03-10T07:59", True),
    ],
)
def test_a_night_duty_belongs_to_the_day_on_which_it_begins(local: str, on: bool) -> None:
    monday = a_duty("ann", "on-call", "17:00", "08:00", days=(0,))
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)
    assert is_on(monday, NEW_YORK, at=at) is on


def test_a_duty_has_a_first_and_a_last_day() -> None:
    week = Duty(
        person_id=who("ann"),
        standby="on-call",
        weekdays=ANY_DAY,
        since=time(20),
        until=time(8),
        first_on=date(2026, 3, 2),
        last_on=date(2026, 3, 3),
    )
    on = [is_on(week, NEW_YORK, at=datetime(2026, 3, day, 7, 10, tzinfo=UTC)) for day in (2, 3, 4, 5)]
    assert on == [False, True, True, False]


_ZONES = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "UTC"]
)
_TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0, fold=0))
_MOMENTS = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)


@given(_ZONES, _TIMES, _TIMES, _MOMENTS)
def test_two_duties_that_share_the_day_leave_no_moment_without_either(
    zone: str, first: time, second: time, at: datetime
) -> None:
    """On every night of the year, also where an hour is left out or comes twice."""
    day = Duty(person_id=who("ann"), standby="on-call", weekdays=ANY_DAY, since=first, until=second)
    night = Duty(person_id=who("bob"), standby="on-call", weekdays=ANY_DAY, since=second, until=first)
    assert is_on(day, zone, at=at) or is_on(night, zone, at=at)


def test_only_whoever_is_on_just_then_and_for_this_is_told() -> None:
    crew = a_crew(
        a_duty("ann", "on-call", "07:00", "15:00"), a_duty("bob", "backup"), a_duty("sue", "on-call")
    )
    assert standing_by(crew, "on-call", at=RAISED) == (who("sue"),)


def test_an_absence_begins_on_its_first_moment() -> None:
    for after, there in ((MINUTE, ("ann",)), (0 * MINUTE, ("bob",))):
        away = Absence(
            person_id=who("ann"), starts_at=RAISED + after, ends_at=RAISED + 2 * MINUTE, cover_id=who("bob")
        )
        crew = a_crew(a_duty("ann", "on-call"), absences=(away,))
        assert standing_by(crew, "on-call", at=RAISED) == tuple(map(who, there))
