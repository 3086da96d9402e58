"""What wraps every answer: a request id, the headers a browser must obey, and the net under an unexpected fault.

An exception's text and a raw address may hold a client's data, so neither is logged: only the kind of exception, the
lines of code it passed and the template of the route. The server's own access log stays off for the same reason.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import ids

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser sends `Origin: null` on our own forms, and the same-origin check would refuse them.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
log = logging.getLogger("stepdown.web")


class Envelope:
    """Gives each request its id and each answer its headers; nothing unexpected leaves without a request id."""

    def __init__(self, app: ASGIApp, fault: Callable[[Request], Response]) -> None:
        self.app = app
        self.fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(ids.new())
        scope.setdefault("state", {})["request_id"] = request_id
        started: list[int] = []

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message["status"])
                _dress(MutableHeaders(scope=message), request_id)
            await send(message)

        try:
            await self.app(scope, receive, dressed)
        except Exception as error:
            _report(error, request_id)
            if not started:
                await self.fault(Request(scope))(scope, receive, dressed)
        route = getattr(scope.get("route"), "path", "-")
        log.info("%s %s %s %s", scope["method"], route, *started[:1] or [0], request_id)


def _dress(headers: MutableHeaders, request_id: str) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers["X-Request-ID"] = request_id


def _report(error: Exception, request_id: str) -> None:
    passed = " < ".join(
        f"{Path(f.filename).name}:{f.lineno}" for f in reversed(extract_tb(error.__traceback__))
    )
    log.error("%s in %s, request %s", type(error).__name__, passed, request_id)
