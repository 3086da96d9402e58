"""Who is next for a place: the clinic's own table, and that an order is one whatever order we ask in."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import placement_table, queue
from models.catalogue.reading import read
from models.waiting import Turn, Waiter
from services.rules.placement import intensity
from services.rules.waiting import is_nearly_full, ranked
from tests.builders import on_day

ROWS: list[dict[str, Any]] = read(  # type: ignore[assignment]
    (Path(__file__).parents[1] / "vignettes" / "waiting.yaml").read_text("utf-8")
)
QUEUE = queue()


def _waiter(text: str) -> tuple[str, Waiter]:
    name, level, asked, *events = text.split()
    day = asked.removeprefix("@")
    happened = [event.partition("@") for event in events]
    waiter = Waiter(
        pathway_id=UUID(int=ord(name)),
        requested_at=on_day(float(day)),
        urgency=intensity(placement_table(), level),
        events=tuple((code, on_day(float(when or day))) for code, _, when in happened),
    )
    return name, waiter


def _on(moment: datetime | None) -> float | str:
    return "–" if moment is None else (moment - on_day(0)).total_seconds() / 86_400


def _told(turn: Turn) -> dict[str, object]:
    return {
        "class": turn.priority.key,
        "interim": _on(turn.interim_by if turn.interim_at is None else None),
        "admit": _on(turn.admit_by),
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_waiting(row):
    waiters = dict(_waiter(text) for text in row["waits"])
    names = {waiter.pathway_id: name for name, waiter in waiters.items()}
    turns = {
        names[turn.waiter.pathway_id]: turn for turn in ranked(QUEUE, waiters.values(), at=on_day(row["day"]))
    }
    assert list(turns) == row["order"]
    for what in ("class", "interim", "admit"):
        wanted = row.get(what, {})
        assert {name: _told(turns[name])[what] for name in wanted} == wanted


_EVENTS = st.lists(st.tuples(st.sampled_from(QUEUE.events), st.integers(-400, 30).map(on_day)), max_size=5)
_WAITERS = st.lists(
    st.builds(
        Waiter,
        pathway_id=st.uuids(),
        requested_at=st.integers(-100, 20).map(on_day),
        urgency=st.integers(0, 9),
        events=_EVENTS.map(tuple),
    ),
    max_size=12,
    unique_by=lambda one: one.pathway_id,
)


@given(_WAITERS, st.randoms())
def test_the_order_is_one_whatever_order_we_ask_in_and_loses_nobody(waiters, chance):
    turns = ranked(QUEUE, waiters, at=on_day(21))
    again = list(waiters)
    chance.shuffle(again)
    assert ranked(QUEUE, again, at=on_day(21)) == turns
    assert {turn.waiter for turn in turns} == set(waiters)


@given(_WAITERS)
def test_who_asked_earlier_never_stands_behind_an_equal(waiters):
    turns = ranked(QUEUE, waiters, at=on_day(21))
    for first, second in pairwise(turns):
        if (first.priority, first.waiter.urgency) == (second.priority, second.waiter.urgency):
            assert first.waiter.requested_at <= second.waiter.requested_at


@pytest.mark.parametrize(
    ("taken", "places", "nearly"),
    [(8, 10, False), (9, 10, True), (13, 15, False), (14, 15, True), (0, 0, True)],
)
def test_nearly_full_is_from_nine_in_ten(taken, places, nearly):
    assert is_nearly_full(QUEUE, places=places, taken=taken) is nearly


def test_what_was_offered_and_refused_is_told_by_its_last_time_and_interim_care_by_its_first():
    events = [
        (code, on_day(day))
        for code in (QUEUE.interim, QUEUE.offered, QUEUE.refused)
        for day in (0, 2, 5, 9.5)
    ]
    waiter = Waiter(pathway_id=UUID(int=1), requested_at=on_day(2), events=tuple(events))
    (turn,) = ranked(QUEUE, [waiter], at=on_day(5))
    assert (turn.interim_at, turn.offered_at, turn.refused_at) == (on_day(2), on_day(5), on_day(5))
    (before,) = ranked(QUEUE, [waiter], at=on_day(2))
    assert (before.interim_at, before.offered_at, before.refused_at) == (on_day(2),) * 3


def test_a_fact_of_the_queue_counts_from_its_moment_to_the_end_of_its_window():
    fact = next(one for one in QUEUE.facts if one.event == "injection-use")
    waiter = Waiter(pathway_id=UUID(int=1), requested_at=on_day(0), events=((fact.event, on_day(3)),))
    soon, over = on_day(3), on_day(3) + fact.within
    classes = [ranked(QUEUE, [waiter], at=at)[0].priority.key for at in (on_day(2.9), soon, over)]
    assert classes[0] == classes[2] != classes[1]


def test_nearly_full_is_at_the_per_cent_and_not_under_it():
    percent = QUEUE.nearly_full.percent
    assert is_nearly_full(QUEUE, places=1000, taken=10 * percent)
    assert not is_nearly_full(QUEUE, places=1000, taken=10 * percent - 1)


@pytest.mark.parametrize(
    ("interim", "at_latest", "admitted"), [(None, 120, 14), (2, 120, 120), (2, None, 14), (1, 120, 14)]
)
def test_who_was_served_meanwhile_may_wait_longer_where_the_class_says_so(interim, at_latest, admitted):
    days = {"interim": interim, "admit": 14, "at_latest": at_latest}
    spans = {name: None if many is None else timedelta(days=many) for name, many in days.items()}
    classes = tuple(one.model_copy(update={"facts": (), **spans}) for one in QUEUE.classes[-1:])
    _, waiter = _waiter(f"A op @0 {QUEUE.interim}@2")
    [turn] = ranked(QUEUE.model_copy(update={"classes": classes}), [waiter], at=on_day(3))
    assert _on(turn.admit_by) == admitted
