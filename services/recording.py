"""Record what was seen, said or done: assessments, attendance, events; and what every fact goes through.

Each takes any number of entries, one pathway and one request each; one is the batch of one. A fact belongs to the
client: every other open pathway of theirs learns of it in the same transaction, and all of them wake.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from models.canonical import canonical
from models.catalogue import UnknownInstrument, instrument, instruments
from models.catalogue.pathway_files import definition
from models.changes import Change, FactRecorded, FactShared
from models.definition import Authority
from models.facts import AttendanceStatus, FactKind
from models.faults import escaped
from models.instrument import BadAnswer, Instrument, NoSuchBandSet, Score
from models.people import Role
from models.requests import NewAssessment, NewAttendance, NewAuthorisation, NewEvent, NewPlan, Told
from services import ids
from services.access import Principal, credential_for
from services.errors import Conflict, Invalid, NoSuchWord
from services.rules import scoring
from services.store import ledger, pathways, people, sessions, sources
from services.store.pathways import Target
from services.store.seal import PersonKey
from services.store.work import Work

TOLERANCE = timedelta(minutes=5)
"""How far a clock may run ahead of ours before a time counts as the future."""

# By which cuts a band was found is part of it: sites differ, and cuts change.
_SCORED = ("answers", "subscales", "flags", "open_flags", "band_set", "could_be")

R = TypeVar("R", NewAssessment, NewAttendance, NewEvent, NewPlan, NewAuthorisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a fact says, apart from whose it is and who says it."""

    kind: FactKind
    code: str
    body: Mapping[str, object]
    total: int | None = None
    band: str | None = None
    signed: bool = False
    attested: bool = False
    note: str | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """By whose hand, when and by what way something is recorded."""

    by: Principal
    at: datetime
    via: str

    @property
    def attests(self) -> bool:
        """Whether a source may stand for answers: in a file, or by another system's key; never by a person."""
        return self.via == "import" or self.by.role is Role.SERVICE


def assessments(
    work: Work,
    entries: Sequence[tuple[UUID, NewAssessment]],
    *,
    by: Principal,
    at: datetime,
    via: str = "api",
) -> list[UUID]:
    """Record answers to instruments, scored. Raises: NotFound, Invalid with the item at fault, NotAllowed."""
    return record(work, entries, _assessment, Hand(by, at, via))


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
    """Record events at their true time; what has already happened is never refused. Raises: NotFound, NoSuchWord."""
    return record(work, entries, _event, Hand(by, at, via))


def score(request: NewAssessment) -> Score:
    """Return what answers come to. Raises: NoSuchWord, Invalid."""
    try:
        form = instrument(request.instrument)
        answers = scoring.answers_from(form, request.answers)
        found = scoring.score(form, answers, band_set=_about(form, request))
    except UnknownInstrument as unknown:
        raise NoSuchWord("instrument", instruments(), pointer="/instrument") from unknown
    except NoSuchBandSet as unknown:
        raise NoSuchWord("band set", unknown.known, pointer="/band_set") from unknown
    except BadAnswer as bad:
        raise Invalid(str(bad), pointer=f"/answers/{_place(request, bad)}") from bad
    if set(found.answers) == {None}:
        raise Invalid("At least one item must be answered.", pointer="/answers")
    return found


def _about(form: Instrument, request: NewAssessment) -> str | None:
    """Return the band set that was named, where there is one to name. Raises: NoSuchBandSet."""
    if request.band_set is not None and request.band_set not in form.named_sets:
        raise NoSuchBandSet(form.key, form.named_sets)
    return request.band_set


def _place(request: NewAssessment, bad: BadAnswer) -> str:
    """Say where an answer stands in what was sent: by its place in a list, under its own key in an object."""
    if not isinstance(request.answers, dict):
        return str(bad.item - 1)
    if bad.key is not None:
        return escaped(bad.key)
    names = {str(bad.item), instrument(request.instrument).label(bad.item)}
    return escaped(next(key for key in request.answers if key in names))


