"""What the pages and the API show. Values only, ready to render: no SQL and no rule looks at them again.

Shared screens show initials and a short id; full names appear on the client's own pages.
"""

from models.views.alerts import Alarms, AlertView, ToldLine
from models.views.board import Board, Card, Column, Due, Listed, Occupancy, Task
from models.views.consent import ConsentView
from models.views.decision import AlterationLine, DecisionView, FindingLine, RouteLine
from models.views.handing import HandOffView
from models.views.pathway import AuditLine, PathwayView, StageStep, TimelineEntry, Trend, Unsigned
from models.views.waiting import Waiting

__all__ = [
    "Alarms",
    "AlertView",
    "AlterationLine",
    "AuditLine",
    "Board",
    "Card",
    "Column",
    "ConsentView",
    "DecisionView",
    "Due",
    "FindingLine",
    "HandOffView",
    "Listed",
    "Occupancy",
    "PathwayView",
    "RouteLine",
    "StageStep",
    "Task",
    "TimelineEntry",
    "ToldLine",
    "Trend",
    "Unsigned",
    "Waiting",
]
