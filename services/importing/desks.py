"""What a chunk's clients, pathways and facts are known by, and how each is written: a few statements for all of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from models.catalogue.pathway_files import UnknownDefinition, definition, definitions
from models.definition import PathwayDefinition, StageKind
from models.requests import Identifier
from services import enrolment, ids, planning, recording
from services.access import Principal
from services.errors import Invalid, NoSuchStage, NoSuchWord
from services.importing.checking import Entry
from services.importing.requests import (
    AssessmentLine,
    AttendanceLine,
    ClientLine,
    EventLine,
    FactLine,
    PathwayLine,
    PlanLine,
)
from services.store import ledger, people, programs, sources
from services.store.pathways import Target
from services.store.sources import OpenPathway
from services.store.work import Work

VIA = "import"
Aim = Callable[[Entry], Entry]
"""Says whom an entry is about, and what would make another one its duplicate. Raises: Invalid."""


class Desk(Protocol):
    """Where lines of one kind are taken in. `names` is the field that may name what is not here."""

    kind: type[Any]
    names: str
    twice: str

    def aim(self, entries: Sequence[Entry]) -> Aim:
        """Look up, once for all, whom entries are about."""

    def known(self, keys: set[Any]) -> Iterable[object]:
        """Return which of these keys are stored already."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Store entries through the use cases. Raises: CareError."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who takes in a chunk, when, and in which transaction."""

    work: Work
    by: Principal
    at: datetime

    def clients(self, named: Iterable[Identifier]) -> dict[Identifier, UUID]:
        """Return the clients behind identifiers, as far as they are known."""
        blinds = {one: self.blind(one) for one in named}
        found = sources.clients(self.work, set(blinds.values()))
        return {one: found[blind] for one, blind in blinds.items() if blind in found}

    def lock(self, entries: Sequence[Entry], given: Target | None) -> None:
        """Lock every client whom a chunk names, at once and in one order: two imports never wait for each other."""
        named = self.clients(one for entry in entries for one in _subjects(entry)).values()
        people.lock(self.work, {*named, *([given.client_id] if given else [])})

    def blind(self, one: Identifier) -> bytes:
        """Return what an identifier is found by."""
        return self.work.vault.blind(one.system, one.value)


class Clients:
    """Clients are the same when any identifier is."""

    kind = ClientLine
    names = "/program_id"
    twice = "A client with this identifier is registered already."

    def __init__(self, hand: Hand) -> None:
        self.hand = hand

    def aim(self, _entries: Sequence[Entry]) -> Aim:
        """Read the identifiers."""
        return self._aim

    def _aim(self, entry: Entry) -> Entry:
        keys: set[object] = set()
        for place, one in enumerate(entry.request.identifiers):
            key = self.hand.blind(one)
            if key in keys:
                raise Invalid("This identifier is given twice.", pointer=f"/identifiers/{place}")
            keys.add(key)
        return replace(entry, keys=frozenset(keys))

    def known(self, keys: set[bytes]) -> Iterable[object]:
        """Return the identifiers that are known."""
        return sources.clients(self.hand.work, keys)

    def write(self, entries: Sequence[Entry]) -> None:
        """Register clients, with one audit entry for all of them."""
        work, at = self.hand.work, self.hand.at
        homes = [one.id for one in programs.listed(work)]
        new: list[tuple[UUID, UUID, Any]] = []
        for request in (entry.request for entry in entries):
            if not homes or request.program_id not in {None, *homes}:
                raise Invalid("No such program; `stepdown program add` makes one.", pointer="/program_id")
            new.append((ids.new(), request.program_id or homes[0], request))
        people.add(work, new, at=at)
        registered = [client_id for client_id, _, _ in new]
        actor = self.hand.by.actor(VIA)
        ledger.installation_entry(work, "clients.registered", actor=actor, at=at, clients=registered)


class Pathways:
    """A client walks one pathway of a definition at a time."""

    kind = PathwayLine
    names = "/owner_id"
    twice = "This client walks this pathway already."

    def __init__(self, hand: Hand) -> None:
        self.hand = hand

    def aim(self, entries: Sequence[Entry]) -> Aim:
        """Look the clients up."""
        known = self.hand.clients(entry.request.client for entry in entries)

        def aim(entry: Entry) -> Entry:
            client_id = known.get(entry.request.client)
            if client_id is None:
                raise Invalid("No client with this identifier in your programs.", pointer="/client")
            template = _definition(entry.request.definition)
            _check_stage(template, entry.request.stage)
            key = (client_id, template.key)
            request = entry.request.model_copy(update={"client_id": client_id})
            return replace(entry, request=request, target=client_id, keys=frozenset([key]))

        return aim

    def known(self, keys: set[tuple[UUID, str]]) -> Iterable[object]:
        """Return which of these clients walk these definitions."""
        found = sources.open_pathways(self.hand.work, {client_id for client_id, _ in keys})
        return {(client_id, one.definition_key) for client_id, walks in found.items() for one in walks}

    def write(self, entries: Sequence[Entry]) -> None:
        """Open pathways at their present stage."""
        hand = self.hand
        enrolment.enrol_all(hand.work, [one.request for one in entries], by=hand.by, at=hand.at, via=VIA)


class Facts:
    """Facts are the same when their source and its id for them are."""

    kind = FactLine
    names = "/session_id"
    twice = "This was recorded already."
    ways = (
        (AssessmentLine, recording.assessments),
        (AttendanceLine, recording.attendance),
        (EventLine, recording.events),
        (PlanLine, planning.record),
    )

    def __init__(self, hand: Hand, given: Target | None) -> None:
        self.hand = hand
        self.given = given

    def aim(self, entries: Sequence[Entry]) -> Aim:
        """Look up the clients and their open pathways."""
        known = self.hand.clients(one for entry in entries for one in _subjects(entry))
        walks = sources.open_pathways(self.hand.work, set(known.values()))

        def aim(entry: Entry) -> Entry:
            client_id = next((known[one] for one in _subjects(entry) if one in known), None)
            walk = _given(self.given, client_id) if self.given else _walk(entry, client_id, walks)
            _check_words(entry.request, definition(walk.definition))
            key = (entry.request.source, entry.request.source_id)
            return replace(entry, target=walk.id, keys=frozenset([key]))

        return aim

    def known(self, keys: set[tuple[str, str]]) -> Iterable[object]:
        """Return which of these were recorded."""
        return sources.facts(self.hand.work, keys)

    def write(self, entries: Sequence[Entry]) -> None:
        """Record facts, kind by kind."""
        for kind, record in self.ways:
            mine: list[Any] = [(one.target, one.request) for one in entries if isinstance(one.request, kind)]
            if mine:
                record(self.hand.work, mine, by=self.hand.by, at=self.hand.at, via=VIA)


def _subjects(entry: Entry) -> tuple[Identifier, ...]:
    """Return what a line names its client by; who is only just registered is nobody's yet."""
    client = getattr(entry.request, "client", None)
    return entry.draft.subjects or ((client,) if client else ())


