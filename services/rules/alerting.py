"""Alerting: up which rung of its ladder a notice is told now, and when to look again. No end is silent.

A rung begins with a delivery to each address of each person who stands by. It passes on when its wait is over, at once
when all of its deliveries are dead or there was nobody to tell, and in any case by the time the ladder gives the next
rung after the notice: a worker that comes back late tells everybody who should know by now. After the last rung its
people are told again and again; where nobody at all was told, the ladder begins anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.alerting import NO_CONTACT, NOBODY, Climb, Contact, Crew, Delivery, Ladder, Notice
from services import ids
from services.rules.duty import standing_by


class _Turn(NamedTuple):
    """When which rung is told, in which round."""

    round: int
    rung: int
    at: datetime


def climb(notice: Notice, ladder: Ladder, crew: Crew, told: Sequence[Delivery], *, at: datetime) -> Climb:
    """Say who must be told now and when to look again, from what was told so far.

    Shapes: each rung that begins leaves at least one delivery, so what was told says how far the telling has come.
    """
    if not notice.open:
        return Climb((), None)
    new: list[Delivery] = []
    turn = _next(notice, ladder, told)
    while turn.at <= at:
        new += _begun(notice, ladder, crew, turn, at)
        turn = _next(notice, ladder, (*told, *new))
    return Climb(tuple(new), turn.at)


def _next(notice: Notice, ladder: Ladder, told: Sequence[Delivery]) -> _Turn:
    if not told:
        return _Turn(0, 0, notice.raised_at)
    newest = max(told, key=lambda one: (one.round, one.rung))
    if newest.rung + 1 < len(ladder.rungs):
        present = [one for one in told if (one.round, one.rung) == (newest.round, newest.rung)]
        return _Turn(newest.round, newest.rung + 1, _passes_on(notice, ladder, newest, present))
    return _again(ladder, newest, [one for one in told if one.round == newest.round])


def _passes_on(notice: Notice, ladder: Ladder, newest: Delivery, present: Sequence[Delivery]) -> datetime:
    """Return when the next rung is told: at once where no letter of this one can arrive any more."""
    if all(one.dead_at for one in present):
        return notice.raised_at
    silent = newest.begun_at + ladder.rungs[newest.rung].wait
    return min(silent, notice.raised_at + ladder.reached_after(newest.rung + 1))


def _again(ladder: Ladder, last: Delivery, present: Sequence[Delivery]) -> _Turn:
    """Return the next round: of the last rung, or of the whole ladder where nobody was told in this one."""
    if any(one.dead_at is None for one in present):
        return _Turn(last.round + 1, last.rung, last.begun_at + ladder.again.every)
    pace = ladder.vacant if any(one.address is None for one in present) else ladder.again
    return _Turn(last.round + 1, 0, last.begun_at + pace.every)


def _begun(notice: Notice, ladder: Ladder, crew: Crew, turn: _Turn, at: datetime) -> Iterator[Delivery]:
    people = standing_by(crew, ladder.rungs[turn.rung].to, at=at)
    if not people:
        yield _unaddressed(notice, ladder, turn, None, at)
    for person_id in people:
        nowhere = _unaddressed(notice, ladder, turn, person_id, at)
        contacts = [one for one in crew.contacts if one.person_id == person_id]
        yield from (_addressed(nowhere, contact) for contact in contacts) if contacts else (nowhere,)


def _unaddressed(
    notice: Notice, ladder: Ladder, turn: _Turn, person_id: UUID | None, at: datetime
) -> Delivery:
    """Note that a rung had nobody to tell. Its id leaves out the round: however often it is found, it is one note."""
    return Delivery(
        id=ids.named("delivery", notice.id, turn.rung, person_id or "nobody"),
        notice_id=notice.id,
        round=turn.round,
        rung=turn.rung,
        standby=ladder.rungs[turn.rung].to,
        begun_at=at,
        person_id=person_id,
        dead_at=at,
        error=NO_CONTACT if person_id else NOBODY,
    )


def _addressed(nowhere: Delivery, contact: Contact) -> Delivery:
    return replace(
        nowhere,
        id=ids.named("delivery", nowhere.notice_id, nowhere.round, nowhere.rung, contact.id),
        contact_id=contact.id,
        channel=contact.channel,
        address=contact.address,
        next_at=nowhere.begun_at,
        dead_at=None,
        error=None,
    )
