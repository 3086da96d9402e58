"""What we know and what was concluded. Insert-only: the database refuses UPDATE and DELETE here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import found_by, instant, key, only_one


class Fact(SQLModel, table=True):
    """Something recorded about a client. `body` is canonical JSON without names or free text; `sealed` holds those."""

    __table_args__ = (
        found_by("fact_of_client", "client_id", "effective_at"),
        only_one("fact_from_source", "source", "source_id", where="source_id IS NOT NULL"),
        only_one(
            "fact_once_per_seat",
            "session_id",
            "pathway_id",
            where="session_id IS NOT NULL AND corrects IS NULL",
        ),
        only_one("fact_corrected_once", "corrects", where="corrects IS NOT NULL"),
    )
    id: UUID = key()
    client_id: UUID = Field(foreign_key="client.id")
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    kind: str
    code: str
    effective_at: datetime = instant()
    recorded_at: datetime = instant()
    recorded_by: UUID
    signed: bool = False
    attested: bool = False
    total: int | None = None
    band: str | None = None
    body: bytes
    sealed: bytes | None = None
    source: str = ""
    source_id: str | None = None
    session_id: UUID | None = Field(default=None, foreign_key="care_session.id")
    corrects: UUID | None = Field(default=None, foreign_key="fact.id")


class FactKnown(SQLModel, table=True):
    """From which of its versions a pathway knew a fact: *as known then* means version ≤ n, exactly."""

    __tablename__ = "fact_known"
    pathway_id: UUID = Field(foreign_key="pathway.id", primary_key=True)
    fact_id: UUID = Field(foreign_key="fact.id", primary_key=True)
    pathway_version: int


class ReassessmentReason(SQLModel, table=True):
    """Why an early look was called. The key makes each trigger fire once for each fact, for ever."""

    __tablename__ = "reassessment_reason"
    pathway_id: UUID = Field(foreign_key="pathway.id", primary_key=True)
    trigger: str = Field(primary_key=True)
    fact_id: UUID = Field(foreign_key="fact.id", primary_key=True)
    reassessment_id: UUID = Field(foreign_key="reassessment.id", index=True)
    pathway_version: int


class DueMove(SQLModel, table=True):
    """A due date that a person moved, and why. `sealed` is the note."""

    __tablename__ = "due_move"
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    reassessment_id: UUID = Field(foreign_key="reassessment.id")
    due_before: datetime = instant()
    due_at: datetime = instant()
    reason_code: str
    sealed: bytes | None = None
    moved_by: UUID
    role: str
    recorded_at: datetime = instant()


class Decision(SQLModel, table=True):
    """A verdict with the canonical case it can be recomputed from."""

    __table_args__ = (
        Index(
            "decision_once_per_evidence",
            "pathway_id",
            "reassessment_id",
            "evidence_sha256",
            "supersedes",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        only_one("decision_superseded_once", "supersedes", where="supersedes IS NOT NULL"),
    )
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    reassessment_id: UUID | None = Field(default=None, foreign_key="reassessment.id")
    supersedes: UUID | None = Field(default=None, foreign_key="decision.id")
    recorded_at: datetime = instant()
    decided_at: datetime = instant()
    definition: str
    definition_hash: str
    engine: str
    stage: str
    outcome: str
    rule: str | None = None
    to_stage: str | None = None
    authority: str | None = None
    verdict: str
    evidence_sha256: str
    case_sha256: str
    case_bytes: bytes
    body: bytes


class SignOff(SQLModel, table=True):
    """A person's signature under a decision, an override or a discharge. At most one under each decision."""

    __tablename__ = "sign_off"
    __table_args__ = (only_one("sign_off_once", "decision_id", where="decision_id IS NOT NULL"),)
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    decision_id: UUID | None = Field(default=None, foreign_key="decision.id")
    meaning: str
    to_stage: str | None = None
    starts_at: datetime = instant()
    recorded_at: datetime = instant()
    signed_by: UUID
    role: str
    credential: str
    discharge: int | None = None
    reason_code: str | None = None
    sealed: bytes | None = None


class Transition(SQLModel, table=True):
    """The fact that a pathway moved. One per decision, per sign-off, per reported fact."""

    __table_args__ = (
        only_one("transition_per_decision", "decision_id", where="decision_id IS NOT NULL"),
        only_one("transition_per_sign_off", "sign_off_id", where="sign_off_id IS NOT NULL"),
        only_one("transition_per_report", "pathway_id", "fact_id", where="fact_id IS NOT NULL"),
    )
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    how: str
    from_stage: str
    to_stage: str
    outcome: str
    rule: str | None = None
    decision_id: UUID | None = Field(default=None, foreign_key="decision.id")
    sign_off_id: UUID | None = Field(default=None, foreign_key="sign_off.id")
    fact_id: UUID | None = Field(default=None, foreign_key="fact.id")
    run_id: UUID | None = None
    effective_at: datetime = instant()
    recorded_at: datetime = instant(index=True)
    discharge: int | None = None


class PlanCountersigned(SQLModel, table=True):
    """A supervisor's signature beside a version of a plan."""

    __tablename__ = "plan_countersigned"
    fact_id: UUID = Field(foreign_key="fact.id", primary_key=True)
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    recorded_at: datetime = instant()
    signed_by: UUID
    role: str
    credential: str
