"""Clocks: calendar days in the program's zone, exact hours, over every change of clocks."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.case import Case, Done, Stay
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.changes import ReassessmentOpened
from models.rhythm import Early, Pace
from models.word import Span
from services import ids
from services.rules import advance
from services.rules.cadence import (
    Clock,
    after,
    clock_of,
    day_of,
    deadline_of,
    due_state,
    earliest,
    share_used,
    start_of,
)
from tests.builders import MONDAY, ZONE, a_case, a_total, on_day, ratings

ROWS = read((Path(__file__).parents[1] / "vignettes" / "cadence.yaml").read_text("utf-8"))
ZONES = [
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Beirut",
    "Atlantic/Azores",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "UTC",
]
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.integers(0, 400).map(lambda n: Span(n, "d"))
spans = st.one_of(days, st.builds(Span, st.integers(0, 999), st.sampled_from("hm")))
zones = st.sampled_from(ZONES)


@given(moments, days, zones)
def test_days_are_calendar_days_and_start_where_the_local_day_starts(start, span, zone):
    then = after(start, span, zone)
    local = then.astimezone(ZoneInfo(zone)).date()
    wanted = day_of(start, zone) + timedelta(days=span.count)
    assert then.utcoffset() == timedelta(0)
    assert local == wanted or (zone == "Pacific/Apia" and wanted == date(2011, 12, 30))
    assert day_of(then - timedelta(minutes=1), zone) < local


@given(moments, spans, zones)
def test_hours_and_minutes_are_exact(start, span, zone):
    if span.unit != "d":
        assert after(start, span, zone) - start == span.length


@given(moments, days, days, zones)
def test_a_longer_span_is_never_earlier(start, one, other, zone):
    shorter, longer = sorted((one, other), key=lambda span: span.count)
    assert after(start, shorter, zone) <= after(start, longer, zone)


@given(
    moments,
    zones,
    st.sampled_from([s for d in ("sud-adult", "mh-adult") for s in definition(d).stages if s.review]),
)
def test_a_look_is_due_before_it_is_late_and_late_before_the_supervisor_hears(last, zone, stage):
    clock = clock_of(stage.review, last, zone)
    assert last <= clock.due_at <= clock.late_at <= clock.outer_at
    at_once = clock_of(stage.review, last, zone, every=Span(0, "d"))
    assert at_once.due_at == last
    assert at_once.late_at > last


@given(moments, spans, zones)
def test_a_deadline_is_never_before_what_it_follows(start, span, zone):
    clock = deadline_of(start, span, zone)
    assert start <= clock.due_at <= clock.late_at == clock.outer_at


@given(moments, moments, zones, spans)
def test_the_due_state_agrees_with_the_clock(start, at, zone, span):
    clock = deadline_of(start, span, zone)
    state, left = due_state(clock.due_at, clock.late_at, at, zone)
    assert (state == "overdue") == (at >= clock.late_at)
    assert left == (day_of(clock.due_at, zone) - day_of(at, zone)).days


@pytest.mark.parametrize(
    ("start", "span", "zone", "then"),
    [
        ("2026-03-01T15:00+00:00", "14d", "America/New_York", "2026-03-15T04:00+00:00"),
        ("2026-10-25T15:00+00:00", "14d", "America/New_York", "2026-11-08T05:00+00:00"),
        ("2026-03-07T15:00+00:00", "24h", "America/New_York", "2026-03-08T15:00+00:00"),
        ("2028-02-28T15:00+00:00", "1d", "UTC", "2028-02-29T00:00+00:00"),
        ("2027-02-28T15:00+00:00", "1d", "UTC", "2027-03-01T00:00+00:00"),
        ("2026-01-31T23:30+00:00", "0d", "America/New_York", "2026-01-31T05:00+00:00"),
        ("2018-11-03T12:00+00:00", "1d", "America/Sao_Paulo", "2018-11-04T03:00+00:00"),
    ],
)
def test_known_days(start, span, zone, then):
    assert after(datetime.fromisoformat(start), Span.read(span), zone) == datetime.fromisoformat(then)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_cadence(row):
    one = definition(row.get("definition", "sud-adult"))
    looked = [on_day(day) for day in (*row.get("looked", ()), *row.get("called", ()))]
    facts = [ratings("op", day) for day in row.get("rated", ())] + [
        _scale(text) for text in row.get("scales", ())
    ]
    facts += [a_total("pcl-5", 20, day) for day in row.get("pcl", ())]
    case = a_case(
        row["stage"], *facts, definition=one.name, reviewed_at=looked[-1] if looked else None, done=_done(row)
    )
    at = max([on_day(0), *looked, *(fact.effective_at for fact in facts)])
    step = advance(one, [case], at=at)[0]
    kind = row.get("look", "periodic")
    looks = [one for one in step.changes if isinstance(one, ReassessmentOpened) and one.kind == kind]
    if row["due"] == "never":
        assert not looks
        return
    [look] = looks
    told = {"due": _day(look.due_at), "late": _day(look.late_at), "outer": _day(look.outer_at)}
    assert told == {name: row[name] for name in told}
    assert set(row.get("asks", look.parts)) == set(look.parts)


def _scale(text):
    """A scale as a row writes it: `ciwa-ar 24 @0.5`, perhaps `unsigned`."""
    key, total, day, *unsigned = text.replace("@", "").split()
    return a_total(key, int(total), float(day), signed=not unsigned)


def _done(row):
    """The looks of the stay that were completed by the days of a row: the periodic, the rated, the called, a PCL-5."""
    ratings_of = ("check-up", ("six-dimensions", "c-ssrs"), "rated")
    if row.get("definition") == "mh-adult":
        ratings_of = ("triggered", ("six-dimensions",), "called")
    kinds = (("periodic", ("bam|phq-9|gad-7",), "looked"), ratings_of, ("check-up", ("pcl-5",), "pcl"))
    days = [(kind, parts, [day for day in row.get(name, ()) if day > 0]) for kind, parts, name in kinds]
    return tuple(
        Done(kind=kind, parts=parts, last_at=on_day(on[-1]), times=len(on)) for kind, parts, on in days if on
    )


def _day(moment):
    """The local day that begins at a moment, or the exact days since the beginning."""
    day = day_of(moment, ZONE)
    exact = round((moment - MONDAY) / timedelta(days=1), 3)
    return (day - day_of(MONDAY, ZONE)).days if moment == start_of(day, ZONE) else exact


def test_a_rhythm_counts_its_looks_where_a_definition_says_so():
    """14, 14, 30, 30, …: the first two looks of a stay are due after 14 days each, all others after 30."""
    sud = definition("sud-adult")
    early = (Early(times=2, every=Span(14, "d"), outer=Span(30, "d")),)
    review = sud.stage("iop").review.model_copy(
        update={"early": early, "first": None, "every": Span(30, "d"), "outer": Span(45, "d")}
    )
    stages = tuple(
        one.model_copy(update={"review": review}) if one.key == "iop" else one for one in sud.stages
    )
    counting, due = sud.model_copy(update={"stages": stages}), [0]
    for number in range(4):
        looked = on_day(due[-1])
        done = (Done(kind="periodic", parts=("phq-9",), last_at=looked, times=number),) if number else ()
        case = a_case("iop", ratings("iop", -1), reviewed_at=looked if number else None, done=done)
        [opened] = [
            c for c in advance(counting, [case], at=looked)[0].changes if isinstance(c, ReassessmentOpened)
        ]
        due.append(_day(opened.due_at))
    assert [after - before for before, after in itertools.pairwise(due)] == [14, 14, 30, 30]


@pytest.mark.parametrize("ends", [{}, {"until": "14d", "times": 2}, {"times": 0}])
def test_an_early_pace_ends_in_one_way(ends):
    with pytest.raises(ValidationError):
        Early.model_validate({"every": "7d", "outer": "7d", **ends})


def test_iop_is_overdue_when_the_local_date_is_past_due_and_grace():
    review = definition("sud-adult").stage("iop").review
    clock = clock_of(review, datetime(2026, 3, 2, 20, tzinfo=UTC), "America/New_York")
    assert clock.due_at == start_of(date(2026, 3, 16), "America/New_York")
    assert clock.late_at == start_of(date(2026, 3, 18), "America/New_York")
    assert clock.outer_at == start_of(date(2026, 4, 2), "America/New_York")


def test_detox_counts_hours_and_has_no_grace():
    review = definition("sud-adult").stage("detox").review
    last = datetime(2026, 3, 7, 20, tzinfo=UTC)
    for rhythm, hours in ((review, 8), (review.checkup, 24)):
        due = last + timedelta(hours=hours)
        assert clock_of(rhythm, last, "America/New_York") == (due, due, due)


@given(moments, st.integers(1, 60 * 24 * 400), st.integers(0, 60 * 24 * 800))
def test_the_share_of_the_time_used_grows_to_100_and_beyond(opened, length, passed):
    due = opened + timedelta(minutes=length)
    share = share_used(opened, due, opened + timedelta(minutes=passed))
    assert (share >= 100) == (passed >= length)
    assert share <= share_used(opened, due, opened + timedelta(minutes=passed + 1))
    assert share_used(opened, opened, opened) == 100


@pytest.mark.parametrize("name", ["sud-adult", "mh-adult"])
@given(data=st.data(), zone=zones, start=moments)
@settings(max_examples=60)
def test_no_look_is_due_before_its_cause_wherever_and_whenever_a_stay_begins(name, data, zone, start):
    """Any stage, zone and moment: over every change of clocks, leap days and ends of months; one open look of a kind."""
    one = definition(name)
    stage = data.draw(st.sampled_from([stage for stage in one.stages if stage.review]))
    hours = data.draw(st.integers(0, 24 * 200))
    last = start + timedelta(hours=hours)
    parts = {"check-up": stage.review.checkup.parts} if stage.review.checkup else {}
    kinds = {"periodic": stage.review.parts or stage.review.scales, **parts}
    done = tuple(
        Done(
            kind=kind, parts=asked, last_at=start + timedelta(hours=data.draw(st.integers(0, hours))), times=1
        )
        for kind, asked in kinds.items()
        if data.draw(st.booleans())
    )
    reviewed = max((each.last_at for each in done), default=None)
    resumed = start + timedelta(hours=data.draw(st.integers(0, hours))) if data.draw(st.booleans()) else None
    case = Case(
        pathway_id=ids.named("pathway", 0),
        definition=one.name,
        version=1,
        zone=zone,
        stage=stage.key,
        stays=(Stay(stage=stage.key, started_at=start),),
        reviewed_at=reviewed,
        resumed_at=resumed,
        done=done,
    )
    opened = [c for c in advance(one, [case], at=last)[0].changes if isinstance(c, ReassessmentOpened)]
    beside = stage.review.checkup
    assert [look.kind for look in opened] == [
        kind for kind in kinds if kind == "periodic" or not beside.where_used
    ]
    for look in opened:
        own = [each.last_at for each in done if each.kind == look.kind]
        assert look.due_at >= max([start, *filter(None, [resumed]), *own])
        assert look.due_at <= look.late_at <= look.outer_at
        assert look.counts_from <= look.due_at + timedelta.resolution


@pytest.mark.parametrize(
    ("hours", "share"), [(-5, 0), (0, 0), (1, 1), (50, 50), (99.9, 99), (100, 100), (150, 150)]
)
def test_the_share_of_the_time_used_is_whole_per_cent(hours, share):
    assert share_used(MONDAY, MONDAY + timedelta(hours=100), MONDAY + timedelta(hours=hours)) == share
    assert share_used(MONDAY, MONDAY, MONDAY + timedelta(hours=hours)) == 100


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "today"), (0, "today"), (1, "soon"), (3, "soon"), (4, "later"), (9, "later")]
)
def test_what_is_due_in_three_days_is_due_soon(days, state):
    due_at = MONDAY + timedelta(days=days)
    assert due_state(due_at, MONDAY + timedelta(days=20), MONDAY, ZONE) == (state, days)
    assert due_state(due_at, MONDAY, MONDAY, ZONE) == ("overdue", days)
    assert due_state(due_at, MONDAY + timedelta(seconds=1), MONDAY, ZONE).state == state


def test_the_grace_of_a_look_in_hours_is_in_hours_and_ends_with_its_limit():
    hour = timedelta(hours=1)
    pace = Pace(every="4h", grace="1h", outer="8h")
    assert clock_of(pace, MONDAY, ZONE) == (MONDAY + 4 * hour, MONDAY + 5 * hour, MONDAY + 8 * hour)
    late = Pace(every="4h", grace="9h", outer="8h")
    assert clock_of(late, MONDAY, ZONE) == (MONDAY + 4 * hour, MONDAY + 8 * hour, MONDAY + 8 * hour)


def test_the_grace_of_a_look_in_days_follows_the_whole_of_its_day():
    tuesday, days = datetime(2026, 1, 6, 5, tzinfo=UTC), timedelta(days=1)
    hours = Pace(every="1d", grace="6h", outer="9d")
    assert clock_of(hours, MONDAY, ZONE).late_at == tuesday + days + timedelta(hours=6)
    whole = Pace(every="1d", grace="2d", outer="9d")
    assert clock_of(whole, MONDAY, ZONE).late_at == tuesday + 3 * days


def test_of_several_clocks_each_limit_is_the_earliest():
    first, second = (
        Clock(*(MONDAY + timedelta(days=day) for day in days)) for days in ((1, 5, 6), (2, 3, 9))
    )
    assert earliest((first, second)) == Clock(first.due_at, second.late_at, first.outer_at)


def test_a_grace_in_days_is_in_calendar_days_over_the_change_of_clocks():
    friday = datetime(2026, 3, 6, 17, tzinfo=UTC)
    pace = Pace(every="1d", grace="2d", outer="9d")
    assert clock_of(pace, friday, ZONE).late_at == datetime(2026, 3, 10, 4, tzinfo=UTC)
