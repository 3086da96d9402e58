"""The board: where everyone is, as of now."""

from typing import Literal
from uuid import UUID

from fastapi.responses import Response

from models.catalogue.pathway_files import definitions
from models.requests import Key
from services import whereabouts
from services.web.pages.rendering import alarms_for, page
from services.web.visits import Routes, Visiting

routes = Routes()


@routes.on("GET", "/", action="see-pathways")
def show(
    visit: Visiting,
    pathway: Key | Literal[""] = "sud-adult",
    program: UUID | Literal[""] = "",
    due: Literal["", "overdue", "today", "soon"] = "",
    mine: bool = False,
) -> Response:
    """Show the board; every filter is in the address."""
    with visit.transaction() as work:
        found = whereabouts.board(
            work,
            at=visit.at,
            definition_key=pathway or "sud-adult",
            owner_id=visit.by.id if mine else None,
            due=due or None,
            program_id=program or None,
        )
    chosen = {"pathway": pathway, "program": str(program), "due": due, "mine": mine}
    titles = {one.key: one.title for one in definitions()}
    return page(visit, "board.html", board=found, alarms=alarms_for(visit), chosen=chosen, titles=titles)
