"""Sessions of a day, each charted at once for its whole roster."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi.responses import Response

from models.requests import NewSession, SessionAttendance
from models.views import SessionWarning
from services import ids, programs, sessions, whereabouts
from services.store.work import Work
from services.web.pages.filling import BLANK, Filled, given, moment, once, onward, submitted, whole
from services.web.pages.rendering import page
from services.web.visits import Day, Routes, Visit, Visiting

routes = Routes()
_ROSTER_MOST = 200


@routes.on("GET", "/sessions", action="see-pathways")
def show(visit: Visiting, day: Day | Literal[""] = "") -> Response:
    """Show the sessions of a day with their rosters."""
    return _shown(visit, BLANK, day or None)


@routes.on("POST", "/sessions/{session_id}/attendance", action="record-facts")
def chart(visit: Visiting, session_id: UUID) -> Response:
    """Chart a session: whoever has a status is recorded, the others stay unlogged."""

    def act() -> Response:
        statuses = {
            k.removeprefix("status."): v for k, v in visit.form.items() if k.startswith("status.") and v
        }
        asked = SessionAttendance.model_validate({"statuses": statuses})
        once(visit, lambda work: sessions.chart(work, session_id, asked, **visit.hand))
        return onward(f"/sessions/{session_id}", "charted")

    return submitted(visit, act, lambda filled: _charting(visit, session_id, filled))


@routes.on("GET", "/sessions/new", action="plan-sessions")
def new(visit: Visiting) -> Response:
    """Show the form that plans a session."""
    return _planning(visit, BLANK)


@routes.on("POST", "/sessions/new", action="plan-sessions")
def plan(visit: Visiting) -> Response:
    """Plan a session with its roster."""

    def act() -> Response:
        try:
            made = once(visit, lambda work: _planned(work, visit))
        except _Unread as told:
            return _planning(visit, Filled(visit.form), told.warned)
        return onward(f"/sessions/{made}", "session-planned")

    return submitted(visit, act, lambda filled: _planning(visit, filled))


class _Unread(Exception):
    """Something speaks against a session, and whoever plans it has not read that yet. Nothing is kept."""

    def __init__(self, warned: Sequence[SessionWarning]) -> None:
        self.warned = warned
        super().__init__("not planned yet")


def _planned(work: Work, visit: Visit) -> UUID:
    asked = _asked(work, visit)
    warned = sessions.warnings(work, asked, at=visit.at)
    if warned and visit.form.get("confirmed") != _seal(warned):
        raise _Unread(warned)
    return sessions.plan(work, asked, **visit.hand)


def _seal(warned: Sequence[SessionWarning]) -> str:
    """Name exactly these warnings, so that a confirmation is of what was read and of nothing else."""
    said = (part for one in warned for part in (one.code, one.pathway_id, one.detail))
    return str(ids.named("warnings", *said)) if warned else ""


@routes.on("GET", "/sessions/{session_id}", action="see-pathways")
def show_one(visit: Visiting, session_id: UUID) -> Response:
    """Show one session, to be charted."""
    return _charting(visit, session_id, BLANK)


def _charting(visit: Visit, session_id: UUID, filled: Filled) -> Response:
    with visit.transaction() as work:
        found = sessions.one(work, session_id)
    day = found.starts_at.astimezone(ZoneInfo(found.zone)).date()
    return page(
        visit, "sessions.html", status=filled.status, filled=filled, sessions=[found], day=day, only=True
    )


def _asked(work: Work, visit: Visit) -> NewSession:
    form, homes = visit.form, {str(home.id): home.zone for home in programs.listed(work)}
    zone = homes.get(form.get("program_id", ""), next(iter(homes.values()), "UTC"))
    return NewSession.model_validate(
        {
            **given(form, "service", "program_id"),
            "facilitator_id": form.get("facilitator_id", str(visit.by.id)) or None,
            "starts_at": moment(form.get("starts_at", ""), zone),
            "minutes": whole(form.get("minutes", "")),
            "roster": form.getlist("roster"),
        }
    )


def _planning(visit: Visit, filled: Filled, warned: Sequence[SessionWarning] = ()) -> Response:
    with visit.transaction() as work:
        cards = whereabouts.listed(work, at=visit.at, limit=_ROSTER_MOST).cards
        staff = {str(one.id): one.name for one in sessions.facilitators(work)}
    chosen = set(visit.form.getlist("roster"))
    shown = {"cards": cards, "chosen": chosen, "staff": staff, "warned": warned, "confirmed": _seal(warned)}
    return page(visit, "session_new.html", status=filled.status, filled=filled, **shown)


def _shown(visit: Visit, filled: Filled, day: date | None) -> Response:
    with visit.transaction() as work:
        homes = programs.listed(work)
        zone = ZoneInfo(homes[0].zone if homes else "UTC")
        day = day or visit.at.astimezone(zone).date()
        found = sessions.listed(work, day=day, at=visit.at)
    return page(
        visit, "sessions.html", status=filled.status, filled=filled, sessions=found, day=day, only=False
    )
