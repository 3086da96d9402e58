"""Where everyone is: programs, pathways and the intervals on them. Mutable; the history of each change is in the audit log.

An interval is written twice, opened and closed, and carries the pathway version of both.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, String
from sqlmodel import Field, SQLModel

from models.tables.columns import found_by, instant, key, only_one


class Program(SQLModel, table=True):
    """A service at a site that delivers stages."""

    id: UUID = key()
    name: str
    zone: str
    setting: str | None
    crisis_line: str | None = None
    created_at: datetime = instant()


class ProgramDay(SQLModel, table=True):
    """A weekday on which a program is closed, or open although it is a public holiday."""

    __tablename__ = "program_day"
    program_id: UUID = Field(foreign_key="program.id", primary_key=True)
    day: date = Field(primary_key=True)
    closed: bool


class Places(SQLModel, table=True):
    """How many clients a program has places for in a stage; no row, no limit."""

    program_id: UUID = Field(foreign_key="program.id", primary_key=True)
    stage: str = Field(primary_key=True)
    places: int
    set_at: datetime = instant()


class Pathway(SQLModel, table=True):
    """One client's walk under one definition version. `version` counts its changes; `wake_at` is when to look again.

    `follows` is the client's walk that had ended last when this one began, `came_from` the level of care before it, which
    may have been elsewhere.
    """

    __table_args__ = (
        only_one("pathway_one_open", "client_id", "definition_key", where="closed_at IS NULL"),
        found_by("pathway_due", "wake_at", "id", where="wake_at IS NOT NULL AND quarantined_at IS NULL"),
        found_by("pathway_board", "program_id", "stage", where="closed_at IS NULL"),
    )
    id: UUID = key()
    client_id: UUID = Field(foreign_key="client.id", index=True)
    program_id: UUID = Field(foreign_key="program.id")
    owner_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    definition: str
    definition_key: str
    definition_hash: str
    stage: str
    version: int = 0
    opened_at: datetime = instant()
    recorded_at: datetime = instant()
    closed_at: datetime | None = instant(default=None, nullable=True)
    wake_at: datetime | None = instant(default=None, nullable=True)
    decision_id: UUID | None = None
    sign_off_id: UUID | None = None
    follows: UUID | None = Field(default=None, foreign_key="pathway.id", index=True)
    came_from: str | None = None
    referred_by: str | None = None
    attempts: int = 0
    quarantined_at: datetime | None = instant(default=None, nullable=True)


class Placement(SQLModel, table=True):
    """An interval in one stage; never two open on one pathway."""

    __table_args__ = (only_one("placement_one_open", "pathway_id", where="ended_at IS NULL"),)
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    stage: str
    started_at: datetime = instant()
    ended_at: datetime | None = instant(default=None, nullable=True)
    ended_by: str | None = None
    opened_version: int
    closed_version: int | None = None


class Hold(SQLModel, table=True):
    """An interval in which the clocks stand still."""

    __table_args__ = (only_one("hold_one_open", "pathway_id", where="ended_at IS NULL"),)
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    reason_code: str
    sealed: bytes | None = None
    started_at: datetime = instant()
    ended_at: datetime | None = instant(default=None, nullable=True)
    opened_version: int
    closed_version: int | None = None


class Reassessment(SQLModel, table=True):
    """One due occasion to look again; one open per pathway and kind. Whether it is late is computed on read."""

    __table_args__ = (
        only_one("reassessment_one_open", "pathway_id", "kind", where="closed_at IS NULL"),
        found_by("reassessment_due", "due_at", where="closed_at IS NULL"),
    )
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    kind: str
    stage: str
    parts: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    opened_at: datetime = instant()
    counts_from: datetime = instant()
    due_at: datetime = instant()
    late_at: datetime = instant()
    outer_at: datetime = instant()
    called_at: datetime | None = instant(default=None, nullable=True)
    escalated_at: datetime | None = instant(default=None, nullable=True)
    closed_at: datetime | None = instant(default=None, nullable=True)
    status: str = "open"
    decision_id: UUID | None = None
    opened_version: int
    closed_version: int | None = None


class WorkItem(SQLModel, table=True):
    """Something a person must do: in `program_id`, or where that is null in the pathway's own program."""

    __tablename__ = "work_item"
    __table_args__ = (found_by("work_item_open", "pathway_id", where="closed_at IS NULL"),)
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    kind: str
    cause: UUID
    for_role: str
    program_id: UUID | None = Field(default=None, foreign_key="program.id")
    opened_at: datetime = instant()
    due_at: datetime = instant()
    closed_at: datetime | None = instant(default=None, nullable=True)
    outcome: str | None = None
    sealed: bytes | None = None
    opened_version: int
    closed_version: int | None = None


class HandOff(SQLModel, table=True):
    """A walk on its way to another program: offered, accepted, declined, revoked, taken over. One open per pathway."""

    __tablename__ = "hand_off"
    __table_args__ = (
        only_one("hand_off_one_open", "pathway_id", where="closed_at IS NULL"),
        found_by("hand_off_to_answer", "to_program_id", where="closed_at IS NULL"),
    )
    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    from_program_id: UUID = Field(foreign_key="program.id")
    to_program_id: UUID = Field(foreign_key="program.id")
    kind: str
    status: str
    consent_id: UUID = Field(foreign_key="consent.id")
    starts_at: datetime | None = instant(default=None, nullable=True)
    offered_at: datetime = instant()
    offered_by: UUID
    answered_at: datetime | None = instant(default=None, nullable=True)
    answered_by: UUID | None = None
    owner_id: UUID | None = Field(default=None, foreign_key="person.id")
    closed_at: datetime | None = instant(default=None, nullable=True)
    sealed: bytes | None = None
    sealed_reason: bytes | None = None
    opened_version: int
    answered_version: int | None = None
    closed_version: int | None = None


class Session(SQLModel, table=True):
    """A planned group or individual meeting. Units: minutes."""

    __tablename__ = "care_session"
    __table_args__ = (found_by("care_session_by_time", "program_id", "starts_at"),)
    id: UUID = key()
    program_id: UUID = Field(foreign_key="program.id")
    service: str
    starts_at: datetime = instant()
    minutes: int
    facilitator_id: UUID | None = Field(default=None, foreign_key="person.id")


class Roster(SQLModel, table=True):
    """Who is expected at a session, by pathway. `known` is that pathway's version."""

    session_id: UUID = Field(foreign_key="care_session.id", primary_key=True)
    pathway_id: UUID = Field(foreign_key="pathway.id", primary_key=True, index=True)
    known: int
