"""The API's own requests as an import line spells them: a client by an identifier, facts with their source and time.

A time left out would be taken as now and make old evidence fresh; a fact without the source's own id would be doubled
by the next import. So both are needed here. Tables that number their own rows do not collide: without a source each
kind of fact counts as a source of its own.
"""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from models.requests import (
    EntryReason,
    Identifier,
    Key,
    Moment,
    NewAssessment,
    NewAttendance,
    NewClient,
    NewEvent,
    NewPathway,
    NewPlan,
    Source,
    Told,
)

NOBODY = UUID(int=0)


def _named_otherwise(_value: object) -> object:
    raise ValueError("a client is named here by an identifier, under `client`")


SourceText = Annotated[Source, StringConstraints(min_length=1)]


class ClientLine(NewClient):
    """A client with the identifier by which the next import knows them again."""

    identifiers: tuple[Identifier, ...] = Field(min_length=1, max_length=20)


class PathwayLine(NewPathway):
    """An open pathway at its present stage."""

    client: Identifier
    client_id: Annotated[UUID, BeforeValidator(_named_otherwise)] = NOBODY
    reason: EntryReason | None = EntryReason.ONBOARDING


class FactLine(Told):
    """Whose a fact is, when it was true and where it comes from."""

    client: Identifier | None = None
    definition: Key | None = None
    effective_at: Moment
    source: SourceText
    source_id: SourceText


class AssessmentLine(FactLine, NewAssessment):
    """Answers to an instrument."""

    source: SourceText = "import:assessment"


class AttendanceLine(FactLine, NewAttendance):
    """One client at one session."""

    source: SourceText = "import:attendance"


class EventLine(FactLine, NewEvent):
    """Something that happened."""

    source: SourceText = "import:event"


class PlanLine(FactLine, NewPlan):
    """Where the plan of care stands."""

    source: SourceText = "import:plan"


AnyLine = ClientLine | PathwayLine | FactLine
KINDS: Mapping[str, type[AnyLine]] = {
    "client": ClientLine,
    "pathway": PathwayLine,
    "assessment": AssessmentLine,
    "attendance": AttendanceLine,
    "event": EventLine,
    "plan": PlanLine,
}
