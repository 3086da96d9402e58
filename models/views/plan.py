"""A plan of care in words: its present version, those before it, and what its stage usually has."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.care_plan import Dose, Participation


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """One goal with its words. `status` is one of open, met, transferred, dropped."""

    key: str
    dimension: int
    what: str
    interventions: str
    practice: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """One version of a plan. `goals` sums them up; `hours` are those of its services in a week.

    `deviations` are what it does otherwise than its template: `left-out:`, `added:` or `changed:` and a key.
    """

    id: UUID
    number: int
    at: datetime
    recorded_at: datetime
    goals: str
    by_goal: tuple[GoalLine, ...]
    services: tuple[Dose, ...]
    hours: float
    participation: Participation
    changed: bool
    waits_for_countersignature: bool
    corrected: bool
    deviations: tuple[str, ...] = ()
    by: str | None = None
    next_step: str | None = None
    next_on: date | None = None
    aftercare: str | None = None
    assessment_id: UUID | None = None
    note: str | None = None
    countersigned_by: str | None = None
    countersigned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The plan of one pathway, newest version first, beside what its present stage usually has.

    `crisis_line` is whom the client reaches at any hour, as their copy says.
    """

    pathway_id: UUID
    stage: str
    hours_per_week: tuple[int, int] | None
    usual_goals: tuple[GoalLine, ...]
    usual_services: tuple[Dose, ...]
    versions: tuple[PlanVersion, ...]
    crisis_line: str | None = None

    @property
    def present(self) -> PlanVersion | None:
        """The version that stands."""
        return next((one for one in self.versions if not one.corrected), None)
