"""The API under `/api/v1`: one module per resource, each route one call of a use case."""

from services.web.api import alerts, decisions, desk, facts, handing, health, pathways, programs, sessions

ROUTES = (
    programs.routes,
    pathways.routes,
    facts.routes,
    decisions.routes,
    handing.routes,
    sessions.routes,
    desk.routes,
    alerts.routes,
    health.routes,
)
