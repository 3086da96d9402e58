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
    """By when a client is seen after leaving or entering a stage, or after an event: each ask follows once the last is late.

    Who entered a stage asked to be seen: they are seen, too, once anything of an assessment is there, or the stage is left.
    """

    entered: str | None = Field(
        default=None, description="the stage that was entered, while the client is there"
    )
    ended_by: tuple[str, ...] = Field(default=(), description="events that tell there that they were seen")
    left: str | None = Field(default=None, description="the stage that was left")
    by: str | None = Field(default=None, description="only where this report had led there")
    event: str | None = Field(default=None, description="or what has happened")
    asks: tuple[Ask, ...] = Field(min_length=1)
    outer: Step | None = Field(
        default=None, description="past it, and not before, the supervisor is asked as well"
    )
    source: str

    @property
    def last(self) -> Ask | None:
        """What the supervisor is asked once the outer limit is past."""
        told = {"within": self.outer, "role": Role.SUPERVISOR}
        return self.asks[-1].model_copy(update=told) if self.outer else None

    @model_validator(mode="after")
    def _follows_one_thing(self) -> "FirstService":
        if sum(one is not None for one in (self.entered, self.left, self.event)) != 1:
            raise ValueError("a first service follows a stage that was entered or left, or an event")
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
