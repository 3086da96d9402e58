"""Who comes in: bearer keys, browser sessions, and the check that a form was ours.

A key travels in a header that no other site can make a browser send. A session travels in a cookie, so whatever it
changes must come from our own pages: the browser says so (Sec-Fetch-Site, Origin), and the form carries a token that
only this session's pages know.
"""

import hashlib
import hmac
import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.errors import NotAllowed

_NAME = "stepdown"
_WAY = "stepdown-way"
_DAYS = 24 * 60 * 60
_HALF_AN_HOUR = 30 * 60
_OUR_PAGE = re.compile(r"(/[A-Za-z0-9._~-]+)+")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(request: Request, name: str = _NAME) -> str:
    """Return a cookie's name; over https browsers guard `__Host-` against being set by a sibling."""
    return f"__Host-{name}" if _is_secure(request) else name


def bearer(request: Request) -> str | None:
    """Return the key in the Authorization header."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def session(request: Request) -> str | None:
    """Return the browser session's token."""
    return request.cookies.get(cookie_name(request))


def keep(request: Request, answer: Response, token: str) -> None:
    """Leave a new session in the browser, which then is where it wanted to be."""
    answer.delete_cookie(cookie_name(request, _WAY), path="/", secure=_is_secure(request))
    _leave(request, answer, _NAME, token, seconds=_DAYS)


def forget(request: Request, answer: Response) -> None:
    """Take the session out of the browser."""
    answer.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="lax", secure=_is_secure(request)
    )


def note_way(request: Request, answer: Response) -> None:
    """Remember in the browser, for as long as a link lasts, the page that somebody wanted before they signed in."""
    wanted, mode = request.scope["path"], request.headers.get("sec-fetch-mode", "navigate")
    if request.method == "GET" and mode == "navigate" and _OUR_PAGE.fullmatch(wanted):
        _leave(request, answer, _WAY, wanted, seconds=_HALF_AN_HOUR)


def way(request: Request) -> str | None:
    """Return the page of ours that somebody wanted before they signed in."""
    noted = request.cookies.get(cookie_name(request, _WAY), "")
    return noted if _OUR_PAGE.fullmatch(noted) else None


def form_token(token: str) -> str:
    """Return what the forms of a session carry; it tells nothing about the session."""
    return hmac.new(token.encode(), b"stepdown form", hashlib.sha256).hexdigest()


def check_same_origin(request: Request) -> None:
    """Let pass what our own pages sent. Raises: NotAllowed."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = (
        site == "same-origin" if site else urlsplit(origin or "").netloc == request.headers.get("host", "?")
    )
    if not ours:
        raise NotAllowed("This came from another site, or without saying from where. Nothing was changed.")


def check_form(request: Request, token: str) -> None:
    """Let pass a change that a page of this session asked for. Raises: NotAllowed."""
    check_same_origin(request)
    given = request.headers.get("x-form-token") or str(request.state.form.get("form_token", ""))
    if not hmac.compare_digest(given.encode(), form_token(token).encode()):
        raise NotAllowed(
            "This form is from another session. Go back, load the page again and send it once more."
        )


def _leave(request: Request, answer: Response, name: str, value: str, *, seconds: int) -> None:
    answer.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
