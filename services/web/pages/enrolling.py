"""Enrolling: a client and their pathway on one page."""

from uuid import UUID

from fastapi.responses import Response

from models.catalogue.pathway_files import definitions
from models.requests import NewClient, NewPathway
from services import clients, enrolment, programs
from services.store.work import Work
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes()


@routes.on("GET", "/enrol", action="enrol")
def show(visit: Visiting, client: UUID | None = None) -> Response:
    """Show the form, for a new client or one who is known."""
    return _shown(visit, BLANK, client)


@routes.on("POST", "/enrol", action="enrol")
def enrol(visit: Visiting, client: UUID | None = None) -> Response:
    """Register the client, if new, and let them enter a pathway."""

    def act() -> Response:
        pathway_id = once(visit, lambda work: _enrolled(work, visit, client))
        return onward(f"/pathways/{pathway_id}", "enrolled")

    return submitted(visit, act, lambda filled: _shown(visit, filled, client))


def _enrolled(work: Work, visit: Visit, client_id: UUID | None) -> UUID:
    form = visit.form
    if client_id is None:
        person = NewClient.model_validate(
            given(form, "given_name", "family_name", "birth_date", "program_id")
        )
        client_id = clients.register(work, person, **visit.hand)
    homes = {str(home.id): home.zone for home in programs.listed(work)}
    zone = homes.get(form.get("program_id", ""), next(iter(homes.values()), "UTC"))
    asked = NewPathway.model_validate(
        {
            **given(form, "definition", "stage", "reason", "came_from", "referred_by", "program_id"),
            "client_id": client_id,
            "owner_id": visit.by.id if form.get("mine") else None,
            "started_at": moment(form.get("started_at", ""), zone),
        }
    )
    return enrolment.enrol(work, asked, **visit.hand)


def _shown(visit: Visit, filled: Filled, client_id: UUID | None) -> Response:
    known = None
    if client_id is not None:
        with visit.transaction() as work:
            known = clients.find(work, client_id)
    return page(
        visit, "enrol.html", status=filled.status, filled=filled, known=known, definitions=definitions()
    )
