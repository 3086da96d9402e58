"""What one line of a file asks for before it is checked, and what became of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from models.requests import Identifier
from services.errors import CareError, Invalid


@dataclass(frozen=True, slots=True)
class Draft:
    """One line, or one entry of a Bundle, not checked yet; `fault` where it could not even be read.

    `subjects` are the identifiers it names its client by, in the order in which they are tried. `places` says where a
    field stands in the file, where that is not the field's own pointer.
    """

    number: int
    kind: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    subjects: tuple[Identifier, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    fault: Invalid | None = None

    def place(self, pointer: str) -> str:
        """Return where a field stands in the file."""
        known = [one for one in self.places if one in (pointer, "") or pointer.startswith(f"{one}/")]
        return self.places[max(known, key=len)] if known else pointer


class Outcome(StrEnum):
    """What became of a line."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line, and why if it was not accepted."""

    number: int
    kind: str
    outcome: Outcome
    reason: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a whole file, line by line."""

    lines: tuple[Line, ...]
    accepted: int
    duplicate: int
    rejected: int

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Report":
        """Count lines, put in the order of the file."""
        counts = Counter(line.outcome for line in lines)
        return cls(
            lines=tuple(sorted(lines, key=lambda line: line.number)),
            accepted=counts[Outcome.ACCEPTED],
            duplicate=counts[Outcome.DUPLICATE],
            rejected=counts[Outcome.REJECTED],
        )


def unreadable(number: int, fault: Invalid, *, kind: str = "") -> Draft:
    """Return a line that cannot be read."""
    return Draft(number, kind, fault=fault)


def rejected(draft: Draft, fault: CareError) -> Line:
    """Return what became of a line that cannot be taken in."""
    return Line(draft.number, draft.kind, Outcome.REJECTED, fault.message, draft.place(fault.pointer))
