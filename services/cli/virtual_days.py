"""Virtual days: the invented clients of a demo go through the real use cases, and the engine walks after each half-day.

What a half-day writes up is one transaction, with the note of how far the story has come: a demo that was interrupted
goes on where it was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row

from models.catalogue.pathway_files import definition
from models.definition import Authority
from models.facts import AttendanceStatus
from models.people import Actor, Role
from models.requests import (
    EntryReason,
    Identifier,
    NewAssessment,
    NewClient,
    NewCountersignature,
    NewDischarge,
    NewEvent,
    NewHold,
    NewOverride,
    NewPathway,
    NewPlan,
    NewSession,
    NewSignOff,
    SessionAttendance,
    WorkChange,
)
from services import (
    clients,
    deciding,
    enrolment,
    holds,
    planning,
    recording,
    sessions,
    sign_offs,
    whereabouts,
    worklist,
)
from services.access import EVERYWHERE, Principal
from services.errors import Conflict, GuardNotMet
from services.population import happening, looking, signing
from services.population.days import ZONE, HalfDay, moment
from services.population.people import Person
from services.population.seen import Look, Seen
from services.population.staff import CLINICIAN, COORDINATORS, FACILITATOR, PRESCRIBER, SUPERVISOR
from services.population.timetable import groups, next_days
from services.rules import cadence
from services.rules.planning import COUNTERSIGN
from services.store import board, people, plans
from services.store.database import Database
from services.store.work import Work

VIA: Literal["demo"] = "demo"
ENGINE = Actor(id=deciding.ENGINE_ID, role="engine", via=VIA)
_IDENTIFIERS = "urn:stepdown:demo"
_FOR_PEOPLE = ("call-now", "review", "no-contact", COUNTERSIGN)

Walk = Callable[[datetime], object]
"""How the engine walks at a moment of the story."""

Known = Sequence[tuple[Person, Row[Any], Seen]]


@dataclass
class Story:
    """A demo's invented clients and staff. `clients` are those who have come so far, by the id they were given."""

    database: Database
    people: Sequence[Person]
    staff: Mapping[str, Principal]
    days: int
    clients: dict[UUID, Person] = field(default_factory=dict)

    def recall(self, work: Work) -> None:
        """Find the clients who have come already."""
        for view in people.views(work).values():
            for number in (one["value"] for one in view.identifiers if one["system"] == _IDENTIFIERS):
                self.clients[view.id] = self.people[int(number)]

    def known(self, work: Work) -> Known:
        """Return every open pathway of the story with what the clinic sees of it, in the order of the clients."""
        rows = [row for row in board.standing(work, limit=10_000) if row.client_id in self.clients]
        looks, risks = defaultdict(list), whereabouts.risks(work, [row.id for row in rows])
        written = plans.newest(work, [row.id for row in rows])
        for look in board.open_looks(work, [row.id for row in rows]):
            looks[look.pathway_id].append(look)
        found = [
            (self.clients[row.client_id], row, _seen(row, looks[row.id], risks, written)) for row in rows
        ]
        return sorted(found, key=lambda one: one[0].number)

    def coordinator(self, person: Person) -> Principal:
        """Return who coordinates a client's walk."""
        return self.staff[COORDINATORS[person.number % len(COORDINATORS)]]


def live(story: Story, half: HalfDay, walk: Walk, *, write_down: Callable[[Work, datetime], None]) -> None:
    """Live one half-day: sign what the engine proposed last, write up what came since, and let it walk."""
    with story.database.transaction(EVERYWHERE) as work:
        known = story.known(work)
        _sign(story, work, known, half)
        _work_off(story, work, half)
        _record(story, work, known, half)
        _hold(story, work, known, half)
        if half.afternoon:
            _chart(story, work, half)
            _plan(story, work, known, half)
        _arrive(story, work, half)
        write_down(work, half.at)
    walk(half.at)


