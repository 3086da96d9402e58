"""The catalogue: dated, sourced, versioned clinical content, shipped as YAML beside the code."""

from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from models.alerting import Ladder
from models.catalogue.reading import read
from models.instrument import Instrument
from models.placement import PlacementTable


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


@lru_cache
def placement_table(key: str = "hr-1") -> PlacementTable:
    """Return a placement table; the house rule set unless a licensed site names its own."""
    return PlacementTable.model_validate(read(shelf("placement")[key].read_text("utf-8")))


@lru_cache
def ladders() -> dict[str, Ladder]:
    """Return the ladders by the kind of notice they are for."""
    found = {key: read(file.read_text("utf-8")) for key, file in shelf("alerting").items()}
    return {key: Ladder.model_validate(one) for key, one in found.items()}


def is_told(kind: str, on: date) -> bool:
    """Tell whether somebody must be told of this kind of thing: a ladder for it was in force on the day."""
    return kind in ladders() and ladders()[kind].in_force <= on
