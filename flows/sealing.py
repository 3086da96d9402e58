"""Sealing: give waiting entries their place in the log, sign it, and keep the newest note outside the database."""

from datetime import datetime
from pathlib import Path

from services import auditing
from services.access import EVERYWHERE
from services.rules.checkpoint import Checkpoint
from services.store import log
from services.store.database import Database
from services.store.kept_notes import keep
from services.store.log_key import LogKey


def place(database: Database) -> None:
    """Place all that waits, some thousands in each transaction."""
    placed = 1
    while placed:
        with database.transaction(EVERYWHERE) as work:
            placed = auditing.sequence(work)


def seal(database: Database, key: LogKey, notes: Path, *, at: datetime) -> Checkpoint | None:
    """Sign what is placed and keep the newest note, also one that a full disk had refused. Raises: Conflict."""
    place(database)
    with database.transaction(EVERYWHERE) as work:
        made = auditing.seal(work, key, at=at)
        newest = log.last_checkpoint(work)
    if newest is not None:
        keep(notes, newest.note)
    return made
