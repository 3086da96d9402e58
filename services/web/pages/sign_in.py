"""Signing in by a one-time link, and out.

Opening the link uses nothing up, so a mail program that looks ahead does no harm; the button does. Whoever came by the
link of an alert without being signed in goes on to that page.
"""

from fastapi.responses import RedirectResponse, Response

from services import doors
from services.errors import NotSignedIn
from services.web import door
from services.web.pages.rendering import open_page
from services.web.visits import NOBODY, OPEN, Asking, Routes, Visiting

routes = Routes()


@routes.on("GET", "/sign-in", action=OPEN)
def show(ask: Asking, token: str = "") -> Response:
    """Show the button that signs in."""
    return open_page(ask, "sign_in.html", token=token[:200], refused="")


@routes.on("POST", "/sign-in", action=OPEN)
def sign_in(ask: Asking) -> Response:
    """Use a link up and open a browser session."""
    door.check_same_origin(ask.request)
    try:
        with ask.database.transaction(NOBODY) as work:
            _, session = doors.enter(work, ask.form.get("token", "").strip(), at=ask.at)
    except NotSignedIn as refusal:
        return open_page(ask, "sign_in.html", status=401, token="", refused=refusal.message)
    answer = RedirectResponse(f"{door.way(ask.request) or '/'}?said=signed-in", 303)
    door.keep(ask.request, answer, session)
    return answer


@routes.on("POST", "/sign-out", action="see-programs")
def sign_out(visit: Visiting) -> Response:
    """End a browser session."""
    with visit.transaction() as work:
        doors.leave(work, door.session(visit.request) or "", at=visit.at)
    answer = RedirectResponse("/sign-in", 303)
    door.forget(visit.request, answer)
    return answer
