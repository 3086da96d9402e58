"""What the outside asks for, checked at the border: closed to unknown fields, aware times, bounded text.

Everything an API body, an HTML form or an import line says about care comes in as one of these.
"""

from models.requests.acts import NewDischarge, NewHold, NewOverride, NewSignOff, NewWithdrawal, WorkChange
from models.requests.border import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Code,
    Day,
    Key,
    Minutes,
    Moment,
    Name,
    Prose,
    Reason,
    Request,
    Source,
    WallTime,
)
from models.requests.clients import EntryReason, Identifier, NewClient, NewPathway, NewProgram
from models.requests.facts import (
    NewAssessment,
    NewAttendance,
    NewAuthorisation,
    NewEvent,
    NewPlan,
    NewSession,
    SessionAttendance,
    Told,
)
from models.requests.on_call import NewAbsence, NewContact, NewDuty

__all__ = [
    "EARLIEST_YEAR",
    "LATEST_YEAR",
    "Code",
    "Day",
    "EntryReason",
    "Identifier",
    "Key",
    "Minutes",
    "Moment",
    "Name",
    "NewAbsence",
    "NewAssessment",
    "NewAttendance",
    "NewAuthorisation",
    "NewClient",
    "NewContact",
    "NewDischarge",
    "NewDuty",
    "NewEvent",
    "NewHold",
    "NewOverride",
    "NewPathway",
    "NewPlan",
    "NewProgram",
    "NewSession",
    "NewSignOff",
    "NewWithdrawal",
    "Prose",
    "Reason",
    "Request",
    "SessionAttendance",
    "Source",
    "Told",
    "WallTime",
    "WorkChange",
]
