"""Reconcile: prove that nothing came due unhandled, and where something did, say so and wake it.

What proves it (`store/gaps.py`) shares neither the wake-up clock nor the rules with the engine it watches.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.catalogue.pathway_files import definitions
from models.changes import Missed
from models.people import Actor
from services.store import gaps, installation, ledger
from services.store.work import Work

RECONCILED = "reconciled"
"""The note of the last reconciliation: how many gaps it found, and when."""

CATCH_UP = timedelta(minutes=5)
"""So long the engine may take over what is due before it counts as missed."""


def missed(work: Work, *, at: datetime) -> list[Missed]:
    """Return what came due and was not handled in time, oldest first."""
    found = gaps.unhandled(work, definitions(), before=at - CATCH_UP)
    return [Missed(pathway_id=row.pathway_id, what=row.what, since=row.since) for row in found]


def reconcile(work: Work, *, actor: Actor, at: datetime) -> Sequence[UUID]:
    """Write each gap into the record of its pathway, which wakes it, and note the result; return whom it was about."""
    found = missed(work, at=at)
    ledger.write(work, found, actor=actor, at=at)
    installation.note(work, RECONCILED, str(len(found)), at=at)
    return list(dict.fromkeys(one.pathway_id for one in found))
