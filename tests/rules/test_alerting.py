"""The ladder as a clinician's table, and a thousand nights: silence, dead letters and lost workers end at the supervisor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alerting import Absence, Climb, Contact, Crew, Delivery, Duty, Ladder, Notice
from models.catalogue import ladder
from services import ids
from services.rules import alerting
from services.rules.duty import is_on, standing_by
from tests.nights import NEW_YORK, Rule, a_night, live

CALL = ladder("call-now", date(2026, 3, 2))
assert CALL is not None
Told = Sequence[Delivery]
RAISED = datetime(2026, 3, 3, 7, 10, tzinfo=UTC)
"""02:10 in New York."""
MINUTE = timedelta(minutes=1)
ANY_DAY = (0, 1, 2, 3, 4, 5, 6)
NOTICE = Notice(id=ids.named("notice"), kind="call-now", raised_at=RAISED)


def who(name: str) -> UUID:
    return ids.named("person", name)


def a_duty(
    name: str, standby: str, since: str = "00:00", until: str = "00:00", days: Sequence[int] = ANY_DAY
) -> Duty:
    begins, ends = time.fromisoformat(since), time.fromisoformat(until)
    return Duty(person_id=who(name), standby=standby, weekdays=days, since=begins, until=ends)


def a_contact(name: str) -> Contact:
    return Contact(id=ids.named("contact", name), person_id=who(name), channel="email", address=f"{name}@x")


def a_crew(*duties: Duty, absences: tuple[Absence, ...] = (), reached: tuple[str, ...] = ()) -> Crew:
    contacts = tuple(a_contact(name) for name in reached)
    return Crew(zone=NEW_YORK, duties=duties, absences=absences, contacts=contacts)


THREE = a_crew(
    a_duty("ann", "on-call"),
    a_duty("bob", "backup"),
    a_duty("sue", "supervisor"),
    reached=("ann", "bob", "sue"),
)


def rungs(crew: Crew, *minutes: int, told: tuple[Delivery, ...] = ()) -> list[list[tuple[int, str | None]]]:
    """Look at these minutes after the notice; return who was told at each: rung and address."""
    found = []
    for minute in minutes:
        new = alerting.climb(NOTICE, CALL, crew, told, at=RAISED + minute * MINUTE).deliveries
        told = (*told, *new)
        found.append([(one.rung, one.address) for one in new])
    return found


def test_each_rung_is_told_when_the_one_before_was_silent() -> None:
    assert rungs(THREE, 0, 9, 10, 19, 20, 29, 30) == [
        [(0, "ann@x")],
        [],
        [(1, "bob@x")],
        [],
        [(2, "sue@x")],
        [],
        [(2, "sue@x")],
    ]


def test_a_worker_that_was_away_tells_everybody_who_should_know_by_now() -> None:
    assert rungs(THREE, 25) == [[(0, "ann@x"), (1, "bob@x"), (2, "sue@x")]]
    assert rungs(THREE, 25, 26, 34, 35) == [
        [(0, "ann@x"), (1, "bob@x"), (2, "sue@x")],
        [],
        [],
        [(2, "sue@x")],
    ]


def test_an_empty_rung_is_passed_at_once_and_noted() -> None:
    crew = a_crew(a_duty("sue", "supervisor"), reached=("sue",))
    found = alerting.climb(NOTICE, CALL, crew, (), at=RAISED)
    assert [(one.rung, one.error, one.address) for one in found.deliveries] == [
        (0, "nobody-on-duty", None),
        (1, "nobody-on-duty", None),
        (2, None, "sue@x"),
    ]
    assert found.look_at == RAISED + CALL.again.every


def test_somebody_without_an_address_is_passed_at_once() -> None:
    crew = a_crew(a_duty("ann", "on-call"), a_duty("bob", "backup"), reached=("bob",))
    found = alerting.climb(NOTICE, CALL, crew, (), at=RAISED).deliveries
    assert [(one.person_id, one.error) for one in found] == [(who("ann"), "no-contact"), (who("bob"), None)]


def test_a_dead_letter_is_not_waited_for() -> None:
    [letter] = alerting.climb(NOTICE, CALL, THREE, (), at=RAISED).deliveries
    dead = Delivery(
        **{name: getattr(letter, name) for name in letter.__slots__} | {"dead_at": RAISED + MINUTE}
    )
    assert rungs(THREE, 1, told=(dead,)) == [[(1, "bob@x")]]


def test_a_notice_that_is_closed_tells_nobody() -> None:
    closed = Notice(id=NOTICE.id, kind=NOTICE.kind, raised_at=RAISED, open=False)
    assert alerting.climb(closed, CALL, THREE, (), at=RAISED + timedelta(days=1)) == Climb((), None)


def test_where_nobody_was_told_the_ladder_begins_anew_soon() -> None:
    nobody = alerting.climb(NOTICE, CALL, a_crew(), (), at=RAISED)
    assert [one.error for one in nobody.deliveries] == ["nobody-on-duty"] * 3
    assert nobody.look_at == RAISED + CALL.vacant.every
    again = alerting.climb(NOTICE, CALL, THREE, nobody.deliveries, at=nobody.look_at)
    assert [one.address for one in again.deliveries] == ["ann@x"]


def test_the_same_look_twice_says_the_same_and_tells_nobody_twice() -> None:
    first = alerting.climb(NOTICE, CALL, THREE, (), at=RAISED)
    assert alerting.climb(NOTICE, CALL, THREE, (), at=RAISED) == first
    assert alerting.climb(NOTICE, CALL, THREE, first.deliveries, at=RAISED).deliveries == ()


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


@given(st.integers(min_value=0, max_value=2**32))
def test_any_night_keeps_its_promise(seed: int) -> None:
    night = a_night(Random(seed))
    assert live(night).kept_its_promise(night)


def broken_nights(rule: Rule, most: int = 1_000) -> list[int]:
    nights = {seed: a_night(Random(seed)) for seed in range(most)}
    return [seed for seed, night in nights.items() if not live(night, rule=rule).kept_its_promise(night)]


def test_a_thousand_nights_with_a_silent_first_on_call_reach_the_supervisor_inside_the_hour() -> None:
    assert broken_nights(alerting.climb) == []


def waits_for_the_dead(notice: Notice, ladder: Ladder, crew: Crew, told: Told, *, at: datetime) -> Climb:
    """A planted bug: a rung whose letters are all dead keeps its wait."""
    alive = [replace(one, dead_at=None) for one in told]
    found = alerting.climb(notice, ladder, crew, alive, at=at).deliveries
    first = tuple(one for one in found if one.rung == found[0].rung)
    alive += [replace(one, dead_at=None) for one in first]
    return Climb(first, alerting.climb(notice, ladder, crew, alive, at=at - MINUTE).look_at)


def ends_in_silence(notice: Notice, ladder: Ladder, crew: Crew, told: Told, *, at: datetime) -> Climb:
    """A planted bug: after the last rung nobody looks again."""
    found = alerting.climb(notice, ladder, crew, told, at=at)
    return Climb(found.deliveries, None if {one.rung for one in found.deliveries} & {2} else found.look_at)


def is_written_after_the_state(
    notice: Notice, ladder: Ladder, crew: Crew, told: Told, *, at: datetime
) -> Climb:
    """A planted bug: the notice is written once the state is committed, and now and then the writer dies between."""
    lost = notice.id.int % 50 == 0
    return Climb((), None) if lost else alerting.climb(notice, ladder, crew, told, at=at)


@pytest.mark.parametrize("bug", [waits_for_the_dead, ends_in_silence, is_written_after_the_state])
def test_a_planted_bug_breaks_nights(bug: Rule) -> None:
    assert broken_nights(bug)


def test_what_has_no_ladder_is_told_nobody() -> None:
    assert [
        kind for kind in ("call-now", "overdue", "set-aside", "review") if ladder(kind, RAISED.date())
    ] == [
        "call-now",
        "overdue",
        "set-aside",
    ]
    assert ladder("call-now", date(2025, 12, 31)) is None


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
