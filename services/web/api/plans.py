"""The plan of care: its versions, a new one, and a supervisor's signature beside it."""

from uuid import UUID

from fastapi import Response

from models.requests import NewCountersignature, NewPlan
from models.views import PlanView
from services import planning, plans
from services.web.api.posting import Created, Post
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(prefix="/pathways/{pathway_id}/plan", tags=["plans"])
_REFUSED = documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)


@routes.on("GET", "", action="see-pathways", responses=documented(401, 403, 404, 422, 503))
def show(visit: Visiting, pathway_id: UUID) -> PlanView:
    """Return every version of the plan, newest first, beside what the stage usually has."""
    with visit.transaction() as work:
        return plans.of_pathway(work, pathway_id)


@routes.on("POST", "", action="record-facts", status_code=201, response_model=Created, responses=_REFUSED)
def record(post: Post, pathway_id: UUID, asked: NewPlan) -> Response:
    """Record a version of the plan; or, as of a newer assessment, that it is unchanged."""
    return post.once(
        lambda work: {"id": planning.record(work, [(pathway_id, asked)], **post.visit.hand)[0]},
        pathway_id=pathway_id,
    )


@routes.on(
    "POST",
    "/countersignature",
    action="countersign",
    status_code=201,
    response_model=Created,
    responses=_REFUSED,
)
def countersign(post: Post, pathway_id: UUID, asked: NewCountersignature) -> Response:
    """Stand beside the present version of the plan, which somebody else wrote."""
    return post.once(
        lambda work: {"id": planning.countersign(work, pathway_id, asked, **post.visit.hand)},
        pathway_id=pathway_id,
    )
