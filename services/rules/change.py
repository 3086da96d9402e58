"""What has changed since the first form of a stay: response, remission, meaningful and reliable change, deterioration.

The rules are data of the instrument. The first finished form of the stay is the baseline; a single form has changed nothing.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from models.facts import Assessment
from models.instrument import Change, Instrument

DETERIORATION = "deterioration"
_TURNED = {"meaningful": DETERIORATION}


def changed(form: Instrument, answered: Sequence[Assessment]) -> tuple[str, ...]:
    """Return the kinds of change that the latest form shows against the first.

    Shapes: the forms of one instrument in one stay, oldest first; unfinished ones are passed over.
    """
    kinds = {rule.kind: [one for one in form.changes if one.kind == rule.kind] for rule in form.changes}
    better = [kind for kind, rules in kinds.items() if _holds(form, rules, answered)]
    worse = [
        _TURNED[kind]
        for kind, rules in kinds.items()
        if kind in _TURNED and any(_moved(form, rule, answered, gained=-1) for rule in rules)
    ]
    return (*better, *worse)


def _holds(form: Instrument, rules: Sequence[Change], answered: Sequence[Assessment]) -> bool:
    if rules[0].kind == "remission":
        return all(_stands(rule, answered) for rule in rules) and any(_came(rule, answered) for rule in rules)
    return any(_moved(form, rule, answered, gained=1) or _came(rule, answered) for rule in rules)


def _moved(form: Instrument, rule: Change, answered: Sequence[Assessment], *, gained: int) -> bool:
    """Whether a scale moved far enough, for the better or, where `gained` is -1, for the worse."""
    pairs = _values(rule, answered)
    if len(pairs) < 2 or pairs[0][1] < (rule.baseline_at_least or 0):
        return False
    [(first, before), (last, now)] = pairs[0], pairs[-1]
    upwards = gained if _better(form, rule.scale) == "higher" else -gained
    step = upwards * (now - before)
    far = (rule.points is not None and step >= rule.points) or (
        rule.percent is not None and step > 0 and step * 100 >= rule.percent * before
    )
    return far or (step > 0 and (_another_band(rule, first, last) or _flipped(rule, first, last)))


def _another_band(rule: Change, first: Assessment, last: Assessment) -> bool:
    return rule.another_band and first.band != last.band and first.band_set == last.band_set


def _flipped(rule: Change, first: Assessment, last: Assessment) -> bool:
    return rule.flips is not None and (rule.flips in first.flags) is not (rule.flips in last.flags)


def _stands(rule: Change, answered: Sequence[Assessment]) -> bool:
    """Whether a scale stands past a limit: at so many forms in a row, or for so many hours."""
    if rule.below is None and rule.above is None:
        return False
    pairs = _values(rule, answered)
    if len(pairs) < 2 or pairs[0][1] < (rule.baseline_at_least or 0):
        return False
    row = _at_the_end(pairs, lambda value: _past(rule, value))
    lasted = row[-1][0].effective_at - row[0][0].effective_at if row else timedelta()
    return len(row) >= rule.reviews and lasted >= timedelta(hours=rule.sustained_hours or 0)


def _came(rule: Change, answered: Sequence[Assessment]) -> bool:
    """Whether a scale stands past a limit where it did not stand at first: who was never ill is in no remission."""
    return _stands(rule, answered) and not _past(rule, _values(rule, answered)[0][1])


def _past(rule: Change, value: int) -> bool:
    return (rule.below is None or value < rule.below) and (rule.above is None or value > rule.above)


Pairs = list[tuple[Assessment, int]]


def _at_the_end(pairs: Pairs, holds: Callable[[int], bool]) -> Pairs:
    """The unbroken row of forms at the end for which something holds."""
    broken = max((place for place, (_, value) in enumerate(pairs) if not holds(value)), default=-1)
    return pairs[broken + 1 :]


def _values(rule: Change, answered: Sequence[Assessment]) -> Pairs:
    values = (
        (one, one.total if rule.scale == "total" else dict(one.subscales).get(rule.scale)) for one in answered
    )
    return [(one, value) for one, value in values if value is not None]


def _better(form: Instrument, scale: str) -> str:
    return next(one.better for one in form.scales if one.key == scale)