def _seen(
    row: Row[Any], looks: Sequence[Row[Any]], risks: Mapping[UUID, str], written: Mapping[UUID, Row[Any]]
) -> Seen:
    proposed = row.to_stage is not None and not row.signed and row.sign_off_id is None
    return Seen(
        stage=row.stage,
        since=cadence.day_of(row.since, ZONE),
        held=row.held,
        risk=risks.get(row.id, "none"),
        waiting=row.sign_off_id is not None,
        proposal=(row.outcome, row.to_stage) if proposed else None,
        planned=row.id in written and written[row.id].effective_at >= row.since,
        looks=tuple(_look(one) for one in looks),
    )


def _look(row: Row[Any]) -> Look:
    return Look(
        kind=row.kind,
        due_at=row.due_at,
        counts_from=row.counts_from,
        open_parts=tuple(part for part in row.parts if part not in row.done),
        reasons=tuple(row.reasons),
    )


def _arrive(story: Story, work: Work, half: HalfDay) -> None:
    coming = [one for one in story.people if happening.comes_in(one, half)]
    entering = [(person, _entry(story, work, person, half)) for person in coming]
    entering += [(person, _readmitted(story, one, person)) for one, person in _coming_back(story, work, half)]
    by, requests = story.staff[COORDINATORS[0]], [request for _, request in entering]
    opened = enrolment.enrol_all(work, requests, by=by, at=half.at, via=VIA)
    prior = [
        (pathway_id, event)
        for pathway_id, (person, _) in zip(opened, entering, strict=True)
        if person in coming
        for event in happening.prior(person, half)
    ]
    recording.events(work, prior, by=by, at=half.at, via=VIA)


def _entry(story: Story, work: Work, person: Person, half: HalfDay) -> NewPathway:
    new = NewClient(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        identifiers=(Identifier(system=_IDENTIFIERS, value=str(person.number)),),
    )
    by = story.coordinator(person)
    client_id = clients.register(work, new, by=by, at=half.at, via=VIA)
    story.clients[client_id] = person
    direct = person.entry != "assessment"
    return NewPathway(
        client_id=client_id,
        definition=person.definition,
        stage=person.entry if direct else None,
        reason=EntryReason.DIRECT_ENTRY if direct else None,
        owner_id=by.id,
    )


def _coming_back(story: Story, work: Work, half: HalfDay) -> list[tuple[UUID, Person]]:
    back = [(one, person) for one, person in story.clients.items() if happening.comes_back(person, half)]
    here = {row.client_id for row in board.standing(work, limit=10_000)} if back else set()
    return [(client_id, person) for client_id, person in back if client_id not in here]


def _readmitted(story: Story, client_id: UUID, person: Person) -> NewPathway:
    return NewPathway(
        client_id=client_id,
        definition=person.definition,
        reason=EntryReason.READMISSION,
        owner_id=story.coordinator(person).id,
    )


def _record(story: Story, work: Work, known: Known, half: HalfDay) -> None:
    """Record all that a half-day brings, one batch for each kind and writer."""
    batches: defaultdict[tuple[type, UUID], list[tuple[UUID, Any]]] = defaultdict(list)
    writers = {one.id: one for one in story.staff.values()}
    for person, row, seen in known:
        for one in _written(person, seen, half):
            batches[type(one), _writer(story, person, seen, one).id].append((row.id, one))
    for (kind, by), entries in batches.items():
        _RECORD[kind](work, entries, by=writers[by], at=half.at, via=VIA)


_RECORD: dict[type, Callable[..., list[UUID]]] = {
    NewAssessment: recording.assessments,
    NewEvent: recording.events,
    NewPlan: planning.record,
}


def _written(person: Person, seen: Seen, half: HalfDay) -> Iterator[looking.Written]:
    yield from happening.reported(person, seen, half)
    yield from looking.looked(person, seen, half)


def _writer(story: Story, person: Person, seen: Seen, written: looking.Written) -> Principal:
    diagnosis = isinstance(written, NewEvent) and written.kind in looking.DIAGNOSED.values()
    if not isinstance(written, NewAssessment) and not diagnosis:
        return story.coordinator(person)
    return story.staff[PRESCRIBER if seen.stage == "detox" else CLINICIAN]


