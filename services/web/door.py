"""Who comes in: bearer keys, browser sessions, and the check that a form was ours.

A key travels in a header that no other site can make a browser send. A session travels in a cookie, so whatever it
changes must come from our own pages: the browser says so (Sec-Fetch-Site, Origin), and the form carries a token that
only this session's pages know.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.errors import NotAllowed

_NAME = "stepdown"
_DAYS = 24 * 60 * 60
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie_name(request: Request) -> str:
    """Return the cookie's name; over https browsers guard `__Host-` against being set by a sibling."""
    return f"__Host-{_NAME}" if _is_secure(request) else _NAME


def bearer(request: Request) -> str | None:
    """Return the key in the Authorization header."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and key.strip() else None


def session(request: Request) -> str | None:
    """Return the browser session's token."""
    return request.cookies.get(cookie_name(request))


def keep(request: Request, answer: Response, token: str) -> None:
    """Leave a new session in the browser."""
    answer.set_cookie(
        cookie_name(request),
        token,
        max_age=_DAYS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )


def forget(request: Request, answer: Response) -> None:
    """Take the session out of the browser."""
    answer.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="lax", secure=_is_secure(request)
    )


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


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
