"""Terms of a definition beside its stages and routes: when benefits are asked for, and what alone ends no care."""

from pydantic import Field

from models.word import Window, Word


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
