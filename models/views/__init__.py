"""What the pages and the API show. Values only, ready to render: no SQL and no rule looks at them again.

Shared screens show initials and a short id; full names appear on the client's own pages.
"""

from models.views.alerts import Alarms, AlertView, ToldLine
from models.views.authorisation import AuthorisationLine
from models.views.board import Board, Card, Column, Due, Listed, Task
from models.views.decision import AlterationLine, DecisionView, FindingLine, RouteLine
from models.views.pathway import AuditLine, PathwayView, StageStep, TimelineEntry, Trend, Unsigned
from models.views.plan import GoalLine, PlanVersion, PlanView

__all__ = [
    "Alarms",
    "AlertView",
    "AlterationLine",
    "AuditLine",
    "AuthorisationLine",
    "Board",
    "Card",
    "Column",
    "DecisionView",
    "Due",
    "FindingLine",
    "GoalLine",
    "Listed",
    "PathwayView",
    "PlanVersion",
    "PlanView",
    "RouteLine",
    "StageStep",
    "Task",
    "TimelineEntry",
    "ToldLine",
    "Trend",
    "Unsigned",
]
