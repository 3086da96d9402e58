"""One client's walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from models.views.authorisation import AuthorisationLine
from models.views.board import Due, Task
from models.views.decision import DecisionView


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, newest first. `kind` picks the mark beside it."""

    at: datetime
    recorded_at: datetime
    version: int
    kind: str
    text: str
    detail: str = ""
    by: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One audit entry and what it speaks of. `seq` is its place in the Merkle log, null until the sequencer has been by.

    `by` is the person who wrote it, `signed_by` whose signature it tells or rests on, under `credential`; `rule` is the
    route that was decided, `run_id` the flow run that wrote it.
    """

    version: int
    seq: int | None
    by: str | None
    signed_by: str | None
    credential: str | None
    rule: str | None
    run_id: str | None
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """An instrument's totals over time. `about` is the substance, where the form asks about one of several.

    `changes` says what the latest form of the present stay shows against its first: `response`, `deterioration`, …
    """

    instrument: str
    title: str
    about: str = ""
    changes: tuple[str, ...] = ()
    points: tuple[tuple[datetime, int], ...]
    band: str | None = None
    maximum: int = 0
    cut_off: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """One stage of the bar across the pathway page. `state` is one of done, skipped, here, ahead."""

    stage: str
    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """An assessment that is recorded and waits for a clinician's signature; it does not count yet."""

    id: UUID
    instrument: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayView:
    """One client's walk: where, since when, what is due, why, and what is missing to move.

    `follows` is the client's walk that had ended last when this one began, where the reader may see it. `authorised` is the
    level the payer authorises today: the third one, beside the recommended and the selected. `use_alone` where all that has
    called of late is a return to use, which alone ends no care.
    """

    pathway_id: UUID
    client_id: UUID
    short_id: str
    initials: str
    name: str
    birth_date: str | None
    program: str
    zone: str
    definition: str
    title: str
    stage: str
    stage_label: str
    since: datetime
    day: int
    stay: str
    past_expected: bool
    version: int
    open: bool
    held: bool
    quarantined: bool
    owner: str | None
    dues: tuple[Due, ...]
    decision: DecisionView | None
    pending_move: str | None
    pending_at: datetime | None
    flag: str | None
    bar: tuple[StageStep, ...]
    trends: tuple[Trend, ...]
    timeline: tuple[TimelineEntry, ...]
    work: tuple[Task, ...] = ()
    notes: tuple[str, ...] = ()
    unsigned: tuple[Unsigned, ...] = ()
    follows: UUID | None = None
    followed_by: tuple[UUID, ...] = ()
    authorised: str | None = None
    use_alone: bool = False
    authorisations: tuple[AuthorisationLine, ...] = ()
    stages: tuple[tuple[str, str], ...] = field(default=())
