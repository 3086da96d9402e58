"""Sign off: an authenticated person accepts or declines a proposal, overrides around the routes, discharges, or withdraws.

A signature is a fact; the engine makes the move. What is signed must still be what the rules say now, and the guards
bind every chosen move, overrides too; all but a transfer to a hospital while a high risk is open. A new signature takes
the place of one that still waits for its move.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from models.case import Case
from models.catalogue.pathway_files import definition
from models.changes import Change, SignedOff, SignOffSetAside
from models.decision import Decision
from models.definition import Authority, StageKind
from models.discharge import sub_reasons
from models.requests import NewDischarge, NewOverride, NewSignOff, NewWithdrawal
from services import ids
from services.access import Principal, credential_for, may_sign
from services.errors import (
    AlreadySigned,
    Conflict,
    GuardNotMet,
    Invalid,
    NoSuchStage,
    NoSuchWord,
    NotAllowed,
    Superseded,
)
from services.rules import decisions, discharging
from services.rules import work as items
from services.rules.sight import Sight
from services.store import cases, ledger, pathways, people
from services.store.pathways import Target
from services.store.work import Work

FURTHEST = timedelta(days=90)
"""How far ahead a move may be planned: no review is further apart, so by then somebody has looked again."""

_EMERGENCY = (
    " Until it is settled one way out can be signed: a discharge to a hospital (reason 4, hospital)."
    " What has happened already is reported as an event."
)

Meaning = Literal["accepted", "declined", "overridden", "discharged", "withdrawn"]


def sign(
    work: Work, decision_id: UUID, request: NewSignOff, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Accept or decline a proposed move.

    Raises: NotFound, NotAllowed, AlreadySigned, Superseded with what changed since, Invalid without a reason to decline, or
    to accept where the route asks for one.
    """
    whose = pathways.open_target(work, pathways.of_decision(work, decision_id))
    if pathways.is_signed(work, decision_id):
        raise AlreadySigned("Somebody has signed under this decision already.")
    case, now = _decide_again(work, whose, decision_id, at)
    _refuse_unsaid(request, now)
    meaning: Meaning = "accepted" if request.verdict == "accept" else "declined"
    return _write(
        work,
        whose,
        by=by,
        at=at,
        via=via,
        meaning=meaning,
        decision_id=decision_id,
        to_stage=now.to_stage,
        starts_at=_start(request.starts_at, at),
        credential=credential_for(by, now.authority or Authority.CLINICIAN, on=at.date()),
        reason=request.reason,
        done=items.closed(case, ("sign-off",), meaning),
    )


def _refuse_unsaid(request: NewSignOff, now: Decision) -> None:
    if now.to_stage is None:
        raise Conflict("This decision proposes no move, so there is nothing to accept or decline.")
    if request.reason:
        return
    if request.verdict == "decline":
        raise Invalid("Say why you decline.", pointer="/reason")
    if now.route in definition(now.definition).reasoned:
        raise Invalid("This move takes a reason: say why no more is needed.", pointer="/reason")


