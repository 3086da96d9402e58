"""Reminding: who is told in the morning how many looks are soon, due and overdue. Counts alone, nothing of a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal
from uuid import UUID

from models.alerting import Crew
from models.word import Reviewed, Word

State = Literal["soon", "today", "overdue"]


class Concerned(StrEnum):
    """Whom a look concerns: who keeps the caseload it belongs to, and the supervisors of its program."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"


class Telling(Word):
    """Who is told of one state of looks."""

    to: tuple[Concerned, ...]
    source: str


class Morning(Reviewed):
    """When the letter is written, by the program's own clock, and who is told of what."""

    key: str
    version: int
    title: str
    at: time
    source: str
    tells: dict[State, Telling]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A program that had no letter yet today. `closed` is what it said of today itself, None where it said nothing."""

    program_id: UUID
    zone: str
    closed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLook:
    """One open look: in whose caseload, and its clock."""

    owner_id: UUID | None
    due_at: datetime
    late_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a morning's letters are written from: a program's open looks, its supervisors, and who is reached how."""

    program_id: UUID
    crew: Crew
    looks: Sequence[OpenLook] = ()
    supervisors: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One letter to one contact. Units: `soon`, `today` and `overdue` count open looks."""

    id: UUID
    program_id: UUID
    contact_id: UUID
    day: date
    soon: int
    today: int
    overdue: int
    next_at: datetime
