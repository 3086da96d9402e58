"""A decision in words."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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
