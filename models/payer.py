"""What payers say and count, in words."""

SAID = {
    "approved": "approved",
    "partly": "approved in part",
    "pending": "asked for",
    "denied": "denied",
}
_UNITS = {
    "day": ("day", "days"),
    "session": ("session", "sessions"),
    "15-min": ("quarter of an hour", "quarters of an hour"),
    "hour": ("hour", "hours"),
}


def amount(count: float, unit: str | None) -> str:
    """Return so many units of an authorisation in words."""
    one, many = _UNITS[unit or "session"]
    return f"{count:g} {one if count == 1 else many}"