def _given(given: Target, client_id: UUID | None) -> OpenPathway:
    if client_id not in (None, given.client_id):
        raise Invalid("This is about another client than the pathway named.", pointer="/client")
    return OpenPathway(given.pathway_id, given.definition)


def _walk(entry: Entry, client_id: UUID | None, walks: dict[UUID, list[OpenPathway]]) -> OpenPathway:
    """Return the one open pathway a fact is about. Raises: Invalid."""
    if not _subjects(entry):
        raise Invalid(
            "Say whose this is: by an identifier, or by --pathway for the whole file.", pointer="/client"
        )
    if client_id is None:
        raise Invalid("No client with this identifier in your programs.", pointer="/client")
    wanted = entry.request.definition and _definition(entry.request.definition).key
    found = [one for one in walks.get(client_id, []) if wanted in (None, one.definition_key)]
    if not found:
        raise Invalid("This client has no such open pathway.", pointer="/definition" if wanted else "/client")
    if len(found) > 1:
        keys = ", ".join(one.definition_key for one in found)
        raise Invalid(f"This client walks several pathways; name one: {keys}.", pointer="/definition")
    return found[0]


def _definition(name: str) -> PathwayDefinition:
    try:
        return definition(name)
    except UnknownDefinition as unknown:
        raise NoSuchWord("definition", [one.key for one in definitions()], pointer="/definition") from unknown


# The use cases refuse these too. A vocabulary that was not translated spoils every line of a file, and is told here
# at once instead of by halving down to each of them.


def _check_stage(template: PathwayDefinition, stage: str | None) -> None:
    known = [one.key for one in template.stages if one.kind is not StageKind.END]
    if stage is not None and stage not in known:
        raise NoSuchStage("stage", known, pointer="/stage")


def _check_words(request: Any, template: PathwayDefinition) -> None:
    stages = [stage.key for stage in template.stages]
    if isinstance(request, EventLine) and request.kind not in template.event_kinds():
        raise NoSuchWord("event", template.event_kinds(), pointer="/kind")
    if isinstance(request, PlanLine) and request.next_step not in {None, *stages}:
        raise NoSuchWord("next step", stages, pointer="/next_step")
