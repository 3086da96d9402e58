"""Move the due date of one open look, with a reason; its outer limit stays."""

from datetime import datetime
from uuid import UUID

from models.case import Case, Reassessment
from models.changes import ReassessmentMoved
from models.requests import NewDueDate
from services import ids
from services.access import Principal
from services.errors import Conflict, Invalid, NotFound
from services.rules import redating
from services.rules.cadence import day_of, start_of
from services.store import cases, ledger, pathways, people
from services.store.work import Work


def move(
    work: Work, pathway_id: UUID, request: NewDueDate, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Move a due date. Raises: NotFound, PathwayClosed, Conflict if the look fell due or the clocks stand, Invalid."""
    whose = pathways.open_target(work, pathway_id)
    if whose.hold_id is not None:
        raise Conflict("This pathway is on hold; it is looked at at once when it resumes.")
    case, move_id = cases.load(work, [pathway_id])[0], ids.new()
    look = _open_look(case, request.reassessment_id)
    asked = "/due_at" if request.due_on is None else "/due_on"
    clock = redating.redated(look, _due_at(request, case.zone, at), zone=case.zone, at=at, pointer=asked)
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    moved = ReassessmentMoved(
        pathway_id=pathway_id,
        move_id=move_id,
        reassessment_id=look.id,
        due_before=look.due_at,
        **clock._asdict(),
        reason_code=request.reason,
        sealed=secret.seal(request.note, "due_move", move_id) if request.note else None,
    )
    again = redating.hurried(case, look, clock.late_at, move_id)
    ledger.write(work, [moved, *again], actor=by.actor(via), at=at)
    return move_id


def _open_look(case: Case, look_id: UUID) -> Reassessment:
    for look in case.reassessments:
        if look.id == look_id:
            return look
    raise NotFound("open reassessment", pointer="/reassessment_id")


def _due_at(request: NewDueDate, zone: str, at: datetime) -> datetime:
    """Return the moment that was meant: a day begins where it begins for the program, and today is now."""
    if (request.due_at is None) == (request.due_on is None):
        raise Invalid("Say when: due_on, a day, or due_at, a moment.", pointer="/due_on")
    if request.due_on is None:
        return request.due_at or at
    start = start_of(request.due_on, zone)
    return at if request.due_on == day_of(at, zone) else start
