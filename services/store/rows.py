"""Which rows a change leaves: one short function per change, read as a table of all that Stepdown writes.

A row takes over every field of the change that its table has a column for, and the version and time of the write.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, singledispatch
from uuid import UUID

from sqlmodel import SQLModel

from models import changes as c
from models.catalogue import ladder
from models.people import Actor
from models.tables import alerting, care, records
from services import ids


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row."""

    table: type[SQLModel]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Update:
    """New values for exactly one row, named by its columns; none or two is a conflict."""

    table: type[SQLModel]
    where: Mapping[str, object]
    values: Mapping[str, object]

    @property
    def of_open(self) -> bool:
        """Tell whether this speaks of an interval that must still be open."""
        return bool(_ENDS & self.where.keys())

    @property
    def closes(self) -> bool:
        """Tell whether this ends an open interval."""
        return bool(_ENDS & self.where.keys() & self.values.keys())


@dataclass(frozen=True, slots=True)
class Numbered:
    """A change with the version it took, when it was recorded and by whom."""

    change: c.Change
    version: int
    at: datetime
    actor: Actor


Rows = Iterator[Insert | Update]
_ENDS = {"ended_at", "closed_at"}


def rows(numbered: Numbered) -> Rows:
    """Return the rows a numbered change leaves, its audit entry apart."""
    return _rows(numbered.change, numbered)


@cache
def _columns(table: type[SQLModel]) -> frozenset[str]:
    return frozenset(table.model_fields)


def _new(table: type[SQLModel], n: Numbered, key: UUID | None = None, **more: object) -> Insert:
    """Return a new row of a table: the change's fields by name, the write's version and time, and what is said."""
    written = {
        "pathway_version": n.version,
        "opened_version": n.version,
        "recorded_at": n.at,
        "opened_at": n.at,
    }
    taken = {name: getattr(n.change, name) for name in _columns(table) if hasattr(n.change, name)}
    fresh = {name: value for name, value in written.items() if name in _columns(table)}
    return Insert(table, taken | fresh | ({"id": key} if key else {}) | more)


def _pathway(change: c.Change, **values: object) -> Update:
    return Update(care.Pathway, {"id": change.pathway_id}, values)


def _look(reassessment_id: UUID, **values: object) -> Update:
    return Update(care.Reassessment, {"id": reassessment_id, "closed_at": None}, values)


@singledispatch
def _rows(change: c.Change, _n: Numbered) -> Rows:
    raise TypeError(f"no rows are known for {type(change).__name__}")


@_rows.register
def _(change: c.PathwayOpened, n: Numbered) -> Rows:
    yield _new(care.Placement, n, change.placement_id)


@_rows.register
def _(change: c.FactRecorded, n: Numbered) -> Rows:
    yield _new(records.Fact, n, change.fact_id, recorded_by=n.actor.id)
    yield _new(records.FactKnown, n)


@_rows.register
def _(_change: c.FactShared, n: Numbered) -> Rows:
    yield _new(records.FactKnown, n)


@_rows.register
def _(_change: c.SessionPlanned, n: Numbered) -> Rows:
    yield _new(care.Roster, n, known=n.version)


@_rows.register
def _(_change: c.PlanCountersigned, n: Numbered) -> Rows:
    yield _new(records.PlanCountersigned, n, signed_by=n.actor.id, role=n.actor.role)


@_rows.register
def _(change: c.ReassessmentOpened, n: Numbered) -> Rows:
    yield _new(care.Reassessment, n, change.reassessment_id, parts=list(change.parts), status="open")
    yield from _reasons(change, n)


@_rows.register
def _(change: c.ReassessmentHastened, n: Numbered) -> Rows:
    clock = {"due_at": change.due_at, "late_at": change.late_at, "outer_at": change.outer_at}
    yield _look(change.reassessment_id, **clock, counts_from=change.counts_from, parts=list(change.parts))
    yield from _reasons(change, n)


def _reasons(change: c.ReassessmentOpened | c.ReassessmentHastened, n: Numbered) -> Rows:
    for reason in change.reasons:
        yield _new(records.ReassessmentReason, n, trigger=reason.trigger, fact_id=reason.fact_id)


@_rows.register
def _(change: c.ReassessmentMoved, n: Numbered) -> Rows:
    yield _new(records.DueMove, n, change.move_id, moved_by=n.actor.id, role=n.actor.role)
    clock = {"counts_from": change.counts_from, "due_at": change.due_at, "late_at": change.late_at}
    yield _look(change.reassessment_id, **clock)


