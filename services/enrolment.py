"""Enrol: a client enters a pathway, at its entry stage or anywhere else with a reason.

The first placement is opened here, in the request. Entry beyond assessment opens an assessment that is due at once:
the engine does that, because the new stay has no look behind it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.catalogue.pathway_files import UnknownDefinition, definition, definition_hash, definitions
from models.changes import PathwayOpened
from models.definition import PathwayDefinition, StageKind
from models.requests import EntryReason, NewPathway
from services import ids
from services.access import Principal
from services.errors import AlreadyOpen, Invalid, NoSuchStage, NoSuchWord
from services.store import doors, ledger, pathways, people, programs
from services.store.work import Work


def enrol(work: Work, request: NewPathway, *, by: Principal, at: datetime, via: str = "api") -> UUID:
    """Open one pathway. Raises: NotFound, NoSuchWord, NoSuchStage, Invalid, AlreadyOpen."""
    return enrol_all(work, [request], by=by, at=at, via=via)[0]


def enrol_all(
    work: Work, requests: Sequence[NewPathway], *, by: Principal, at: datetime, via: str = "api"
) -> list[UUID]:
    """Open pathways, one per request, in the order given. Raises: as `enrol`."""
    wanted = [request.client_id for request in requests]
    # Locks first, or what is recorded of a client meanwhile would be unknown to the new pathway.
    people.lock(work, wanted)
    clients = people.views(work, wanted)
    for request in requests:
        if request.client_id not in clients:
            people.view(work, request.client_id)
    _refuse_unknown_owners(work, requests)
    homes = {one.id: one for one in programs.listed(work)}
    ended = pathways.ended_last(work, wanted)
    opened = []
    for request in requests:
        client = clients[request.client_id]
        template = _definition(request.definition)
        _refuse_age(template, client.birth_date, at)
        program_id = request.program_id or client.program_id
        if program_id not in homes:
            programs.one(work, program_id)
        follows = ended.get(request.client_id)
        opened.append(_opened(request, template, program_id, at, follows))
    _refuse_twice(work, opened)
    ledger.write(work, opened, actor=by.actor(via), at=at)
    return [change.pathway_id for change in opened]


def _refuse_unknown_owners(work: Work, requests: Sequence[NewPathway]) -> None:
    owners = {request.owner_id for request in requests if request.owner_id}
    if owners - doors.known(work, owners):
        raise Invalid("Nobody of this id signs in here.", pointer="/owner_id")


def _refuse_twice(work: Work, opened: Sequence[PathwayOpened]) -> None:
    walks = [(one.client_id, one.definition.partition("@")[0]) for one in opened]
    known = pathways.walked(work, [client_id for client_id, _ in walks])
    if len(set(walks)) < len(walks) or known.intersection(walks):
        raise AlreadyOpen("This client walks this pathway already.", pointer="/client_id")


def _opened(
    request: NewPathway, template: PathwayDefinition, program_id: UUID, at: datetime, follows: UUID | None
) -> PathwayOpened:
    stage = _entry_stage(template, request)
    started_at = min(request.started_at or at, at)
    if request.started_at and request.started_at > at:
        raise Invalid("A stay cannot begin in the future.", pointer="/started_at")
    pathway_id = ids.new()
    return PathwayOpened(
        pathway_id=pathway_id,
        client_id=request.client_id,
        program_id=program_id,
        definition=template.name,
        definition_hash=definition_hash(template),
        placement_id=ids.named("placement", pathway_id, "first"),
        stage=stage,
        started_at=started_at,
        reason=(request.reason or EntryReason.INTAKE).value,
        owner_id=request.owner_id,
        follows=follows,
        came_from=request.came_from and request.came_from.value,
        referred_by=request.referred_by and request.referred_by.value,
    )


def _entry_stage(template: PathwayDefinition, request: NewPathway) -> str:
    entry = next(stage.key for stage in template.stages if stage.kind is StageKind.ENTRY)
    stage = request.stage or entry
    open_stages = [one.key for one in template.stages if one.kind in (StageKind.ENTRY, StageKind.CARE)]
    if stage not in open_stages:
        raise NoSuchStage("stage", open_stages, pointer="/stage")
    if stage != entry and request.reason is None:
        raise Invalid(
            f"Entry beyond {entry} needs a reason: {', '.join(one.value for one in EntryReason)}.",
            pointer="/reason",
        )
    return stage


def _definition(name: str) -> PathwayDefinition:
    try:
        return definition(name)
    except UnknownDefinition as unknown:
        raise NoSuchWord("definition", [one.key for one in definitions()], pointer="/definition") from unknown


def _refuse_age(template: PathwayDefinition, birth_date: str, at: datetime) -> None:
    born = datetime.fromisoformat(birth_date).date()
    age = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    if age < template.minimum_age:
        raise Invalid(
            f"This pathway is for people of {template.minimum_age} years or older.", pointer="/client_id"
        )
