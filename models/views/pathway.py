"""One client's walk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models.views.authorisation import AuthorisationLine
from models.views.board import Due, Occupancy, Task
from models.views.decision import DecisionView, Levels
from models.views.handing import HandOffView


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened, newest first. `kind` picks the mark beside it.

    `levels` beside a signature for a level: what was recommended then, what was selected, what was authorised.
    Of a fact `fact_id` is its id, `corrects` the one it corrects, `corrected_by` the one that stands in its place;
    `correctable` where it stands, and came by this pathway.
    """

    at: datetime
    recorded_at: datetime
    version: int
    kind: str
    text: str
    detail: str = ""
    by: str = ""
    late: bool = False
    levels: Levels | None = None
    fact_id: UUID | None = None
    corrects: UUID | None = None
    corrected_by: UUID | None = None
    correctable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One audit entry and what it speaks of. `seq` is its place in the Merkle log, null until the sequencer has been by.

    `by` is the person who wrote it, `signed_by` whose signature it tells or rests on, under `credential`; `rule` is the
    route that was decided, `run_id` the flow run that wrote it. Beside the entry of a decision stands why, in the words of
    the pathway's page; it comes from the decision's own record, for an entry holds no score.
    """

    version: int
    seq: int | None
    by: str | None
    signed_by: str | None
    credential: str | None
    rule: str | None
    run_id: str | None
    entry: Mapping[str, Any]
    decision: DecisionView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """An instrument's totals over time, or one of its subscales where it has no total.

    `about` is the substance, where the form asks about one of several, or the subscale.

    `changes` says what the latest form of the present stay shows against its first: `response`, `deterioration`, …;
    `changes_in_all` what it shows against the first on file, where that was before this stay.
    """

    instrument: str
    title: str
    about: str = ""
    changes: tuple[str, ...] = ()
    changes_in_all: tuple[str, ...] = ()
    points: tuple[tuple[datetime, int], ...]
    band: str | None = None
    maximum: int = 0
    cut_off: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What one item of a form was answered with at first and now; None is missing or not asked."""

    number: int
    name: str
    before: int | None
    now: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByItem:
    """A form that comes to no total: the items that have changed from the first form of the stay to the latest."""

    instrument: str
    first_at: datetime
    last_at: datetime
    changed: tuple[ItemChange, ...]


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
class TallyLine:
    """How much of something a week has, against the stage's range. `stands` is one of under, over, on-target, unknown.

    `planned` is still to come; `unlogged` nobody has charted, so it is neither. Units: hours, or days with a session.
    """

    attended: float
    planned: float
    unlogged: float
    least: int
    most: int
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLine:
    """One week of the present stay, in days of the program's zone. `ends_on` is its last day."""

    starts_on: date
    ends_on: date
    running: bool
    hours: TallyLine | None
    days: TallyLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """The sessions of the last days: how many were to take place, how many were attended, how many nobody charted."""

    days: int
    planned: int
    attended: int
    unlogged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    """One part of an assessment. `status` is one of done, not-done, not-applicable; none where nobody has said."""

    key: str
    label: str
    status: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistView:
    """What an assessment consists of and how much of it is done: done, or not applicable. `asked` where it is due here."""

    parts: tuple[PartLine, ...]
    done: int
    of: int
    asked: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayView:
    """One client's walk: where, since when, what is due, why, and what is missing to move.

    `room` is how full the proposed stage is, where it has a number of places.
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
    by_item: tuple[ByItem, ...] = ()
    timeline: tuple[TimelineEntry, ...]
    work: tuple[Task, ...] = ()
    notes: tuple[str, ...] = ()
    last_contact: datetime | None = None
    room: Occupancy | None = None
    hand_off: HandOffView | None = None
    unsigned: tuple[Unsigned, ...] = ()
    weeks: tuple[WeekLine, ...] = ()
    shares: tuple[ShareLine, ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    follows: UUID | None = None
    came_from: str | None = None
    referred_by: str | None = None
    followed_by: tuple[UUID, ...] = ()
    authorised: str | None = None
    use_alone: bool = False
    authorisations: tuple[AuthorisationLine, ...] = ()
    stages: tuple[tuple[str, str], ...] = field(default=())
    checklist: ChecklistView | None = None
