"""Who is told that somebody must act. A notice and its acknowledgement are records; the rest says how the telling goes.

A notice is written in the transaction of the change that needs it: the outbox. Whatever leaves the house leaves later.
"""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ARRAY, Column, SmallInteger
from sqlmodel import Field, SQLModel

from models.tables.columns import found_by, instant, key, named


class Notice(SQLModel, table=True):
    """The outgoing word that somebody must act on a pathway: for a work item, or because the engine set it aside."""

    id: UUID = key()
    pathway_id: UUID = Field(foreign_key="pathway.id", index=True)
    pathway_version: int
    kind: str
    work_id: UUID | None = Field(default=None, foreign_key="work_item.id", index=True)
    raised_at: datetime = instant()


class NoticeAcknowledged(SQLModel, table=True):
    """A named person has taken a notice over. The key lets one do so, once."""

    __tablename__ = "notice_acknowledged"
    notice_id: UUID = Field(foreign_key="notice.id", primary_key=True)
    pathway_id: UUID = Field(foreign_key="pathway.id")
    pathway_version: int
    acknowledged_by: UUID
    role: str
    recorded_at: datetime = instant()


class Alert(SQLModel, table=True):
    """A notice on its way up its ladder. `look_at` is when to look again; empty once nobody needs to be told any more."""

    __table_args__ = (found_by("alert_due", "look_at", where="look_at IS NOT NULL"),)
    notice_id: UUID = Field(foreign_key="notice.id", primary_key=True)
    look_at: datetime | None = instant(default=None, nullable=True)


class Delivery(SQLModel, table=True):
    """One notice to one address. It waits until it is sent or dead; `next_at` is when it may be tried."""

    __table_args__ = (
        found_by("delivery_of_notice", "notice_id"),
        found_by("delivery_waiting", "next_at", where="sent_at IS NULL AND dead_at IS NULL"),
    )
    id: UUID = key()
    notice_id: UUID = Field(foreign_key="notice.id")
    pathway_id: UUID = Field(index=True)  # no foreign key: its lock would wait for whoever moves the client
    pathway_version: int
    round: int
    rung: int
    standby: str
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    channel: str | None = None
    address: str | None = None
    begun_at: datetime = instant()
    attempts: int = 0
    next_at: datetime | None = instant(default=None, nullable=True)
    sent_at: datetime | None = instant(default=None, nullable=True)
    dead_at: datetime | None = instant(default=None, nullable=True)
    error: str | None = None


class ReminderDay(SQLModel, table=True):
    """The morning letters of a program for a day are written. The key lets them be written once."""

    __tablename__ = "reminder_day"
    program_id: UUID = Field(foreign_key="program.id", primary_key=True)
    day: date = Field(primary_key=True)
    written_at: datetime = instant()


class Reminder(SQLModel, table=True):
    """One morning letter to one address: counts of looks. It waits until it is sent or dead, and is asked no answer."""

    __table_args__ = (found_by("reminder_waiting", "next_at", where="sent_at IS NULL AND dead_at IS NULL"),)
    id: UUID = key()
    program_id: UUID = Field(foreign_key="program.id", index=True)
    contact_id: UUID = Field(foreign_key="contact.id")
    day: date
    soon: int
    today: int
    overdue: int
    attempts: int = 0
    next_at: datetime = instant()
    sent_at: datetime | None = instant(default=None, nullable=True)
    dead_at: datetime | None = instant(default=None, nullable=True)
    error: str | None = None


class Duty(SQLModel, table=True):
    """Somebody stands by in a program, on weekdays (Monday is 0), by the program's own clock."""

    id: UUID = key()
    program_id: UUID = Field(foreign_key="program.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    standby: str
    weekdays: list[int] = Field(sa_column=Column(ARRAY(SmallInteger), nullable=False))
    since: time
    until: time
    first_on: date | None = None
    last_on: date | None = None
    ended_at: datetime | None = instant(default=None, nullable=True)


class Absence(SQLModel, table=True):
    """Somebody is not there; whoever covers takes their duties."""

    id: UUID = key()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    cover_id: UUID | None = Field(default=None, foreign_key="person.id")
    starts_at: datetime = instant()
    ends_at: datetime = instant()


class Contact(SQLModel, table=True):
    """One way to reach somebody. `sealed` is the secret that signs a webhook, under the installation's own key."""

    id: UUID = key()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel: str
    address: str
    sealed: bytes | None = None
    ended_at: datetime | None = instant(default=None, nullable=True)


INSERT_ONLY = named(Notice, NoticeAcknowledged)
