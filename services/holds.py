"""Hold and resume: stop a pathway's clocks, and let them run again with a look at once."""

from datetime import datetime
from uuid import UUID

from models.changes import Held, Resumed
from models.requests import NewHold
from services import ids
from services.access import Principal
from services.errors import Conflict
from services.store import ledger, pathways, people
from services.store.work import Work


def hold(
    work: Work, pathway_id: UUID, request: NewHold, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Stop the clocks. Raises: NotFound, PathwayClosed, Conflict if they stand already."""
    whose = pathways.open_target(work, pathway_id)
    if whose.hold_id is not None:
        raise Conflict("This pathway is on hold already.")
    hold_id = ids.new()
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    sealed = secret.seal(request.note, "hold", hold_id) if request.note else None
    held = Held(pathway_id=pathway_id, hold_id=hold_id, reason_code=request.reason, sealed=sealed)
    ledger.write(work, [held], actor=by.actor(via), at=at)
    return hold_id


def resume(work: Work, pathway_id: UUID, *, by: Principal, at: datetime, via: str = "api") -> None:
    """Let the clocks run again. Raises: NotFound, PathwayClosed, Conflict if they run."""
    whose = pathways.open_target(work, pathway_id)
    if whose.hold_id is None:
        raise Conflict("This pathway is not on hold.")
    ledger.write(work, [Resumed(pathway_id=pathway_id, hold_id=whose.hold_id)], actor=by.actor(via), at=at)
