"""The short forms of a pathway, as a table: what each reads, what it saves, and what is said afterwards.

Each is a page of its own; those that belong to a decision are also part of the pathway page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi.responses import Response
from pydantic import BaseModel

from models.catalogue.pathway_files import definition
from models.requests import (
    NewAttempt,
    NewAttendance,
    NewAuthorisation,
    NewChecklist,
    NewDischarge,
    NewDueDate,
    NewEvent,
    NewHold,
    NewOverride,
    NewSignOff,
    NewWithdrawal,
)
from models.views import PathwayView
from services import authorisations, chart, due_dates, holds, recording, sign_offs, worklist
from services.errors import Invalid, NotFound
from services.store.work import Work
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page
from services.web.signing import sign_and_wait
from services.web.visits import Routes, Visit, Visiting

routes = Routes(prefix="/pathways/{pathway_id}")
Read = Callable[[Mapping[str, str], str], Any]
Save = Callable[[Work, UUID, Any, Visit], object]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One short form. One that signs waits shortly for the move it asks for."""

    key: str
    action: str
    title: str
    said: str
    read: Read
    save: Save
    signs: bool = False


def _attendance(form: Mapping[str, str], zone: str) -> NewAttendance:
    minutes, when = whole(form.get("minutes", "")), moment(form.get("effective_at", ""), zone)
    typed = {**given(form, "kind", "status"), "minutes": minutes, "effective_at": when}
    return NewAttendance.model_validate(typed)


def _event(form: Mapping[str, str], zone: str) -> NewEvent:
    when = moment(form.get("effective_at", ""), zone)
    return NewEvent.model_validate({**given(form, "kind", "detail"), "effective_at": when})


def _checklist(form: Mapping[str, str], zone: str) -> NewChecklist:
    said = {name.split(".")[1] for name, text in form.items() if name.startswith("parts.") and text.strip()}
    parts = {
        key: {"status": form.get(f"parts.{key}.status", "")}
        | ({"reason": form[f"parts.{key}.reason"]} if form.get(f"parts.{key}.reason", "").strip() else {})
        for key in said
    }
    when = moment(form.get("effective_at", ""), zone)
    return NewChecklist.model_validate({"parts": parts, "effective_at": when})


def _attempt(form: Mapping[str, str], zone: str) -> NewAttempt:
    when = moment(form.get("effective_at", ""), zone)
    return NewAttempt.model_validate(
        {**given(form, "outcome", "way", "work_id", "note"), "effective_at": when}
    )


def _authorisation(form: Mapping[str, str], _zone: str) -> NewAuthorisation:
    units = {"units": whole(form["units"])} if form.get("units", "").strip() else {}
    named = set(NewAuthorisation.model_fields) - {"units", "effective_at", "source", "source_id"}
    return NewAuthorisation.model_validate(given(form, *sorted(named)) | units)


def _hold(form: Mapping[str, str], _zone: str) -> NewHold:
    return NewHold.model_validate(given(form, "reason", "note"))


def _due_date(form: Mapping[str, str], zone: str) -> NewDueDate:
    when = moment(form.get("due_at", ""), zone)
    typed = given(form, "reassessment_id", "due_on", "reason", "note")
    return NewDueDate.model_validate({**typed, "due_at": when})


class _Nothing(BaseModel):
    """A form that only has a button."""


def _sign_off(form: Mapping[str, str], zone: str) -> NewSignOff:
    when = moment(form.get("starts_at", ""), zone)
    return NewSignOff.model_validate({**given(form, "verdict", "reason"), "starts_at": when})


def _decision(form: Mapping[str, str]) -> UUID:
    try:
        return UUID(form.get("decision_id", ""))
    except ValueError as no_id:
        raise NotFound("decision") from no_id


def _override(form: Mapping[str, str], zone: str) -> NewOverride:
    when = moment(form.get("starts_at", ""), zone)
    typed = {**given(form, "to_stage", "reason", "reason_code"), "starts_at": when}
    if "reason_code" not in typed:
        raise Invalid("Say what the reason is about.", pointer="/reason_code")
    return NewOverride.model_validate(typed)


def _discharge(form: Mapping[str, str], _zone: str) -> NewDischarge:
    reason, _, exactly = form.get("reason", "").partition(" ")
    sub_reason = {"sub_reason": exactly} if exactly else {}
    return NewDischarge.model_validate({**given(form, "note"), **sub_reason, "reason": whole(reason)})


def _withdrawal(form: Mapping[str, str], _zone: str) -> NewWithdrawal:
    return NewWithdrawal.model_validate(given(form, "reason"))


