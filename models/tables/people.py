"""People: clients with their sealed fields, and those who sign in. Keys live here and may be destroyed."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ARRAY, Column, SmallInteger, Uuid
from sqlmodel import Field, SQLModel

from models.tables.columns import instant, key


class Client(SQLModel, table=True):
    """The person in care. `sealed` holds names, birth date and identifiers, encrypted with that person's key."""

    id: UUID = key()
    program_id: UUID = Field(foreign_key="program.id", index=True)
    sealed: bytes
    version: int = 1
    created_at: datetime = instant()


class ClientKey(SQLModel, table=True):
    """One person's data key, wrapped. Destroying it erases the person everywhere."""

    __tablename__ = "client_key"
    client_id: UUID = Field(foreign_key="client.id", primary_key=True)
    wrapped: bytes


class ClientIdentifier(SQLModel, table=True):
    """A blind index: finds a client by an exact identifier without storing it."""

    __tablename__ = "client_identifier"
    blind: bytes = Field(primary_key=True)
    client_id: UUID = Field(foreign_key="client.id", index=True)


class Obligation(SQLModel, table=True):
    """What a client is bound to every week beside their care. Written once, and ended; a change is a new one."""

    id: UUID = key()
    client_id: UUID = Field(foreign_key="client.id", index=True)
    kind: str
    weekdays: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    since: time
    until: time
    first_on: date | None = None
    last_on: date | None = None
    created_at: datetime = instant()
    ended_at: datetime | None = instant(default=None, nullable=True)


class Consent(SQLModel, table=True):
    """What a client allows us to tell, and whom. `sealed` holds recipient, purpose, what, and upon what it expires."""

    id: UUID = key()
    client_id: UUID = Field(foreign_key="client.id", index=True)
    program_id: UUID | None = Field(default=None, foreign_key="program.id")
    kind: str
    sealed: bytes
    signed_on: date
    expires_on: date | None = None
    recorded_at: datetime = instant()
    recorded_by: UUID
    revoked_on: date | None = None
    revoked_at: datetime | None = instant(default=None, nullable=True)
    revoked_by: UUID | None = None


class Person(SQLModel, table=True):
    """Someone who signs in, or a key that does."""

    id: UUID = key()
    name: str
    role: str
    credential: str = ""
    credential_until: date | None = None
    programs: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    created_at: datetime = instant()
    disabled_at: datetime | None = instant(default=None, nullable=True)


class Token(SQLModel, table=True):
    """A way in, known only by its SHA-256: a one-time link, a browser session, an API key."""

    sha256: bytes = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    kind: str
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None, nullable=True)


class Command(SQLModel, table=True):
    """A request by its Idempotency-Key: the same request again gets the same answer and no second effect."""

    person_id: UUID = Field(primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    body_sha256: bytes
    answer: bytes | None = None
    status: int = 0
    recorded_at: datetime = instant()


class Installation(SQLModel, table=True):
    """What is true of this installation as a whole: a demo or not, the worker's heartbeat."""

    name: str = Field(primary_key=True)
    value: str
    at: datetime = instant()
