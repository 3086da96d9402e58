"""Waiting: how full a stage of a program is, who is next for a place, and by when what must be done for whoever waits."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from models.waiting import PriorityClass, Queue, Turn, Waiter


def is_nearly_full(queue: Queue, *, places: int, taken: int) -> bool:
    """Tell whether so many of the places are taken that somebody must be told."""
    return taken * 100 >= places * queue.nearly_full.percent


def ranked(queue: Queue, waiters: Iterable[Waiter], *, at: datetime) -> list[Turn]:
    """Return who waits, the next one first: by class, by need, by the original request, by id.

    Shapes: n waiters in, n turns out.
    Time:   events after `at` are not seen; a request keeps its time however often the order changes.
    Source: 45 CFR 96.131 for the classes; the order within one is a house default (H).
    """
    turns = [_turn(queue, one, at) for one in waiters]
    return sorted(turns, key=lambda turn: _rank(queue, turn))


def _rank(queue: Queue, turn: Turn) -> tuple[int, int, datetime, str]:
    one = turn.waiter
    return queue.classes.index(turn.priority), -one.urgency, one.requested_at, str(one.pathway_id)


def _turn(queue: Queue, waiter: Waiter, at: datetime) -> Turn:
    priority = _class(queue, waiter, at)
    interim_at = min(_times(waiter, queue.interim, at), default=None)
    return Turn(
        waiter=waiter,
        priority=priority,
        interim_by=waiter.requested_at + priority.interim if priority.interim else None,
        interim_at=interim_at,
        admit_by=_admit_by(priority, waiter, interim_at),
        offered_at=max(_times(waiter, queue.offered, at), default=None),
        refused_at=max(_times(waiter, queue.refused, at), default=None),
    )


def _class(queue: Queue, waiter: Waiter, at: datetime) -> PriorityClass:
    holding = {
        fact.fact
        for fact in queue.facts
        if any(code == fact.event and at - fact.within < when <= at for code, when in waiter.events)
    }
    return next(one for one in queue.classes if holding.issuperset(one.facts))


def _times(waiter: Waiter, event: str, at: datetime) -> Sequence[datetime]:
    """When something happened since the request; what was before it is of an earlier wait."""
    return [when for code, when in waiter.events if code == event and waiter.requested_at <= when <= at]


def _admit_by(priority: PriorityClass, waiter: Waiter, interim_at: datetime | None) -> datetime | None:
    if priority.admit is None:
        return None
    in_time = interim_at and priority.interim and interim_at <= waiter.requested_at + priority.interim
    return waiter.requested_at + (priority.at_latest or priority.admit if in_time else priority.admit)
