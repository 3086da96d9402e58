"""The pure folder: a case as the store would load it after a step was written. It refuses what the store would refuse."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import singledispatch
from typing import TypeVar
from uuid import UUID

from models import changes as c
from models.case import ONCE, Case, Done, Reassessment, Received, Standing, Stay, Work
from models.catalogue.pathway_files import definition
from models.changes import Change, Step
from models.definition import PathwayDefinition
from models.facts import Assessment
from services import ids
from services.rules import advance
from tests.builders import on_day

C = TypeVar("C", bound=Change)


def passes(case: Case, at: datetime, one: PathwayDefinition) -> Iterator[tuple[Case, Step, Case]]:
    """Pass over a case until it rests, as the flow does: before, what each pass made of it, and after."""
    for _ in one.stages:
        step = advance(one, [case], at=at)[0]
        after = applied(case, step, at)
        yield case, step, after
        case = after
        if step.wake_at is None or step.wake_at > at:
            assert advance(one, [case], at=at)[0].changes == (), "nothing new changes nothing"
            return
    raise AssertionError("the case does not come to rest")


def run(case: Case, day: float, one: PathwayDefinition | None = None) -> tuple[Case, list[c.Change]]:
    """Pass over a case until it rests, and say what happened."""
    said: list[c.Change] = []
    for _, step, after in passes(case, on_day(day), one or definition(case.definition)):
        case = after
        said += step.changes
    return case, said


def moves(said: list[c.Change]) -> list[tuple[str, str, str]]:
    return [(move.from_stage, move.to_stage, move.how) for move in said if isinstance(move, c.Moved)]


def kinds(said: Iterable[c.Change], *wanted: type[C]) -> list[C]:
    """The changes of some kinds among those said."""
    return [change for change in said if isinstance(change, wanted)]


def work(said: list[c.Change], kind: str) -> list[c.WorkOpened]:
    """The work of a kind that was opened."""
    return [change for change in said if isinstance(change, c.WorkOpened) and change.kind == kind]


def applied(case: Case, step: Step, at: datetime) -> Case:
    """The case as the store would load it after a step was written."""
    for change in step.changes:
        case = _apply(change, replace(case, version=case.version + 1), at)
    return case


def _looks(case: Case, look_id: UUID, **values: object) -> Case:
    assert any(look.id == look_id for look in case.reassessments), "only an open look can change"
    looks = (replace(one, **values) if one.id == look_id else one for one in case.reassessments)
    return replace(case, reassessments=tuple(sorted(looks, key=lambda look: (look.due_at, look.id))))


@singledispatch
def _apply(change: Change, case: Case, at: datetime) -> Case:
    raise AssertionError(f"rules do not say {type(change).__name__}")


@_apply.register
def _(change: c.ReassessmentOpened, case: Case, at: datetime) -> Case:
    kinds = [look.kind for look in case.reassessments]
    assert change.kind not in kinds, "one open look of each kind"
    look = Reassessment(
        id=change.reassessment_id,
        kind=change.kind,
        stage=change.stage,
        opened_at=at,
        counts_from=change.counts_from,
        due_at=change.due_at,
        late_at=change.late_at,
        outer_at=change.outer_at,
        parts=change.parts,
        reasons=change.reasons,
    )
    assert not set(change.reasons) & set(case.answered), "a reason calls once, ever"
    looks = tuple(sorted((*case.reassessments, look), key=lambda one: (one.due_at, one.id)))
    return replace(case, reassessments=looks, answered=(*case.answered, *change.reasons))


@_apply.register
def _(change: c.ReassessmentHastened, case: Case, at: datetime) -> Case:
    assert not set(change.reasons) & set(case.answered), "a reason calls once, ever"
    names = ("counts_from", "due_at", "late_at", "outer_at", "parts")
    before = next(look for look in case.reassessments if look.id == change.reassessment_id)
    told = {name: getattr(change, name) for name in names}
    case = _looks(case, before.id, **told, reasons=(*before.reasons, *change.reasons))
    return replace(case, answered=(*case.answered, *change.reasons))


@_apply.register
def _(change: c.ReassessmentCalled, case: Case, at: datetime) -> Case:
    return _looks(case, change.reassessment_id, called_at=at)


@_apply.register
def _(change: c.ReassessmentEscalated, case: Case, at: datetime) -> Case:
    return _looks(case, change.reassessment_id, escalated_at=at)


@_apply.register
def _(change: c.ReassessmentClosed, case: Case, at: datetime) -> Case:
    look = next(one for one in case.reassessments if one.id == change.reassessment_id)
    left = tuple(one for one in case.reassessments if one is not look)
    if change.status != "completed":
        return replace(case, reassessments=left)
    done = _done(case, look, _answered(case, at) if look.kind == "triggered" else at)
    rated = (one.last_at for one in done if one.kind == "periodic" or "six-dimensions" in one.parts)
    return replace(case, reassessments=left, reviewed_at=max(rated, default=None), done=done)


def _answered(case: Case, at: datetime) -> datetime:
    """When the client was rated for a look that is complete now."""
    rated = (
        one.effective_at for one in case.of(Assessment) if one.signed and one.instrument == "six-dimensions"
    )
    return max((moment for moment in rated if moment <= at), default=at)


def _done(case: Case, look: Reassessment, at: datetime) -> tuple[Done, ...]:
    others = tuple(one for one in case.done if (one.kind, one.parts) != (look.kind, look.parts))
    before = next((one for one in case.done if one not in others), None)
    last_at, times = (max(at, before.last_at), before.times + 1) if before else (at, 1)
    return (*others, Done(kind=look.kind, parts=look.parts, last_at=last_at, times=times))


@_apply.register
def _(change: c.DecisionMade, case: Case, at: datetime) -> Case:
    assert change.supersedes == (case.standing.id if case.standing else None)
    standing = Standing(
        id=change.decision_id, verdict=change.verdict, outcome=change.outcome, to_stage=change.to_stage
    )
    return replace(case, standing=standing)


@_apply.register
def _(change: c.SignOffSetAside, case: Case, at: datetime) -> Case:
    assert case.signature is not None
    assert case.signature.id == change.sign_off_id
    standing = case.standing
    if standing and standing.id == case.signature.decision_id:
        standing = replace(standing, withdrawn=True)
    return replace(case, signature=None, standing=standing)


@_apply.register
def _(change: c.Moved, case: Case, at: datetime) -> Case:
    assert change.from_stage == case.stage
    assert change.effective_at >= case.since
    ended = replace(case.stays[-1], ended_at=change.effective_at, ended_by=change.outcome)
    new = () if change.ends else (Stay(stage=change.to_stage, started_at=change.effective_at),)
    settled = (*case.settled, change.fact_id) if change.fact_id else case.settled
    return replace(
        case,
        stage=change.to_stage,
        stays=(*case.stays[:-1], ended, *new),
        signature=None,
        settled=settled,
        reviewed_at=None,
        done=(),
    )


@_apply.register
def _(change: c.WorkOpened, case: Case, at: datetime) -> Case:
    assert all(item.id != change.work_id for item in case.work), "a work item opens once"
    settled = (*case.settled, change.cause) if change.kind in ONCE else case.settled
    work = (*case.work, Work(id=change.work_id, kind=change.kind, cause=change.cause))
    return replace(case, work=work, settled=tuple(dict.fromkeys(settled)))


@_apply.register
def _(change: c.TakenOver, case: Case, at: datetime) -> Case:
    assert case.hand_off is not None
    assert (change.hand_off_id, change.owner_id) == (case.hand_off.id, case.hand_off.owner_id)
    received = Received(id=change.hand_off_id, from_program_id=ids.named("sender"), at=at)
    return replace(case, hand_off=None, received=received)


@_apply.register
def _(change: c.HandOffRevoked, case: Case, at: datetime) -> Case:
    assert case.hand_off is not None
    return replace(case, hand_off=None)


@_apply.register
def _(change: c.WorkClosed, case: Case, at: datetime) -> Case:
    left = tuple(item for item in case.work if item.id != change.work_id)
    assert len(left) == len(case.work) - 1, "only an open work item can close"
    return replace(case, work=left)
