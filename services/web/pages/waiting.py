"""The waiting list: who is next for a place, by when what must be done for them; and how many places there are."""

from uuid import UUID

from fastapi.responses import Response

from models.catalogue import queue
from models.catalogue.pathway_files import definitions
from models.definition import StageKind
from models.requests import Key, ProgramChange
from services import programs, waiting
from services.web.pages.filling import BLANK, Filled, once, onward, submitted, whole
from services.web.pages.rendering import page
from services.web.visits import Routes, Visit, Visiting

routes = Routes()
_FIELD = "places."


@routes.on("GET", "/waiting", action="see-pathways")
def show(visit: Visiting, program: UUID | None = None, stage: Key | None = None) -> Response:
    """Show who waits, the next one first."""
    return _shown(visit, BLANK, program, stage)


@routes.on("POST", "/waiting/places/{program_id}", action="keep-programs")
def set_places(visit: Visiting, program_id: UUID) -> Response:
    """Set how many places a program has; an empty field takes the limit away."""

    def act() -> Response:
        asked = ProgramChange.model_validate({"places": _places(visit)})
        once(visit, lambda work: programs.change(work, program_id, asked, **visit.hand))
        return onward("/waiting", "places-set")

    return submitted(visit, act, lambda filled: _shown(visit, filled, None, None))


def _places(visit: Visit) -> dict[str, int | str | None]:
    given = {name: text for name, text in visit.form.items() if name.startswith(_FIELD)}
    return {name.removeprefix(_FIELD): whole(text) if text.strip() else None for name, text in given.items()}


def _shown(visit: Visit, filled: Filled, program: UUID | None, stage: str | None) -> Response:
    with visit.transaction() as work:
        lines = waiting.listed(work, at=visit.at, program_id=program, stage=stage)
        homes = programs.with_places(work)
    stages = {s.key: s.label for one in definitions() for s in one.stages if s.kind is StageKind.CARE}
    values = {"lines": lines, "homes": homes, "stages": stages, "queue": queue(), "filled": filled}
    return page(visit, "waiting.html", status=filled.status, **values)
