"""What the oracle reads and says: audit entries, the state they tell of, and the invariants that hold between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Image = dict[tuple[str, str], dict[str, Any]]
"""Rows by table and key, as plain values: instants and ids as text; what is empty is left out."""


@dataclass(frozen=True, slots=True)
class Told:
    """One audit entry: the version it took, when, by whom, and what it tells."""

    action: str
    pathway_id: str
    version: int
    at: str
    actor: Mapping[str, Any]
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """An invariant that does not hold: which (I1 … I10), where, and what stands there, without client data."""

    invariant: str
    what: str
    pathway_id: UUID | None = None


INVARIANTS = {
    "I1": "what was acknowledged is there, once",
    "I2": "nothing is there that nobody began",
    "I3": "a pathway's version is the number of its entries, without gaps",
    "I4": "the entries, folded, give exactly the state",
    "I5": "every entry that needs an outgoing notice has one",
    "I6": "the audit log verifies against every signature",
    "I7": "nothing that is due stays unhandled",
    "I8": "no move without a cause, by a route or around the routes with a signature",
    "I9": "no transaction and no way in outlives its time",
    "I10": "a refused request left nothing",
}
"""The invariants in words, for people and for `stepdown doctor`."""
