"""When what a payer authorised for the present level is about to end: by its days, or by its units."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from models.criterion import AuthorisationEnding
from models.facts import Authorisation
from models.word import Span
from services.rules import wording
from services.rules.authorising import Use, standing, used
from services.rules.cadence import Clock, after, before, day_of, start_of
from services.rules.reading import Answer, met, not_met, unknown
from services.rules.sight import Sight

_DAY, _DAY_LONG = timedelta(days=1), Span(1, "d")


def ending(criterion: AuthorisationEnding, sight: Sight) -> Answer:
    """Say whether it ends soon and nothing follows. It rests on the one that reaches furthest, so that each calls once."""
    if all(one.level != sight.stage.level for one in sight.authorisations):
        return unknown(f"none on file for {wording.level(sight.stage.level, sight)}")
    later = min((turn for turn in _turns(criterion, sight) if turn > sight.at), default=None)
    covering = _covering(sight)
    if not covering:
        return not_met("none in force", until=later)
    first, last = covering[0], covering[-1]
    near = _near(last, criterion, sight)
    if near <= sight.at:
        begun = start_of(first.starts_on, sight.case.zone)
        return met(_until(last, sight), (last,), since=_not_before(max(near, begun), last, sight))
    return _running_out(criterion, sight) or not_met(_until(last, sight), (last,), until=later)


def _running_out(criterion: AuthorisationEnding, sight: Sight) -> Answer | None:
    """Say that whatever is in force today has few units left."""
    now = _in_force(sight)
    if not now or not all(_is_low(use, criterion) for use in now):
        return None
    low, crossed = now[-1].authorisation, max(_low_since(use, criterion, sight) for use in now)
    return met(_units_left(now), (low,), since=_not_before(crossed, low, sight))


def turns(sight: Sight) -> Iterator[datetime]:
    """When time alone may bring an end near, where a trigger of this stage watches for it."""
    for criterion in sight.watches(AuthorisationEnding):
        yield from _turns(criterion, sight)


def _turns(criterion: AuthorisationEnding, sight: Sight) -> Iterator[datetime]:
    """When one begins, is near its end, or is over."""
    for one in _of_level(sight):
        yield start_of(one.starts_on, sight.case.zone)
        yield _near(one, criterion, sight)
        yield start_of(one.ends_on + _DAY, sight.case.zone)


def before_end(one: Authorisation, ahead: Span, since: datetime, sight: Sight) -> Clock:
    """Return the clock of a look due so long before an authorisation ends: the supervisor is called when it has ended."""
    zone = sight.case.zone
    due_at = max(since, before(one.ends_on, ahead, zone, sight.case.closed_days))
    over = max(since, start_of(one.ends_on + _DAY, zone))
    return Clock(due_at, min(after(due_at, _DAY_LONG, zone), over), over)


def _of_level(sight: Sight) -> list[Authorisation]:
    return [one for one in standing(sight) if one.level == sight.stage.level]


def _covering(sight: Sight) -> list[Authorisation]:
    """The one of this stay that has begun and ends last, and those that carry on from it without a day between."""
    today, since = (day_of(moment, sight.case.zone) for moment in (sight.at, sight.case.since))
    mine = _of_level(sight)
    chain = [one for one in mine if one.starts_on <= today and one.ends_on >= since][-1:]
    for one in mine:
        if chain and one.ends_on > chain[-1].ends_on and one.starts_on <= chain[-1].ends_on + _DAY:
            chain.append(one)
    return chain


def _in_force(sight: Sight) -> list[Use]:
    today = day_of(sight.at, sight.case.zone)
    mine = (use for use in used(sight) if use.authorisation.level == sight.stage.level)
    return [use for use in mine if use.authorisation.starts_on <= today <= use.authorisation.ends_on]


def _near(one: Authorisation, criterion: AuthorisationEnding, sight: Sight) -> datetime:
    return start_of(one.ends_on - timedelta(days=criterion.days), sight.case.zone)


def _is_low(use: Use, criterion: AuthorisationEnding) -> bool:
    return use.left is not None and use.left <= criterion.units * use.of


def _low_since(use: Use, criterion: AuthorisationEnding, sight: Sight) -> datetime:
    """After which session it was low; where it was from the first, since it began."""
    enough = (use.authorisation.units or 0) * use.of - criterion.units * use.of
    begun = start_of(use.authorisation.starts_on, sight.case.zone)
    return next((at for at, spent in use.spent if spent >= enough), begun) if enough > 0 else begun


def _not_before(moment: datetime, one: Authorisation, sight: Sight) -> datetime:
    """Nobody could tell before the payer had spoken, or before the client came to this level."""
    return max(moment, one.effective_at, sight.case.since)


def _until(one: Authorisation, sight: Sight) -> str:
    ends = "ended" if one.ends_on < day_of(sight.at, sight.case.zone) else "ends"
    return f"{ends} on {wording.day(one.ends_on, sight)}"


def _units_left(now: Iterable[Use]) -> str:
    left = (f"{round((use.left or 0) / use.of, 2):g} of {use.authorisation.units} units left" for use in now)
    return ", ".join(left)
