"""The API under `/api/v1`: one module per resource, each route one call of a use case."""

from services.web.api import alerts, decisions, desk, facts, health, pathways, plans, programs, sessions

ROUTES = (
    programs.routes,
    pathways.routes,
    facts.routes,
    plans.routes,
    decisions.routes,
    sessions.routes,
    desk.routes,
    alerts.routes,
    health.routes,
)
