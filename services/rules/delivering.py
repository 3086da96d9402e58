"""Delivering: how often a delivery is tried, when again, and when it is dead."""

from datetime import datetime, timedelta

from models.alerting import Failure

TRIES = 5
"""After so many failures a delivery is a dead letter, and the next rung is told."""

LEASE = timedelta(minutes=2)
"""So long a delivery belongs to whoever began to send it; who died over it is not waited for any longer."""

_FIRST_PAUSE = timedelta(seconds=15)


def fails(failure: Failure, attempts: int, *, at: datetime) -> datetime | None:
    """Return when to try again after so many attempts, 15, 30, 60 … seconds later; never, when it is dead."""
    if failure.final or attempts >= TRIES:
        return None
    return at + _FIRST_PAUSE * (1 << (attempts - 1))
