"""Where everyone is, and what is to be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How a due time stands now. `state` is one of overdue, today, soon, later, paused, none.

    `share` is how much of the time from the opening of a look to its due time is used, in per cent, over 100 once past it.
    """

    state: str
    at: datetime | None = None
    label: str = ""
    parts: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    reassessment_id: UUID | None = None
    share: int | None = None


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
class Occupancy:
    """How full a stage is: its places, those taken, and those promised to a signed move that waits for its day."""

    stage: str
    places: int
    taken: int
    promised: int = 0
    nearly_full: bool = False

    @property
    def free(self) -> int:
        """How many places somebody can still be given."""
        return max(0, self.places - self.taken - self.promised)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage on the board, in walking order. `stay` says the usual length of stay, `room` how full it is."""

    stage: str
    label: str
    stay: str
    cards: tuple[Card, ...]
    room: Occupancy | None = None


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
    """One line of the worklist, most urgent first. `action` says what to do in a person's words.

    A session to chart is one line for its whole roster: `others` counts the clients beside the one named.
    """

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
    session_id: UUID | None = None
    others: int = 0
