"""Alerts: let notices climb their ladders, hand out what is to be sent, keep what became of it, and let people take over.

A delivery is taken in one transaction, sent outside any, and noted in the next: at least once, under one id.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.alerting import NOT_NEEDED, Climb, Crew, Failure, Ladder, Letter
from models.catalogue import ladder
from models.catalogue.pathway_files import definition
from models.changes import NoticeAcknowledged
from models.views import Alarms, AlertView, ToldLine
from services.access import Principal
from services.errors import Conflict
from services.rules import alerting, delivering
from services.store import alerts, deliveries, ledger, notices, on_call, pathways, people
from services.store.alerts import Standing
from services.store.people import ClientView
from services.store.work import Work

LATE_AFTER = timedelta(minutes=5)
"""An alert that was to be told further so long ago waits for a worker that is not there."""

_AFTER_A_FAULT = timedelta(minutes=1)
log = logging.getLogger(__name__)


def climb_due(work: Work, *, at: datetime, limit: int = 100) -> int:
    """Let every alert that is due be told further; return how many there were.

    Shapes: up to `limit` alerts in a number of queries that does not depend on it.
    """
    alerts.settle(work, at=at)
    due = alerts.claim_due(work, at=at, limit=limit)
    crews = on_call.crews(work, [one.program_id for one in due], at=at)
    climbs = [(one, _climb(one, crews, at)) for one in due]
    alerts.put(work, [(one, climb.deliveries) for one, climb in climbs])
    alerts.look_again(work, {one.notice.id: climb.look_at for one, climb in climbs})
    return len(due)


def _climb(standing: Standing, crews: Mapping[UUID, Crew], at: datetime) -> Climb:
    notice = standing.notice
    try:
        kind = _ladder(notice.kind, notice.raised_at)
        return alerting.climb(notice, kind, crews[standing.program_id], standing.told, at=at)
    except Exception as error:
        # One notice that cannot be told must not keep the others from being told.
        log.error("notice %s cannot be told further (%s)", notice.id, type(error).__name__)  # noqa: TRY400
        return Climb((), at + _AFTER_A_FAULT)


def _ladder(kind: str, raised_at: datetime) -> Ladder:
    """Return the ladder a notice was raised under; it keeps it, whatever comes into force meanwhile."""
    found = ladder(kind, raised_at.date())
    if found is None:
        raise LookupError(f"the catalogue has no ladder {kind}")
    return found


def take(work: Work, channel: str, *, at: datetime) -> Letter | None:
    """Take the next delivery that may be tried, its attempt counted; none where nothing waits."""
    row = deliveries.take(work, channel, at=at, until=at + delivering.LEASE)
    return _letter(work, row) if row is not None else None


def _letter(work: Work, row: Row[Any]) -> Letter:
    return Letter(
        delivery_id=row.id,
        notice_id=row.notice_id,
        kind=row.kind,
        says=_ladder(row.kind, row.raised_at).says,
        program=row.program,
        address=row.address,
        secret=on_call.secret_of(work, row.contact_id, row.sealed),
        attempts=row.attempts,
    )


def sent(work: Work, letter: Letter, *, at: datetime) -> None:
    """Note that a letter was taken over by whoever carries it on."""
    deliveries.sent(work, letter.delivery_id, at=at)


def failed(work: Work, letter: Letter, failure: Failure, *, at: datetime) -> None:
    """Note that a letter was not taken: it is tried again, or it is dead and the next rung is told at once."""
    next_at = delivering.fails(failure, letter.attempts, at=at)
    deliveries.failed(work, letter.delivery_id, failure.code, next_at=next_at, at=at)


def acknowledge(work: Work, notice_id: UUID, *, by: Principal, at: datetime, via: str = "api") -> None:
    """Take over what a notice asks for; nobody further is told. Raises: NotFound, Conflict if somebody did before."""
    whose = pathways.target(work, notices.pathway_of(work, notice_id))
    found = notices.one(work, notice_id)
    if found.acknowledged_by:
        raise Conflict(f"{found.acknowledged_by} has acknowledged this already.")
    if not found.open:
        raise Conflict("Nobody needs to take this over any more.")
    taken = NoticeAcknowledged(pathway_id=whose.pathway_id, notice_id=notice_id)
    ledger.write(work, [taken], actor=by.actor(via), at=at)


def retry(work: Work, notice_id: UUID, *, by: Principal, at: datetime, via: str = "api") -> None:
    """Try the dead letters of an alert again, under the ids they had. Raises: NotFound, Conflict if there is none."""
    found = notices.one(work, notice_id)
    if not (found.open and deliveries.revive(work, notice_id, at=at)):
        raise Conflict("Nothing of this alert waits to be tried again.")
    ledger.installation_entry(work, "notice.retried", actor=by.actor(via), at=at, notice=notice_id)


def listed(work: Work, *, limit: int = 200) -> tuple[AlertView, ...]:
    """Return the alerts whose cause is not done yet, those that nobody took over first, the oldest first."""
    return _views(work, notices.undone(work, limit=limit))


def shown(work: Work, notice_id: UUID) -> AlertView:
    """Return one alert, also when it is over. Raises: NotFound."""
    return _views(work, [notices.one(work, notice_id)])[0]


def alarms(work: Work, *, at: datetime) -> Alarms:
    """Return how many alerts in scope nobody has taken over, and how many of those nobody could be told."""
    row = notices.counted(work, late=at - LATE_AFTER)
    return Alarms(open=row.open, untold=row.untold, dead=row.dead, late=row.late)


def _views(work: Work, rows: Sequence[Row[Any]]) -> tuple[AlertView, ...]:
    clients = people.views(work, [row.client_id for row in rows])
    told = notices.told(work, [row.id for row in rows])
    return tuple(_view(row, clients.get(row.client_id), told[row.id]) for row in rows)


def _view(row: Row[Any], client: ClientView | None, told: Sequence[Row[Any]]) -> AlertView:
    taken = {name: getattr(row, name) for name in _TAKEN}
    return AlertView(
        **taken,
        title=_ladder(row.kind, row.raised_at).title,
        short_id=people.short_id(row.pathway_id),
        initials=client.initials if client else "",
        stage=definition(row.definition).stage(row.stage).label,
        state="open" if row.open else "acknowledged" if row.acknowledged_at and row.undone else "over",
        told=tuple(_told(one) for one in told),
    )


_TAKEN = ("id", "kind", "pathway_id", "program", "zone", "raised_at", "acknowledged_by", "acknowledged_at")


def _told(row: Row[Any]) -> ToldLine:
    state = "sent" if row.sent_at else "dead" if row.dead_at else "waiting"
    return ToldLine(
        standby=row.standby,
        person=row.person,
        channel=row.channel,
        state="dropped" if row.error == NOT_NEEDED else state,
        at=row.sent_at or row.dead_at or row.begun_at,
        error=row.error,
        attempts=row.attempts,
    )
