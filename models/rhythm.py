"""How often a stage looks again: paces, rhythms made of them, and what a look consists of."""

from datetime import timedelta

from pydantic import Field, model_validator

from models.word import Span, Step, Window, Word


def alternatives(part: str) -> tuple[str, ...]:
    """Return the instruments of which any one does for a part of a look: `bam|phq-9|gad-7`, mostly one alone."""
    return tuple(part.split("|"))


class Pace(Word):
    """How long after the last look the next one is due, and when it is late. No grace outlasts the outer limit."""

    every: Step
    grace: Step = Span(0, "d")
    outer: Step = Field(
        description="outer limit, counted from the last look; past it the supervisor is called"
    )

    @model_validator(mode="after")
    def _reaches(self) -> "Pace":
        if self.outer.length < self.every.length:
            raise ValueError("the outer limit lies before the look is due")
        return self


class Early(Pace):
    """The pace of the first part of a stay: after looks made within so long of its beginning, or after so many of them."""

    until: Window | None = None
    times: int | None = Field(default=None, ge=1, description="so many looks from the beginning, in all")

    @model_validator(mode="after")
    def _ends(self) -> "Early":
        if (self.until is None) == (self.times is None):
            raise ValueError("an early pace ends after a time (until) or after so many looks (times)")
        return self

    def holds(self, into_stay: timedelta, done: int) -> bool:
        """Tell whether this pace follows a look made so long after the stay began, before which so many were done."""
        return into_stay < self.until if self.until is not None else done < (self.times or 0)


class Rhythm(Pace):
    """How often some instruments are asked for: at first at early paces, then at its own."""

    first: Step | None = Field(
        default=None, description="the first look after entering: due then, and no later"
    )
    early: tuple[Early, ...] = ()
    parts: tuple[str, ...] = Field(
        default=(), description="instruments that complete the look; of `bam|phq-9` any one does"
    )
    where_used: bool = Field(
        default=False, description="asked only of clients with whom one of the parts was used before"
    )
    until: Window | None = Field(
        default=None, description="asked for only so far into a stay; another rhythm is kept beside"
    )
    source: str

    @property
    def instruments(self) -> tuple[str, ...]:
        """All by which its looks may be completed."""
        return tuple(key for part in self.parts for key in alternatives(part))

    def pace(self, into_stay: timedelta, done: int) -> Pace:
        """Return the pace after a look made so long after the stay began, before which so many were done."""
        return next((early for early in self.early if early.holds(into_stay, done)), self)


class ByBand(Pace):
    """The pace that follows a scale in one of these bands, in any if none is named; `until` so far into a stay."""

    scale: str
    bands: tuple[str, ...] = ()
    until: Window | None = None
    source: str

    def follows(self, scale: str, band: str, into_stay: timedelta) -> bool:
        """Tell whether it follows this scale in this band, recorded so long after the stay began."""
        named = self.scale == scale and (not self.bands or band in self.bands)
        return named and (self.until is None or into_stay < self.until)


class Review(Rhythm):
    """How often a stage looks again, and what a look consists of."""

    counts: Window = Field(description="how long before the due time an assessment already counts towards it")
    scales: tuple[str, ...] = Field(
        default=(),
        description="those of these in use for the client complete it too; where none is yet, any one",
    )
    by_band: tuple[ByBand, ...] = Field(
        default=(), description="the first that follows a scale is its pace; else the review's own"
    )
    checkup: Rhythm | None = Field(
        default=None, description="what is asked for in a rhythm of its own, as a look beside the other"
    )

    @model_validator(mode="after")
    def _asks(self) -> "Review":
        if not (self.parts or self.scales) or (self.checkup is not None and not self.checkup.parts):
            raise ValueError("a look asks for something")
        if self.until is not None and self.checkup is None:
            raise ValueError("a look that is asked for no more leaves a check-up beside it")
        if unknown := {one.scale for one in self.by_band} - {*self.scales}:
            raise ValueError(f"a pace of a scale that is not asked for: {', '.join(sorted(unknown))}")
        return self

    def pace_of(self, scale: str, band: str, into_stay: timedelta) -> Pace:
        """Return the pace that follows a scale in a band."""
        return next((one for one in self.by_band if one.follows(scale, band, into_stay)), self)

    @property
    def shortest(self) -> Pace:
        """The shortest pace: what holds where nobody knows better."""
        return min((*self.by_band, self), key=lambda pace: pace.every.length)
