"""Criteria: the conditions a definition may set, one small class per kind.

Each has its pure reading in `services/rules/criteria.py`. A criterion never says what follows from it; routes, guards
and triggers do. `ask` tells a person what to record when the answer is unknown.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from models.word import Window, Word


class _Condition(Word):
    key: str
    label: str
    source: str
    ask: str = ""

    def instruments(self) -> tuple[str, ...]:
        """Return the instruments this condition reads by name."""
        return ()


class _OfInstrument(_Condition):
    instrument: str

    def instruments(self) -> tuple[str, ...]:
        """Return the instruments this condition reads by name."""
        return (self.instrument,)


class Assessed(_OfInstrument):
    """A signed assessment with this instrument, still fresh: to the moment, or through the whole of the last day."""

    kind: Literal["assessed"]
    fresh_for: Window
    whole_days: bool = False


class Recommended(_Condition):
    """The level of care that the ratings recommend, against named levels or the present stage's own level.

    `reviews` consecutive ratings, each at least `apart` from the one before, must all agree; where they are several, all
    of them are of the present stay.
    """

    kind: Literal["recommended"]
    levels: tuple[str, ...] = ()
    relation: Literal["below", "above"] | None = None
    reviews: int = Field(default=1, ge=1, le=6)
    apart: Window = timedelta()
    fresh_for: Window


class BandIs(_OfInstrument):
    """The latest band of an instrument is one of these for certain."""

    kind: Literal["band-is"]
    bands: tuple[str, ...]
    fresh_for: Window


class BandIsNot(_OfInstrument):
    """The latest band of an instrument is none of these for certain: a form that is not finished may hide one."""

    kind: Literal["band-is-not"]
    bands: tuple[str, ...]
    fresh_for: Window


class Settled(_Condition):
    """Every scale in use for this client has come to one of its settled bands, and one is in use.

    A scale is in use where it was recorded in the present stay, or within `fresh_for` before it.
    """

    kind: Literal["settled"]
    scales: dict[str, tuple[str, ...]] = Field(min_length=1, description="the settled bands of each scale")
    fresh_for: Window

    def instruments(self) -> tuple[str, ...]:
        """Return the instruments this condition reads by name."""
        return tuple(self.scales)


class NoOpenRisk(_OfInstrument):
    """No open band of these on the client. Silence does not freeze, so nothing on file is no risk; a screen that was
    begun leaves it unknown until it is finished; a risk is never stale.
    """

    kind: Literal["no-open-risk"]
    bands: tuple[str, ...]


class Attended(_Condition):
    """At least this share of the sessions charted or planned in the window was attended.

    A session nobody charted is neither attended nor missed: the answer is unknown while it could tip the scale.
    """

    kind: Literal["attended"]
    share: int = Field(ge=1, le=100, description="percent")
    within: Window


class NoEvent(_Condition):
    """None of these events in the window, and somebody looked: one of the `looked` instruments was answered in it.

    An event of `unexplained` may mean nothing: it counts until somebody has signed `explained_by` after it.
    """

    kind: Literal["no-event"]
    events: tuple[str, ...]
    unexplained: tuple[str, ...] = ()
    explained_by: str = ""
    within: Window
    looked: tuple[str, ...]

    def instruments(self) -> tuple[str, ...]:
        """Return the instruments this condition reads by name."""
        return (*self.looked, *filter(None, (self.explained_by,)))


class GoalsMet(_Condition):
    """The plan's goals for this level are met or handed on."""

    kind: Literal["goals-met"]
    fresh_for: Window


class NextStepDated(_Condition):
    """The plan names the next step and its date, today or later; and it is one of `leads_to`, where they are named."""

    kind: Literal["next-step-dated"]
    leads_to: tuple[str, ...] = ()
    fresh_for: Window


class AftercarePlanned(_Condition):
    """The plan says what carries the client after this level."""

    kind: Literal["aftercare-planned"]
    fresh_for: Window