def override(
    work: Work, pathway_id: UUID, request: NewOverride, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Move a client around the routes, with a reason. Raises: NotFound, NotAllowed, NoSuchStage, GuardNotMet."""
    whose = pathways.open_target(work, pathway_id)
    stages = [one.key for one in definition(whose.definition).stages if one.kind is StageKind.CARE]
    if request.to_stage not in stages or request.to_stage == whose.stage:
        raise NoSuchStage(
            "stage to move to", [one for one in stages if one != whose.stage], pointer="/to_stage"
        )
    _refuse_unguarded(work, whose, at)
    return _write(
        work,
        whose,
        by=by,
        at=at,
        via=via,
        meaning="overridden",
        to_stage=request.to_stage,
        starts_at=_start(request.starts_at, at),
        credential=credential_for(by, Authority.SUPERVISOR, on=at.date()),
        reason=request.reason,
        reason_code=request.reason_code,
    )


def discharge(
    work: Work, pathway_id: UUID, request: NewDischarge, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """End a walk by choice, with the TEDS reason. Raises: NotFound, NoSuchWord, NotAllowed, GuardNotMet.

    Some are for a supervisor to sign, and say why: use alone ends no care.
    """
    whose = pathways.open_target(work, pathway_id)
    _refuse_odd_pair(request)
    sight = _refuse_unguarded(work, whose, at, request.reason, request.sub_reason)
    needs, because = discharging.authority(sight, request.reason, request.sub_reason)
    if because and not may_sign(by, needs):
        raise NotAllowed(f"{because} A supervisor or lead may sign it, with the reason.")
    end = next(one.key for one in sight.definition.stages if one.kind is StageKind.END)
    return _write(
        work,
        whose,
        by=by,
        at=at,
        via=via,
        meaning="discharged",
        to_stage=end,
        starts_at=at,
        credential=credential_for(by, needs, on=at.date()),
        reason=request.note,
        discharge=request.reason,
        reason_code=request.sub_reason,
    )


def _refuse_odd_pair(request: NewDischarge) -> None:
    known = sub_reasons(request.reason)
    if request.sub_reason is not None and not known:
        raise Invalid("This reason has no sub-reasons.", pointer="/sub_reason")
    if request.sub_reason not in {None, *known}:
        raise NoSuchWord("sub-reason", known, pointer="/sub_reason")


def withdraw(
    work: Work, pathway_id: UUID, request: NewWithdrawal, *, by: Principal, at: datetime, via: str = "api"
) -> UUID:
    """Take a signed move back before it takes place; the client stays. Raises: NotFound, NotAllowed, Conflict."""
    whose = pathways.open_target(work, pathway_id)
    signature = cases.load(work, [pathway_id])[0].signature
    if signature is None:
        raise Conflict("No signed move waits on this pathway.")
    return _write(
        work,
        whose,
        by=by,
        at=at,
        via=via,
        meaning="withdrawn",
        to_stage=signature.to_stage,
        starts_at=at,
        credential=credential_for(by, Authority.CLINICIAN, on=at.date()),
        reason=request.reason,
    )


def _write(
    work: Work,
    whose: Target,
    *,
    by: Principal,
    at: datetime,
    via: str,
    meaning: Meaning,
    to_stage: str | None,
    starts_at: datetime,
    credential: str,
    reason: str | None,
    decision_id: UUID | None = None,
    discharge: int | None = None,
    reason_code: str | None = None,
    done: tuple[Change, ...] = (),
) -> UUID:
    sign_off_id = ids.named("sign-off", decision_id) if decision_id else ids.new()
    secret = people.keys(work, [whose.client_id])[whose.client_id]
    signed = SignedOff(
        pathway_id=whose.pathway_id,
        sign_off_id=sign_off_id,
        decision_id=decision_id,
        meaning=meaning,
        to_stage=to_stage,
        starts_at=starts_at,
        credential=credential,
        discharge=discharge,
        reason_code=reason_code,
        sealed=secret.seal(reason, "sign_off", sign_off_id) if reason else None,
    )
    ledger.write(work, [*_set_aside(whose, meaning), signed, *done], actor=by.actor(via), at=at)
    return sign_off_id


def _set_aside(whose: Target, meaning: Meaning) -> tuple[SignOffSetAside, ...]:
    """Set the signature aside that still waits: at most one does. To decline another proposal leaves it as it is."""
    if whose.sign_off_id is None or meaning == "declined":
        return ()
    because = "withdrawn" if meaning == "withdrawn" else "overtaken-by-signature"
    return (SignOffSetAside(pathway_id=whose.pathway_id, sign_off_id=whose.sign_off_id, because=because),)


def _decide_again(work: Work, whose: Target, decision_id: UUID, at: datetime) -> tuple[Case, Decision]:
    """A proposal is signed only while it stands: not overtaken by a later decision, and still what the rules say now."""
    case = cases.load(work, [whose.pathway_id])[0]
    now = decisions.decide(definition(whose.definition), [case], at=at)[0]
    if whose.decision_id != decision_id or case.standing is None or case.standing.to_stage != now.to_stage:
        raise Superseded(
            "This proposal has been overtaken by newer evidence; look at the present decision.",
            details=_since(work, whose, decision_id),
        )
    return case, now


def _since(work: Work, whose: Target, decision_id: UUID) -> dict[str, object]:
    changed = pathways.learned_since(work, whose.pathway_id, decision_id)
    return {"changed_since": changed, "present_decision": whose.decision_id}


def _refuse_unguarded(
    work: Work, whose: Target, at: datetime, reason: int | None = None, sub_reason: str | None = None
) -> Sight:
    sight = Sight(definition(whose.definition), cases.load(work, [whose.pathway_id])[0], at)
    if broken := discharging.against(sight, reason, sub_reason):
        way_out = _EMERGENCY if discharging.is_at_risk(sight, broken) else ""
        said = "; ".join(f"{one.expected}, now {one.actual}" for one in broken)
        raise GuardNotMet(
            f"A guard binds every chosen move: {said}.{way_out}",
            details={"guards": [one.criterion for one in broken]},
        )
    return sight


def _start(starts_at: datetime | None, at: datetime) -> datetime:
    if starts_at is not None and starts_at < at:
        raise Invalid(
            "A move starts now or later; what has happened already is reported as an event.",
            pointer="/starts_at",
        )
    if starts_at is not None and starts_at > at + FURTHEST:
        raise Invalid(f"A move is planned at most {FURTHEST.days} days ahead.", pointer="/starts_at")
    return starts_at or at
