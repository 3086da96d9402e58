"""The pages: rendered here, working without script, live with it. POST, then redirect."""

from services.web.pages import (
    alerts,
    assessing,
    board,
    clients,
    correcting,
    enrolling,
    handing,
    obligations,
    pathway,
    planning,
    sessions,
    sheets,
    sign_in,
    waiting,
    work,
)

ROUTES = (
    sign_in.routes,
    board.routes,
    work.routes,
    waiting.routes,
    alerts.routes,
    clients.routes,
    enrolling.routes,
    sessions.routes,
    assessing.routes,
    planning.routes,
    sheets.routes,
    correcting.routes,
    handing.routes,
    obligations.routes,
    pathway.routes,
)
