"""Another date for one open look: where it may lie, and what follows it.

The outer limit stays where it was: no date chosen by people outlasts it. A look that waits for its day may be moved to
any day before that limit; one that was called early has a deadline, and may only be done sooner.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from models.case import Case, Reassessment
from models.changes import Change
from models.people import Role
from models.word import Span
from services.errors import Conflict, Invalid
from services.rules import work
from services.rules.cadence import after, day_of, start_of


class Redated(NamedTuple):
    """The clock of a look after its date was moved; its outer limit is the same."""

    counts_from: datetime
    due_at: datetime
    late_at: datetime


def redated(
    look: Reassessment, due_at: datetime, *, zone: str, at: datetime, pointer: str = "/due_at"
) -> Redated:
    """Return the clock of a look that shall be due at another moment. Raises: Conflict, Invalid with the outer limit."""
    if look.kind != "triggered" and (look.called_at is not None or look.due_at <= at):
        raise Conflict("This reassessment has fallen due: do it, or put the pathway on hold.")
    if due_at < at:
        raise Invalid("A due date does not lie in the past.", pointer=pointer)
    if look.kind == "triggered" and due_at >= look.due_at:
        raise Invalid("What was called early has a deadline: it may only be done sooner.", pointer=pointer)
    if due_at >= look.outer_at:
        limit = look.outer_at.astimezone(ZoneInfo(zone))
        said = f"A reassessment is due before its outer limit, which is {limit:%Y-%m-%d %H:%M} in {zone}."
        raise Invalid(said, pointer=pointer, details={"outer_at": limit.isoformat()})
    return Redated(_counts_from(look, due_at), due_at, _late(look, due_at, zone))


def hurried(case: Case, look: Reassessment, late_at: datetime, move_id: UUID) -> tuple[Change, ...]:
    """Say anew by when the work of a look that was called is to be done."""
    old = work.closed(case, ("reassess",), "moved", (look.id,))
    if not old:
        return ()
    return (*old, work.opened(case, "reassess", look.id, Role.COORDINATOR, late_at, move_id))


def _counts_from(look: Reassessment, due_at: datetime) -> datetime:
    """What is done sooner counts sooner, but never what the last look rested on; what counts already goes on counting."""
    if look.kind == "triggered":
        return look.counts_from
    sooner = max(look.counts_from + (due_at - look.due_at), look.opened_at + timedelta.resolution)
    return min(look.counts_from, sooner)


def _late(look: Reassessment, due_at: datetime, zone: str) -> datetime:
    """The grace stays: so many days of the program, or so much exact time, and never beyond the outer limit."""
    late_on = day_of(look.late_at, zone)
    if look.late_at == start_of(late_on, zone):
        days = (late_on - day_of(look.due_at, zone)).days
        late_at = after(due_at, Span(days, "d"), zone)
    else:
        late_at = due_at + (look.late_at - look.due_at)
    return min(max(due_at, late_at), look.outer_at)
