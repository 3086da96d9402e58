"""What the pages and the API show. Values only, ready to render: no SQL and no rule looks at them again.

Shared screens show initials and a short id; full names appear on the client's own pages.
"""

from models.views.alerts import Alarms, AlertView, ToldLine
from models.views.board import Board, Card, Column, Due, Listed, Task
from models.views.decision import AlterationLine, DecisionView, FindingLine, RouteLine
from models.views.pathway import (
    AuditLine,
    PathwayView,
    ShareLine,
    StageStep,
    TallyLine,
    TimelineEntry,
    Trend,
    Unsigned,
    WeekLine,
)
from models.views.plan import GoalLine, PlanVersion, PlanView
from models.views.planning import ObligationView, SessionWarning

__all__ = [
    "Alarms",
    "AlertView",
    "AlterationLine",
    "AuditLine",
    "Board",
    "Card",
    "Column",
    "DecisionView",
    "Due",
    "FindingLine",
    "GoalLine",
    "Listed",
    "ObligationView",
    "PathwayView",
    "PlanVersion",
    "PlanView",
    "RouteLine",
    "SessionWarning",
    "ShareLine",
    "StageStep",
    "TallyLine",
    "Task",
    "TimelineEntry",
    "ToldLine",
    "Trend",
    "Unsigned",
    "WeekLine",
]
