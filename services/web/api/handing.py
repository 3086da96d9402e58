"""Hand-offs between programs: offered by one, answered by the other."""

from uuid import UUID

from fastapi import Response

from models.requests import HandOffChange, NewHandOff
from models.views import HandOffView
from services import handing
from services.web.api.posting import Created, Post
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(tags=["hand-offs"])


@routes.on(
    "POST",
    "/pathways/{pathway_id}/hand-offs",
    action="hand-off",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 503),
)
def offer(post: Post, pathway_id: UUID, asked: NewHandOff) -> Response:
    """Ask another program to take a client over; until it has, and its day has come, this one answers for them."""
    return post.once(
        lambda work: {"id": handing.offer(work, pathway_id, asked, **post.visit.hand)}, pathway_id=pathway_id
    )


@routes.on("GET", "/hand-offs", action="see-pathways", responses=documented(401, 403, 422, 503))
def list_hand_offs(visit: Visiting) -> list[HandOffView]:
    """List the open hand-offs that your programs send or receive."""
    with visit.transaction() as work:
        return list(handing.listed(work))


@routes.on(
    "PATCH",
    "/hand-offs/{hand_off_id}",
    action="hand-off",
    status_code=204,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def answer(visit: Visiting, hand_off_id: UUID, asked: HandOffChange) -> Response:
    """Accept or decline for the receiving program, or revoke for the sending one."""
    with visit.transaction() as work:
        handing.answer(work, hand_off_id, asked, **visit.hand)
    return Response(status_code=204)
