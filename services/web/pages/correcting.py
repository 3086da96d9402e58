"""The form behind "Correct" on the timeline: what a fact should have said, or that it was entered in error.

The answers of an assessment are corrected on the form they were given on.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi.responses import Response

from models.requests import NewCorrection
from services import chart, corrections
from services.store.facts import Recorded
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page, typed
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/facts/{fact_id}")
_TYPED = ("status", "minutes", "detail", "note")
_PREFILLED = ("status", "minutes")


@routes.on("GET", "/correction", action="correct-facts")
def show(visit: Visiting, fact_id: UUID) -> Response:
    """Show what was recorded, to be corrected or retracted."""
    return _shown(visit, fact_id, BLANK)


@routes.on("POST", "/correction", action="correct-facts")
def save(visit: Visiting, fact_id: UUID) -> Response:
    """Correct or retract what was recorded."""

    def act() -> Response:
        with visit.transaction() as work:
            fact = corrections.found(work, fact_id)
            zone = chart.pathway(work, fact.pathway_id, at=visit.at).zone
        asked = _asked(visit.form, fact, zone)
        once(visit, lambda work: corrections.correct(work, fact_id, asked, **visit.hand))
        said = "retracted" if asked.entered_in_error else "corrected"
        return onward(f"/pathways/{fact.pathway_id}", said)

    return submitted(visit, act, lambda filled: _shown(visit, fact_id, filled))


def when(form: Mapping[str, str], fact: Recorded, zone: str) -> dict[str, Any]:
    """Return the time that was typed, if it is another one: forms type whole minutes, and the fact may know seconds."""
    text = form.get("effective_at", "").strip()
    return {} if text in ("", typed(fact.effective_at, zone)) else {"effective_at": moment(text, zone)}


def _asked(form: Mapping[str, str], fact: Recorded, zone: str) -> NewCorrection:
    said: dict[str, Any] = given(form, "reason")
    if form.get("entered_in_error"):
        return NewCorrection.model_validate({**said, "entered_in_error": True})
    said |= given(form, *_TYPED) | when(form, fact, zone)
    if "minutes" in said:
        said["minutes"] = whole(said["minutes"])
    return NewCorrection.model_validate(said)


def _shown(visit: Visit, fact_id: UUID, filled: Filled) -> Response:
    with visit.transaction() as work:
        fact = corrections.found(work, fact_id)
        view = chart.pathway(work, fact.pathway_id, at=visit.at)
    stood = {name: str(fact.body[name]) for name in _PREFILLED if name in fact.body}
    stood["effective_at"] = typed(fact.effective_at, view.zone)
    retracts = bool(filled.values.get("entered_in_error"))
    return page(
        visit,
        "correction.html",
        status=filled.status,
        view=view,
        fact=fact,
        filled=filled.of("retraction" if retracts else "correction"),
        anew=Filled(stood) if retracts or not filled.values else filled,
        error=filled if retracts else BLANK,
    )
