"""Assessments: one generic form for every instrument of the catalogue, by item number."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from fastapi.responses import Response

from models.catalogue import UnknownInstrument, instrument, instruments
from models.catalogue.pathway_files import definition
from models.instrument import Instrument
from models.requests import Key, NewAssessment, NewCorrection
from models.rhythm import alternatives
from services import answering, chart, corrections, recording
from services.access import allow
from services.errors import NotFound
from services.web.pages.correcting import when
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page, typed
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/pathways/{pathway_id}/assessments")
InstrumentKey = Annotated[Key, Path()]


@routes.on("GET", "", action="record-facts")
def choose(visit: Visiting, pathway_id: UUID) -> Response:
    """Show the instruments, those that are due first."""
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
    forms = [instrument(key) for key in instruments()]
    left = [part for one in view.dues for part in one.parts if part not in one.done]
    due = {key for part in left for key in alternatives(part)}
    return page(
        visit, "assessments.html", view=view, forms=sorted(forms, key=lambda one: one.key not in due), due=due
    )


@routes.on("GET", "/{key}", action="record-facts")
def show(
    visit: Visiting,
    pathway_id: UUID,
    key: InstrumentKey,
    recorded: UUID | None = None,
    corrects: UUID | None = None,
) -> Response:
    """Show the form of an instrument; with the answers recorded before, for whoever signs or corrects them."""
    before = recorded or corrects
    filled = _recorded(visit, pathway_id, before) if before else BLANK
    return _shown(visit, pathway_id, _form(key), filled, corrects)


@routes.on("POST", "/{key}", action="record-facts")
def record(visit: Visiting, pathway_id: UUID, key: InstrumentKey, corrects: UUID | None = None) -> Response:
    """Record the answers; or correct those that were recorded, with the reason."""
    form = _form(key)
    if corrects:
        return submitted(
            visit,
            lambda: _corrected(visit, corrects, form),
            lambda filled: _shown(visit, pathway_id, form, filled, corrects),
        )

    def act() -> Response:
        with visit.transaction() as work:
            zone = chart.pathway(work, pathway_id, at=visit.at).zone
        asked = _asked(visit, form, zone)
        once(visit, lambda work: recording.assessments(work, [(pathway_id, asked)], **visit.hand)[0])
        return onward(
            f"/pathways/{pathway_id}",
            "assessed" if answering.counts(asked, **visit.hand) else f"unsigned-{key}",
        )

    return submitted(visit, act, lambda filled: _shown(visit, pathway_id, form, filled))


def _corrected(visit: Visit, fact_id: UUID, form: Instrument) -> Response:
    allow(visit.by, "correct-facts")
    with visit.transaction() as work:
        fact = corrections.found(work, fact_id)
        if fact.code != form.key:
            raise NotFound("assessment")
        zone = chart.pathway(work, fact.pathway_id, at=visit.at).zone
    said = given(visit.form, "reason", "note", "band_set") | when(visit.form, fact, zone)
    asked = NewCorrection.model_validate({**said, **_answered(visit, form)})
    once(visit, lambda work: corrections.correct(work, fact_id, asked, **visit.hand))
    return onward(f"/pathways/{fact.pathway_id}", "corrected")


def _asked(visit: Visit, form: Instrument, zone: str) -> NewAssessment:
    return NewAssessment.model_validate(
        {
            **given(visit.form, "note", "band_set", "edition"),
            **_answered(visit, form),
            "instrument": form.key,
            "effective_at": moment(visit.form.get("effective_at", ""), zone),
        }
    )


def _answered(visit: Visit, form: Instrument) -> dict[str, Any]:
    typed = [visit.form.get(f"answers.{place}", "") for place in range(len(form.items))]
    answers = [whole(one) if one else None for one in typed]
    return {"answers": answers, "signed": bool(visit.form.get("signed"))}


def _recorded(visit: Visit, pathway_id: UUID, fact_id: UUID) -> Filled:
    with visit.transaction() as work:
        zone = chart.pathway(work, pathway_id, at=visit.at).zone
        found = chart.assessment(work, pathway_id, fact_id)
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


def _shown(
    visit: Visit, pathway_id: UUID, form: Instrument, filled: Filled, corrects: UUID | None = None
) -> Response:
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
    shown = {"view": view, "form": form, "filled": filled, "corrects": corrects}
    reads = definition(view.definition).placement.edition
    return page(visit, "assessment.html", status=filled.status, reads=reads, **shown)
