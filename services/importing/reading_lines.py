"""Read NDJSON, one object a line, and CSV, one row a line. A bad line is a draft with its fault, never an end."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from services.errors import Invalid
from services.importing.drafts import Draft, unreadable
from services.importing.requests import KINDS

MOST_BYTES_A_LINE = 1_000_000

# The column that tells what the rows are, where there is no column `type`; a status tells attendance from an event.
_TELLS = {
    "given_name": "client",
    "stage": "pathway",
    "instrument": "assessment",
    "status": "attendance",
    "goals": "plan",
    "kind": "event",
}
_IDENTIFIER = re.compile(r"identifiers\.(\d)\.(system|value)")


class BadHeader(Invalid):
    """The first row does not say what the rows below hold."""


def read_ndjson(path: Path) -> Iterator[Draft]:
    """Return the lines of a file of JSON objects; a FHIR resource among them is read as such."""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield from _drafts(number, raw.removeprefix(b"\xef\xbb\xbf"))


def read_csv(path: Path) -> Iterator[Draft]:
    """Return the rows of a table. Raises: BadHeader."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        # A tab or a semicolon does not occur in a field's name, so the header tells the delimiter.
        rows = csv.reader(chain([first], file), delimiter=max(",;\t", key=first.count), strict=True)
        try:
            header = [name.strip() for name in next(rows, [])]
        except csv.Error as bad:
            raise BadHeader("The header is not CSV.") from bad
        kind = _kind(header)
        for number, row in _rows(rows):
            yield _from_row(number, kind, header, row)


def read_json(text: str) -> Any:
    """Return what a JSON text says, if it says one thing only. Raises: Invalid."""
    try:
        return json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_not_a_number)
    except json.JSONDecodeError as bad:
        raise Invalid(f"This is not JSON (line {bad.lineno}, column {bad.colno}).") from None
    except RecursionError:
        raise Invalid("This is nested too deeply.") from None
    except ValueError:  # an integer of thousands of digits
        raise Invalid("This holds a number that is too large.") from None


def _drafts(number: int, raw: bytes) -> Iterator[Draft]:
    try:
        fields = _object(raw)
    except Invalid as fault:
        yield unreadable(number, fault)
        return
    if "resourceType" in fields:
        from services.importing.reading_fhir import drafts  # half a second, only where it is needed

        yield from drafts(fields, number)
    else:
        yield _typed(number, fields.pop("type", None), fields)


def _object(raw: bytes) -> dict[str, object]:
    if len(raw) > MOST_BYTES_A_LINE:
        raise Invalid(f"A line may have {MOST_BYTES_A_LINE:,} bytes.")
    found = read_json(raw.decode())
    if not isinstance(found, dict):
        raise Invalid("An object is needed.")
    return found


def _typed(number: int, kind: object, fields: Mapping[str, object]) -> Draft:
    if not isinstance(kind, str) or kind not in KINDS:
        return unreadable(number, Invalid(f"One of: {', '.join(KINDS)}.", pointer="/type"))
    return Draft(number, kind, fields, places={"/client_id": "/client"} if kind == "pathway" else {})


def _no_doubles(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise Invalid("A field is given twice.")
    return dict(pairs)


def _not_a_number(_text: str) -> object:
    raise Invalid("NaN and infinity are not JSON.")


def _kind(header: Sequence[str]) -> str | None:
    """Return what every row is, or None where a column tells it row by row. Raises: BadHeader."""
    kind = None if "type" in header else next((_TELLS[name] for name in _TELLS if name in header), "")
    if kind == "":
        raise BadHeader(f"Name what the rows are in a column `type`: {', '.join(KINDS)}.")
    known = {"type"}.union(*(_columns(one) for one in ([kind] if kind else KINDS)))
    for number, name in enumerate(header, start=1):
        if name not in known and not _IDENTIFIER.fullmatch(name):
            # The name is not repeated: without a header it is a client's data.
            raise BadHeader(f"Column {number} is unknown. Known: {', '.join(sorted(known))}.")
        if name in header[: number - 1]:
            raise BadHeader(f"Column {number} is there twice.", pointer=_pointer(name))
    return kind


def _columns(kind: str) -> Iterable[str]:
    names = set(KINDS[kind].model_fields) - {"client_id"}
    nested = {"client": ("client.system", "client.value"), "identifiers": ("identifiers.0.system",)}
    return chain.from_iterable(nested.get(name, (name,)) for name in names)


def _rows(rows: Any) -> Iterator[tuple[int, list[str] | Invalid]]:
    """Return each row with the number of its first line."""
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield number, Invalid("This is not CSV: a quote is open or misplaced, or a cell is too long.")
        else:
            if row:
                yield number, row


def _from_row(number: int, kind: str | None, header: Sequence[str], row: list[str] | Invalid) -> Draft:
    try:
        cells = _cells(header, row)
    except Invalid as fault:
        return unreadable(number, fault, kind=kind or "")
    fields = _nested(cells)
    return _typed(number, kind or fields.pop("type", None), fields)


def _cells(header: Sequence[str], row: list[str] | Invalid) -> dict[str, str]:
    if isinstance(row, Invalid):
        raise row
    if len(row) != len(header):
        raise Invalid(f"This row has {len(row)} cells where the header has {len(header)}.")
    if sum(map(len, row)) > MOST_BYTES_A_LINE:
        raise Invalid(f"A line may have {MOST_BYTES_A_LINE:,} bytes.")
    for name, cell in zip(header, row, strict=True):
        if "\0" in cell:
            raise Invalid("A NUL character is not text.", pointer=_pointer(name))
    return {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}


def _nested(cells: Mapping[str, str]) -> dict[str, object]:
    """Put `client.system` and `identifiers.0.value` where they belong, and read numbers."""
    fields: dict[str, object] = {name: _value(name, text) for name, text in cells.items() if "." not in name}
    client = {name.removeprefix("client."): cells[name] for name in cells if name.startswith("client.")}
    identifiers: dict[str, dict[str, str]] = {}
    for name, text in cells.items():
        if found := _IDENTIFIER.fullmatch(name):
            identifiers.setdefault(found[1], {})[found[2]] = text
    if client:
        fields["client"] = client
    if identifiers:
        fields["identifiers"] = [identifiers[place] for place in sorted(identifiers)]
    return fields


def _value(name: str, text: str) -> object:
    if name == "answers":
        return [_number(one.strip()) for one in text.split(",")]
    return _number(text) if name == "minutes" else text


def _number(text: str) -> int | str | None:
    if text in ("", "-"):
        return None
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text


def _pointer(name: str) -> str:
    return f"/{name.replace('.', '/')}"
