"""What occurs on a walk and what a definition makes of it: a look, a move, a fact for placement, a question."""

from enum import StrEnum

from pydantic import Field

from models.terms import Ask, reaching_out
from models.word import Step, Window, Word


class Trigger(Word):
    """What calls for an early look: an event, or a criterion that comes to be met."""

    key: str
    label: str
    deadline: Step
    event: str | None = None
    criterion: str | None = None
    stages: tuple[str, ...] = Field(default=(), description="only in these stages; in every one if empty")
    parts: tuple[str, ...] = Field(
        default=(), description="what the look consists of; the stage's own parts if empty"
    )
    ahead: Step | None = Field(default=None, description="and so long before what was authorised ends")
    outreach: tuple[Step, ...] = Field(
        default=(), description="when somebody reaches out to the client besides"
    )
    asks: tuple[Ask, ...] = Field(default=(), description="what else is done besides, each by its own time")
    cool_down: Step | None = Field(
        default=None, description="how much newer the next fact must be before a criterion calls again"
    )
    source: str

    @property
    def besides(self) -> tuple[Ask, ...]:
        """All that people do beside the look, calls to the client first."""
        return (*reaching_out(self.outreach), *self.asks)


class Reach(StrEnum):
    """Whom a reported move moves: the pathway it came by, or every open pathway of the client."""

    PATHWAY = "pathway"
    CLIENT = "client"


class Reported(Word):
    """What an occurrence outside our choosing does to the placement; never refused."""

    event: str
    reach: Reach = Field(
        default=Reach.CLIENT, description="the pathway it came by, or every one of the client"
    )
    to: str = Field(description="a stage, or `previous` for the care stage left last")
    discharge: int | None = Field(default=None, ge=1, le=7, description="TEDS reason for discharge")
    outreach: tuple[Step, ...] = ()
    label: str
    source: str

    @property
    def besides(self) -> tuple[Ask, ...]:
        """What people do once it has happened: calls to the client."""
        return reaching_out(self.outreach)


class PlacementFact(Word):
    """An event that the placement table counts as a fact, for a while or for good."""

    fact: str
    event: str
    within: Window | None = None
    stages: tuple[str, ...] = Field(
        default=(),
        description="only where it happened in these, and the client has left them for no other since but hospital or jail",
    )
    ended_by: tuple[str, ...] = Field(default=(), description="later events that end the fact")
    source: str


class BeforeEntry(Word):
    """What had happened shortly before the walk began, and is learned on it, still calls for a look."""

    within: Window
    source: str


class NoContact(Word):
    """So long without contact in these stages, and a supervisor is asked whether care has ended; nobody is moved by it."""

    within: Step
    stages: tuple[str, ...]
    source: str