@_rows.register
def _(change: c.ReassessmentCalled, n: Numbered) -> Rows:
    yield _look(change.reassessment_id, called_at=n.at)


@_rows.register
def _(change: c.ReassessmentEscalated, n: Numbered) -> Rows:
    yield _look(change.reassessment_id, escalated_at=n.at)


@_rows.register
def _(change: c.ReassessmentClosed, n: Numbered) -> Rows:
    closed = {"closed_at": n.at, "closed_version": n.version}
    yield _look(change.reassessment_id, status=change.status, decision_id=change.decision_id, **closed)


@_rows.register
def _(change: c.DecisionMade, n: Numbered) -> Rows:
    made = change.decision
    stored = {"stage": made.stage, "decided_at": made.at, "case_bytes": change.case, "body": made.to_bytes()}
    yield _new(records.Decision, n, change.decision_id, **stored)
    yield _pathway(change, decision_id=change.decision_id)


@_rows.register
def _(change: c.SignedOff, n: Numbered) -> Rows:
    yield _new(records.SignOff, n, change.sign_off_id, signed_by=n.actor.id, role=n.actor.role)
    if change.moves:
        yield _pathway(change, sign_off_id=change.sign_off_id)


@_rows.register
def _(change: c.SignOffSetAside, _n: Numbered) -> Rows:
    yield Update(
        care.Pathway, {"id": change.pathway_id, "sign_off_id": change.sign_off_id}, {"sign_off_id": None}
    )


@_rows.register
def _(change: c.Moved, n: Numbered) -> Rows:
    yield _new(records.Transition, n, change.transition_id, run_id=n.actor.run_id)
    ended = {"ended_at": change.effective_at, "ended_by": change.outcome, "closed_version": n.version}
    yield Update(care.Placement, {"pathway_id": change.pathway_id, "ended_at": None}, ended)
    yield _pathway(change, stage=change.to_stage, sign_off_id=None, closed_at=n.at if change.ends else None)
    if not change.ends:
        yield _new(
            care.Placement, n, change.placement_id, stage=change.to_stage, started_at=change.effective_at
        )


@_rows.register
def _(change: c.WorkOpened, n: Numbered) -> Rows:
    yield _new(care.WorkItem, n, change.work_id)
    yield from _notice(n, change.kind, change.work_id)


def _notice(n: Numbered, kind: str, work_id: UUID | None = None) -> Rows:
    """Somebody must be told, where the catalogue has a ladder for it: the outbox, in the transaction of the state."""
    if ladder(kind, n.at.date()):
        notice_id = ids.named("notice", n.change.pathway_id, n.version)
        yield _new(alerting.Notice, n, notice_id, kind=kind, work_id=work_id, raised_at=n.at)
        yield Insert(alerting.Alert, {"notice_id": notice_id, "look_at": n.at})


@_rows.register
def _(change: c.WorkClosed, n: Numbered) -> Rows:
    closed = {
        "closed_at": n.at,
        "closed_version": n.version,
        "outcome": change.outcome,
        "sealed": change.sealed,
    }
    yield Update(care.WorkItem, {"id": change.work_id, "closed_at": None}, closed)


@_rows.register
def _(change: c.Held, n: Numbered) -> Rows:
    yield _new(care.Hold, n, change.hold_id, started_at=n.at)


@_rows.register
def _(change: c.Resumed, n: Numbered) -> Rows:
    yield Update(
        care.Hold, {"id": change.hold_id, "ended_at": None}, {"ended_at": n.at, "closed_version": n.version}
    )


@_rows.register
def _(change: c.Quarantined, n: Numbered) -> Rows:
    yield _pathway(change, quarantined_at=n.at)
    yield from _notice(n, "set-aside")


@_rows.register
def _(_change: c.Missed, _n: Numbered) -> Rows:
    yield from ()  # the entry says it, and the write wakes the pathway


@_rows.register
def _(change: c.Released, _n: Numbered) -> Rows:
    yield _pathway(change, quarantined_at=None, attempts=0)


@_rows.register
def _(_change: c.NoticeAcknowledged, n: Numbered) -> Rows:
    yield _new(alerting.NoticeAcknowledged, n, acknowledged_by=n.actor.id, role=n.actor.role)
