"""Changes of the walk itself: where it begins, moves, stands still and is set aside."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from models.changes.change import UNTOLD, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class PathwayOpened(Change):
    """A client enters a pathway at a stage, with a reason where that is not its entry.

    It follows the client's walk that had ended last. `came_from` is the level of care before it, perhaps elsewhere.
    """

    action: ClassVar[str] = "pathway.opened"
    client_id: UUID
    program_id: UUID
    definition: str
    definition_hash: str
    placement_id: UUID
    stage: str
    started_at: datetime
    reason: str
    owner_id: UUID | None = None
    follows: UUID | None = None
    came_from: str | None = None
    referred_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Change):
    """The client moved: by a route, by an override around the routes, or as reported."""

    action: ClassVar[str] = "pathway.moved"
    transition_id: UUID
    placement_id: UUID
    how: Literal["route", "override", "discharge", "reported"]
    from_stage: str
    to_stage: str
    outcome: str
    ends: bool = False
    rule: str | None = None
    decision_id: UUID | None = None
    sign_off_id: UUID | None = None
    fact_id: UUID | None = None
    effective_at: datetime
    discharge: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Change):
    """The clocks of a pathway were stopped."""

    action: ClassVar[str] = "pathway.held"
    hold_id: UUID
    reason_code: str
    sealed: bytes | None = field(default=None, metadata=UNTOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Change):
    """The clocks run again; the client is looked at at once."""

    action: ClassVar[str] = "pathway.resumed"
    hold_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined(Change):
    """The engine could not decide this pathway and left it aside, visibly."""

    action: ClassVar[str] = "pathway.quarantined"
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(Change):
    """Something came due at `since` and the engine did not handle it in time; the reconciliation found it."""

    action: ClassVar[str] = "pathway.missed"
    what: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Change):
    """A person asked the engine to try again."""

    action: ClassVar[str] = "pathway.released"
