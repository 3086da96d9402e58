"""Pathway definitions as files: read, checked as a whole, and told line by line what is wrong."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML

from models.catalogue import UnknownTable, instrument, instruments, placement_table, shelf
from models.catalogue.reading import Unreadable, read
from models.definition import Dangling, PathwayDefinition
from models.placement import PlacementTable
from models.rhythm import alternatives


class UnknownDefinition(KeyError):
    """The catalogue has no definition of this name; `known` lists those it has."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known
        super().__init__(f"Unknown definition. Known: {', '.join(known)}.")

    def __str__(self) -> str:
        return str(self.args[0])


class NotADefinition(ValueError):
    """The file is no pathway definition; `problems` are lines, counted from 1, and what is wrong there."""

    def __init__(self, problems: tuple[tuple[int, str], ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"line {line}: {what}" for line, what in problems))


@lru_cache
def definitions() -> tuple[PathwayDefinition, ...]:
    """Return every shipped definition, the newest version of a key last."""
    found = (read_definition(file.read_text("utf-8")) for file in shelf("pathways").values())
    return tuple(sorted(found, key=lambda one: (one.key, one.version)))


@lru_cache
def definition(name: str) -> PathwayDefinition:
    """Return a definition by key, then the newest, or by `key@version`. Raises: UnknownDefinition."""
    for one in reversed(definitions()):
        if name in (one.key, one.name):
            return one
    raise UnknownDefinition(tuple(one.name for one in definitions()))


def definition_hash(definition: PathwayDefinition) -> str:
    """Return the SHA-256 of a definition's canonical content, its placement table included, in hex."""
    return definition.digest


def shown(definition: PathwayDefinition) -> dict[str, Any]:
    """Return a definition as JSON for whoever asks, with what is to be said of its review beside its content."""
    told = definition.model_dump(mode="json") | {"reviewed": definition.reviewed}
    return told | {"placement": told["placement"] | {"reviewed": definition.placement.reviewed}}


def read_definition(text: str) -> PathwayDefinition:
    """Return the definition a file writes. Raises: NotADefinition."""
    try:
        data = read(text)
    except Unreadable as error:
        raise NotADefinition(((error.line or 1, str(error).partition(": ")[2] or str(error)),)) from error
    if not isinstance(data, dict):
        raise NotADefinition(((1, "a definition is a mapping of fields"),))
    try:
        found = PathwayDefinition.model_validate(data | {"placement": _table(text, data)})
    except ValidationError as error:
        raise NotADefinition(tuple(_problems(text, error))) from error
    return _with_known_words(text, found)


def _table(text: str, data: dict[str, object]) -> PlacementTable:
    try:
        return placement_table(str(data.get("placement")))
    except UnknownTable as unknown:
        what = f"unknown placement table; known: {', '.join(unknown.known)}"
        raise NotADefinition(((_line_of(text, ("placement",)), what),)) from unknown


def _with_known_words(text: str, found: PathwayDefinition) -> PathwayDefinition:
    if unknown := found.instruments() - set(instruments()):
        what = f"unknown instrument: {', '.join(sorted(unknown))}"
        raise NotADefinition(((_line_saying(text, min(unknown)), what),))
    if problems := (*_strange_bands(text, found), *_strange_flags(text, found)):
        raise NotADefinition(problems)
    return found


def _strange_bands(text: str, found: PathwayDefinition) -> Iterator[tuple[int, str]]:
    """A band that an instrument never comes to would be waited for without end."""
    for key, bands in found.bands():
        known = list(
            dict.fromkeys(one.key for bands_of in instrument(key).band_sets for one in bands_of.bands)
        )
        for band in (one for one in bands if one not in known):
            yield _line_saying(text, band), f"{key} has no band {band}; it has: {', '.join(known)}"


def _strange_flags(text: str, found: PathwayDefinition) -> Iterator[tuple[int, str]]:
    """Nor would a flag that an instrument never raises ever be seen."""
    for key, flag in found.flags():
        known = [one.key for one in instrument(key).flags]
        if flag not in known:
            yield _line_saying(text, flag), f"{key} has no flag {flag}; it has: {', '.join(known) or 'none'}"


def _problems(text: str, error: ValidationError) -> Iterator[tuple[int, str]]:
    for problem in error.errors(include_url=False):
        where = ".".join(str(part) for part in problem["loc"])
        yield _line(text, problem), f"{where}: {problem['msg']}" if where else problem["msg"]


def _line(text: str, problem: ErrorDetails) -> int:
    cause = problem.get("ctx", {}).get("error")
    return (
        _line_saying(text, cause.names[0]) if isinstance(cause, Dangling) else _line_of(text, problem["loc"])
    )


def _line_of(text: str, path: tuple[int | str, ...]) -> int:
    """Return the line of the innermost thing on a path that the file writes."""
    node = _nodes(text)
    line = node.start_mark.line
    for part in path:
        if inner := _inside(node, part):
            line, node = inner
    return int(line) + 1


def _inside(node: Any, part: int | str) -> tuple[int, Any] | None:
    if isinstance(part, int) and type(node).__name__ == "SequenceNode" and part < len(node.value):
        return node.value[part].start_mark.line, node.value[part]
    if type(node).__name__ == "MappingNode":
        return next(((key.start_mark.line, inner) for key, inner in node.value if key.value == part), None)
    return None


def _line_saying(text: str, word: str) -> int:
    """Return the first line on which a value is this word, or one of its alternatives."""
    return next((line for value, line in _scalars(_nodes(text)) if word in alternatives(value)), 1)


def _scalars(node: Any) -> Iterator[tuple[str, int]]:
    if type(node).__name__ == "ScalarNode":
        yield node.value, node.start_mark.line + 1
        return
    for child in node.value:
        for inner in child[1:] if isinstance(child, tuple) else (child,):
            yield from _scalars(inner)


def _nodes(text: str) -> Any:
    return cast(Any, YAML(typ="safe", pure=True).compose(text))
