"""What every word of the catalogue shares: frozen, closed to unknown fields, durations a clinician can read."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

_UNITS = {"b": "days", "d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True, slots=True)
class Span:
    """A step of a clock: `14d` counts the program's calendar days, `2b` its business days, `72h` and `30m` exact time."""

    count: int
    unit: str

    @classmethod
    def read(cls, text: object) -> "Span":
        """Return the span a text writes. Raises: ValueError."""
        if isinstance(text, cls):
            return text
        match = re.fullmatch(r"([0-9]{1,4})([bdhm])", text) if isinstance(text, str) else None
        if match is None:
            raise ValueError("a duration is written as 14d, 2b, 72h or 30m")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def length(self) -> timedelta:
        """The span as exact time, for windows that look back; of business days the least that they may take."""
        return timedelta(**{_UNITS[self.unit]: self.count})


def _length(text: object) -> timedelta:
    if isinstance(text, timedelta):
        return text
    span = Span.read(text)
    if span.unit == "b":
        raise ValueError("a look-back counts no business days")
    return span.length


Step = Annotated[Span, BeforeValidator(Span.read), PlainSerializer(str, return_type=str)]
"""A clock's step in a definition: `14d`, `2b`, `72h`, `30m`."""

Window = Annotated[timedelta, BeforeValidator(_length)]
"""A look-back in a definition, written the same way: exact time."""


class Word(BaseModel):
    """A frozen word of the catalogue; an unknown field is a mistake, not an extension."""

    model_config = ConfigDict(frozen=True, extra="forbid")
