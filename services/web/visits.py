"""What every route is given, and the one way to register a route.

A route names its action of the access table; one that names none, or an unknown one, fails when the module is read.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Security, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.datastructures import ImmutableMultiDict

from services import doors
from services.access import ACCESS, Principal, Scope, allow
from services.errors import Invalid, NotSignedIn
from services.store.database import Database
from services.store.work import Work
from services.web import door
from services.web.body_guard import is_api
from services.web.live import Live

Day = Annotated[date, Query(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A day in an address, within what every calendar holds."""

OPEN = "open"
"""The action of the few routes that need no sign-in: health, sign-in, static files, the API's description."""

NOBODY = Scope(frozenset())
_BEARER = HTTPBearer(auto_error=False, description="A key from `stepdown key add`")
_COOKIE = APIKeyCookie(
    name="stepdown", auto_error=False, description="A browser session; changes need X-Form-Token too"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, by whomever, at one moment."""

    at: datetime
    database: Database
    live: Live
    request: Request

    @property
    def form(self) -> ImmutableMultiDict[str, str]:
        """The fields of a submitted form."""
        return self.request.state.form  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Ask):
    """One request by somebody who is signed in. `form_token` is what the forms of this session carry."""

    by: Principal
    form_token: str

    @property
    def hand(self) -> dict[str, Any]:
        """By whose hand, when and by what way, as every use case that writes asks for it."""
        return {"by": self.by, "at": self.at, "via": "api" if is_api(self.request.scope) else "page"}

    def transaction(self) -> AbstractContextManager[Work]:
        """Open the transaction of this request, scoped to the programs of whoever asks."""
        return self.database.transaction(self.by.scope)


def _ask(request: Request) -> Ask:
    state = request.app.state
    return Ask(at=state.clock(), database=state.database, live=state.live, request=request)


Asking = Annotated[Ask, Depends(_ask)]


def _visit(ask: Asking) -> Visit:
    request, key = ask.request, door.bearer(ask.request)
    token = key or door.session(request)
    by = _recognise(ask, token) if token else None
    if by is None or token is None:
        raise NotSignedIn("Sign in first, or send a key.")
    if key is None and request.method not in door.SAFE:
        door.check_form(request, token)
    parts: dict[str, Any] = {"at": ask.at, "database": ask.database, "live": ask.live, "request": request}
    return Visit(by=by, form_token=door.form_token(token), **parts)


def _recognise(ask: Ask, token: str) -> Principal | None:
    with ask.database.transaction(NOBODY) as work:
        return doors.recognise(work, token, at=ask.at)


Visiting = Annotated[Visit, Depends(_visit)]


def _gate(action: str) -> Callable[..., None]:
    def gate(visit: Visiting, _key: object = Security(_BEARER), _session: object = Security(_COOKIE)) -> None:
        allow(visit.by, action)

    return gate


def _only_known_parameters(request: Request) -> None:
    """Refuse an address of the API with a parameter that means nothing; pages may carry what links add. Raises: Invalid."""
    known = _parameters(request.scope["route"])
    unknown = next((name for name in request.query_params if name not in known), None)
    if unknown is not None and is_api(request.scope):
        said = f"There is no such parameter. Known: {', '.join(sorted(known)) or 'none'}."
        raise Invalid(said, parameter=unknown[:100])


def _parameters(route: APIRoute) -> frozenset[str]:
    return frozenset(
        one.alias for one in get_flat_params(route.dependant) if isinstance(one.field_info, params.Query)
    )


class Routes(APIRouter):
    """A router whose every route names the action it stands under in the access table."""

    def on(self, verb: str, path: str, *, action: str, **more: Any) -> Callable[..., Any]:
        """Register a route. Raises: LookupError when the access table does not list the action."""
        if action != OPEN and action not in ACCESS:
            raise LookupError(f"{verb} {path}: the access table lists no action '{action}'")
        gate = [] if action == OPEN else [Depends(_gate(action)), Depends(_only_known_parameters)]
        return self.api_route(
            path, methods=[verb], dependencies=gate, openapi_extra={"x-action": action}, **more
        )
