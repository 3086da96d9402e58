"""How a criterion and its evidence are said: plain, short sentences, dates in the program's zone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models import criterion as c
from services.rules.sight import Sight

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ELSEWHERE = "a level we do not deliver"
_ALOUD = {"six-dimensions": "the six ratings", "ciwa-ar": "CIWA-Ar"}


def day(when: date, sight: Sight) -> str:
    """Say a local day; the year only where it is not the present one."""
    year = "" if when.year == sight.at.year else f" {when.year}"
    return f"{when.day} {_MONTHS[when.month - 1]}{year}"


def moment(when: datetime, sight: Sight) -> str:
    """Say the local day of a moment."""
    return day(when.astimezone(ZoneInfo(sight.case.zone)).date(), sight)


def on(when: datetime, sight: Sight) -> str:
    """Say on which local day something was."""
    return f"on {moment(when, sight)}"


def span(length: timedelta) -> str:
    """Say a length of time."""
    hours, minutes = divmod(length // timedelta(minutes=1), 60)
    if minutes:
        return f"{hours * 60 + minutes} minutes"
    if hours % 24 or hours == 24:
        return f"{hours} hours"
    return f"{hours // 24} days"


def plain(key: str) -> str:
    """Say a key of the catalogue in words."""
    return key.replace("-", " ")


def instrument(key: str) -> str:
    """Say an instrument's name as a coordinator does."""
    return _ALOUD.get(key, key.upper())


def level(key: str, sight: Sight) -> str:
    """Say a level of care by the label of the stage that gives it."""
    return sight.labels.get(key) or plain(key)


def attended(came: int, planned: int, not_charted: int) -> str:
    """Say how many sessions were attended."""
    said = f"{came} of {planned} attended ({came * 100 // planned} %)"
    return f"{said}, {not_charted} not charted" if not_charted else said


def assessed(criterion: c.Assessed, _sight: Sight) -> str:
    """Say what is expected."""
    return f"{instrument(criterion.instrument)} signed in the last {span(criterion.fresh_for)}"


def recommended(criterion: c.Recommended, sight: Sight) -> str:
    """Say what is expected."""
    step = {"below": "less than", "above": "more than", None: ""}[criterion.relation]
    against = f"{step} {level(sight.stage.level, sight)}" if step else ""
    asked = f"ratings ask for {' and '.join(filter(None, (_levels(criterion.levels, sight), against)))}"
    if criterion.reviews == 1:
        return asked
    apart = f", {span(criterion.apart)} apart" if criterion.apart else ""
    return f"{asked} at {criterion.reviews} reviews in a row{apart}"


def _levels(keys: Sequence[str], sight: Sight) -> str:
    """Say levels of care, of several those that are given here; the definition lists the others."""
    given = [key for key in keys if key in sight.labels]
    return ELSEWHERE if len(keys) > 1 and not given else _any(level(one, sight) for one in given or keys)


def band_is(criterion: c.BandIs, _sight: Sight) -> str:
    """Say what is expected."""
    return f"{instrument(criterion.instrument)} {_bands(criterion)} in the last {span(criterion.fresh_for)}"


def band_is_not(criterion: c.BandIsNot, _sight: Sight) -> str:
    """Say what is expected."""
    return (
        f"{instrument(criterion.instrument)} not {_bands(criterion)} in the last {span(criterion.fresh_for)}"
    )


def settled(criterion: c.Settled, _sight: Sight) -> str:
    """Say what is expected."""
    scales = (f"{instrument(key)} {_any(map(plain, bands))}" for key, bands in criterion.scales.items())
    return f"{', '.join(scales)} in the last {span(criterion.fresh_for)}, each that is in use"


def no_open_risk(criterion: c.NoOpenRisk, _sight: Sight) -> str:
    """Say what is expected."""
    return f"latest {instrument(criterion.instrument)} not {_bands(criterion)}"


def share_attended(criterion: c.Attended, _sight: Sight) -> str:
    """Say what is expected."""
    return f"at least {criterion.share} % of sessions in {span(criterion.within)}"


