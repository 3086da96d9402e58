"""The empty slot: placement tables that a licensed site keeps itself, in a folder of its own, in the form of ours.

Nothing is shipped in it. What is loaded there stands beside the house's tables, and is used by the definitions that name
it; it never takes the place of one of ours.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from models.catalogue import fill_slot, instrument, shelf
from models.catalogue.reading import Unreadable, read
from models.placement import PlacementTable

_RATINGS = "six-dimensions"


class NotATable(ValueError):
    """A file of the folder is no placement table; the message names the file, the place in it and what is wrong."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"in {file}: {why}")


def load(folder: Path | None) -> tuple[PlacementTable, ...]:
    """Fill the slot with every `*.yaml` of a folder, all or none; without a folder it is empty. Raises: NotATable."""
    tables = tuple(_tables(folder)) if folder else ()
    fill_slot(tables)
    return tables


def is_ours(table: PlacementTable) -> bool:
    """Tell whether a table is one of the house's own."""
    return table.key in shelf("placement")


def _tables(folder: Path) -> Iterator[PlacementTable]:
    if not folder.is_dir():
        raise NotATable(folder.name, "this is no folder")
    keys: set[str] = set()
    for file in sorted(folder.glob("*.yaml")):
        table = _table(file)
        if is_ours(table) or table.key in keys:
            raise NotATable(file.name, "key: another table has this key; give yours its own")
        keys.add(table.key)
        yield table


def _table(file: Path) -> PlacementTable:
    try:
        table = PlacementTable.model_validate(read(file.read_text("utf-8")))
    except Unreadable as unreadable:
        raise NotATable(file.name, str(unreadable)) from unreadable
    except UnicodeDecodeError as other:
        raise NotATable(file.name, "this is not UTF-8 text") from other
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise NotATable(file.name, f"{where}: {first['msg']}" if where else first["msg"]) from error
    return _readable(file, table)


def _readable(file: Path, table: PlacementTable) -> PlacementTable:
    """Refuse a table that could not read the ratings as they are recorded here."""
    form = instrument(_RATINGS)
    names = tuple(item.name for item in form.items)
    if table.ratings != names:
        raise NotATable(file.name, f"ratings: those recorded here are {', '.join(names)}")
    editions = {one.key: one.scale_type for one in form.editions}
    if table.edition not in editions:
        raise NotATable(file.name, f"edition: unknown; known: {', '.join(editions)}")
    if table.scale_type != editions[table.edition]:
        raise NotATable(file.name, f"scale_type: ratings of {table.edition} are {editions[table.edition]}")
    if {*table.values} != {value for item in form.items for value in item.values}:
        raise NotATable(file.name, "values: not those that are recorded here")
    return table
