"""Hand-offs and what allows them: the forms of the sender, the answers of the receiver, the consents of the client."""

from collections.abc import Mapping
from uuid import UUID

from fastapi.responses import Response

from models.requests import ConsentChange, HandOffChange, NewConsent, NewHandOff
from services import chart, consents, handing, programs
from services.web.pages.filling import BLANK, Filled, given, once, onward, submitted
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes()


@routes.on("GET", "/hand-offs", action="see-pathways")
def show(visit: Visiting) -> Response:
    """Show the open hand-offs that the reader's programs send or receive."""
    return _shown(visit, BLANK)


@routes.on("POST", "/hand-offs/{hand_off_id}", action="hand-off")
def answer(visit: Visiting, hand_off_id: UUID) -> Response:
    """Accept, decline or revoke a hand-off."""

    def act() -> Response:
        asked = HandOffChange.model_validate(given(visit.form, "status", "reason"))
        once(visit, lambda work: handing.answer(work, hand_off_id, asked, **visit.hand))
        return onward("/hand-offs", f"hand-off-{asked.status}")

    return submitted(visit, act, lambda filled: _shown(visit, filled))


@routes.on("GET", "/pathways/{pathway_id}/hand-offs", action="hand-off")
def show_offer(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the form by which a client is offered to another program."""
    return _form(visit, pathway_id, "hand_off.html", BLANK)


@routes.on("POST", "/pathways/{pathway_id}/hand-offs", action="hand-off")
def offer(visit: Visiting, pathway_id: UUID) -> Response:
    """Offer a client to another program."""

    def act() -> Response:
        asked = NewHandOff.model_validate(given(visit.form, "to_program_id", "kind", "starts_on", "told"))
        once(visit, lambda work: handing.offer(work, pathway_id, asked, **visit.hand))
        return onward(f"/pathways/{pathway_id}", "hand-off-offered")

    return submitted(visit, act, lambda filled: _form(visit, pathway_id, "hand_off.html", filled))


@routes.on("GET", "/pathways/{pathway_id}/consents", action="see-clients")
def show_consents(visit: Visiting, pathway_id: UUID) -> Response:
    """Show what a client allows, and the form for more."""
    return _form(visit, pathway_id, "consents.html", BLANK)


@routes.on("POST", "/pathways/{pathway_id}/consents", action="keep-consents")
def consent(visit: Visiting, pathway_id: UUID) -> Response:
    """Record a consent."""

    def act() -> Response:
        asked = NewConsent.model_validate(_consent(visit.form))
        with visit.transaction() as work:
            client_id = chart.pathway(work, pathway_id, at=visit.at).client_id
        once(visit, lambda work: consents.record(work, client_id, asked, **visit.hand))
        return onward(f"/pathways/{pathway_id}/consents", "consented")

    return submitted(visit, act, lambda filled: _form(visit, pathway_id, "consents.html", filled))


@routes.on("POST", "/pathways/{pathway_id}/consents/{consent_id}", action="keep-consents")
def revoke(visit: Visiting, pathway_id: UUID, consent_id: UUID) -> Response:
    """Revoke a consent."""

    def act() -> Response:
        asked = ConsentChange.model_validate(given(visit.form, "revoked_on"))
        once(visit, lambda work: consents.revoke(work, consent_id, asked, **visit.hand))
        return onward(f"/pathways/{pathway_id}/consents", "revoked")

    return submitted(visit, act, lambda filled: _form(visit, pathway_id, "consents.html", filled))


def _consent(form: Mapping[str, str]) -> dict[str, str]:
    words = given(form, "kind", "recipient", "program_id", "purpose", "what")
    return {**words, **given(form, "signed_on", "expires_on", "expires_when")}


def _form(visit: Visit, pathway_id: UUID, template: str, filled: Filled) -> Response:
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
        homes = {str(one.id): one.name for one in programs.everywhere(work)}
        allowed = consents.listed(work, view.client_id, at=visit.at)
    return page(
        visit, template, status=filled.status, view=view, homes=homes, consents=allowed, filled=filled
    )


def _shown(visit: Visit, filled: Filled) -> Response:
    with visit.transaction() as work:
        found = handing.listed(work)
    return page(visit, "hand_offs.html", status=filled.status, hand_offs=found, filled=filled)
