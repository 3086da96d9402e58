"""The one reader of the clock. Only faces call it; everything below takes `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, aware, UTC, to the microsecond."""
    return datetime.now(UTC)  # noqa: TID251 - this is the one place
