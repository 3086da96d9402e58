"""Correct what was recorded: say what it should have said, or that it was entered in error.

Nothing is overwritten: a correction is a fact of its own that cites the one it corrects, and every pathway that knew that
one learns of it and looks again. Whoever takes a warning back, or changes what a person signed, signs in their turn.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from models.canonical import canonical
from models.catalogue import instrument
from models.catalogue.pathway_files import definition
from models.changes import Change, FactRecorded, FactShared, WorkClosed
from models.definition import Authority
from models.facts import FactKind
from models.people import Role
from models.requests import NewAssessment, NewAttendance, NewCorrection, NewEvent, Told
from services import ids, recording
from services.access import Principal, credential_for
from services.errors import Conflict, Invalid, NotFound
from services.rules import reporting
from services.rules.planning import COUNTERSIGN
from services.rules.risk import Seen, lessens
from services.store import facts, ledger, pathways, people, plans
from services.store.facts import Recorded
from services.store.pathways import Target
from services.store.seal import PersonKey, pack
from services.store.work import Work

_SAYS: dict[str, type[Told]] = {
    FactKind.ASSESSMENT: NewAssessment,
    FactKind.ATTENDANCE: NewAttendance,
    FactKind.EVENT: NewEvent,
}
"""What each kind of fact is recorded by. One that is not here can be retracted, and recorded anew."""

_CODES = {FactKind.ASSESSMENT: "instrument", FactKind.ATTENDANCE: "kind", FactKind.EVENT: "kind"}
_EMPTIED = {"band_set", "detail", "note"}
"""What may be taken away by sending null; of the others null says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A fact as it stands, whose it is, and who is about to correct it."""

    fact: Recorded
    whose: Target
    secret: PersonKey
    by: Principal
    at: datetime
    via: str

    @property
    def note(self) -> str | None:
        """The free text that was recorded with it."""
        if self.fact.sealed is None:
            return None
        text = self.secret.open(self.fact.sealed, "fact", self.fact.id)
        return json.loads(text)["note"] if self.fact.corrects else text

    @property
    def is_signed(self) -> bool:
        """Whether a person stands for it with a credential."""
        return self.fact.signed and not self.fact.attested


def correct(
    work: Work, fact_id: UUID, request: NewCorrection, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Correct or retract a fact, on every pathway that knew it.

    Raises: NotFound, NotAllowed, Invalid, Conflict with the fact that stands where this one was corrected before.
    """
    before = _before(work, facts.one(work, fact_id), by=by, at=at, via=via)
    correction = _retraction(before, request) if request.entered_in_error else _corrected(before, request)
    changes: list[Change] = [replace(correction, corrects=fact_id, session_id=before.fact.session_id)]
    changes += [
        FactShared(pathway_id=one, fact_id=correction.fact_id)
        for one in facts.known_on(work, before.fact)
        if one != before.fact.pathway_id
    ]
    changes += [reporting.corrected(one, correction.fact_id, at) for one in facts.moved_by(work, before.fact)]
    changes += _called_off(work, before.fact)
    ledger.write(work, changes, actor=by.actor(via), at=at)
    return correction.fact_id


def _called_off(work: Work, fact: Recorded) -> list[WorkClosed]:
    """Nobody countersigns a plan that was retracted."""
    waiting = plans.open_work(work, [fact.pathway_id], (COUNTERSIGN,)) if fact.kind == FactKind.PLAN else ()
    mine = [one for one in waiting if one.cause == fact.id]
    return [WorkClosed(pathway_id=one.pathway_id, work_id=one.id, outcome="cancelled") for one in mine]


def found(work: Work, fact_id: UUID) -> Recorded:
    """Return a fact as it was recorded. Raises: NotFound."""
    return facts.one(work, fact_id)


def _before(work: Work, fact: Recorded, *, by: Principal, at: datetime, via: str) -> Before:
    """Lock first, then look: of two who correct at once the second hears what stands now."""
    whose = pathways.target(work, fact.pathway_id)
    standing = facts.standing(work, fact.id)
    if standing != fact.id:
        raise Conflict(
            f"This was corrected before; {standing} stands in its place.", details={"stands": standing}
        )
    if fact.kind == FactKind.RETRACTION:
        raise Conflict("This was retracted, and says nothing any more; record it anew.")
    secret = people.keys(work, [fact.client_id]).get(fact.client_id)
    if secret is None:
        raise NotFound("fact")
    return Before(fact=fact, whose=whose, secret=secret, by=by, at=at, via=via)


