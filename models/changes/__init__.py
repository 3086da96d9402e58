"""Changes: the only things that ever happen to a pathway. The rules and use cases say them, the ledger writes them.

One change takes one pathway version and leaves one audit entry. An entry tells the opaque part (ids, stages, codes,
times); what a client said or scored is told by a commitment only, names and free text not at all.
"""

from models.changes.change import Change, Step
from models.changes.facts import FactRecorded, FactShared, PlanCountersigned, SessionPlanned
from models.changes.looks import (
    ReassessmentCalled,
    ReassessmentClosed,
    ReassessmentEscalated,
    ReassessmentHastened,
    ReassessmentMoved,
    ReassessmentOpened,
)
from models.changes.verdicts import DecisionMade, SignedOff, SignOffSetAside
from models.changes.walk import Held, Missed, Moved, PathwayOpened, Quarantined, Released, Resumed
from models.changes.work import NoticeAcknowledged, WorkClosed, WorkOpened

__all__ = [
    "Change",
    "DecisionMade",
    "FactRecorded",
    "FactShared",
    "Held",
    "Missed",
    "Moved",
    "NoticeAcknowledged",
    "PathwayOpened",
    "PlanCountersigned",
    "Quarantined",
    "ReassessmentCalled",
    "ReassessmentClosed",
    "ReassessmentEscalated",
    "ReassessmentHastened",
    "ReassessmentMoved",
    "ReassessmentOpened",
    "Released",
    "Resumed",
    "SessionPlanned",
    "SignOffSetAside",
    "SignedOff",
    "Step",
    "WorkClosed",
    "WorkOpened",
]
