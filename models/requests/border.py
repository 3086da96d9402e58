"""What may come over the border at all: plain text, aware moments of our time, whole numbers."""

import re
from datetime import date, datetime, time
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

_JOINERS_AND_MARKS = "\u200c\u200d\u200e\u200f"
"""What Persian names, right-to-left text and joined emoji need; overrides of direction stay refused."""


def _plain(text: str) -> str:
    if any(not (char.isprintable() or char in "\n\t" + _JOINERS_AND_MARKS) for char in text):
        raise ValueError("control characters are not text")
    return text


D = TypeVar("D", date, datetime)


def _written(moment: object) -> object:
    """Take a moment only as written text: a bare number would be read as seconds since 1970."""
    if isinstance(moment, date) or (isinstance(moment, str) and "-" in moment):
        return moment
    raise ValueError("a moment is written like 2026-03-02T17:00:00Z, with its offset")


def whole_number(value: object) -> object:
    """Take a whole number only as one: true and 1.0 equal 1 in Python, and are no code."""
    if isinstance(value, bool | float):
        raise ValueError("a whole number is needed")  # noqa: TRY004 - a refusal of the request, not of the program
    return value


def _of_our_time(moment: D) -> D:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"a date lies between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return moment


def _wall_time(text: object) -> object:
    if isinstance(text, time) or (isinstance(text, str) and re.fullmatch("[0-2][0-9]:[0-5][0-9]", text)):
        return text
    raise ValueError("a time of day is written like 17:00")


EARLIEST_YEAR, LATEST_YEAR = 1900, 2199


Day = Annotated[date, BeforeValidator(_written), AfterValidator(_of_our_time)]


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_time)]


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_plain)
]


Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_plain)]


Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000), AfterValidator(_plain)
]


Source = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,15}$")]
"""A code of a payer's: a service, a reason."""


Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9@_-]{0,63}$")]


WallTime = Annotated[time, BeforeValidator(_wall_time)]


Minutes = Annotated[int, Field(ge=1, le=24 * 60, strict=True)]


class Request(BaseModel):
    """A body from outside: an unknown field is refused, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
