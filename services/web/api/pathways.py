"""Pathways: entering one, where each stands, what happened on it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel

from models.requests import Key, NewPathway
from models.views import AuditLine, Card, DecisionView, PathwayView, TimelineEntry
from services import chart, enrolment, whereabouts
from services.web.api.posting import Created, Post, etag
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(prefix="/pathways", tags=["pathways"])
_READ = documented(401, 403, 404, 422, 503)


class Page(BaseModel):
    """Some pathways; `next` is the cursor of those that follow, null at the end."""

    items: list[Card]
    next: UUID | None


@routes.on(
    "POST",
    "",
    action="enrol",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def enrol(post: Post, asked: NewPathway) -> Response:
    """Let a client enter a pathway."""
    return post.once(lambda work: {"id": enrolment.enrol(work, asked, **post.visit.hand)})


@routes.on("GET", "", action="see-pathways", responses=documented(401, 403, 422, 503))
def list_pathways(
    visit: Visiting,
    *,
    stage: Key | None = None,
    due: Literal["overdue", "today", "soon"] | None = None,
    program: UUID | None = None,
    owner: UUID | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page:
    """List open pathways, filtered, a page at a time; with `due` a page may hold fewer than its limit."""
    with visit.transaction() as work:
        found = whereabouts.listed(
            work,
            at=visit.at,
            stage=stage,
            due=due,
            program_id=program,
            owner_id=owner,
            after=after,
            limit=limit,
        )
    return Page(items=list(found.cards), next=found.next)


@routes.on("GET", "/{pathway_id}", action="see-pathways", responses=_READ)
def show_pathway(visit: Visiting, pathway_id: UUID, answer: Response) -> PathwayView:
    """Say where a client stands: stage, day, what is due, why, and what is missing to move."""
    with visit.transaction() as work:
        found = chart.pathway(work, pathway_id, at=visit.at)
    answer.headers["ETag"] = etag(found.version)
    return found


@routes.on("GET", "/{pathway_id}/timeline", action="see-pathways", responses=_READ)
def show_timeline(visit: Visiting, pathway_id: UUID) -> list[TimelineEntry]:
    """List what happened on a pathway, newest first."""
    with visit.transaction() as work:
        return list(chart.timeline(work, pathway_id))


@routes.on("GET", "/{pathway_id}/decisions", action="see-pathways", responses=_READ)
def show_decisions(visit: Visiting, pathway_id: UUID) -> list[DecisionView]:
    """List the decisions of a pathway with their findings, newest first."""
    with visit.transaction() as work:
        return list(chart.decisions(work, pathway_id))


@routes.on("GET", "/{pathway_id}/audit", action="see-audit", responses=_READ)
def show_audit(visit: Visiting, pathway_id: UUID) -> list[AuditLine]:
    """List the audit entries of a pathway, numbered without gaps: by whom, under which rule, in which run."""
    with visit.transaction() as work:
        return list(chart.audit(work, pathway_id))
