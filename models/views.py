"""What the pages and the API show. Values only, ready to render: no SQL and no rule looks at them again.

Shared screens show initials and a short id; full names appear on the client's own pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How a due time stands now. `state` is one of overdue, today, soon, later, none."""

    state: str
    at: datetime | None = None
    label: str = ""
    parts: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    reassessment_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One pathway on the board."""

    pathway_id: UUID
    short_id: str
    initials: str
    stage: str
    day: int
    past_expected: bool
    due: Due
    proposal: str | None = None
    flag: str | None = None
    held: bool = False
    quarantined: bool = False
    owner: str | None = None
    measure: str | None = None
    scores: tuple[int, ...] = ()
    cut_off: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Some open pathways in order of id. `next` is where those begin that follow, whether or not all here are shown."""

    cards: tuple[Card, ...]
    next: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage on the board, in walking order. `stay` says the usual length of stay."""

    stage: str
    label: str
    stay: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Where everyone is, as of a moment."""

    at: datetime
    title: str
    columns: tuple[Column, ...]
    reassessment: tuple[Card, ...] = ()
    total: int = 0
    overdue: int = 0
    today: int = 0
    flagged: int = 0
    truncated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of the worklist, most urgent first. `action` says what to do in a person's words."""

    id: UUID
    kind: str
    pathway_id: UUID
    short_id: str
    initials: str
    stage: str
    action: str
    due: Due
    owner: str | None = None
    for_role: str | None = None
    by_people: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as a person reads it. `met` is one of met, not met, unknown."""

    label: str
    met: str
    expected: str
    actual: str
    source: str
    ask: str = ""
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """How one way out of the stage stands."""

    route: str
    to_stage: str
    to_label: str
    outcome: str
    met: str
    findings: tuple[FindingLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterationLine:
    """What it would take for the decision to be another one: the way that is nearest to open, and all that it lacks."""

    route: str
    to_stage: str
    to_label: str
    outcome: str
    lacks: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """A decision with its findings in words."""

    id: UUID
    at: datetime
    outcome: str
    headline: str
    to_stage: str | None
    to_label: str | None
    authority: str | None
    recommended: str | None
    definition: str
    engine: str
    run_id: UUID | None = None
    guards: tuple[FindingLine, ...] = ()
    routes: tuple[RouteLine, ...] = ()
    missing: tuple[str, ...] = ()
    alterations: tuple[AlterationLine, ...] = ()
    signed: bool = False
    superseded: bool = False


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
    """One client's walk: where, since when, what is due, why, and what is missing to move."""

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
    stages: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """Who was told, or could not be. `state` is one of sent, waiting, dead, dropped."""

    standby: str
    person: str | None
    channel: str | None
    state: str
    at: datetime
    error: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """Something a person must take over, and who was told of it. `state` is one of open, acknowledged, over."""

    id: UUID
    kind: str
    title: str
    pathway_id: UUID
    short_id: str
    initials: str
    stage: str
    program: str
    zone: str
    raised_at: datetime
    state: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    told: tuple[ToldLine, ...]

    @property
    def untold(self) -> bool:
        """Whether nobody could be told so far."""
        return bool(self.told) and all(one.state == "dead" for one in self.told)

    @property
    def dead(self) -> int:
        """How many letters are dead."""
        return sum(one.state == "dead" and one.person is not None for one in self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """Alerts that nobody has taken over: all, those nobody could be told of, those with dead letters, those told late."""

    open: int
    untold: int
    dead: int
    late: int

    @property
    def needs_somebody(self) -> bool:
        """Whether telling itself has failed."""
        return bool(self.untold or self.dead or self.late)
