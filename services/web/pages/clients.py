"""Finding a client by name. The name travels in a form, so it stands in no address and no log."""

from fastapi.responses import Response

from services import clients, whereabouts
from services.web.pages.rendering import page
from services.web.visits import Routes, Visiting

routes = Routes()


@routes.on("GET", "/clients", action="see-clients")
def show(visit: Visiting) -> Response:
    """Show the search, before anything is looked for."""
    return page(visit, "clients.html", text="", found=None, walks={})


@routes.on("POST", "/clients", action="see-clients")
def search(visit: Visiting) -> Response:
    """Show the clients whose name holds the text."""
    text = visit.form.get("text", "").strip()[:100]
    with visit.transaction() as work:
        found = clients.search(work, text, limit=50)
        walks = whereabouts.of_clients(work, [one.id for one in found], at=visit.at)
    return page(visit, "clients.html", text=text, found=found, walks=walks)
