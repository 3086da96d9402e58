"""The pathway page: one client's walk, why they stand where they stand, and what can be done now."""

from uuid import UUID

from fastapi.responses import Response

from services import chart
from services.web.pages.filling import BLANK
from services.web.pages.rendering import page
from services.web.visits import Routes, Visiting

routes = Routes()


@routes.on("GET", "/pathways/{pathway_id}", action="see-pathways")
def show(visit: Visiting, pathway_id: UUID) -> Response:
    """Show where a client stands."""
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
    return page(visit, "pathway.html", view=view, filled=BLANK)


@routes.on("GET", "/pathways/{pathway_id}/audit", action="see-audit")
def audit(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the audit entries of a pathway, numbered without gaps."""
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
        lines = chart.audit(work, pathway_id)
    return page(visit, "audit.html", view=view, lines=lines)
