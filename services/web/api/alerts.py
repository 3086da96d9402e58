"""Alerts: what somebody must take over, who was told; and who is on call."""

from uuid import UUID

from fastapi import Response

from models.requests import NewAbsence, NewContact, NewDuty
from models.views import AlertView
from services import alerts, on_call
from services.on_call import OnCall
from services.store.work import Work
from services.web.api.posting import Created, Post
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(tags=["alerts"])
_CHANGES = documented(400, 401, 403, 404, 409, 413, 415, 422, 503)


class Reached(Created):
    """A new way to reach somebody; `secret` signs the calls of a webhook, and is shown once."""

    secret: str | None = None


@routes.on("GET", "/alerts", action="see-alerts", responses=documented(401, 403, 503))
def list_alerts(visit: Visiting) -> list[AlertView]:
    """List the alerts whose cause is not done yet, those that nobody took over first; dead letters among who was told."""
    with visit.transaction() as work:
        return list(alerts.listed(work))


@routes.on("GET", "/alerts/{notice_id}", action="see-alerts", responses=documented(401, 403, 404, 422, 503))
def show_alert(visit: Visiting, notice_id: UUID) -> AlertView:
    """Show an alert: what, since when, who was told when, who took it over."""
    with visit.transaction() as work:
        return alerts.shown(work, notice_id)


@routes.on(
    "POST",
    "/alerts/{notice_id}/acknowledge",
    action="acknowledge",
    status_code=201,
    response_model=Created,
    responses=_CHANGES,
)
def acknowledge(post: Post, notice_id: UUID) -> Response:
    """Take over what an alert asks for; nobody further is told."""

    def act(work: Work) -> dict[str, object]:
        alerts.acknowledge(work, notice_id, **post.visit.hand)
        return {"id": notice_id}

    return post.once(act)


@routes.on(
    "POST",
    "/alerts/{notice_id}/retry",
    action="retry",
    status_code=201,
    response_model=Created,
    responses=_CHANGES,
)
def retry(post: Post, notice_id: UUID) -> Response:
    """Try the dead letters of an alert again."""

    def act(work: Work) -> dict[str, object]:
        alerts.retry(work, notice_id, **post.visit.hand)
        return {"id": notice_id}

    return post.once(act)


@routes.on("GET", "/on-call", action="see-on-call", responses=documented(401, 403, 503))
def show_on_call(visit: Visiting) -> OnCall:
    """Say who stands by when, who is absent, and how each is reached."""
    with visit.transaction() as work:
        return on_call.listed(work, at=visit.at)


@routes.on(
    "POST",
    "/on-call/duties",
    action="keep-on-call",
    status_code=201,
    response_model=Created,
    responses=_CHANGES,
)
def add_duty(post: Post, asked: NewDuty) -> Response:
    """Let somebody stand by in a program."""
    return post.once(lambda work: {"id": on_call.add_duty(work, asked, **post.visit.hand)})


@routes.on(
    "POST",
    "/on-call/absences",
    action="keep-on-call",
    status_code=201,
    response_model=Created,
    responses=_CHANGES,
)
def add_absence(post: Post, asked: NewAbsence) -> Response:
    """Note that somebody is not there, and who covers."""
    return post.once(lambda work: {"id": on_call.add_absence(work, asked, **post.visit.hand)})


@routes.on(
    "POST",
    "/on-call/contacts",
    action="keep-on-call",
    status_code=201,
    responses=_CHANGES,
)
def add_contact(visit: Visiting, asked: NewContact) -> Reached:
    """Add a way to reach somebody. Not repeatable by an Idempotency-Key: that would keep the secret in clear."""
    with visit.transaction() as work:
        made, secret = on_call.add_contact(work, asked, **visit.hand)
    return Reached(id=made, secret=secret or None)


@routes.on(
    "POST",
    "/on-call/{one_id}/end",
    action="keep-on-call",
    status_code=201,
    response_model=Created,
    responses=_CHANGES,
)
def end_on_call(post: Post, one_id: UUID) -> Response:
    """End a duty, an absence or a contact."""

    def act(work: Work) -> dict[str, object]:
        on_call.end(work, one_id, **post.visit.hand)
        return {"id": one_id}

    return post.once(act)
