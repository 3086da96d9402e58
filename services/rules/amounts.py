"""How much would be enough for a criterion that is not met, where the facts alone say it exactly; else nothing is said.

A decision keeps no such words: they are found again from the case it was made on, so that its bytes stay what they are.
How many more sessions attended would do, and from when a second review counts, a finding says itself.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Any

from models import criterion as c
from models.catalogue import instrument
from models.criterion import Criterion
from models.decision import Finding, Met
from models.facts import Assessment, AttendanceStatus
from services.rules import bands, wording
from services.rules.criteria import counted, found, looked
from services.rules.dosing import expected
from services.rules.sight import Sight


def enough(criterion: Criterion, finding: Finding, sight: Sight) -> str:
    """Say what would be enough, or nothing: so too where an older engine found on this case what is not found today."""
    say = _KINDS.get((criterion.kind, finding.met))
    return say(criterion, sight) if say and found(criterion, sight) == finding else ""


def _charted(criterion: c.Attended, sight: Sight) -> str:
    planned = expected(criterion.within, sight)
    came = sum(one.status == AttendanceStatus.ATTENDED for one in planned)
    lacking = ceil(criterion.share * len(planned) / 100) - came
    return f"{lacking} of those not charted attended" if planned else ""


def _none_until(criterion: c.NoEvent, sight: Sight) -> str:
    """What nobody has explained yet may come to nothing, and then it is over sooner: no day is said."""
    last, newest = counted(criterion, sight)[0], looked(criterion, sight)
    if last.event not in criterion.events:
        return ""
    until = f"none until {wording.moment(last.effective_at + criterion.within, sight)}"
    if newest and newest.effective_at > last.effective_at:
        return until
    return f"{until}, and a look after {wording.moment(last.effective_at, sight)}"


def _staying(criterion: c.Stayed, sight: Sight) -> str:
    return f"staying until {wording.moment(sight.known.here_since + criterion.at_least, sight)}"


def _below(criterion: c.BandIsNot | c.Settled, sight: Sight) -> str:
    """Below which total each form that speaks against it would be well again, by the cuts that it was read by."""
    cuts = {form.instrument: _cut(form, amiss) for form, amiss in bands.warnings(criterion, sight)}
    said = [f"{wording.instrument(key)} below {cut}" for key, cut in cuts.items() if cut is not None]
    return f"{' and '.join(said)}, signed" if said and len(said) == len(cuts) else ""


def _cut(form: Assessment, amiss: bands.Amiss) -> int | None:
    """The least total of those that we do not want to see, where all above it are so too, and some are below."""
    sets = instrument(form.instrument).band_sets
    cuts = next((one.bands for one in sets if one.key == form.band_set), ())
    unwanted = [bool(amiss(replace(form, could_be=(band.key,)))) for band in cuts]
    first = unwanted.index(True) if any(unwanted) else 0
    return cuts[first].at_least if first and all(unwanted[first:]) else None


_KINDS: dict[tuple[str, Met], Callable[[Any, Sight], str]] = {
    ("attended", Met.UNKNOWN): _charted,
    ("no-event", Met.NOT_MET): _none_until,
    ("stayed", Met.NOT_MET): _staying,
    ("band-is-not", Met.NOT_MET): _below,
    ("settled", Met.NOT_MET): _below,
}
