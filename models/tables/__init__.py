"""The tables. `INSERT_ONLY` are those in which the database refuses UPDATE and DELETE."""

from models.tables import alerting, audit, care, people, records
from models.tables.columns import named

INSERT_ONLY = (
    *named(
        records.Fact,
        records.FactKnown,
        records.ReassessmentReason,
        records.DueMove,
        records.Decision,
        records.SignOff,
        records.Transition,
        records.PlanCountersigned,
    ),
    *audit.INSERT_ONLY,
    *alerting.INSERT_ONLY,
)

__all__ = ["INSERT_ONLY", "alerting", "audit", "care", "people", "records"]
