"""Whether the process lives, and whether an installation is ready for people."""

from fastapi import Response

from services import health
from services.health import Health
from services.web.problems import documented
from services.web.visits import NOBODY, OPEN, Asking, Routes

routes = Routes(prefix="/health", tags=["health"])


@routes.on("GET", "/live", action=OPEN)
def live(ask: Asking) -> dict[str, str]:
    """Say that this process answers, and by which name it was started."""
    return {"status": "live", "instance": ask.request.app.state.instance}


@routes.on("GET", "/ready", action=OPEN, responses=documented(503))
def ready(ask: Asking, answer: Response) -> Health:
    """Say whether the database, the worker and the engine are there; 503 while people cannot work."""
    with ask.database.transaction(NOBODY) as work:
        found = health.ready(work, at=ask.at)
    answer.status_code = 200 if found.ready else 503
    return found
