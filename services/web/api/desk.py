"""What a coordinator works from: the board, the worklist, the definitions, and word of changes."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query, Response
from sse_starlette import EventSourceResponse

from models.catalogue.pathway_files import UnknownDefinition
from models.catalogue.pathway_files import definition as published
from models.requests import Key, WorkChange
from models.views import Board, Task, Waiting
from services import waiting, whereabouts, worklist
from services.errors import NotFound
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(tags=["desk"])


@routes.on("GET", "/board", action="see-pathways", responses=documented(401, 403, 404, 422, 503))
def show_board(
    visit: Visiting,
    definition: Key = "sud-adult",
    program: UUID | None = None,
    owner: UUID | None = None,
    due: Literal["overdue", "today", "soon"] | None = None,
) -> Board:
    """Say where everyone is."""
    with visit.transaction() as work:
        return whereabouts.board(
            work, at=visit.at, definition_key=definition, program_id=program, owner_id=owner, due=due
        )


@routes.on("GET", "/work-items", action="see-work", responses=documented(401, 403, 422, 503))
def list_work(visit: Visiting, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> list[Task]:
    """List what people must do, the most urgent first."""
    with visit.transaction() as work:
        return list(worklist.tasks(work, at=visit.at, limit=limit))


@routes.on(
    "PATCH",
    "/work-items/{work_id}",
    action="keep-work",
    status_code=204,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def close_work(visit: Visiting, work_id: UUID, asked: WorkChange) -> Response:
    """Close a work item."""
    with visit.transaction() as work:
        worklist.close(work, work_id, asked, **visit.hand)
    return Response(status_code=204)


@routes.on("GET", "/waiting-list", action="see-pathways", responses=documented(401, 403, 422, 503))
def show_waiting_list(
    visit: Visiting, program: UUID | None = None, stage: Key | None = None
) -> list[Waiting]:
    """List who waits for a place, the next one first, with by when what must be done for them."""
    with visit.transaction() as work:
        return list(waiting.listed(work, at=visit.at, program_id=program, stage=stage))


@routes.on("GET", "/definitions/{key}", action="see-definitions", responses=documented(401, 403, 404, 422))
def show_definition(_visit: Visiting, key: Annotated[Key, Path()]) -> dict[str, Any]:
    """Show a pathway definition, with the source of every threshold; `key` or `key@version`."""
    try:
        return published(key).model_dump(mode="json")
    except UnknownDefinition as unknown:
        raise NotFound("definition") from unknown


@routes.on(
    "GET",
    "/events",
    action="see-events",
    response_class=EventSourceResponse,
    responses=documented(401, 403, 422),
)
async def follow(visit: Visiting, pathway: UUID | None = None) -> EventSourceResponse:
    """Follow changes as server-sent events: `changed`, and nothing of what; ask again for what you may see."""
    return EventSourceResponse(visit.live.changes(pathway), ping=15)