def no_event(criterion: c.NoEvent, _sight: Sight) -> str:
    """Say what is expected."""
    unexplained = (
        f", and no {_any(map(plain, criterion.unexplained))} still to explain"
        if criterion.unexplained
        else ""
    )
    return f"no {_any(map(plain, criterion.events))} in {span(criterion.within)}{unexplained}"


def goals_met(_criterion: c.GoalsMet, _sight: Sight) -> str:
    """Say what is expected."""
    return "met or handed on"


def next_step_dated(criterion: c.NextStepDated, _sight: Sight) -> str:
    """Say what is expected."""
    where = f", to {' or '.join(map(plain, criterion.leads_to))}" if criterion.leads_to else ""
    return f"next step with its date, today or later{where}"


def aftercare_planned(_criterion: c.AftercarePlanned, _sight: Sight) -> str:
    """Say what is expected."""
    return "a plan for the time after this level"


def no_progress(criterion: c.NoProgress, _sight: Sight) -> str:
    """Say what is expected."""
    return (
        f"none of {', '.join(criterion.ratings)} better at {criterion.reviews} reviews since the plan was changed, "
        f"and one at {criterion.reach} or more then"
    )


def stayed(criterion: c.Stayed, sight: Sight) -> str:
    """Say what is expected."""
    return f"at least {span(criterion.at_least)} in {level(sight.stage.level, sight)}"


def not_held(_criterion: c.NotHeld, _sight: Sight) -> str:
    """Say what is expected."""
    return "not on hold"


def missed_sessions(criterion: c.MissedSessions, _sight: Sight) -> str:
    """Say what is expected."""
    many = f" or {criterion.in_all} in all" if criterion.in_all else ""
    within = f" in {span(criterion.within)}" if criterion.within else ""
    return f"{criterion.in_a_row} sessions missed in a row{many}{within}"


def worse(criterion: c.Worse, _sight: Sight) -> str:
    """Say what is expected."""
    return f"{instrument(criterion.instrument)} {criterion.by} points or more above the first of this stay"


def worsened(criterion: c.Worsened, _sight: Sight) -> str:
    """Say what is expected."""
    return (
        f"{', '.join(criterion.ratings)} {criterion.by} or more above what the stay began with, "
        f"or {', '.join(criterion.acute)} up to {criterion.reach}"
    )


def underdosed(criterion: c.Underdosed, _sight: Sight) -> str:
    """Say what is expected."""
    return f"under {criterion.hours} hours attended in each of the last {criterion.weeks} weeks of the stay"


def flagged(criterion: c.Flagged, _sight: Sight) -> str:
    """Say what is expected."""
    flag = f"{instrument(criterion.instrument)} flags {plain(criterion.flag)}"
    return f"{flag}, with no {instrument(criterion.unless)} since"


def newly_flagged(criterion: c.NewlyFlagged, _sight: Sight) -> str:
    """Say what is expected."""
    return f"{instrument(criterion.instrument)} newly flags {plain(criterion.flag)}"


def unfinished(criterion: c.Unfinished, _sight: Sight) -> str:
    """Say what is expected."""
    return f"{instrument(criterion.instrument)} flags {plain(criterion.flag)} and is not finished"


def checklist_complete(criterion: c.ChecklistComplete, _sight: Sight) -> str:
    """Say what is expected."""
    return f"each part done or not applicable, in the last {span(criterion.fresh_for)}"


def parts_done(done: int, of: int, left: Sequence[str], not_recorded: Sequence[str]) -> str:
    """Say how many parts of an assessment are done, which are not, and of which nobody has said anything."""
    said = (("not done", left), ("not recorded", not_recorded))
    rest = (f"{what}: {', '.join(labels).lower()}" for what, labels in said if labels)
    return "; ".join((f"{done} of {of} parts", *rest))


def authorisation_ending(criterion: c.AuthorisationEnding, sight: Sight) -> str:
    """Say what is expected."""
    pays = f"what pays for {level(sight.stage.level, sight)}"
    return f"{pays} ends in {criterion.days} days, or has {criterion.units} units left"


def _bands(criterion: c.BandIs | c.BandIsNot | c.NoOpenRisk) -> str:
    return _any(map(plain, criterion.bands))


def _any(words: Iterable[str]) -> str:
    listed = list(words)
    return " or ".join(filter(None, (", ".join(listed[:-1]), *listed[-1:])))
