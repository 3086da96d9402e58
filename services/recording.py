"""Record what was seen, said or done: assessments, attendance, events; and what every fact goes through.

Each takes any number of entries, one pathway and one request each; one is the batch of one. A fact belongs to the
client: every other open pathway of theirs learns of it in the same transaction, and all of them wake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from models.canonical import canonical
from models.catalogue.pathway_files import definition
from models.changes import Change, FactRecorded, FactShared
from models.definition import Authority
from models.facts import AttendanceStatus, FactKind, PartStatus
from models.faults import escaped
from models.requests import (
    NewAssessment,
    NewAttempt,
    NewAttendance,
    NewAuthorisation,
    NewChecklist,
    NewEvent,
    NewPlan,
    Told,
)
from services import ids
from services.access import Principal, credential_for
from services.answering import Content, Hand, assessment
from services.errors import Conflict, Invalid, NoSuchWord
from services.store import facts, ledger, pathways, people, sessions, sources
from services.store.pathways import Target
from services.store.seal import PersonKey, pack
from services.store.work import Work

TOLERANCE = timedelta(minutes=5)
"""How far a clock may run ahead of ours before a time counts as the future."""


R = TypeVar("R", NewAssessment, NewAttendance, NewEvent, NewPlan, NewChecklist, NewAttempt, NewAuthorisation)
Read = Callable[[Target, R, "Hand"], "Content"]


def assessments(
    work: Work,
    entries: Sequence[tuple[UUID, NewAssessment]],
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> list[UUID]:
    """Record answers to instruments, scored. Raises: NotFound, Invalid with the item at fault, NotAllowed."""
    return record(work, entries, assessment, Hand(by, at, via))


def attendance(
    work: Work,
    entries: Sequence[tuple[UUID, NewAttendance]],
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> list[UUID]:
    """Record what became of sessions for clients. Raises: NotFound, Invalid."""
    return record(work, entries, _attendance, Hand(by, at, via))


def events(
    work: Work, entries: Sequence[tuple[UUID, NewEvent]], *, by: Principal, at: datetime, via: str = "api"
) -> list[UUID]:
    """Record events at their true time; what has already happened is never refused.

    A diagnosis, or that there is none, is a licensed clinician's to record. Raises: NotFound, NoSuchWord, NotAllowed.
    """
    return record(work, entries, _event, Hand(by, at, via))


def attempts(
    work: Work, entries: Sequence[tuple[UUID, NewAttempt]], *, by: Principal, at: datetime, via: str = "api"
) -> list[UUID]:
    """Record what came of trying to reach clients. Raises: NotFound, Invalid."""
    return record(work, entries, _attempt, Hand(by, at, via))


def checklists(
    work: Work,
    entries: Sequence[tuple[UUID, NewChecklist]],
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> list[UUID]:
    """Record how parts of assessments stand. Raises: NotFound, NoSuchWord, Invalid without a reason where one is needed."""
    return record(work, entries, _checklist, Hand(by, at, via))


def again(
    whose: Target,
    request: Told,
    reason: str,
    secret: PersonKey,
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> FactRecorded:
    """Return the fact that says once more, for a reason, what another one should have said. Raises: Invalid, NotAllowed."""
    content = _READ[type(request)](whose, request, Hand(by, at, via))
    told = replace(content, note=pack({"note": content.note, "reason": reason}))
    return _fact(whose, request, told, secret, _when(request, at))


def record(work: Work, entries: Sequence[tuple[UUID, R]], read: Read[R], hand: Hand) -> list[UUID]:
    """Record facts, each with what a reader makes of its request.

    Raises: NotFound, Invalid, Conflict, and what the reader raises.
    """
    found = pathways.targets(work, [pathway_id for pathway_id, _ in entries])
    _refuse_known(work, [request for _, request in entries])
    retracted = _refuse_seats(work, entries)
    secrets = people.keys(work, [one.client_id for one in found.values()])
    changes: list[Change] = []
    recorded: list[UUID] = []
    for pathway_id, request in entries:
        whose: Target = found[pathway_id]
        content = read(whose, request, hand)
        said = _fact(whose, request, content, secrets[whose.client_id], _when(request, hand.at))
        fact: FactRecorded = replace(said, corrects=retracted.get((said.session_id, pathway_id)))
        changes += [fact, *(FactShared(pathway_id=other, fact_id=fact.fact_id) for other in whose.others)]
        recorded.append(fact.fact_id)
    ledger.write(work, changes, actor=hand.by.actor(hand.via), at=hand.at)
    return recorded


def _fact(
    whose: Target, request: Told, content: Content, secret: PersonKey, effective_at: datetime
) -> FactRecorded:
    fact_id, body = ids.new(), canonical(content.body)
    sealed = secret.seal(content.note, "fact", fact_id) if content.note else None
    return FactRecorded(
        pathway_id=whose.pathway_id,
        fact_id=fact_id,
        client_id=whose.client_id,
        kind=content.kind,
        code=content.code,
        effective_at=effective_at,
        signed=content.signed,
        attested=content.attested,
        total=content.total,
        band=content.band,
        body=body,
        sealed=sealed,
        commitment=secret.commitment(fact_id, body, sealed or b""),
        source=request.source,
        source_id=request.source_id,
        session_id=content.session_id,
    )


def _refuse_known(work: Work, requests: Sequence[R]) -> None:
    """A fact another system told before is not told twice. Raises: Conflict."""
    told = [(one.source, one.source_id) for one in requests if one.source_id]
    if len(set(told)) < len(told) or (told and sources.facts(work, told)):
        raise Conflict("This source has told this already, under the same id.", pointer="/source_id")


def _refuse_seats(
    work: Work, entries: Sequence[tuple[UUID, Told]]
) -> Mapping[tuple[UUID | None, UUID], UUID]:
    """A session is charted for who is expected there, and once; anew where that was retracted, which is then cited.

    Raises: Invalid, Conflict.
    """
    asked = [(one, request) for one, request in entries if isinstance(request, NewAttendance)]
    wanted = [(request.session_id, one) for one, request in asked if request.session_id]
    seats = sessions.seats(work, wanted) if wanted else {}
    if set(wanted) - seats.keys():
        raise Invalid("This client is expected at no such session.", pointer="/session_id")
    if len(set(wanted)) < len(wanted) or any(one != AttendanceStatus.UNLOGGED for one in seats.values()):
        raise Conflict("This client's attendance is charted already.", pointer="/session_id")
    return facts.retracted_seats(work, wanted) if wanted else {}


def _when(request: Told, at: datetime) -> datetime:
    effective_at = request.effective_at or at
    if effective_at > at + TOLERANCE:
        raise Invalid("This lies in the future; record what has happened.", pointer="/effective_at")
    return min(effective_at, at)


def _attendance(_whose: Target, request: NewAttendance, _hand: Hand) -> Content:
    return Content(
        kind=FactKind.ATTENDANCE,
        code=request.kind,
        body={"minutes": request.minutes, "status": request.status},
        session_id=request.session_id,
    )


def _event(whose: Target, request: NewEvent, hand: Hand) -> Content:
    template = definition(whose.definition)
    known = template.event_kinds()
    if request.kind not in known:
        raise NoSuchWord("event", known, pointer="/kind")
    if request.kind in template.diagnosing and not hand.attests:
        credential_for(hand.by, Authority.CLINICIAN, on=hand.at.date())
    return Content(kind=FactKind.EVENT, code=request.kind, body={}, note=request.detail)


def _checklist(whose: Target, request: NewChecklist, _hand: Hand) -> Content:
    known = [part.key for part in definition(whose.definition).checklist]
    if not known:
        raise Invalid("This pathway keeps no list of what an assessment consists of.", pointer="/parts")
    for key, said in request.parts.items():
        if key not in known:
            raise NoSuchWord("part of an assessment", known, pointer=f"/parts/{escaped(key)}")
        if said.status is PartStatus.NOT_APPLICABLE and not said.reason:
            raise Invalid("Say why this part does not apply.", pointer=f"/parts/{key}/reason")
    reasons = {key: said.reason for key, said in request.parts.items() if said.reason}
    body = {"parts": {key: said.status for key, said in request.parts.items()}}
    note = canonical(reasons).decode() if reasons else None
    return Content(kind=FactKind.CHECKLIST, code="assessment", body=body, note=note)


def _attempt(_whose: Target, request: NewAttempt, _hand: Hand) -> Content:
    body = {"way": request.way, "work_id": request.work_id}
    return Content(kind=FactKind.ATTEMPT, code=request.outcome, body=body, note=request.note)


_READ: dict[type[Told], Read[Any]] = {
    NewAssessment: assessment,
    NewAttendance: _attendance,
    NewEvent: _event,
}
