"""The catalogue: dated, sourced, versioned clinical content, shipped as YAML beside the code."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from models.alerting import Ladder
from models.catalogue.reading import read
from models.holidays import HolidayCalendar
from models.instrument import Instrument
from models.placement import PlacementTable
from models.reminding import Morning
from models.waiting import Queue


class UnknownInstrument(KeyError):
    """The catalogue has no instrument of this key; `known` lists those it has."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known
        super().__init__(f"Unknown instrument. Known: {', '.join(known)}.")

    def __str__(self) -> str:
        return str(self.args[0])


def shelf(name: str) -> dict[str, Traversable]:
    """Return the files of one folder of the catalogue by key, sorted."""
    found = (files("models.catalogue") / name).iterdir()
    return {file.name.removesuffix(".yaml"): file for file in sorted(found, key=lambda file: file.name)}


@lru_cache
def instruments() -> tuple[str, ...]:
    """Return the keys of the instruments that can be scored."""
    return tuple(shelf("instruments"))


@lru_cache
def instrument(key: str) -> Instrument:
    """Return an instrument by its key. Raises: UnknownInstrument."""
    if key not in instruments():
        raise UnknownInstrument(instruments())
    return Instrument.model_validate(read(shelf("instruments")[key].read_text("utf-8")))


class UnknownTable(KeyError):
    """There is no placement table of this key; `known` lists those there are."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known
        super().__init__(f"Unknown placement table. Known: {', '.join(known)}.")

    def __str__(self) -> str:
        return str(self.args[0])


_LOADED: dict[str, PlacementTable] = {}
"""What the site has loaded into the empty slot, by key; set once, where a process reads its settings."""


def fill_slot(tables: Iterable[PlacementTable]) -> None:
    """Put a site's own placement tables beside the shipped ones, in place of those loaded before."""
    _LOADED.clear()
    _LOADED.update({table.key: table for table in tables})


def placement_tables() -> tuple[str, ...]:
    """Return the keys of the placement tables a definition may name: the shipped ones and the site's own."""
    return (*shelf("placement"), *sorted(_LOADED))


def placement_table(key: str = "hr-1") -> PlacementTable:
    """Return a placement table; the house rule set unless a licensed site names its own. Raises: UnknownTable."""
    if key not in placement_tables():
        raise UnknownTable(placement_tables())
    return _LOADED[key] if key in _LOADED else _shipped_table(key)


@lru_cache
def _shipped_table(key: str) -> PlacementTable:
    return PlacementTable.model_validate(read(shelf("placement")[key].read_text("utf-8")))


@lru_cache
def holidays(key: str = "us-federal") -> HolidayCalendar:
    """Return the public holidays that programs keep unless they say otherwise."""
    return HolidayCalendar.model_validate(read(shelf("calendars")[key].read_text("utf-8")))


@lru_cache
def queue(key: str = "block-grant") -> Queue:
    """Return the rules of places and of waiting for one."""
    return Queue.model_validate(read(shelf("waiting")[key].read_text("utf-8")))


@lru_cache
def ladders() -> tuple[Ladder, ...]:
    """Return every shipped ladder, the newest version of a kind last."""
    found = (Ladder.model_validate(read(file.read_text("utf-8"))) for file in shelf("alerting").values())
    return tuple(sorted(found, key=lambda one: (one.key, one.version)))


def ladder(kind: str, on: date) -> Ladder | None:
    """Return the ladder for a kind of notice that was in force on a day; what has none is told nobody."""
    return next((one for one in reversed(ladders()) if one.key == kind and one.in_force <= on), None)


@lru_cache
def morning(key: str = "morning") -> Morning:
    """Return whom the morning letter tells of what."""
    return Morning.model_validate(read(shelf("reminding")[key].read_text("utf-8")))
