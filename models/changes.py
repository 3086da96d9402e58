"""Changes: the only things that ever happen to a pathway. The rules and use cases say them, the ledger writes them.

One change takes one pathway version and leaves one audit entry. An entry tells the opaque part (ids, stages, codes,
times); what a client said or scored is told by a commitment only, names and free text not at all.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from models.case import Reason
from models.decision import Decision

_UNTOLD = {"told": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happens to one pathway."""

    action: ClassVar[str]
    pathway_id: UUID

    def told(self) -> dict[str, object]:
        """Return what the audit entry may say in clear."""
        names = (f.name for f in fields(self) if f.metadata.get("told", True) and f.name != "pathway_id")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayOpened(Change):
    """A client enters a pathway at a stage, with a reason where that is not its entry."""

    action: ClassVar[str] = "pathway.opened"
    client_id: UUID
    program_id: UUID
    definition: str
    definition_hash: str
    placement_id: UUID
    stage: str
    started_at: datetime
    reason: str
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecorded(Change):
    """A fact came by this pathway. `body` is canonical JSON; `sealed` is encrypted free text."""

    action: ClassVar[str] = "fact.recorded"
    fact_id: UUID
    client_id: UUID
    kind: str
    code: str
    effective_at: datetime
    signed: bool = False
    attested: bool = False
    total: int | None = field(default=None, metadata=_UNTOLD)
    band: str | None = field(default=None, metadata=_UNTOLD)
    body: bytes = field(metadata=_UNTOLD)
    sealed: bytes | None = field(default=None, metadata=_UNTOLD)
    commitment: str
    source: str = ""
    source_id: str | None = None
    session_id: UUID | None = None
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShared(Change):
    """A fact about the client that came by another pathway is known here from now on."""

    action: ClassVar[str] = "fact.shared"
    fact_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(Change):
    """The client is expected at a session. Until it is charted, what became of it is unknown."""

    action: ClassVar[str] = "session.planned"
    session_id: UUID
    service: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentOpened(Change):
    """An occasion to look again was set."""

    action: ClassVar[str] = "reassessment.opened"
    reassessment_id: UUID
    kind: Literal["periodic", "triggered"]
    stage: str
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    outer_at: datetime
    parts: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentHastened(Change):
    """Another reason for a look that is open already: the earliest deadline stands, every reason is kept.

    `reasons` are the new ones only; evidence counts from the latest of them.
    """

    action: ClassVar[str] = "reassessment.hastened"
    reassessment_id: UUID
    counts_from: datetime
    due_at: datetime
    late_at: datetime
    outer_at: datetime
    parts: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentCalled(Change):
    """A reassessment fell due."""

    action: ClassVar[str] = "reassessment.called"
    reassessment_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentEscalated(Change):
    """A reassessment passed its outer limit; the supervisor is called."""

    action: ClassVar[str] = "reassessment.escalated"
    reassessment_id: UUID
    outer_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReassessmentClosed(Change):
    """A look was completed by a decision, or fell away because the client is elsewhere."""

    action: ClassVar[str] = "reassessment.closed"
    reassessment_id: UUID
    status: Literal["completed", "cancelled"]
    decision_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(Change):
    """The rules came to a verdict; `case` is the canonical case it can be recomputed from."""

    action: ClassVar[str] = "decision.made"
    decision_id: UUID
    reassessment_id: UUID | None = None
    supersedes: UUID | None = None
    definition: str
    definition_hash: str
    engine: str
    outcome: str
    rule: str | None = None
    to_stage: str | None = None
    authority: str | None = None
    case_sha256: str
    evidence_sha256: str
    verdict: str
    decision: Decision = field(metadata=_UNTOLD)
    case: bytes = field(metadata=_UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Change):
    """An authenticated person accepted, declined, overrode, discharged, or withdrew what was signed."""

    action: ClassVar[str] = "decision.signed-off"
    sign_off_id: UUID
    decision_id: UUID | None = None
    meaning: Literal["accepted", "declined", "overridden", "discharged", "withdrawn"]
    to_stage: str | None = None
    starts_at: datetime
    credential: str
    discharge: int | None = None
    reason_code: str | None = None
    sealed: bytes | None = field(default=None, metadata=_UNTOLD)

    @property
    def moves(self) -> bool:
        """Tell whether a move follows."""
        return self.meaning in {"accepted", "overridden", "discharged"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffSetAside(Change):
    """A signed move does not take place: contrary evidence, a report, another signature or a withdrawal came first."""

    action: ClassVar[str] = "sign-off.set-aside"
    sign_off_id: UUID
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Change):
    """The client moved: by a route, by an override around the routes, or as reported."""

    action: ClassVar[str] = "pathway.moved"
    transition_id: UUID
    placement_id: UUID
    how: Literal["route", "override", "discharge", "reported"]
    from_stage: str
    to_stage: str
    outcome: str
    ends: bool = False
    rule: str | None = None
    decision_id: UUID | None = None
    sign_off_id: UUID | None = None
    fact_id: UUID | None = None
    effective_at: datetime
    discharge: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOpened(Change):
    """Something a person must do, by when, and for which role."""

    action: ClassVar[str] = "work.opened"
    work_id: UUID
    kind: str
    cause: UUID
    for_role: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkClosed(Change):
    """A work item ended: done by a person, or no longer needed."""

    action: ClassVar[str] = "work.closed"
    work_id: UUID
    outcome: str
    sealed: bytes | None = field(default=None, metadata=_UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Change):
    """The clocks of a pathway were stopped."""

    action: ClassVar[str] = "pathway.held"
    hold_id: UUID
    reason_code: str
    sealed: bytes | None = field(default=None, metadata=_UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Change):
    """The clocks run again; the client is looked at at once."""

    action: ClassVar[str] = "pathway.resumed"
    hold_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined(Change):
    """The engine could not decide this pathway and left it aside, visibly."""

    action: ClassVar[str] = "pathway.quarantined"
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(Change):
    """Something came due at `since` and the engine did not handle it in time; the reconciliation found it."""

    action: ClassVar[str] = "pathway.missed"
    what: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Change):
    """A person asked the engine to try again."""

    action: ClassVar[str] = "pathway.released"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAcknowledged(Change):
    """A named person took over what a notice asks for; nobody further is told."""

    action: ClassVar[str] = "notice.acknowledged"
    notice_id: UUID


@dataclass(frozen=True, slots=True)
class Step:
    """What one pass makes of one pathway: the changes in order, and when to look again."""

    pathway_id: UUID
    changes: tuple[Change, ...]
    wake_at: datetime | None
