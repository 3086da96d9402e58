"""Terms of a definition beside its stages and routes: what it asks of people, benefits, and what alone ends no care."""

from pydantic import Field, model_validator

from models.people import Role
from models.word import Step, Window, Word

OUTREACH = "outreach"


class Ask(Word):
    """Something a person of a role does beside the look, within so long of what calls for it."""

    work: str = Field(pattern=r"^[a-z][a-z0-9-]*$", description="the kind of the work item")
    says: str = Field(description="what the worklist says")
    within: Step
    role: Role = Role.COORDINATOR
    with_reason: bool = Field(default=False, description="whoever ends it says in a note why, or how")


def reaching_out(steps: tuple[Step, ...]) -> tuple[Ask, ...]:
    """Return calls to the client, one for each step."""
    return tuple(Ask(work=OUTREACH, says="Reach out to the client", within=step) for step in steps)


class StayReview(Ask):
    """What is asked again and again so long as a stay lasts: `within` is the step. It ends no stage."""

    source: str


class FirstService(Word):
    """By when a client is seen after leaving a stage, or after an event: each ask follows once the one before is late."""

    left: str | None = Field(default=None, description="the stage that was left")
    by: str | None = Field(default=None, description="only where this report had led there")
    event: str | None = Field(default=None, description="or what has happened")
    asks: tuple[Ask, ...] = Field(min_length=1)
    source: str

    @model_validator(mode="after")
    def _follows_one_thing(self) -> "FirstService":
        if (self.left is None) == (self.event is None):
            raise ValueError("a first service follows a stage that was left, or an event")
        return self


class MissedVisit(Word):
    """What follows a first visit after a hand-off that was missed: calls to the client, and then both programs are told."""

    outreach: tuple[Step, ...]
    then: Step
    source: str


class HandOffTimes(Word):
    """Within what time another program answers, and sees a client whom it has taken over."""

    answer: Step
    first_visit: Step
    missed: MissedVisit | None = None
    source: str


class Benefits(Word):
    """When it is said that nobody has checked what a payer covers: before a level begins, and so long after."""

    event: str = Field(description="what is reported once somebody has checked")
    within: Window = Field(description="for how long a check is good")
    entered: Window = Field(description="how long after a stay began it is still asked for")
    source: str


class Spared(Word):
    """What alone is no reason for the program to end care, where nothing else has called within so long."""

    triggers: tuple[str, ...] = Field(min_length=1)
    within: Window
    source: str
