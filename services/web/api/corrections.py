"""Corrections: what a fact should have said, or that it never was."""

from uuid import UUID

from fastapi import Response

from models.requests import NewCorrection
from services import corrections
from services.web.api.posting import Created, Post, Posting
from services.web.problems import documented
from services.web.visits import Routes

routes = Routes(prefix="/facts/{fact_id}", tags=["facts"])
_REFUSED = documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)


@routes.on(
    "POST",
    "/correction",
    action="correct-facts",
    status_code=201,
    response_model=Created,
    responses=_REFUSED,
)
def correct(post: Post, fact_id: UUID, asked: NewCorrection) -> Response:
    """Say what a fact should have said, or that it was entered in error; always with the reason."""
    return post.once(
        lambda work: {"id": corrections.correct(work, fact_id, asked, **post.visit.hand)},
        pathway_id=_whose(post, fact_id) if post.version else None,
    )


def _whose(post: Posting, fact_id: UUID) -> UUID:
    with post.visit.transaction() as work:
        return corrections.found(work, fact_id).pathway_id
