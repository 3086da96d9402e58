"""What is wrong with something from outside: a JSON pointer to the place, and in words what would be right.

The text of a refused value is never repeated: it may be a client's data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def pointer(loc: Sequence[object], body: object, *, missing: bool = False) -> str:
    """Follow pydantic's location into a body, leaving out the steps that only name a branch of a union."""
    found = ""
    for last, step in ((place == len(loc) - 1, step) for place, step in enumerate(loc)):
        inside = (isinstance(body, dict) and step in body) or (
            isinstance(body, list) and isinstance(step, int) and step < len(body)
        )
        if inside:
            body = body[step]  # type: ignore[index]
        if inside or (missing and last):
            found += f"/{escaped(step)}"
    return found


def escaped(key: object) -> str:
    """Return a key as a step of a JSON pointer."""
    return str(key)[:100].replace("~", "~0").replace("/", "~1")


def inmost(places: Iterable[str]) -> set[str]:
    """Return the places that hold none of the others. Of a choice between kinds only what is wrong inside one is told."""
    known = set(places)
    return {one for one in known if not any(other.startswith(f"{one}/") for other in known if one)}


def say(error: Mapping[str, Any]) -> str:
    """Return what would be right, in words, without the value that was wrong."""
    kind, given = str(error["type"]), error.get("ctx", {})
    if kind == "value_error":
        text = str(given["error"])
        return f"{text[:1].upper()}{text[1:].rstrip('.')}."
    for pattern, text in _SAYINGS:
        if re.fullmatch(pattern, kind):
            return text.format(**given)
    return "This does not fit here."


_SAYINGS = (
    ("missing", "This is needed."),
    ("extra_forbidden", "There is no such field."),
    ("literal_error|enum", "One of: {expected}."),
    ("string_too_short", "At least {min_length} characters are needed."),
    ("string_too_long", "At most {max_length} characters fit."),
    ("too_short", "At least {min_length} are needed."),
    ("too_long", "At most {max_length} fit."),
    ("string_pattern_mismatch", "Lower-case letters, digits and hyphens only."),
    ("greater_than_equal", "This must be {ge} or more."),
    ("less_than_equal", "This must be {le} or less."),
    ("int_.*", "A whole number is needed."),
    ("bool_.*", "True or false is needed."),
    ("uuid_.*", "An id (UUID) is needed."),
    ("timezone_.*", "A time with its offset from UTC is needed."),
    ("datetime_.*", "A date and time with its offset from UTC is needed."),
    ("date_.*", "A date (year-month-day) is needed."),
    ("string_.*", "A text is needed."),
    ("(list|tuple|set)_type", "A list is needed."),
    ("(dict|model|model_attributes|dataclass)_type", "An object is needed."),
    ("json_invalid", "This is not JSON."),
)
