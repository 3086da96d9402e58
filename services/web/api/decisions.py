"""Signatures: under a decision, around the routes, or at the end of the walk. Each waits shortly for its move."""

import json
from collections.abc import Callable
from uuid import UUID

from fastapi import Response
from pydantic_core import to_json

from models.requests import NewDischarge, NewOverride, NewSignOff, NewWithdrawal
from services import sign_offs
from services.store.work import Work
from services.web.api.posting import Created, Post, Posting
from services.web.problems import documented
from services.web.signing import Signed, pathway_of, sign_and_wait
from services.web.visits import Routes

routes = Routes(tags=["decisions"])
_REFUSED = documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)


@routes.on(
    "POST",
    "/decisions/{decision_id}/sign-off",
    action="sign-off",
    status_code=201,
    response_model=Signed,
    responses=_REFUSED,
)
def sign_off(post: Post, decision_id: UUID, asked: NewSignOff) -> Response:
    """Accept or decline a proposed move; says whether the client moved while you waited."""
    moves = asked.verdict == "accept" and (asked.starts_at is None or asked.starts_at <= post.visit.at)
    pathway_id = pathway_of(post.visit, decision_id)
    return _signed(
        post,
        pathway_id,
        lambda work: sign_offs.sign(work, decision_id, asked, **post.visit.hand),
        moves=moves,
    )


@routes.on(
    "POST",
    "/pathways/{pathway_id}/overrides",
    action="override",
    status_code=201,
    response_model=Signed,
    responses=_REFUSED,
)
def override(post: Post, pathway_id: UUID, asked: NewOverride) -> Response:
    """Move a client around the routes, with a reason; the guards still hold."""
    moves = asked.starts_at is None or asked.starts_at <= post.visit.at
    return _signed(
        post,
        pathway_id,
        lambda work: sign_offs.override(work, pathway_id, asked, **post.visit.hand),
        moves=moves,
    )


@routes.on(
    "POST",
    "/pathways/{pathway_id}/discharge",
    action="discharge",
    status_code=201,
    response_model=Signed,
    responses=_REFUSED,
)
def discharge(post: Post, pathway_id: UUID, asked: NewDischarge) -> Response:
    """End the walk, with the reason."""
    return _signed(
        post,
        pathway_id,
        lambda work: sign_offs.discharge(work, pathway_id, asked, **post.visit.hand),
        moves=True,
    )


@routes.on(
    "POST",
    "/pathways/{pathway_id}/withdrawals",
    action="withdraw",
    status_code=201,
    response_model=Created,
    responses=_REFUSED,
)
def withdraw(post: Post, pathway_id: UUID, asked: NewWithdrawal) -> Response:
    """Take a signed move back before it takes place, with the reason; the client stays."""
    return post.once(
        lambda work: {"id": sign_offs.withdraw(work, pathway_id, asked, **post.visit.hand)},
        pathway_id=pathway_id,
    )


def _signed(post: Posting, pathway_id: UUID, sign: Callable[[Work], UUID], *, moves: bool) -> Response:
    """Answer with the signature and its move; the stored answer holds the signature, the move is read anew."""
    kept: list[Response] = []

    def once() -> UUID:
        kept.append(post.once(lambda work: {"id": sign(work)}, pathway_id=pathway_id))
        return UUID(json.loads(bytes(kept[0].body))["id"])

    signed = sign_and_wait(post.visit, pathway_id, once, moves=moves)
    headers = {k: v for k, v in kept[0].headers.items() if k.startswith("idempotency")}
    return Response(to_json(signed), kept[0].status_code, headers, "application/json")
