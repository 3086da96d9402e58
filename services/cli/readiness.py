"""Whether a part of the installation does its work yet, asked of the part itself."""

from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection, HTTPException

from services import clock, health
from services.access import EVERYWHERE
from services.errors import Unavailable
from services.store.database import Database

SWEEP = "/api/deployments/name/care-pathway/reassessment-sweep"


def answers(host: str, port: int, path: str, *, auth: str = "") -> bool:
    """Tell whether a page answers; `auth` is user and password with a colon between them."""
    connection = HTTPConnection(host, port, timeout=2)
    headers = {"Authorization": f"Basic {b64encode(auth.encode()).decode()}"} if auth else {}
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def worker_beats(database: Database, since: datetime) -> bool:
    """Tell whether a worker has said since a moment that it lives."""
    try:
        with database.transaction(EVERYWHERE) as work:
            seen = health.ready(work, at=clock.now()).worker_seen
    except Unavailable:
        return False
    return seen is not None and seen >= since