SHEETS = (
    Sheet(
        key="attendance",
        action="record-facts",
        title="Record attendance",
        said="attended",
        read=_attendance,
        save=lambda work, one, asked, visit: recording.attendance(work, [(one, asked)], **visit.hand)[0],
    ),
    Sheet(
        key="events",
        action="record-facts",
        title="Report an event",
        said="reported",
        read=_event,
        save=lambda work, one, asked, visit: recording.events(work, [(one, asked)], **visit.hand)[0],
    ),
    Sheet(
        key="checklist",
        action="record-facts",
        title="Parts of the assessment",
        said="checked-off",
        read=_checklist,
        save=lambda work, one, asked, visit: recording.checklists(work, [(one, asked)], **visit.hand)[0],
    ),
    Sheet(
        key="attempts",
        action="record-facts",
        title="Record an attempt to reach the client",
        said="attempted",
        read=_attempt,
        save=lambda work, one, asked, visit: worklist.attempt(work, one, asked, **visit.hand),
    ),
    Sheet(
        key="authorisations",
        action="record-facts",
        title="Record an authorisation",
        said="authorised",
        read=_authorisation,
        save=lambda work, one, asked, visit: authorisations.record(work, [(one, asked)], **visit.hand)[0],
    ),
    Sheet(
        key="holds",
        action="hold",
        title="Put on hold",
        said="held",
        read=_hold,
        save=lambda work, one, asked, visit: holds.hold(work, one, asked, **visit.hand),
    ),
    Sheet(
        key="due-dates",
        action="move-due-dates",
        title="Move a due date",
        said="redated",
        read=_due_date,
        save=lambda work, one, asked, visit: due_dates.move(work, one, asked, **visit.hand),
    ),
    Sheet(
        key="resume",
        action="hold",
        title="Resume",
        said="resumed",
        read=lambda _form, _zone: _Nothing(),
        save=lambda work, one, _asked, visit: holds.resume(work, one, **visit.hand),
    ),
    Sheet(
        key="retry",
        action="retry",
        title="Try again",
        said="released",
        read=lambda _form, _zone: _Nothing(),
        save=lambda work, one, _asked, visit: worklist.retry(work, one, **visit.hand),
    ),
    Sheet(
        key="sign-off",
        action="sign-off",
        title="Sign off",
        said="signed",
        read=_sign_off,
        save=lambda work, _one, asked, visit: sign_offs.sign(
            work, _decision(visit.form), asked, **visit.hand
        ),
        signs=True,
    ),
    Sheet(
        key="overrides",
        action="override",
        title="Move around the routes",
        said="signed",
        read=_override,
        save=lambda work, one, asked, visit: sign_offs.override(work, one, asked, **visit.hand),
        signs=True,
    ),
    Sheet(
        key="discharge",
        action="discharge",
        title="Discharge",
        said="signed",
        read=_discharge,
        save=lambda work, one, asked, visit: sign_offs.discharge(work, one, asked, **visit.hand),
        signs=True,
    ),
    Sheet(
        key="withdrawals",
        action="withdraw",
        title="Withdraw the signed move",
        said="withdrawn",
        read=_withdrawal,
        save=lambda work, one, asked, visit: sign_offs.withdraw(work, one, asked, **visit.hand),
    ),
)


def _shown(visit: Visit, pathway_id: UUID, sheet: Sheet, filled: Filled) -> Response:
    with visit.transaction() as work:
        view = chart.pathway(work, pathway_id, at=visit.at)
    return page(
        visit, "sheet.html", status=filled.status, view=view, sheet=sheet, filled=filled, **_words(view)
    )


def _words(view: PathwayView) -> dict[str, tuple[str, ...]]:
    template = definition(view.definition)
    levels = tuple(level for level in template.placement.intensity if level != "none")
    return {"events": template.event_kinds(), "payable": levels}


def _saved(visit: Visit, pathway_id: UUID, sheet: Sheet) -> Response:
    with visit.transaction() as work:
        zone = chart.pathway(work, pathway_id, at=visit.at).zone
    asked = sheet.read(visit.form, zone)

    def save() -> str:
        return once(visit, lambda work: sheet.save(work, pathway_id, asked, visit))

    if sheet.signs:
        return onward(f"/pathways/{pathway_id}", _sign(visit, pathway_id, asked, save))
    save()
    return onward(f"/pathways/{pathway_id}", sheet.said)


def _sign(visit: Visit, pathway_id: UUID, asked: Any, save: Callable[[], str]) -> str:
    starts_at: datetime | None = getattr(asked, "starts_at", None)
    declined, later = (
        getattr(asked, "verdict", "") == "decline",
        starts_at is not None and starts_at > visit.at,
    )
    signed = sign_and_wait(visit, pathway_id, lambda: UUID(save()), moves=not (declined or later))
    if declined or later:
        return "declined" if declined else "scheduled"
    return "moved" if signed.moved_at else "signed"


def _register(sheet: Sheet) -> None:
    @routes.on("GET", f"/{sheet.key}", action=sheet.action, name=f"show {sheet.key}")
    def show(visit: Visiting, pathway_id: UUID) -> Response:
        return _shown(visit, pathway_id, sheet, BLANK)

    @routes.on("POST", f"/{sheet.key}", action=sheet.action, name=f"save {sheet.key}")
    def save(visit: Visiting, pathway_id: UUID) -> Response:
        return submitted(
            visit,
            lambda: _saved(visit, pathway_id, sheet),
            lambda filled: _shown(visit, pathway_id, sheet, filled),
        )


for _sheet in SHEETS:
    _register(_sheet)
