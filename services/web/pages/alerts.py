"""Alerts: what somebody must take over, who was told of it, and the button with which a person takes it over."""

from collections.abc import Callable
from uuid import UUID

from fastapi.responses import Response

from services import alerts
from services.store.work import Work
from services.web.pages.filling import BLANK, Filled, once, onward, submitted
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/alerts")


@routes.on("GET", "", action="see-alerts")
def show_all(visit: Visiting) -> Response:
    """Show the alerts whose cause is not done yet."""
    with visit.transaction() as work:
        found = alerts.listed(work)
    return page(visit, "alerts.html", alerts=found)


@routes.on("GET", "/{notice_id}", action="see-alerts")
def show(visit: Visiting, notice_id: UUID) -> Response:
    """Show an alert: what, since when, who was told when."""
    return _shown(visit, notice_id, BLANK)


@routes.on("POST", "/{notice_id}/acknowledge", action="acknowledge")
def acknowledge(visit: Visiting, notice_id: UUID) -> Response:
    """Take an alert over."""
    return _done(
        visit, notice_id, "acknowledged", lambda work: alerts.acknowledge(work, notice_id, **visit.hand)
    )


@routes.on("POST", "/{notice_id}/retry", action="retry")
def retry(visit: Visiting, notice_id: UUID) -> Response:
    """Try the dead letters of an alert again."""
    return _done(visit, notice_id, "retried", lambda work: alerts.retry(work, notice_id, **visit.hand))


def _done(visit: Visit, notice_id: UUID, said: str, act: Callable[[Work], object]) -> Response:
    def done() -> Response:
        once(visit, act)
        return onward(f"/alerts/{notice_id}", said)

    return submitted(visit, done, lambda filled: _shown(visit, notice_id, filled))


def _shown(visit: Visit, notice_id: UUID, filled: Filled) -> Response:
    with visit.transaction() as work:
        alert = alerts.shown(work, notice_id)
    return page(visit, "alert.html", status=filled.status, alert=alert, filled=filled)
