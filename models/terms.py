"""Terms of a definition beside its stages and routes: what it asks of people, benefits, and what alone ends no care."""

from pydantic import Field

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
