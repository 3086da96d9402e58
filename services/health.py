"""Health: whether care is being moved, by which engine, and what the installation is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.store import installation
from services.store.work import Work

DEMO, HEARTBEAT = "demo", "worker"
SILENT_AFTER = timedelta(seconds=30)
LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`engine` is how moves are made now: prefect, direct (Prefect is away) or none (no worker beats)."""

    ready: bool
    engine: str
    worker_seen: datetime | None
    late: int
    demo: bool


def ready(work: Work, *, at: datetime) -> Health:
    """Return how things stand, from the worker's heartbeat row."""
    noted = installation.notes(work)
    beat = noted.get(HEARTBEAT)
    alive = beat is not None and at - beat.at <= SILENT_AFTER
    return Health(
        ready=alive,
        engine=beat.value if beat is not None and alive else "none",
        worker_seen=beat.at if beat is not None else None,
        late=installation.late_wakes(work, at - LATE_AFTER),
        demo=DEMO in noted,
    )


def beat(work: Work, engine: str, *, at: datetime) -> None:
    """Let the worker say that it lives, and by which engine it moves clients."""
    installation.note(work, HEARTBEAT, engine, at=at)
