"""Whether a part of the installation does its work yet, asked of the part itself, and of ours alone.

Another installation may listen where we meant to: it answers as well, but not to our key and not by our name.
"""

import json
from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from services import clock, health
from services.access import EVERYWHERE
from services.errors import Unavailable
from services.settings import Settings
from services.store.database import Database

LIVE = "/api/v1/health/live"
_VERSION = "/api/admin/version"
_SWEEP = "/api/deployments/name/care-pathway/reassessment-sweep"


def is_our_prefect(port: int, key: str) -> bool:
    """Tell whether the Prefect server at a port of this machine opens to our key, and to nobody without one."""
    return _ask("127.0.0.1", port, _VERSION, key)[0] == 200 and _ask("127.0.0.1", port, _VERSION)[0] == 401


def are_served(port: int, key: str, since: datetime) -> bool:
    """Tell whether the served flows have asked for work since a moment; what an earlier start registered stays behind it."""
    status, body = _ask("127.0.0.1", port, _SWEEP, key)
    polled = json.loads(body)["last_polled"] if status == 200 else None
    return polled is not None and datetime.fromisoformat(polled) >= since


def is_our_web(url: str, instance: str) -> bool:
    """Tell whether the pages at an address are those that were started under this name."""
    parts = urlsplit(url)
    status, body = _ask(parts.hostname or "", parts.port or 80, LIVE)
    return status == 200 and f'"{instance}"'.encode() in body


def worker_beats(database: Database, since: datetime) -> bool:
    """Tell whether a worker has said since a moment that it lives."""
    try:
        with database.transaction(EVERYWHERE) as work:
            seen = health.ready(work, at=clock.now()).worker_seen
    except Unavailable:
        return False
    return seen is not None and seen >= since


def web_file(settings: Settings) -> Path:
    """Return the note in which `stepdown up` leaves where its pages are, and under which name."""
    return settings.data_dir / "run" / "web"


def pages_of(settings: Settings) -> str | None:
    """Return the address of the pages that `stepdown up` keeps running here, or None while it does not."""
    note = web_file(settings)
    if not note.exists():
        return None
    url, _, instance = note.read_text().strip().partition(" ")
    return url if is_our_web(url, instance) else None


def _ask(host: str, port: int, path: str, key: str = "") -> tuple[int, bytes]:
    """Return what a page answers, 0 where nobody does; `key` is user and password with a colon between them."""
    connection = HTTPConnection(host, port, timeout=2)
    headers = {"Authorization": f"Basic {b64encode(key.encode()).decode()}"} if key else {}
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()
