"""The one mint of identifiers."""

from uuid import UUID, uuid4, uuid5  # noqa: TID251 - this is the one place

_NAMESPACE = UUID("6b0b6a52-6f0e-5a5c-9d5e-2f6b7f3c9a11")


def new() -> UUID:
    """Return a fresh random id, minted at the edge so that a retry is the same request."""
    return uuid4()


def named(*parts: object) -> UUID:
    """Return the id that these parts always give: the same cause never makes two rows."""
    return uuid5(_NAMESPACE, "\x1f".join(str(part) for part in parts))
