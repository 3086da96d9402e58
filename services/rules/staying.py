"""Long stays: the stay is reviewed again and again while it lasts. Elapsed time asks, and ends no stage."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from models.changes import WorkOpened
from models.people import Role
from models.terms import StayReview
from models.word import Span
from services import ids
from services.rules import work
from services.rules.cadence import after
from services.rules.sight import Sight

STAY_REVIEW = "stay-review"


def reviewed(sight: Sight) -> tuple[WorkOpened, ...]:
    """Ask for the review of a long stay, once for each turn; the supervisor where the one before is still open."""
    asked = sight.stage.stay_review
    passed = [moment for moment in _turns(asked, sight) if moment <= sight.at] if asked else []
    if asked is None or not passed or sight.case.held:
        return ()
    cause = ids.named(STAY_REVIEW, sight.case.pathway_id, passed[-1])
    if cause in sight.case.settled:
        return ()
    waits = any(item.kind == STAY_REVIEW for item in sight.case.work)
    role = Role.SUPERVISOR if waits else asked.role
    return (work.opened(sight.case, STAY_REVIEW, cause, role, passed[-1]),)


def turns(sight: Sight) -> Iterator[datetime]:
    """When the next review of the stay is due."""
    if sight.stage.stay_review:
        yield list(_turns(sight.stage.stay_review, sight))[-1]


def _turns(asked: StayReview, sight: Sight) -> Iterator[datetime]:
    """The turns since the client has been in this stage, up to the first that is still to come."""
    for number in count(1):
        step = Span(asked.within.count * number, asked.within.unit)
        turn = after(sight.known.here_since, step, sight.case.zone, sight.case.closed_days)
        yield turn
        if turn > sight.at:
            return
