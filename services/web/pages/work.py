"""The worklist: what people must do, the most urgent first, each line a way to the right form."""

from uuid import UUID

from fastapi.responses import Response

from models.requests import WorkChange
from services import worklist
from services.web.pages.filling import BLANK, Filled, given, once, onward, submitted
from services.web.pages.rendering import alarms_for, page
from services.web.visits import Routes, Visit, Visiting

routes = Routes()


@routes.on("GET", "/work", action="see-work")
def show(visit: Visiting) -> Response:
    """Show the worklist."""
    return _shown(visit, BLANK)


@routes.on("POST", "/work/{work_id}", action="keep-work")
def close(visit: Visiting, work_id: UUID) -> Response:
    """Close a work item."""

    def act() -> Response:
        asked = WorkChange.model_validate(given(visit.form, "status", "note", "outcome", "way"))
        once(visit, lambda work: worklist.close(work, work_id, asked, **visit.hand))
        return onward("/work", "closed")

    return submitted(visit, act, lambda filled: _shown(visit, filled))


def _shown(visit: Visit, filled: Filled) -> Response:
    with visit.transaction() as work:
        tasks = worklist.tasks(work, at=visit.at)
    return page(
        visit, "work.html", status=filled.status, tasks=tasks, alarms=alarms_for(visit), filled=filled
    )
