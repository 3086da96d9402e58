"""The ladder as a clinician's table, and a thousand nights: silence, dead letters and lost workers end at the supervisor."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alerting import Absence, Climb, Contact, Crew, Delivery, Duty, Ladder, Notice
from models.catalogue import ladder
from services import ids
from services.rules import alerting
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


A_HOOK = Contact(id=ids.named("hook"), person_id=who("ann"), channel="webhook", address="https://x")


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
    assert [(one.round, one.rung, one.error, one.address) for one in found.deliveries] == [
        (0, 0, "nobody-on-duty", None),
        (0, 1, "nobody-on-duty", None),
        (0, 2, None, "sue@x"),
    ]
    assert found.look_at == RAISED + CALL.again.every


def test_somebody_without_an_address_is_passed_at_once() -> None:
    crew = a_crew(a_duty("ann", "on-call"), a_duty("bob", "backup"), reached=("bob",))
    found = alerting.climb(NOTICE, CALL, crew, (), at=RAISED).deliveries
    assert [(one.person_id, one.error) for one in found] == [(who("ann"), "no-contact"), (who("bob"), None)]


def test_a_dead_letter_is_not_waited_for() -> None:
    letters = alerting.climb(NOTICE, CALL, THREE, (), at=RAISED).deliveries
    assert rungs(THREE, 1, told=tuple(dead(*letters, minute=1))) == [[(1, "bob@x")]]


def told_at(minute: int, *told: Delivery, crew: Crew = THREE) -> Climb:
    return alerting.climb(NOTICE, CALL, crew, told, at=RAISED + minute * MINUTE)


def dead(*letters: Delivery, minute: int = 0) -> list[Delivery]:
    return [replace(one, dead_at=RAISED + minute * MINUTE) for one in letters]


def steps(climb: Climb) -> list[tuple[int, int, str | None]]:
    return [(one.round, one.rung, one.address) for one in climb.deliveries]


def test_a_letter_names_its_contact_and_its_channel() -> None:
    crew = Crew(zone=NEW_YORK, duties=[a_duty("ann", "on-call")], contacts=[a_contact("ann"), A_HOOK])
    letters = told_at(0, crew=crew).deliveries
    assert [(one.contact_id, one.channel, one.address) for one in letters] == [
        (a_contact("ann").id, "email", "ann@x"),
        (A_HOOK.id, "webhook", "https://x"),
    ]
    assert len({one.id for one in letters}) == 2


def test_whoever_has_no_address_is_noted_each_by_themselves() -> None:
    crew = a_crew(*(a_duty(name, "on-call") for name in ("ann", "bob", "sue")), reached=("sue",))
    found = told_at(0, crew=crew)
    assert [one.person_id for one in found.deliveries] == [who("ann"), who("bob"), who("sue")]
    assert len({one.id for one in found.deliveries}) == 3
    assert found.look_at == RAISED + CALL.rungs[0].wait


def test_a_rung_whose_letters_are_dead_is_passed_though_the_one_before_is_silent() -> None:
    first = told_at(0).deliveries
    second = told_at(10, *first).deliveries
    assert steps(told_at(12, *first, *dead(*second, minute=12))) == [(0, 2, "sue@x")]


def test_a_rung_with_one_letter_left_keeps_its_wait() -> None:
    crew = a_crew(a_duty("ann", "on-call"), a_duty("sue", "on-call"), reached=("ann", "sue"))
    ann, sue = told_at(0, crew=crew).deliveries
    assert told_at(1, *dead(ann), sue, crew=crew) == Climb((), RAISED + CALL.rungs[0].wait)


def test_where_one_was_told_the_last_rung_is_told_again_round_by_round() -> None:
    ann, *rest = told_at(20).deliveries
    told = (*dead(ann), *rest)
    once = told_at(30, *told)
    assert steps(once) == [(1, 2, "sue@x")]
    assert steps(told_at(40, *told, *once.deliveries)) == [(2, 2, "sue@x")]
    lost = dead(*once.deliveries, minute=40)
    assert steps(told_at(40, *told, *lost))[0] == (2, 0, "ann@x")


def test_where_all_letters_are_dead_the_ladder_begins_anew_and_sooner_where_somebody_had_no_address() -> None:
    told = dead(*told_at(20).deliveries)
    assert told_at(20, *told) == Climb((), RAISED + 20 * MINUTE + CALL.again.every)
    assert steps(told_at(30, *told))[0] == (1, 0, "ann@x")
    nowhere = [replace(told[0], address=None), *told[1:]]
    assert told_at(20, *nowhere) == Climb((), RAISED + 20 * MINUTE + CALL.vacant.every)


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
