"""A decision in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding as a person reads it. `met` is one of met, not met, unknown.

    `enough`: how much would do, where it lacks for another way and the facts say it exactly.
    """

    label: str
    met: str
    expected: str
    actual: str
    source: str
    ask: str = ""
    enough: str = ""
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """How one way out of the stage stands. `says` names it in words, `asks` what fewest others ask for."""

    route: str
    to_stage: str
    to_label: str
    outcome: str
    says: str
    met: str
    asks: str = ""
    findings: tuple[FindingLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterationLine:
    """What it would take for the decision to be another one: the way that is nearest to open, and all that it lacks.

    `says` names the way, `takes` what follows: one thing, all of several, or only a new look.
    `rerated`: rating, value now and then; any one of these alone brings the level the way asks for.
    """

    route: str
    to_stage: str
    to_label: str
    outcome: str
    says: str
    takes: str
    lacks: tuple[FindingLine, ...]
    rerated: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisLine:
    """What a recommended level rests on, in words. `policy` says what the table makes of several rules that fire.

    `table` is its key and version; `note` says whose it is, and that it is not ASAM CONTINUUM where it is ours.
    """

    table: str
    title: str
    note: str
    edition: str
    hit_policy: str
    policy: str
    ratings: tuple[tuple[str, int | None], ...]
    rated_at: datetime | None
    risk: str | None
    facts: tuple[str, ...]
    rules: tuple[str, ...]
    missing: tuple[str, ...]
    why: tuple[str, ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Three levels of care, kept apart: what the rules recommend, what a person selected, what a payer authorised.

    `selected` is the last one that somebody signed for, `how` its meaning and `reason_code` why it left the routes.
    `authorised` is what the payer authorises today, beside the newest decision of a pathway; elsewhere it is empty.
    """

    recommended: str | None
    selected: str | None = None
    how: str | None = None
    reason_code: str | None = None
    authorised: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """A decision with its findings in words. `reasoned` where to accept what it proposes takes a reason.

    `warnings` speak for another plan, and open no route.
    """

    id: UUID
    at: datetime
    outcome: str
    headline: str
    to_stage: str | None
    to_label: str | None
    authority: str | None
    reasoned: bool
    recommended: str | None
    definition: str
    engine: str
    run_id: UUID | None = None
    guards: tuple[FindingLine, ...] = ()
    routes: tuple[RouteLine, ...] = ()
    missing: tuple[str, ...] = ()
    alterations: tuple[AlterationLine, ...] = ()
    mentions: tuple[FindingLine, ...] = ()
    warnings: tuple[FindingLine, ...] = ()
    basis: BasisLine | None = None
    levels: Levels
    signed: bool = False
    superseded: bool = False
