"""What the bands of scales and screens say, three-valued.

A form that is not finished could still come to several bands. It never hides what was seen before it, and what it could
be is not known until somebody finishes it. A warning counts from whoever records it; only a signature takes it back.
"""

from collections.abc import Callable
from datetime import timedelta

from models import criterion as c
from models.decision import Met
from models.facts import Assessment
from services.rules import wording
from services.rules.reading import Answer, both, met, not_met, stale, standing, unknown
from services.rules.sight import Sight

Amiss = Callable[[Assessment], set[str]]
"""Which of the bands that a form could be are those we do not want to see."""


def band_is(criterion: c.BandIs, sight: Sight) -> Answer:
    """Say whether what speaks now is in these bands for certain."""
    speaking = sight.speaking(criterion.instrument)
    if not speaking:
        return unknown("none on file")
    sure = _sure(speaking, _of(criterion.bands))
    newest = sure or speaking[0]
    until = newest.effective_at + criterion.fresh_for
    return stale(newest, criterion.fresh_for, sight) or standing(
        sure is not None, _said(newest, sight), (newest,), until=until
    )


def band_is_not(criterion: c.BandIsNot, sight: Sight) -> Answer:
    """Say whether what speaks now is outside these bands for certain."""
    return _clear(criterion.instrument, _of(criterion.bands), criterion.fresh_for, sight)


def settled(criterion: c.Settled, sight: Sight) -> Answer:
    """Say whether every scale in use has settled: one that has not holds the client, whatever the others say."""
    answers = _each(criterion, sight)
    if not answers:
        return unknown("no scale recorded in this stay")
    said = (f"{wording.instrument(key)} {answer.actual}" for key, answer in answers.items())
    return Answer(
        both(answer.met for answer in answers.values()),
        "; ".join(said),
        tuple(one for answer in answers.values() for one in answer.evidence),
        min((answer.until for answer in answers.values() if answer.until), default=None),
    )


def warnings(criterion: c.BandIsNot | c.Settled, sight: Sight) -> list[tuple[Assessment, Amiss]]:
    """The forms that stand against it; none while another scale is unknown, for then they are not all it takes."""
    if any(answer.met is Met.UNKNOWN for answer in _each(criterion, sight).values()):
        return []
    sure = ((_sure(sight.speaking(key), amiss), amiss) for key, amiss in _unwanted(criterion, sight).items())
    return [(form, amiss) for form, amiss in sure if form is not None]


def _each(criterion: c.BandIsNot | c.Settled, sight: Sight) -> dict[str, Answer]:
    """How each scale that it asks of stands by itself."""
    asked = _unwanted(criterion, sight)
    return {key: _clear(key, amiss, criterion.fresh_for, sight) for key, amiss in asked.items()}


def _unwanted(criterion: c.BandIsNot | c.Settled, sight: Sight) -> dict[str, Amiss]:
    if isinstance(criterion, c.BandIsNot):
        return {criterion.instrument: _of(criterion.bands)}
    used = sight.in_use(criterion.scales, criterion.fresh_for)
    return {key: _beyond(criterion.scales[key]) for key in used}


def no_open_risk(criterion: c.NoOpenRisk, sight: Sight) -> Answer:
    """Say whether a risk is open, or a screen was begun that could still come to one."""
    speaking, amiss = sight.speaking(criterion.instrument), _of(criterion.bands)
    if risk := _sure(speaking, amiss):
        return not_met(_said(risk, sight), (risk,))
    if begun := next((one for one in speaking if amiss(one)), None):
        return unknown(_said(begun, sight), (begun,))
    signed = _signed(speaking)
    return met(_said(signed, sight), (signed,)) if signed else met("none on file")


def unfinished(criterion: c.Unfinished, sight: Sight) -> Answer:
    """Say whether a form carries the flag, came to no band, and nobody has finished one since."""
    speaking = sight.speaking(criterion.instrument)
    if not speaking:
        return unknown("none on file")
    begun = next((one for one in speaking if one.band is None and criterion.flag in one.flags), None)
    newest = begun or speaking[0]
    return stale(newest, criterion.fresh_for, sight) or standing(
        begun is not None, _said(newest, sight), (newest,)
    )


def _clear(instrument: str, amiss: Amiss, fresh_for: timedelta, sight: Sight) -> Answer:
    speaking = sight.speaking(instrument)
    if warning := _sure(speaking, amiss):
        until = warning.effective_at + fresh_for
        return stale(warning, fresh_for, sight) or not_met(_said(warning, sight), (warning,), until=until)
    if begun := next((one for one in speaking if amiss(one)), None):
        return unknown(_said(begun, sight), (begun,))
    signed = _signed(speaking)
    if signed is None:
        return unknown("none on file")
    until = signed.effective_at + fresh_for
    return stale(signed, fresh_for, sight) or met(_said(signed, sight), (signed,), until=until)


def _of(bands: tuple[str, ...]) -> Amiss:
    return lambda one: set(one.could_be).intersection(bands)


def _beyond(bands: tuple[str, ...]) -> Amiss:
    return lambda one: set(one.could_be).difference(bands)


def _sure(speaking: list[Assessment], amiss: Amiss) -> Assessment | None:
    """The newest that cannot be anything else, however it is finished."""
    return next((one for one in speaking if one.could_be and amiss(one) == set(one.could_be)), None)


def _signed(speaking: list[Assessment]) -> Assessment | None:
    """The one that may take a warning back: only the last of those that speak is both signed and finished."""
    return next((one for one in speaking[-1:] if one.signed and one.band is not None), None)


def _said(one: Assessment, sight: Sight) -> str:
    when = wording.on(one.effective_at, sight)
    if one.band is not None:
        total = "" if one.total is None else f" ({one.total})"
        return f"{wording.plain(one.band)}{total} {when}"
    at_least = f", at least {wording.plain(one.could_be[0])}" if one.flags else ""
    return f"not finished{at_least} {when}"