def record(
    work: Work,
    entries: Sequence[tuple[UUID, R]],
    read: Callable[[Target, R, Hand], Content],
    hand: Hand,
) -> list[UUID]:
    """Record facts, each with what a reader makes of its request.

    Raises: NotFound, Invalid, Conflict, and what the reader raises.
    """
    found = pathways.targets(work, [pathway_id for pathway_id, _ in entries])
    _refuse_known(work, [request for _, request in entries])
    _refuse_seats(work, entries)
    secrets = people.keys(work, [one.client_id for one in found.values()])
    changes: list[Change] = []
    recorded: list[UUID] = []
    for pathway_id, request in entries:
        whose: Target = found[pathway_id]
        content = read(whose, request, hand)
        fact: FactRecorded = _fact(whose, request, content, secrets[whose.client_id], _when(request, hand.at))
        changes += [fact, *(FactShared(pathway_id=other, fact_id=fact.fact_id) for other in whose.others)]
        recorded.append(fact.fact_id)
    ledger.write(work, changes, actor=hand.by.actor(hand.via), at=hand.at)
    return recorded


def _fact(
    whose: Target, request: R, content: Content, secret: PersonKey, effective_at: datetime
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


def _refuse_seats(work: Work, entries: Sequence[tuple[UUID, Told]]) -> None:
    """A session is charted for who is expected there, and once. Raises: Invalid, Conflict."""
    asked = [(one, request) for one, request in entries if isinstance(request, NewAttendance)]
    wanted = [(request.session_id, one) for one, request in asked if request.session_id]
    seats = sessions.seats(work, wanted) if wanted else {}
    if set(wanted) - seats.keys():
        raise Invalid("This client is expected at no such session.", pointer="/session_id")
    if len(set(wanted)) < len(wanted) or any(one != AttendanceStatus.UNLOGGED for one in seats.values()):
        raise Conflict("This client's attendance is charted already.", pointer="/session_id")


def _when(request: R, at: datetime) -> datetime:
    effective_at = request.effective_at or at
    if effective_at > at + TOLERANCE:
        raise Invalid("This lies in the future; record what has happened.", pointer="/effective_at")
    return min(effective_at, at)


def _assessment(_whose: Target, request: NewAssessment, hand: Hand) -> Content:
    result, (signed, attested) = score(request), _stands_for(request, hand)
    body = {name: getattr(result, name) for name in _SCORED}
    return Content(
        kind=FactKind.ASSESSMENT,
        code=request.instrument,
        body=body,
        total=result.total,
        band=result.band,
        signed=signed,
        attested=attested,
        note=request.note,
    )


def counts(request: NewAssessment, *, by: Principal, at: datetime, via: str = "api") -> bool:
    """Tell whether answers count as signed: a clinician signs, a source attests, or the client filled them in."""
    self_report = instrument(request.instrument).self_report
    return request.signed or _attested(request, Hand(by, at, via)) or self_report


def _stands_for(request: NewAssessment, hand: Hand) -> tuple[bool, bool]:
    """Say whether answers count as signed, and whether they do so by their source or their client alone."""
    attested = _attested(request, hand)
    if request.signed and not attested:
        credential_for(hand.by, Authority.CLINICIAN, on=hand.at.date())
        return True, False
    attested = attested or instrument(request.instrument).self_report
    return attested, attested


def _attested(request: NewAssessment, hand: Hand) -> bool:
    wanted = request.signed or "signed" not in request.model_fields_set
    return hand.attests and bool(request.source) and wanted


def _attendance(_whose: Target, request: NewAttendance, _hand: Hand) -> Content:
    return Content(
        kind=FactKind.ATTENDANCE,
        code=request.kind,
        body={"minutes": request.minutes, "status": request.status},
        session_id=request.session_id,
    )


def _event(whose: Target, request: NewEvent, _hand: Hand) -> Content:
    known = definition(whose.definition).event_kinds()
    if request.kind not in known:
        raise NoSuchWord("event", known, pointer="/kind")
    return Content(kind=FactKind.EVENT, code=request.kind, body={}, note=request.detail)
