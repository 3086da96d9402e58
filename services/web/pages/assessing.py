"""Assessments: one generic form for every instrument of the catalogue, by item number."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from fastapi.responses import Response

from models.catalogue import UnknownInstrument, instrument, instruments
from models.catalogue.pathway_files import definition
from models.instrument import Instrument
from models.requests import Key, NewAssessment
from services import recording, whereabouts
from services.errors import NotFound
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page, typed
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/pathways/{pathway_id}/assessments")
InstrumentKey = Annotated[Key, Path()]


@routes.on("GET", "", action="record-facts")
def choose(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the instruments, those that are due first."""
    with visit.transaction() as work:
        view = whereabouts.pathway(work, pathway_id, at=visit.at)
    forms = [instrument(key) for key in instruments()]
    due = {part for one in view.dues for part in one.parts if part not in one.done}
    return page(
        visit, "assessments.html", view=view, forms=sorted(forms, key=lambda one: one.key not in due), due=due
    )


@routes.on("GET", "/{key}", action="record-facts")
def show(visit: Visiting, pathway_id: UUID, key: InstrumentKey, recorded: UUID | None = None) -> Response:
    """Show the form of an instrument; with the answers recorded before, for whoever looks them over and signs."""
    filled = _recorded(visit, pathway_id, recorded) if recorded else BLANK
    return _shown(visit, pathway_id, _form(key), filled)


@routes.on("POST", "/{key}", action="record-facts")
def record(visit: Visiting, pathway_id: UUID, key: InstrumentKey) -> Response:
    """Record the answers."""
    form = _form(key)

    def act() -> Response:
        with visit.transaction() as work:
            zone = whereabouts.pathway(work, pathway_id, at=visit.at).zone
        asked = _asked(visit, form, zone)
        once(visit, lambda work: recording.assessments(work, [(pathway_id, asked)], **visit.hand)[0])
        return onward(
            f"/pathways/{pathway_id}",
            "assessed" if recording.counts(asked, **visit.hand) else f"unsigned-{key}",
        )

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, form, filled))


def _asked(visit: Visit, form: Instrument, zone: str) -> NewAssessment:
    typed = [visit.form.get(f"answers.{place}", "") for place in range(len(form.items))]
    return NewAssessment.model_validate(
        {
            **given(visit.form, "note", "band_set", "edition"),
            "instrument": form.key,
            "answers": [whole(one) if one else None for one in typed],
            "effective_at": moment(visit.form.get("effective_at", ""), zone),
            "signed": bool(visit.form.get("signed")),
        }
    )


def _recorded(visit: Visit, pathway_id: UUID, fact_id: UUID) -> Filled:
    with visit.transaction() as work:
        zone = whereabouts.pathway(work, pathway_id, at=visit.at).zone
        found = whereabouts.assessment(work, pathway_id, fact_id)
    given = ("" if one is None else str(one) for one in found.answers)
    answers = {f"answers.{place}": answer for place, answer in enumerate(given)}
    about = (found.band_set or "") if found.band_set in _form(found.instrument).named_sets else ""
    said = {
        "band_set": about,
        "edition": found.edition or "",
        "effective_at": typed(found.effective_at, zone),
    }
    return Filled({**answers, **said})


def _form(key: str) -> Instrument:
    try:
        return instrument(key)
    except UnknownInstrument as unknown:
        raise NotFound("instrument") from unknown


def _shown(visit: Visit, pathway_id: UUID, form: Instrument, filled: Filled) -> Response:
    with visit.transaction() as work:
        view = whereabouts.pathway(work, pathway_id, at=visit.at)
    reads = definition(view.definition).placement.edition
    return page(
        visit, "assessment.html", status=filled.status, view=view, form=form, filled=filled, reads=reads
    )
