"""The web face: pages and API. No SQL, no clinical rule."""
