"""Scores answers. Pure and data-driven: the instrument says what to add, compare and skip.

One idea carries the missing answers: a scale has a lowest and a highest value it can still take. They meet only when
nothing is missing, and only then is there a total; a flag is raised as soon as it holds at both ends. What still lies
between the ends stays possible, and is said: the bands it could be, the flags that are open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from models.instrument import Answers, BadAnswer, Band, BandSet, Cluster, Flag, Instrument, Scale, Score
from models.placement import PlacementTable
from services.rules.placement import place

Given = Sequence[int | None] | Mapping[str, int | None]
Reach = Mapping[str, tuple[int, int]]


def answers_from(instrument: Instrument, given: Given) -> Answers:
    """Return answers in official order from a list, or from a mapping by item number or short name.

    Shapes: an item the mapping leaves out is missing; a list is taken as it is.
    Raises: BadAnswer, for a key that names no item or an item named twice.
    """
    if not isinstance(given, Mapping):
        return tuple(given)
    places = {instrument.label(n): n for n in range(1, len(instrument.items) + 1)}
    places |= {str(n): n for n in places.values()}
    answers: list[int | None] = [None] * len(instrument.items)
    seen: set[int] = set()
    for position, (key, value) in enumerate(given.items(), start=1):
        number = places.get(str(key))
        if number is None or number in seen:
            why = "its key names no item, or one already answered"
            raise BadAnswer(instrument.key, number or position, (), why, key=str(key))
        seen.add(number)
        answers[number - 1] = value
    return tuple(answers)


def score(
    instrument: Instrument,
    answers: Sequence[int | None],
    *,
    band_set: str | None = None,
    sex: str | None = None,
) -> Score:
    """Score the answers of one occasion.

    Shapes: one answer per item in official order, None for missing or not asked.
    Raises: BadAnswer, for a wrong count, value or contradiction; NoSuchBandSet.
    Source: each scale, band set and flag of the instrument carries its own.
    """
    bands = instrument.band_set(band_set, sex)
    _check(instrument, answers)
    form = _Form(instrument, tuple(answers), _skipped(instrument, answers, bands))
    reach = {scale.key: form.reach(scale) for scale in instrument.scales}
    total, missing = _settled(reach, "total"), form.missing
    could_be = _could_be(bands, answers, missing, reach) if bands else ()
    flags, open_flags = _flags(form, reach, could_be)
    return Score(
        instrument=instrument.key,
        total=total,
        band=_band(bands, answers, missing, total) if bands else None,
        subscales=tuple(
            (s.key, low) for s in instrument.subscales if (low := _settled(reach, s.key)) is not None
        ),
        flags=flags,
        missing=missing,
        answers=tuple(answers),
        band_set=bands.key if bands else None,
        could_be=could_be,
        open_flags=open_flags,
    )


def rate(
    instrument: Instrument,
    table: PlacementTable,
    answers: Sequence[int | None],
    *,
    current: str | None = None,
    risk: str | None = None,
    facts: frozenset[str] = frozenset(),
) -> Score:
    """Score ratings and add the level of care that the placement table recommends for them.

    Raises: BadAnswer; UnknownName, for a fact, stage or risk the table does not know.
    """
    scored = score(instrument, answers)
    found = place(table, answers, current=current, risk=risk, facts=facts)
    return replace(scored, recommended=found.recommended, rules=found.rules)


def _check(instrument: Instrument, answers: Sequence[int | None]) -> None:
    if len(answers) != len(instrument.items):
        first = min(len(answers), len(instrument.items)) + 1
        raise BadAnswer(
            instrument.key, first, (), f"{len(instrument.items)} answers are expected, not {len(answers)}"
        )
    for number, (item, answer) in enumerate(zip(instrument.items, answers, strict=True), start=1):
        # True equals 1 in Python, but a JSON true is not an answer.
        if answer is not None and (type(answer) is not int or answer not in item.values):
            raise BadAnswer(instrument.key, number, item.values)
    for agreement in instrument.agreements:
        wrong = [number for number in agreement.items if answers[number - 1]]
        if wrong and answers[agreement.zero_with - 1] == 0:
            raise BadAnswer(
                instrument.key, wrong[0], (0,), f"it must be 0 where item {agreement.zero_with} is 0"
            )


def _skipped(instrument: Instrument, answers: Sequence[int | None], bands: BandSet | None) -> frozenset[int]:
    """The items that are not asked: after a zero on an earlier one, or because the band set leaves them out."""
    left_out = bands.not_asked if bands else ()
    for number in left_out:
        if answers[number - 1]:
            raise BadAnswer(instrument.key, number, (0,), "it is not asked here; leave it out")
    skips = (skip for skip in instrument.not_asked if answers[skip.after_zero_on - 1] == 0)
    # Who says yes to a question that was to be skipped was asked it, and the others are missing.
    after_zero = (n for skip in skips if not any(answers[n - 1] for n in skip.items) for n in skip.items)
    return frozenset((*left_out, *after_zero))


class _Form(NamedTuple):
    """What was answered of an instrument, and which items were not to be asked."""

    instrument: Instrument
    answers: Answers
    skipped: frozenset[int]

    @property
    def missing(self) -> tuple[int, ...]:
        items = zip(range(1, len(self.answers) + 1), self.instrument.items, self.answers, strict=True)
        return tuple(
            n for n, item, given in items if given is None and not item.optional and n not in self.skipped
        )

    def reach(self, scale: Scale) -> tuple[int, int]:
        ends = [self.ends(number) for number in scale.items]
        return scale.times * sum(low for low, _ in ends), scale.times * sum(high for _, high in ends)

    def ends(self, number: int) -> tuple[int, int]:
        """Between which points an item lies."""
        item, answer = self.instrument.items[number - 1], self.answers[number - 1]
        if answer is not None:
            return item.points(answer), item.points(answer)
        return (0, 0) if number in self.skipped else (min(item.values), max(item.values))


def _settled(reach: Reach, scale: str) -> int | None:
    low, high = reach.get(scale, (0, 1))
    return low if low == high else None


def _band(
    bands: BandSet, answers: Sequence[int | None], missing: tuple[int, ...], total: int | None
) -> str | None:
    if bands.by_total:
        return None if total is None else _reached(bands.bands, total).key
    positive = [band for band in bands.bands if any(answers[number - 1] for number in band.any_of)]
    worst = positive[-1] if positive else bands.bands[0]
    # A missing answer never hides the worst band, and never lets a milder one stand.
    return worst.key if worst is bands.bands[-1] or not missing else None


def _could_be(
    bands: BandSet, answers: Sequence[int | None], missing: tuple[int, ...], reach: Reach
) -> tuple[str, ...]:
    """Every band that some way of filling in what is missing comes to."""
    if bands.by_total:
        least, most = (bands.bands.index(_reached(bands.bands, end)) for end in reach["total"])
        return tuple(band.key for band in bands.bands[least : most + 1])
    sure = [n for n, band in enumerate(bands.bands) if any(answers[number - 1] for number in band.any_of)]
    least = max(sure, default=0)
    worse = (band.key for band in bands.bands[least + 1 :] if not set(missing).isdisjoint(band.any_of))
    return (bands.bands[least].key, *worse)


def _reached(bands: tuple[Band, ...], total: int) -> Band:
    return [band for band in bands if band.at_least is not None and band.at_least <= total][-1]


def _flags(form: _Form, reach: Reach, could_be: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The flags that are raised whatever is missing, and those that what is missing may still raise."""
    seen = {flag: _spans(flag, form, reach, could_be) for flag in form.instrument.flags}
    sure = tuple(flag.key for flag, spans in seen.items() if any(flag.holds(*span) for span in spans))
    could = (flag.key for flag, spans in seen.items() if any(flag.could_hold(*span) for span in spans))
    return sure, tuple(key for key in could if key not in sure)


def _spans(flag: Flag, form: _Form, reach: Reach, could_be: tuple[str, ...]) -> list[tuple[int, int]]:
    """Between which ends that lies which a flag looks at: its scale, its clusters, its bands, or each item asked."""
    if flag.scale:
        return [reach[flag.scale]]
    if flag.clusters:
        full = [_full(cluster, form) for cluster in flag.clusters]
        return [(sum(low for low, _ in full), sum(high for _, high in full))]
    if flag.bands:
        within = [band in flag.bands for band in could_be]
        return [(int(all(within)), int(any(within)))] if within else []
    asked = (n for n in flag.any_of if form.answers[n - 1] is not None or n in form.missing)
    return [form.ends(number) for number in asked]


def _full(cluster: Cluster, form: _Form) -> tuple[bool, bool]:
    """Whether enough items of a cluster are sure to reach the value, and whether enough of them may."""
    ends = [form.ends(number) for number in cluster.items]
    sure, may = (sum(end[side] >= cluster.reach for end in ends) for side in (0, 1))
    return sure >= cluster.count, may >= cluster.count
