"""Changes by what was seen, said or done, and by what is planned."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from models.changes.change import UNTOLD, Change


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
    total: int | None = field(default=None, metadata=UNTOLD)
    band: str | None = field(default=None, metadata=UNTOLD)
    body: bytes = field(metadata=UNTOLD)
    sealed: bytes | None = field(default=None, metadata=UNTOLD)
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
class PlanCountersigned(Change):
    """A supervisor stands beside a version of the plan that somebody else wrote."""

    action: ClassVar[str] = "plan.countersigned"
    fact_id: UUID
    credential: str
