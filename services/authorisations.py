"""Authorisations as payers gave them: what cannot be right is refused, what stands is shown with what is used of it.

Each is a fact. Who pays, and under which number, is sealed; the rest is opaque.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models.catalogue.pathway_files import definition
from models.definition import PathwayDefinition
from models.facts import Authorisation, FactKind
from models.requests import NewAuthorisation, Told
from models.views import AuthorisationLine
from models.views.authorisation import AuthorisationState
from services import recording, telling
from services.access import Principal
from services.answering import Content, Hand
from services.errors import Conflict, Invalid, NoSuchWord
from services.rules.authorising import Use, unchecked, used
from services.rules.cadence import day_of
from services.rules.sight import Sight
from services.store import cases, pathways, people, sources
from services.store.pathways import Target
from services.store.seal import pack
from services.store.work import Work

_SAME = AuthorisationLine.__dataclass_fields__.keys() & Authorisation.__dataclass_fields__.keys()
_SEALED = {"payer", "plan", "reference"}
_IN_CLEAR = set(NewAuthorisation.model_fields) - _SEALED - set(Told.model_fields) - {"level"}


def record(
    work: Work,
    entries: Sequence[tuple[UUID, NewAuthorisation]],
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> list[UUID]:
    """Record what payers said. Raises: NotFound, NoSuchWord, Invalid, Conflict if its place was taken already."""
    # Locked first, or two could take the place of the same one.
    pathways.targets(work, [pathway_id for pathway_id, _ in entries])
    _refuse_strangers(work, entries)
    return recording.record(work, entries, _read, Hand(by, at, via))


def _read(whose: Target, request: NewAuthorisation, _hand: Hand) -> Content:
    _refuse_odd(request, definition(whose.definition))
    return Content(
        kind=FactKind.AUTHORISATION,
        code=request.level,
        body=request.model_dump(include=_IN_CLEAR),
        note=pack(request.model_dump(include=_SEALED)),
    )


def _refuse_odd(request: NewAuthorisation, template: PathwayDefinition) -> None:
    """Refuse what no payer can have said. Raises: NoSuchWord, Invalid."""
    levels = [level for level in template.placement.intensity if level != "none"]
    if request.level not in levels:
        raise NoSuchWord("level of care", levels, pointer="/level")
    for wrong, pointer, said in _odd(request):
        if wrong:
            raise Invalid(said, pointer=pointer)


def _odd(one: NewAuthorisation) -> tuple[tuple[bool, str, str], ...]:
    grants, denies = one.decision in ("approved", "partly"), one.decision in ("denied", "partly")
    review_on = one.review_on or one.starts_on
    return (
        (one.ends_on < one.starts_on, "/ends_on", "It ends on the day it begins or later."),
        (not one.starts_on <= review_on <= one.ends_on, "/review_on", "A review lies within its days."),
        (one.units is not None and not grants, "/units", "Only what is approved has units."),
        (one.units is not None and one.unit is None, "/unit", "Say what the units are."),
        (one.decision == "denied" and one.denial_reason is None, "/denial_reason", "Say the payer's reason."),
        (one.denial_reason is not None and not denies, "/denial_reason", "Only what is denied has a reason."),
        (one.appeal_by is not None and not denies, "/appeal_by", "Only what is denied can be appealed."),
    )


def _refuse_strangers(work: Work, entries: Sequence[tuple[UUID, NewAuthorisation]]) -> None:
    """An authorisation replaces one that is known here, and that nothing replaced before. Raises: Invalid, Conflict."""
    named = [(request.replaces, one) for one, request in entries if request.replaces]
    known = sources.replaceable(work, named) if named else {}
    if set(named) - known.keys():
        raise Invalid("No such authorisation is known on this pathway.", pointer="/replaces")
    if len(set(named)) < len(named) or not all(known.values()):
        raise Conflict("Another authorisation has taken its place already.", pointer="/replaces")


def listed(work: Work, pathway_id: UUID, *, at: datetime) -> tuple[AuthorisationLine, ...]:
    """Return what payers said of a client, with what is used of it today. Raises: NotFound."""
    whose = pathways.glimpse(work, pathway_id)
    return lines(work, Sight(definition(whose.definition), cases.load(work, [pathway_id])[0], at))


def lines(work: Work, sight: Sight) -> tuple[AuthorisationLine, ...]:
    """Return the authorisations known on a pathway with what is used of them, the last to end first."""
    known = sorted(
        sight.authorisations, key=lambda one: (one.ends_on, one.effective_at, one.id), reverse=True
    )
    uses = {use.authorisation.id: use for use in used(sight)}
    sealed = people.sealed_facts(work, [one.id for one in known]) if known else {}
    return tuple(_line(one, uses.get(one.id), sealed.get(one.id, {}), sight) for one in known)


def notes(sight: Sight) -> tuple[str, ...]:
    """Say for which level nobody has checked the benefits. It is told, and stops nothing."""
    return tuple(
        f"{stage.label}: no authorisation and no check of benefits is on file. Check before it begins; "
        "cost never changes what is recommended."
        for stage in unchecked(sight)
    )


def _line(one: Authorisation, use: Use | None, sealed: Mapping[str, Any], sight: Sight) -> AuthorisationLine:
    told: dict[str, Any] = {name: getattr(one, name) for name in _SAME}
    told |= {name: sealed.get(name) for name in _SEALED}
    return AuthorisationLine(
        **told,
        **(_counted(use) if use else {}),
        at=one.effective_at,
        level_label=telling.level_label(sight.definition, one.level),
        state=_state(one, use, sight),
    )


def _counted(use: Use) -> dict[str, Any]:
    """Parts as units: a quarter of an hour of two hours is 0.25 of one."""
    parts = {"used": use.used, "over": use.over, "left": use.left}
    return {name: None if count is None else round(count / use.of, 2) for name, count in parts.items()}


def _state(one: Authorisation, use: Use | None, sight: Sight) -> AuthorisationState:
    today = day_of(sight.at, sight.case.zone)
    if any(later.replaces == one.id for later in sight.authorisations):
        return "replaced"
    if use is None:
        return "denied" if one.decision == "denied" else "pending"
    if today < one.starts_on:
        return "to-come"
    if today > one.ends_on:
        return "ended"
    return "used-up" if use.left == 0 else "in-force"
