"""The pages: rendered here, working without script, live with it. POST, then redirect."""

from services.web.pages import (
    alerts,
    assessing,
    board,
    clients,
    enrolling,
    pathway,
    planning,
    sessions,
    sheets,
    sign_in,
    work,
)

ROUTES = (
    sign_in.routes,
    board.routes,
    work.routes,
    alerts.routes,
    clients.routes,
    enrolling.routes,
    sessions.routes,
    assessing.routes,
    planning.routes,
    sheets.routes,
    pathway.routes,
)
