"""Sessions nobody charted: neither attended nor missed, and after a while work for whoever was to chart them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from models.changes import Change, Moved
from models.definition import StageKind
from models.facts import Attendance, AttendanceStatus
from models.people import Role
from services.rules import work
from services.rules.cadence import after
from services.rules.sight import Sight

CHART = "chart-session"


def asked(sight: Sight, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Ask for each session that is unlogged for too long, once; end what is charted since, and all with the walk.

    It is the facilitator's work and no clock of the client's: a hold or a hospital stay does not stop it.
    """
    ends = any(isinstance(change, Moved) and change.ends for change in changes)
    if ends or sight.stage.kind == StageKind.END:
        return work.closed(sight.case, (CHART,), "cancelled")
    overdue = {cause: due_at for cause, due_at in _unlogged(sight) if due_at <= sight.at}
    open_ = {item.cause for item in sight.case.work if item.kind == CHART}
    new = [(cause, due_at) for cause, due_at in overdue.items() if cause not in open_]
    # A charting may be taken back: the session is then asked for anew, as other work than before.
    more = sight.case.version
    opened = (work.opened(sight.case, CHART, cause, Role.COORDINATOR, due_at, more) for cause, due_at in new)
    return (*work.closed(sight.case, (CHART,), "done", open_ - overdue.keys()), *opened)


def turns(sight: Sight) -> Iterator[datetime]:
    """When a session that is unlogged now, or planned, will have waited too long."""
    return (due_at for _, due_at in _unlogged(sight))


def _unlogged(sight: Sight) -> Iterator[tuple[UUID, datetime]]:
    """The sessions nobody charted, those to come among them, and by when each should be."""
    charting = sight.definition.charting
    if charting is None:
        return
    for fact in sight.case.of(Attendance):
        if fact.status == AttendanceStatus.UNLOGGED:
            yield fact.id, after(fact.effective_at, charting.within, sight.case.zone, sight.case.closed_days)