def _refuse_content(request: NewCorrection) -> None:
    for name in sorted(_named(request)):
        raise Invalid("What was entered in error says nothing instead.", pointer=f"/{name}")


def _retraction(before: Before, request: NewCorrection) -> FactRecorded:
    """The fact that says nothing, but that another one was entered in error. Raises: Invalid, NotAllowed."""
    _refuse_content(request)
    if before.is_signed or _takes_back(before, None):
        credential_for(before.by, Authority.CLINICIAN, on=before.at.date())
    fact_id, body = ids.new(), canonical({})
    sealed = before.secret.seal(pack({"note": None, "reason": request.reason}), "fact", fact_id)
    return FactRecorded(
        pathway_id=before.fact.pathway_id,
        fact_id=fact_id,
        client_id=before.fact.client_id,
        kind=FactKind.RETRACTION,
        code=before.fact.code,
        effective_at=before.fact.effective_at,
        body=body,
        sealed=sealed,
        commitment=before.secret.commitment(fact_id, body, sealed),
    )


def _corrected(before: Before, request: NewCorrection) -> FactRecorded:
    """The fact that says what another one should have said. Raises: Invalid, NotAllowed."""
    says = _said_anew(before, request)
    if before.is_signed:
        credential_for(before.by, Authority.CLINICIAN, on=before.at.date())
    fact = recording.again(
        before.whose, says, request.reason, before.secret, by=before.by, at=before.at, via=before.via
    )
    if _takes_back(before, fact) and not _stands_against(fact):
        credential_for(before.by, Authority.CLINICIAN, on=before.at.date())
        raise Invalid("This takes a warning back: finish the form, and sign it.", pointer="/signed")
    return fact


def _takes_back(before: Before, fact: FactRecorded | None) -> bool:
    """Whether a warning would be gone. One that is dated back may be overtaken by a form that was signed since: so it is."""
    if before.fact.kind != FactKind.ASSESSMENT:
        return False
    shown = _seen(before.fact.code, before.fact.body)
    if fact is None or fact.effective_at < before.fact.effective_at:
        return lessens(definition(before.whose.definition), shown, None)
    return lessens(definition(before.whose.definition), shown, _seen(fact.code, json.loads(fact.body)))


def _stands_against(fact: FactRecorded) -> bool:
    """Whether somebody stands for the correction with a credential, and it is finished: only that takes a warning back."""
    finished = fact.band is not None or None not in json.loads(fact.body)["answers"]
    return finished and fact.signed and not fact.attested


def _seen(key: str, body: Mapping[str, Any]) -> Seen:
    return Seen(key, tuple(body["answers"]), tuple(body["could_be"]), tuple(body["flags"]))


def _said_anew(before: Before, request: NewCorrection) -> Told:
    """What the fact should have said, as it would have been recorded. Raises: Invalid."""
    says = _SAYS.get(before.fact.kind)
    if says is None:
        raise Invalid("This can only be retracted, and recorded anew.", pointer="/entered_in_error")
    named = _named(request)
    for name in sorted(named - says.model_fields.keys()):
        raise Invalid(f"There is no such field in what was recorded: {before.fact.kind}.", pointer=f"/{name}")
    if not named:
        raise Invalid("Say what it should have said, or that it was entered in error.")
    new = {name: getattr(request, name) for name in named}
    return says(**{**_stood(before, says), **new})


def _named(request: NewCorrection) -> set[str]:
    """The fields that say something new."""
    given = request.model_fields_set - {"reason", "entered_in_error"}
    return {name for name in given if name in _EMPTIED or getattr(request, name) is not None}


def _stood(before: Before, says: type[Told]) -> dict[str, Any]:
    """What the fact said, in the fields by which it would be recorded."""
    fact = before.fact
    stood = {name: fact.body[name] for name in says.model_fields if name in fact.body}
    stood |= {
        "effective_at": fact.effective_at,
        "source": fact.source if before.by.role is Role.SERVICE else "",
    }
    if fact.kind in _CODES:
        stood[_CODES[FactKind(fact.kind)]] = fact.code
    if fact.kind == FactKind.ASSESSMENT:
        stood |= _stood_for(before)
    note = "detail" if fact.kind == FactKind.EVENT else "note"
    return stood | ({note: before.note} if note in says.model_fields else {})


def _stood_for(before: Before) -> dict[str, Any]:
    """The band set, where one was named, and who stood for the answers; a source may do so again by its own key."""
    body, form = before.fact.body, instrument(before.fact.code)
    about = body.get("band_set")
    signed = {} if before.fact.attested else {"signed": before.fact.signed}
    return {"band_set": about if about in form.named_sets else None, **signed}
