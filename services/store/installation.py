"""What is true of the installation as a whole, and the signs of life of its parts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.store.work import Work


def note(work: Work, name: str, value: str, *, at: datetime) -> None:
    """Write down something about the installation; the newest stands."""
    work.run(
        """INSERT INTO installation (name, value, at) VALUES (:name, :value, :at)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at""",
        name=name,
        value=value,
        at=at,
    )


def notes(work: Work) -> dict[str, Row[Any]]:
    """Return what is written down, by name."""
    return {row.name: row for row in work.rows("SELECT name, value, at FROM installation")}


def is_empty(work: Work) -> bool:
    """Tell whether no client is registered yet."""
    return work.first("SELECT 1 FROM client LIMIT 1") is None


def pathways(work: Work) -> tuple[int, int]:
    """Return how many pathways are open, and how many have ended."""
    row = work.first("SELECT count(*) AS n, count(closed_at) AS closed FROM pathway")
    return (row.n - row.closed, row.closed) if row else (0, 0)


def late_wakes(work: Work, before: datetime) -> int:
    """Return how many pathways have been due since before a moment: somebody should have looked."""
    row = work.first(
        "SELECT count(*) AS n FROM pathway WHERE wake_at < :before AND quarantined_at IS NULL AND closed_at IS NULL",
        before=before,
    )
    return int(row.n) if row else 0
