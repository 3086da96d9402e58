"""The copies of the log's checkpoints kept outside the database: a file that only grows."""

import os
from pathlib import Path


def keep(path: Path, note: str) -> None:
    """Append a signed checkpoint, unless it is the last one there, and return once it is on the disk.

    A line torn by an earlier fault is closed first, so that it spoils no other.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = note.encode()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+", buffering=0) as file:
        end = os.pread(file.fileno(), len(data), max(0, file.seek(0, os.SEEK_END) - len(data)))
        if end == data:
            return
        file.write(b"\n" * (end[-1:] not in (b"", b"\n")) + data)
        os.fsync(file.fileno())


def kept(path: Path) -> str:
    """Return the text of all kept checkpoints; none, if there is no such file."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
