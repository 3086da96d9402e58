"""Business days: never a weekend, a holiday or a closed day, over every change of clocks and leap days; holidays by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import holidays
from models.changes import ReassessmentOpened, WorkOpened
from models.rhythm import Pace
from models.word import Span
from services.rules.cadence import after, before, clock_of, day_of, deadline_of, start_of
from tests.builders import ZONE, a_case, an_event, on_day, ratings, with_facts
from tests.folding import kinds, run
from tests.rules.test_cadence import moments, zones

numbers = st.integers(0, 60)


@st.composite
def closures(draw, start):
    """Some closed days around a moment, and a shut-down now and then."""
    first = start.date() + timedelta(days=draw(st.integers(-3, 20)))
    run_of = {first + timedelta(days=n) for n in range(draw(st.integers(0, 25)))}
    return run_of | {start.date() + timedelta(days=n) for n in draw(st.sets(st.integers(0, 90), max_size=9))}


@given(st.data(), moments, numbers, zones)
def test_a_business_day_is_never_a_closed_one_and_so_many_open_days_lie_before_it(data, start, number, zone):
    closed = data.draw(closures(start))
    then = after(start, Span(number, "b"), zone, closed)
    first, day = day_of(start, zone), day_of(then, zone)
    skipped = zone == "Pacific/Apia" and date(2011, 12, 30) in {first, day, day - timedelta(days=1)}
    assert then == start_of(day, zone) or skipped
    assert skipped or (day.weekday() < 5 and day not in closed)
    between = (first + timedelta(days=n) for n in range(1, (day - first).days + 1))
    opened = [one for one in between if one.weekday() < 5 and one not in closed]
    assert skipped or len(opened) == number or number == 0


@given(st.data(), moments, numbers, numbers, zones)
def test_more_business_days_are_never_sooner_nor_are_more_closed_days(data, start, one, other, zone):
    closed = data.draw(closures(start))
    few, many = sorted((one, other))
    assert after(start, Span(few, "b"), zone, closed) <= after(start, Span(many, "b"), zone, closed)
    assert after(start, Span(few, "b"), zone) <= after(start, Span(few, "b"), zone, closed)
    assert after(start, Span(few, "d"), zone) <= after(start, Span(few, "b"), zone)


@given(st.data(), moments, st.integers(0, 20), st.sampled_from("bdh"), zones)
def test_a_deadline_and_a_clock_in_business_days_keep_their_order(data, start, number, unit, zone):
    closed = data.draw(closures(start))
    clock = deadline_of(start, Span(number, "b"), zone, closed)
    assert start <= clock.due_at <= clock.late_at == clock.outer_at
    pace = Pace(
        every=Span(number, "b"), grace=Span(2, unit), outer=Span(number + 3, unit if unit == "b" else "d")
    )
    clock = clock_of(pace, start, zone, closed=closed)
    assert start <= clock.due_at <= clock.late_at <= clock.outer_at


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]),
        (2027, ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"]),
        (2028, ["01-17", "02-21", "05-29", "06-19", "07-04", "09-04", "10-09", "11-10", "11-23", "12-25"]),
    ],
)  # fmt: skip
def test_the_federal_holidays_of_published_years(year, days):
    """As the Office of Personnel Management publishes them; New Year of 2028 is kept on the last day of 2027."""
    found = sorted(holidays().between(date(year, 1, 1), date(year, 12, 31)))
    assert found == [date.fromisoformat(f"{year}-{day}") for day in days]


@given(st.integers(1971, 2199))
def test_a_holiday_is_kept_on_a_weekday(year):
    assert all(day.weekday() < 5 for day in holidays().between(date(year, 1, 1), date(year, 12, 31)))


@pytest.mark.parametrize(
    ("day", "due", "why"),
    [
        (2, 4, "Wednesday: Friday"),
        (4, 8, "Friday: Tuesday"),
        (5, 8, "Saturday: Tuesday"),
        (11, 16, "Friday before Martin Luther King Day: Wednesday"),
    ],
)
def test_t_ed_is_due_in_two_business_days(day, due, why):
    """Day 0 is Monday 5 January 2026; the holiday is that of 19 January."""
    closed = tuple(holidays().between(date(2025, 12, 1), date(2026, 3, 1)))
    case, _ = run(a_case("op", ratings("op", -1), closed_days=closed), 0)
    case, said = run(with_facts(case, an_event("ed-visit", day)), day)
    [look] = [one for one in kinds(said, ReassessmentOpened) if one.kind == "triggered"]
    assert look.due_at == start_of(day_of(on_day(due), ZONE), ZONE), why
    assert look.late_at == start_of(day_of(on_day(due + 1), ZONE), ZONE)


def test_who_is_in_hospital_is_called_in_two_business_days():
    case, _ = run(a_case("op", ratings("op", -1)), 0)
    _, said = run(with_facts(case, an_event("hospitalised", 4)), 4)
    calls = [one for one in kinds(said, WorkOpened) if one.kind == "outreach"]
    assert [one.due_at for one in calls] == [start_of(day_of(on_day(8), ZONE), ZONE)]


def test_over_the_change_of_clocks_a_business_day_still_begins_at_midnight():
    friday = datetime(2026, 3, 6, 18, tzinfo=UTC)
    assert after(friday, Span.read("1b"), ZONE) == datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert after(datetime(2028, 2, 28, 18, tzinfo=UTC), Span.read("1b"), ZONE).date() == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("day", "span", "first", "why"),
    [
        ("01-15", "2b", "01-13", "Thursday: Tuesday"),
        ("01-20", "1b", "01-16", "Tuesday after a closed Monday: Friday"),
        ("01-20", "2b", "01-15", "Tuesday after a closed Monday: Thursday"),
        ("01-18", "1b", "01-16", "Sunday: Friday"),
        ("01-16", "0b", "01-16", "no day before an open day: that day"),
        ("01-17", "0b", "01-20", "no day before a Saturday: the next that is open"),
        ("01-20", "2d", "01-18", "calendar days count whatever they are"),
        ("01-20", "0d", "01-20", "no day before a day: that day"),
    ],
)
def test_so_many_days_before_a_day_are_counted_back(day, span, first, why):
    """19 January 2026 is a Monday, and closed."""
    found = before(date.fromisoformat(f"2026-{day}"), Span.read(span), ZONE, {date(2026, 1, 19)})
    assert found == start_of(date.fromisoformat(f"2026-{first}"), ZONE), why
