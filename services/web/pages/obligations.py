"""What a client is bound to beside their care: shown, added, ended."""

from uuid import UUID

from fastapi.responses import Response

from models.requests import NewObligation
from services import chart, clients
from services.web.pages.filling import BLANK, Filled, given, once, onward, submitted
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/pathways/{pathway_id}/obligations")


@routes.on("GET", "", action="keep-clients")
def show(visit: Visiting, pathway_id: UUID) -> Response:
    """Show what a client is bound to, and the form that adds to it."""
    return _shown(visit, pathway_id, BLANK)


@routes.on("POST", "", action="keep-clients")
def add(visit: Visiting, pathway_id: UUID) -> Response:
    """Add what a client is bound to."""

    def act() -> Response:
        typed = given(visit.form, "kind", "since", "until", "first_on", "last_on")
        asked = NewObligation.model_validate({**typed, "days": visit.form.getlist("days")})
        client_id = _whose(visit, pathway_id)
        once(visit, lambda work: clients.oblige(work, client_id, asked, **visit.hand))
        return onward(f"/pathways/{pathway_id}/obligations", "obliged")

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, filled))


@routes.on("POST", "/{obligation_id}/end", action="keep-clients")
def end(visit: Visiting, pathway_id: UUID, obligation_id: UUID) -> Response:
    """End what a client was bound to."""

    def act() -> Response:
        client_id = _whose(visit, pathway_id)
        once(visit, lambda work: clients.release(work, client_id, obligation_id, **visit.hand))
        return onward(f"/pathways/{pathway_id}/obligations", "released-from")

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, filled))


def _whose(visit: Visit, pathway_id: UUID) -> UUID:
    with visit.transaction() as work:
        return chart.pathway(work, pathway_id, at=visit.at).client_id


def _shown(visit: Visit, pathway_id: UUID, filled: Filled) -> Response:
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
        bound = clients.obliged(work, view.client_id)
    chosen = set(visit.form.getlist("days")) if filled is not BLANK else set()
    shown = {"view": view, "bound": bound, "chosen": chosen}
    return page(visit, "obligations.html", status=filled.status, filled=filled, **shown)
