"""What the pages and the API show. Values only, ready to render: no SQL and no rule looks at them again.

Shared screens show initials and a short id; full names appear on the client's own pages.
"""

from models.views.alerts import Alarms, AlertView, ToldLine
from models.views.authorisation import AuthorisationLine
from models.views.board import Board, Card, Column, Due, Listed, Occupancy, Task
from models.views.consent import ConsentView
from models.views.decision import AlterationLine, BasisLine, DecisionView, FindingLine, Levels, RouteLine
from models.views.handing import HandOffView
from models.views.pathway import (
    AuditLine,
    ByItem,
    ChecklistView,
    ItemChange,
    PartLine,
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
from models.views.waiting import Waiting

__all__ = [
    "Alarms",
    "AlertView",
    "AlterationLine",
    "AuditLine",
    "AuthorisationLine",
    "BasisLine",
    "Board",
    "ByItem",
    "Card",
    "ChecklistView",
    "Column",
    "ConsentView",
    "DecisionView",
    "Due",
    "FindingLine",
    "GoalLine",
    "HandOffView",
    "ItemChange",
    "Levels",
    "Listed",
    "ObligationView",
    "Occupancy",
    "PartLine",
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
    "Waiting",
    "WeekLine",
]
