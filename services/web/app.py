"""The web application: the API, the pages, and the same refusals on both.

`create_app` needs a database and nothing else; a process that serves it starts one listener for live changes.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from services import clock as clocks
from services.errors import CareError, NotSignedIn, Unavailable
from services.store.database import Database
from services.web import api, door, pages, problems
from services.web.body_guard import BodyGuard, is_api
from services.web.envelope import Envelope
from services.web.live import Live
from services.web.pages.rendering import problem_page
from services.web.problems import Problem


class Face(FastAPI):
    """FastAPI that lists the shape of a refusal among its schemas."""

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API (OpenAPI 3.1)."""
        described = super().openapi()
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        described["components"]["schemas"] |= {**shape.pop("$defs"), "Problem": shape}
        return described


def create_app(
    database: Database, *, clock: Callable[[], datetime] = clocks.now, instance: str = ""
) -> FastAPI:
    """Return the web face of an installation. `instance` is the name by which its starter knows it again."""
    live = Live(database.url)
    app = Face(
        title="Stepdown",
        version="1",
        summary="Care-pathway orchestration for addiction and mental-health programs",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the ready-made pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_listening(live),
    )
    app.state.database, app.state.clock, app.state.live = database, clock, live
    app.state.instance = instance
    for routes in api.ROUTES:
        app.include_router(routes, prefix="/api/v1")
    for routes in pages.ROUTES:
        app.include_router(routes, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=str(files("services.web") / "static")), name="static")
    _refuse_in_one_shape(app)
    return app


def _listening(live: Live) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        live.start()
        try:
            yield
        finally:
            live.stop()

    return lifespan


def _refuse_in_one_shape(app: FastAPI) -> None:
    app.add_exception_handler(CareError, _care)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _validation)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_middleware(BodyGuard, refuse=_care)
    app.add_middleware(Envelope, fault=_fault)


def _care(request: Request, error: CareError) -> Response:
    if isinstance(error, NotSignedIn):
        if not is_api(request.scope):
            return _to_sign_in(request)
        return _answer(request, problems.of_care(error), {"WWW-Authenticate": "Bearer"})
    if isinstance(error, Unavailable):
        return _answer(request, problems.of_care(error), {"Retry-After": "2"})
    return _answer(request, problems.of_care(error))


def _to_sign_in(request: Request) -> Response:
    answer = RedirectResponse("/sign-in", 303)
    door.note_way(request, answer)
    return answer


def _validation(request: Request, error: RequestValidationError) -> Response:
    if not is_api(request.scope):
        return _answer(request, problems.of_status(404, "There is no page at this address."))
    return _answer(request, problems.of_validation(error.errors(), error.body))


def _http(request: Request, error: HTTPException) -> Response:
    return _answer(request, problems.of_status(error.status_code), error.headers)


def _fault(request: Request) -> Response:
    said = "Something went wrong here. Nothing was stored; the request id tells us where to look."
    return _answer(request, problems.of_status(500, said, "fault"))


def _answer(request: Request, problem: Problem, headers: Any = None) -> Response:
    numbered = problem.model_copy(update={"request_id": request.state.request_id})
    return numbered.response(headers) if is_api(request.scope) else problem_page(numbered)
