"""Whether Prefect's server is there to be worked through. Care never waits to find out: a server that answers late,
as one does while it starts, is as good as away.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL

from services.errors import Unavailable

ASK_AGAIN_AFTER = timedelta(seconds=30)
PATIENCE_SECONDS = 2.0

log = logging.getLogger(__name__)


@dataclass
class Engine:
    """Prefect's server as a worker sees it: there, or away until a time to ask again."""

    away_until: datetime | None = None

    def is_there(self, *, at: datetime) -> bool:
        """Ask the server whether it is ready, unless it was away a moment ago."""
        if self.is_away(at=at):
            return False
        if not _ready():
            self.lose("not ready", at=at)
        return not self.is_away(at=at)

    def is_away(self, *, at: datetime) -> bool:
        """Return whether it is taken for away."""
        return self.away_until is not None and at < self.away_until

    def lose(self, why: str, *, at: datetime) -> None:
        """Take it for away for a while."""
        log.warning("engine is away (%s): moving clients without it", why)
        self.away_until = at + ASK_AGAIN_AFTER


def refuse_away() -> None:
    """Refuse what needs Prefect's server while it is away, or another installation's. Raises: Unavailable."""
    url = PREFECT_API_URL.value()
    try:
        status = httpx.get(f"{url}/admin/version", auth=_key(), timeout=PATIENCE_SECONDS).status_code
    except httpx.HTTPError as cause:
        raise Unavailable(f"Prefect's server does not answer at {url}; `stepdown up` starts it.") from cause
    if status == httpx.codes.UNAUTHORIZED:
        raise Unavailable(
            f"The Prefect server at {url} does not know this installation's key: it is another's."
        )


def _key() -> tuple[str, str] | None:
    user, _, secret = (PREFECT_API_AUTH_STRING.value() or "").partition(":")
    return (user, secret) if secret else None


def _ready() -> bool:
    try:
        return httpx.get(f"{PREFECT_API_URL.value()}/ready", timeout=PATIENCE_SECONDS).is_success
    except httpx.HTTPError:
        return False
