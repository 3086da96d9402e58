"""Changes by what the rules conclude and by what people sign."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from models.changes.change import UNTOLD, Change
from models.decision import Decision


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
    decision: Decision = field(metadata=UNTOLD)
    case: bytes = field(metadata=UNTOLD)


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
    sealed: bytes | None = field(default=None, metadata=UNTOLD)

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
