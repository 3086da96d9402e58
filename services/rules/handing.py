"""Handing over: the sender answers for a client until the receiver has accepted and the day has come; then nobody else.

No placement is touched: the stay goes on, under the other program, in one change.
"""

from dataclasses import replace
from datetime import datetime

from models.case import Case
from models.changes import Change, HandOffRevoked, Moved, Step, TakenOver
from models.definition import PathwayDefinition
from models.people import Role
from services.rules import work
from services.rules.cadence import after


def along(definition: PathwayDefinition, case: Case, step: Step, at: datetime) -> Step:
    """Return the step with what becomes of an open hand-off: taken over when its day has come, revoked with the walk."""
    if case.hand_off is None:
        return step
    if any(isinstance(change, Moved) and change.ends for change in step.changes):
        return replace(step, changes=(*step.changes, *_ended(case)))
    if taken := taken_over(definition, case, at):
        return replace(step, changes=(*taken, *step.changes))
    return replace(step, wake_at=min(filter(None, (step.wake_at, _starts(case))), default=None))


def taken_over(definition: PathwayDefinition, case: Case, at: datetime) -> tuple[Change, ...]:
    """Return the change of responsibility, and the first visit it asks for, where the hand-off is accepted and due."""
    handing, starts_at = case.hand_off, _starts(case)
    if handing is None or handing.owner_id is None or starts_at is None or starts_at > at:
        return ()
    told = {"program_id": handing.to_program_id, "owner_id": handing.owner_id}
    taken = TakenOver(pathway_id=case.pathway_id, hand_off_id=handing.id, **told)
    if definition.hand_off is None:
        return (taken,)
    visit_by = after(at, definition.hand_off.first_visit, case.zone)
    return taken, work.opened(case, "first-visit", handing.id, Role.COORDINATOR, visit_by)


def _starts(case: Case) -> datetime | None:
    return case.hand_off.starts_at if case.hand_off and case.hand_off.owner_id else None


def _ended(case: Case) -> tuple[Change, ...]:
    assert case.hand_off is not None  # noqa: S101 - looked at before
    revoked = HandOffRevoked(
        pathway_id=case.pathway_id, hand_off_id=case.hand_off.id, because="pathway-ended"
    )
    return revoked, *work.closed(case, ("accept-hand-off",), "revoked")