class Stayed(_Condition):
    """The client has been in this stage for at least so long, hospital and jail aside. Never all that a route asks for."""

    kind: Literal["stayed"]
    at_least: Window


class NotHeld(_Condition):
    """The pathway is not on hold."""

    kind: Literal["not-held"]


class MissedSessions(_Condition):
    """So many sessions of this stay missed in a row, or in all, counting only what is charted; within the window, if any."""

    kind: Literal["missed-sessions"]
    in_a_row: int = Field(ge=1)
    in_all: int | None = None
    within: Window | None = None


class Worse(_OfInstrument):
    """The latest total is at least `by` points above the first of the present stay."""

    kind: Literal["worse"]
    by: int = Field(ge=1)
    fresh_for: Window


class Worsened(_Condition):
    """The latest signed ratings are worse than those the stay began with: one of `ratings` by at least `by`, or one of
    `acute` at all where it has come to `reach`. It began with the last ratings of `before` it, else with the first in it.
    """

    kind: Literal["worsened"]
    ratings: tuple[str, ...]
    by: int = Field(ge=1, le=4)
    acute: tuple[str, ...] = ()
    reach: int = Field(default=4, ge=1, le=4)
    before: Window
    fresh_for: Window


class Underdosed(_Condition):
    """Fewer than so many hours attended in each of the last whole weeks of the stay, once there was time to chart them."""

    kind: Literal["underdosed"]
    hours: int = Field(ge=1, le=40, description="hours a week")
    weeks: int = Field(ge=1, le=8)
    settles: Window


class Flagged(_OfInstrument):
    """A score carries this flag, and no later signed assessment with `unless` has looked into it."""

    kind: Literal["flagged"]
    flag: str
    unless: str
    fresh_for: Window

    def instruments(self) -> tuple[str, ...]:
        """Return the instruments this condition reads by name."""
        return (self.instrument, self.unless)


class NewlyFlagged(_OfInstrument):
    """The latest scores carry this flag, and the one before them did not: it came up within `fresh_for`."""

    kind: Literal["newly-flagged"]
    flag: str
    fresh_for: Window


class Unfinished(_OfInstrument):
    """A form carries this flag but came to no band, and nobody has signed a finished one since."""

    kind: Literal["unfinished"]
    flag: str
    fresh_for: Window


class ChecklistComplete(_Condition):
    """Every part of the definition's checklist is done or does not apply, as recorded within the window."""

    kind: Literal["checklist-complete"]
    fresh_for: Window


class AuthorisationEnding(_Condition):
    """What pays for the present level ends in so many days, or has so few units left, and nothing carries on from it.

    Units: of each authorisation's own kind. Unknown where no payer has said anything about this level.
    """

    kind: Literal["authorisation-ending"]
    days: int = Field(ge=0, le=90)
    units: int = Field(ge=0, le=100)


class NoProgress(_Condition):
    """Services or goals of the plan were changed in this stay, and the reviews since show none of the ratings better.

    `reviews` signed ratings, each at least `apart` from the one before; one of `ratings` had come to `reach` when the plan
    changed, so that there was something to better.
    """

    kind: Literal["no-progress"]
    ratings: tuple[str, ...]
    reach: int = Field(default=2, ge=1, le=4)
    reviews: int = Field(default=2, ge=1, le=6)
    apart: Window
    fresh_for: Window


Criterion = Annotated[
    Assessed
    | Recommended
    | BandIs
    | BandIsNot
    | Settled
    | NoOpenRisk
    | Attended
    | NoEvent
    | GoalsMet
    | NextStepDated
    | AftercarePlanned
    | Stayed
    | NotHeld
    | MissedSessions
    | Worse
    | Worsened
    | NoProgress
    | Underdosed
    | Flagged
    | NewlyFlagged
    | Unfinished
    | ChecklistComplete
    | AuthorisationEnding,
    Field(discriminator="kind"),
]
