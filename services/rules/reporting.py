"""What has already happened is never refused: it moves the client, whatever the guards say and however late it is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from models.changes import Change, SignOffSetAside, WorkOpened
from models.definition import Stage, StageKind
from models.facts import Event
from models.occurrence import Reach, Reported
from models.people import Role
from services.rules import moving, work
from services.rules.reassessing import welcomed_back
from services.rules.sight import Sight

_TWO_DAYS = timedelta(days=2)
_AT_THE_DOOR = timedelta(days=1)
"""So long before a walk began a report may still be about it: forms type whole minutes, and people are enrolled later."""

_DEATH = 6  # the TEDS reason


def reported(sight: Sight) -> tuple[Change, ...]:
    """Return the move of the first report that moves this client, with what follows from it, else nothing."""
    for event, said in _unsettled(sight):
        if to := _leads_to(sight, event, said):
            return _moved(sight, event, said, to)
    return ()


def late_reports(sight: Sight) -> tuple[WorkOpened, ...]:
    """Return a review for every report that moves nobody here: of before the walk, of another one, or of where one is.

    What comes after a report that moves the client is read from where that leads.
    """
    stays = takewhile(lambda one: _leads_to(sight, *one) is None, _unsettled(sight))
    return tuple(_review(sight, event) for event, _ in stays)


def corrected(pathway_id: UUID, correction_id: UUID, at: datetime) -> WorkOpened:
    """Return the review of a move whose report was corrected: nothing is undone by itself, a person sees to it."""
    return work.opened_on(pathway_id, "review", correction_id, Role.SUPERVISOR, at + _TWO_DAYS)


def _unsettled(sight: Sight) -> Iterator[tuple[Event, Reported]]:
    said = {one.event: one for one in sight.definition.reported}
    for event in reversed(sight.events):
        if event.event in said and event.id not in sight.case.settled:
            yield event, said[event.event]


def _leads_to(sight: Sight, event: Event, said: Reported) -> Stage | None:
    if (said.reach == Reach.PATHWAY and event.shared) or _is_history(sight, event, said):
        return None
    to = _previous(sight) if said.to == "previous" else sight.definition.stage(said.to)
    return to if to and to.key != sight.stage.key else None


def _is_history(sight: Sight, event: Event, said: Reported) -> bool:
    """Whether this is of before the walk: who left or was away then has come since. Nobody comes after their death."""
    began = sight.case.stays[0].started_at
    if event.effective_at >= began or said.discharge == _DEATH:
        return False
    return event.heard_of == 1 or event.effective_at < began - _AT_THE_DOOR


def _previous(sight: Sight) -> Stage | None:
    """The stage with us that a client who is elsewhere left last."""
    if sight.stage.kind != StageKind.EXTERNAL:
        return None
    stages = (sight.definition.stage(stay.stage) for stay in reversed(sight.case.stays))
    return next((stage for stage in stages if stage.kind in (StageKind.ENTRY, StageKind.CARE)), None)


def _moved(sight: Sight, event: Event, said: Reported, to: Stage) -> tuple[Change, ...]:
    case = sight.case
    back = welcomed_back(sight, to, event) if said.to == "previous" else None
    return (
        *_overtaken(sight),
        *moving.left(sight, case.reassessments),
        moving.by_report(sight, event, said, to),
        *([back] if back else []),
        _review(sight, event),
        *work.asked(case, said.besides, event.id, event.effective_at),
    )


def _overtaken(sight: Sight) -> tuple[SignOffSetAside, ...]:
    case = sight.case
    if case.signature is None:
        return ()
    aside = SignOffSetAside(
        pathway_id=case.pathway_id, sign_off_id=case.signature.id, because="overtaken-by-report"
    )
    return (aside,)


def _review(sight: Sight, event: Event) -> WorkOpened:
    return work.opened(sight.case, "review", event.id, Role.SUPERVISOR, sight.at + _TWO_DAYS)
