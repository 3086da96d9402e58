"""Reads a catalogue file: YAML 1.2, plain data only, and small.

Anchors, aliases, merge keys and tags are refused, so what a reviewer reads is what is loaded; ruamel refuses duplicate
keys itself.
"""

from typing import Protocol, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

LARGEST = 256 * 1024
DEEPEST = 24


class Unreadable(ValueError):
    """The file is not plain YAML; `line` counts from 1, 0 if no single line is at fault."""

    def __init__(self, why: str, line: int = 0) -> None:
        self.line = line
        super().__init__(f"line {line}: {why}" if line else why)


class _Mark(Protocol):
    line: int


class _Event(Protocol):
    start_mark: _Mark


def read(text: str) -> object:
    """Return the plain data of a catalogue file. Raises: Unreadable."""
    if len(text.encode()) > LARGEST:
        raise Unreadable(f"larger than {LARGEST // 1024} KB")
    try:
        _refuse_cleverness(text)
        return cast(object, YAML(typ="safe", pure=True).load(text))
    except MarkedYAMLError as error:
        mark = cast(_Mark | None, error.problem_mark)
        raise Unreadable(error.problem or "not YAML", mark.line + 1 if mark else 0) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise error if isinstance(error, Unreadable) else Unreadable("not YAML") from error


def _refuse_cleverness(text: str) -> None:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        kind = type(event).__name__
        depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        if depth > DEEPEST:
            raise Unreadable("nested too deep", _line(event))
        if _is_clever(event):
            raise Unreadable("anchors, aliases, merge keys and tags are not used here", _line(event))


def _is_clever(event: _Event) -> bool:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    return anchor is not None or tag is not None or getattr(event, "value", None) == "<<"


def _line(event: _Event) -> int:
    return event.start_mark.line + 1
