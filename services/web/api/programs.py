"""Programs and the clients in them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, StringConstraints

from models.requests import ConsentChange, NewClient, NewConsent, NewObligation, NewProgram, ProgramChange
from models.views import ConsentView, ObligationView
from services import clients, consents, programs
from services.store.people import ClientView
from services.store.programs import ProgramView
from services.store.work import Work
from services.web.api.posting import Created, Post
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(tags=["clients and programs"])


class ClientSearch(BaseModel):
    """What to look for in names and identifiers; in a body, so that no name stands in an address or a log."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    limit: Annotated[int, Query(ge=1, le=100)] = 20


@routes.on(
    "POST",
    "/programs",
    action="keep-programs",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 409, 413, 415, 422, 503),
)
def add_program(post: Post, asked: NewProgram) -> Response:
    """Add a program."""
    return post.once(lambda work: {"id": programs.add(work, asked, **post.visit.hand)})


@routes.on("GET", "/programs", action="see-programs", responses=documented(401, 403, 422, 503))
def list_programs(visit: Visiting) -> list[ProgramView]:
    """List the programs you work in, with how full their stages are."""
    with visit.transaction() as work:
        return list(programs.with_places(work))


@routes.on(
    "PATCH",
    "/programs/{program_id}",
    action="keep-programs",
    status_code=204,
    responses=documented(400, 401, 403, 404, 413, 415, 422, 503),
)
def change_program(visit: Visiting, program_id: UUID, asked: ProgramChange) -> Response:
    """Set how many places a program has in which stage."""
    with visit.transaction() as work:
        programs.change(work, program_id, asked, **visit.hand)
    return Response(status_code=204)


@routes.on(
    "POST",
    "/clients",
    action="keep-clients",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 409, 413, 415, 422, 503),
)
def register_client(post: Post, asked: NewClient) -> Response:
    """Register a person who comes into care."""
    return post.once(lambda work: {"id": clients.register(work, asked, **post.visit.hand)})


@routes.on(
    "POST",
    "/clients/search",
    action="see-clients",
    responses=documented(400, 401, 403, 413, 415, 422, 503),
)
def search_clients(visit: Visiting, asked: ClientSearch) -> list[ClientView]:
    """Find clients by name or identifier."""
    with visit.transaction() as work:
        return list(clients.search(work, asked.text, limit=asked.limit))


@routes.on("GET", "/clients", action="see-clients", responses=documented(401, 403, 422, 503))
def list_clients(visit: Visiting, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[ClientView]:
    """List clients."""
    with visit.transaction() as work:
        return list(clients.search(work, "", limit=limit))


@routes.on("GET", "/clients/{client_id}", action="see-clients", responses=documented(401, 403, 404, 422, 503))
def show_client(visit: Visiting, client_id: UUID) -> ClientView:
    """Show a client."""
    with visit.transaction() as work:
        return clients.find(work, client_id)


@routes.on(
    "GET",
    "/clients/{client_id}/obligations",
    action="see-clients",
    responses=documented(401, 403, 404, 422, 503),
)
def list_obligations(visit: Visiting, client_id: UUID) -> list[ObligationView]:
    """List what a client is bound to every week beside their care."""
    with visit.transaction() as work:
        return list(clients.obliged(work, client_id))


@routes.on(
    "POST",
    "/clients/{client_id}/obligations",
    action="keep-clients",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def add_obligation(post: Post, client_id: UUID, asked: NewObligation) -> Response:
    """Note what a client is bound to every week; planning a session then warns."""
    return post.once(lambda work: {"id": clients.oblige(work, client_id, asked, **post.visit.hand)})


@routes.on(
    "POST",
    "/clients/{client_id}/obligations/{obligation_id}/end",
    action="keep-clients",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def end_obligation(post: Post, client_id: UUID, obligation_id: UUID) -> Response:
    """End what a client was bound to."""

    def act(work: Work) -> dict[str, object]:
        clients.release(work, client_id, obligation_id, **post.visit.hand)
        return {"id": obligation_id}

    return post.once(act)


@routes.on(
    "POST",
    "/clients/{client_id}/consents",
    action="keep-consents",
    status_code=201,
    response_model=Created,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def record_consent(post: Post, client_id: UUID, asked: NewConsent) -> Response:
    """Record what a client allows us to tell: to whom, for what, what, until when."""
    return post.once(lambda work: {"id": consents.record(work, client_id, asked, **post.visit.hand)})


@routes.on(
    "GET",
    "/clients/{client_id}/consents",
    action="see-clients",
    responses=documented(401, 403, 404, 422, 503),
)
def list_consents(visit: Visiting, client_id: UUID) -> list[ConsentView]:
    """List what a client allows, the newest first."""
    with visit.transaction() as work:
        return list(consents.listed(work, client_id, at=visit.at))


@routes.on(
    "PATCH",
    "/consents/{consent_id}",
    action="keep-consents",
    status_code=204,
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
def revoke_consent(visit: Visiting, consent_id: UUID, asked: ConsentChange) -> Response:
    """Revoke a consent; what was told before stays told."""
    with visit.transaction() as work:
        consents.revoke(work, consent_id, asked, **visit.hand)
    return Response(status_code=204)
