"""The file as a whole: its kind, its caps, and its drafts in chunks, clients before pathways before facts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from models.requests import Identifier
from services.errors import CareError, Invalid
from services.importing.drafts import Draft, unreadable
from services.importing.reading_lines import BadHeader, read_csv, read_json, read_ndjson

MOST_BYTES = 100_000_000
MOST_LINES = 1_000_000
CHUNK = 500
"""Lines of one transaction."""


class Unreadable(CareError):
    """The file as a whole cannot be read."""

    code, status = "unreadable", 400


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that can be read; `lines` is how many it has, blank ones and headers too. `drafts` reads them anew."""

    lines: int
    drafts: Callable[[], Iterator[Draft]]


def opened(path: Path) -> ImportFile:
    """Look a file through before anything is stored. Raises: Unreadable, with what is accepted."""
    kind = path.suffix.lower()
    if kind not in {*_READERS, ".json"}:
        raise Unreadable(
            "Accepted are .ndjson or .jsonl (one JSON object a line), .csv or .tsv, and .json (FHIR R4)."
        )
    try:
        lines = _surveyed(path)
        if kind == ".json":
            return _document(path)
        file = ImportFile(lines, partial(_READERS[kind], path))
        next(file.drafts(), None)
    except OSError as failed:
        raise Unreadable("The file cannot be read.") from failed
    except BadHeader as bad:
        raise Unreadable(bad.message, pointer=bad.pointer) from bad
    return file


def chunks(file: ImportFile, *, size: int = CHUNK) -> Iterator[list[Draft]]:
    """Return a file's drafts in chunks for one transaction each. The file is read once for each kind of need."""
    for turn in range(3):
        mine = (draft for draft in file.drafts() if _turn(draft) == turn)
        while chunk := list(islice(mine, size)):
            yield chunk


def subjects(file: ImportFile) -> set[tuple[Identifier, ...]]:
    """Return whom a file names as its clients."""
    return {named for draft in file.drafts() if (named := draft.subjects or _named(draft))}


def _named(draft: Draft) -> tuple[Identifier, ...]:
    client = draft.fields.get("client")
    if not isinstance(client, dict):
        return ()
    return (Identifier.model_construct(system=str(client.get("system")), value=str(client.get("value"))),)


def _turn(draft: Draft) -> int:
    """What others rest on comes first; what cannot be read rests on nothing."""
    if draft.fault or draft.kind == "client":
        return 0
    return 1 if draft.kind == "pathway" else 2


def _surveyed(path: Path) -> int:
    """Return how many lines a file has. Raises: Unreadable, if it is too large, empty or not UTF-8."""
    lines = size = 0
    with path.open("rb") as file:
        for raw in file:
            lines, size = lines + 1, size + len(raw)
            if size > MOST_BYTES or lines > MOST_LINES:
                raise Unreadable(f"A file may have {MOST_BYTES:,} bytes and {MOST_LINES:,} lines; split it.")
            try:
                raw.decode()
            except UnicodeDecodeError as bad:
                raise Unreadable(f"Line {lines} is not UTF-8. Save the file as UTF-8 and try again.") from bad
    if size == 0:
        raise Unreadable("The file is empty.")
    return lines


def _document(path: Path) -> ImportFile:
    """Return a JSON document, which is read as a whole and once."""
    from services.importing.reading_fhir import drafts  # half a second, only where it is needed

    try:
        found = list(drafts(read_json(path.read_text("utf-8-sig"))))
    except Invalid as fault:
        found = [unreadable(1, fault)]
    return ImportFile(len(found), lambda: iter(found))


_READERS: dict[str, Callable[[Path], Iterator[Draft]]] = {
    ".ndjson": read_ndjson,
    ".jsonl": read_ndjson,
    ".csv": read_csv,
    ".tsv": read_csv,
}
