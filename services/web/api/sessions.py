"""Sessions: planned meetings with a roster, charted together."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from models.requests import NewSession, SessionAttendance
from models.views import SessionWarning
from services import sessions
from services.store.sessions import SessionView
from services.store.work import Work
from services.web.api.posting import CreatedMany, Post, Posting
from services.web.problems import documented
from services.web.visits import Day, Routes, Visiting

routes = Routes(prefix="/sessions", tags=["sessions"])
_REFUSED = documented(400, 401, 403, 404, 409, 413, 415, 422, 503)


class Planned(BaseModel):
    """The session that was planned, and what speaks against it; a warning refuses nothing."""

    id: UUID
    warnings: list[SessionWarning]


@routes.on("POST", "", action="plan-sessions", status_code=201, response_model=Planned, responses=_REFUSED)
def plan_session(post: Post, asked: NewSession) -> Response:
    """Plan a session with its roster; warn of other sessions and obligations then, and of weeks that hold too much."""
    return post.once(lambda work: _planned(work, post, asked))


def _planned(work: Work, post: Posting, asked: NewSession) -> Mapping[str, object]:
    warned = sessions.warnings(work, asked, at=post.visit.at)
    return {"id": sessions.plan(work, asked, **post.visit.hand), "warnings": warned}


@routes.on("GET", "", action="see-pathways", responses=documented(401, 403, 422, 503))
def list_sessions(visit: Visiting, day: Day | None = None) -> list[SessionView]:
    """List the sessions of a day, today's where none is named."""
    with visit.transaction() as work:
        return list(sessions.listed(work, day=day, at=visit.at))


@routes.on("GET", "/{session_id}", action="see-pathways", responses=documented(401, 403, 404, 422, 503))
def show_session(visit: Visiting, session_id: UUID) -> SessionView:
    """Show a session with its roster and who leads it."""
    with visit.transaction() as work:
        return sessions.one(work, session_id)


@routes.on(
    "POST",
    "/{session_id}/attendance",
    action="record-facts",
    status_code=201,
    response_model=CreatedMany,
    responses=_REFUSED,
)
def chart_session(post: Post, session_id: UUID, asked: SessionAttendance) -> Response:
    """Chart a session for its whole roster, or a part of it."""
    return post.once(lambda work: {"ids": sessions.chart(work, session_id, asked, **post.visit.hand)})
