"""What the flags of questionnaires say: somebody must look, or something has changed for the worse."""

from itertools import takewhile

from models import criterion as c
from models.facts import Assessment
from services.rules import wording
from services.rules.reading import Answer, met, not_met, stale, standing, unknown
from services.rules.sight import Sight


def flagged(criterion: c.Flagged, sight: Sight) -> Answer:
    """Say whether a flag waits for the look it asks for.

    No later form takes it back, least of all one that leaves the question out.
    """
    scored = sight.assessments(criterion.instrument)
    if not scored:
        return unknown("none on file")
    flagged = next((one for one in scored if criterion.flag in one.flags), None)
    if flagged is None:
        return _not_flagged(scored[0], criterion, sight)
    looked = [one for one in sight.signed(criterion.unless) if one.effective_at >= flagged.effective_at]
    seen = f"flagged {wording.on(flagged.effective_at, sight)}"
    actual = f"{seen}, looked into {wording.on(looked[-1].effective_at, sight)}" if looked else seen
    return stale(flagged, criterion.fresh_for, sight) or standing(not looked, actual, (flagged, *looked[-1:]))


def _not_flagged(newest: Assessment, criterion: c.Flagged, sight: Sight) -> Answer:
    when = wording.on(newest.effective_at, sight)
    if criterion.flag in newest.open_flags:
        return unknown(f"not answered {when}", (newest,))
    return stale(newest, criterion.fresh_for, sight) or not_met(f"not flagged {when}", (newest,))


def newly_flagged(criterion: c.NewlyFlagged, sight: Sight) -> Answer:
    """Say whether a flag has lately come up that was down before. A form that leaves it open says neither."""
    told = [one for one in sight.assessments(criterion.instrument) if criterion.flag not in one.open_flags]
    up = list(takewhile(lambda one: criterion.flag in one.flags, told))
    if not told or len(up) == len(told):
        return unknown("nothing to hold it against", up[-1:])
    if not up:
        return not_met(f"not flagged {wording.on(told[0].effective_at, sight)}", told[:1])
    first, before = up[-1], told[len(up)]
    actual = f"flagged since {wording.moment(first.effective_at, sight)}"
    if first.effective_at + criterion.fresh_for <= sight.at:
        return not_met(actual, (first,))
    return met(actual, (before, first), until=first.effective_at + criterion.fresh_for)