def _hold(story: Story, work: Work, known: Known, half: HalfDay) -> None:
    for person, row, seen in known:
        match happening.pauses(person, seen, half):
            case "hold":
                request = NewHold(reason=person.pause.kind)  # type: ignore[union-attr]
                holds.hold(work, row.id, request, by=story.coordinator(person), at=half.at, via=VIA)
            case "resume":
                holds.resume(work, row.id, by=story.coordinator(person), at=half.at, via=VIA)
            case None:
                pass


def _chart(story: Story, work: Work, half: HalfDay) -> None:
    """Chart the sessions of the day."""
    by = story.staff[FACILITATOR]
    for session in sessions.listed(work, day=half.date, at=half.at):
        whose = {
            row.id: story.clients[row.client_id]
            for row in board.standing(work, pathway_ids=[seat.pathway_id for seat in session.roster])
        }
        said = {one: happening.attends(person, half, story.days) for one, person in whose.items()}
        statuses: dict[UUID, AttendanceStatus] = {one: status for one, status in said.items() if status}
        if statuses:
            charted = SessionAttendance(statuses=statuses)
            sessions.chart(work, session.id, charted, by=by, at=half.at, via=VIA)


def _plan(story: Story, work: Work, known: Known, half: HalfDay) -> None:
    """Plan the groups up to the next working day with who is in their stage now."""
    for day in next_days(half.date):
        for group in groups(day):
            roster = tuple(
                row.id
                for person, row, seen in known
                if (person.definition, seen.stage, seen.held) == (group.definition, group.stage, False)
            )
            if roster:
                leads, starts_at = story.staff[FACILITATOR], moment(day, group.starts)
                told = {"service": "group", "minutes": group.minutes, "facilitator_id": leads.id}
                planned = NewSession(starts_at=starts_at, roster=roster, **told)
                sessions.plan(work, planned, by=leads, at=half.at, via=VIA)


def _sign(story: Story, work: Work, known: Known, half: HalfDay) -> None:
    """Sign what waits; a proposal that newer evidence has overtaken is left, as a clinician would leave it."""
    for person, row, seen in known:
        said = signing.signature(person, seen, half, story.days)
        if said is not None:
            with suppress(Conflict, GuardNotMet):
                _signed(story, work, row, said, half.at)


def _signed(story: Story, work: Work, row: Row[Any], said: signing.Signature, at: datetime) -> None:
    staff = story.staff
    match said:
        case NewSignOff():
            by = staff[_SIGNERS[_authority(row)]]
            sign_offs.sign(work, row.decision_id, said, by=by, at=at, via=VIA)
        case NewOverride():
            sign_offs.override(work, row.id, said, by=staff[SUPERVISOR], at=at, via=VIA)
        case NewDischarge():
            sign_offs.discharge(work, row.id, said, by=staff[CLINICIAN], at=at, via=VIA)


_DOES = {Role.SUPERVISOR: SUPERVISOR, Role.CLINICIAN: CLINICIAN}
_SIGNERS = {
    Authority.AUTOMATIC: CLINICIAN,
    Authority.CLINICIAN: CLINICIAN,
    Authority.PRESCRIBER: PRESCRIBER,
    Authority.SUPERVISOR: SUPERVISOR,
}


def _authority(row: Row[Any]) -> Authority:
    ways = definition(row.definition).routes_from(row.stage)
    return next(one.authority for one in ways if (one.to, one.outcome) == (row.to_stage, row.outcome))


def _work_off(story: Story, work: Work, half: HalfDay) -> None:
    """Do what people are asked to do: calls at once, the rest within a day or two."""
    for row in board.open_work(work, limit=10_000):
        person = story.clients.get(row.client_id)
        done = row.kind in {*_FOR_PEOPLE, *definition(row.definition).asked}
        if done and person and happening.is_done(person, row.kind, half):
            by = story.staff[_DOES[row.for_role]] if row.for_role in _DOES else story.coordinator(person)
            if row.kind == COUNTERSIGN:
                asked = NewCountersignature(plan_id=row.cause)
                planning.countersign(work, row.pathway_id, asked, by=by, at=half.at, via=VIA)
            else:
                ended = WorkChange(status="done", note="Done, and talked over with the client.")
                worklist.close(work, row.id, ended, by=by, at=half.at, via=VIA)
