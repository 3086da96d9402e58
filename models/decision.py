"""A decision: the dated verdict for a case, with the findings it rests on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from models.canonical import canonical, digest
from models.definition import Authority, Outcome
from models.placement import Basis


class Met(StrEnum):
    """Three-valued: missing or stale evidence is unknown, never false, and unknown moves nobody."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a criterion came to: expected against actual, on which evidence, until when it holds by itself.

    `since` stands where it came to be so by time, or by something older or newer than its evidence.
    """

    criterion: str
    met: Met
    expected: str
    actual: str
    source: str
    ask: str = ""
    evidence: tuple[UUID, ...] = ()
    until: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFinding:
    """How one route out of the present stage stands: met only if all its criteria and every guard are."""

    route: str
    to_stage: str
    outcome: Outcome
    met: Met
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict of one definition on one case at one instant. A move is proposed where `to_stage` is set.

    `basis` is what the recommended level rests on; decisions recorded before it was kept have none. `warned` are
    the criteria met that speak for another plan.
    """

    pathway_id: UUID
    definition: str
    at: datetime
    stage: str
    outcome: Outcome
    route: str | None = None
    to_stage: str | None = None
    authority: Authority | None = None
    recommended: str | None = None
    findings: tuple[Finding, ...] = ()
    routes: tuple[RouteFinding, ...] = ()
    missing: tuple[str, ...] = ()
    basis: Basis | None = None
    warned: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the canonical bytes that replay compares."""
        return canonical(self)

    @property
    def evidence(self) -> bytes:
        """SHA-256 of the evidence set: which criteria stood how, on which facts."""
        return digest(canonical([(f.criterion, f.met, f.evidence) for f in self.findings]))

    @property
    def verdict(self) -> str:
        """Hash of what a person would call the decision; newer evidence may leave it unchanged."""
        routes = [(route.route, route.met) for route in self.routes]
        said = [self.stage, self.outcome, self.to_stage or "", routes, self.missing]
        return digest(canonical([*said, self.warned] if self.warned else said)).hex()
