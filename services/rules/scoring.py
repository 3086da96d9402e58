"""Scores answers. Pure and data-driven: the instrument says what to add, compare and skip.

One idea carries the missing answers: a scale has a lowest and a highest value it can still take. They meet only when
nothing is missing, and only then is there a total; a flag is raised as soon as it holds at both ends. What still lies
between the ends stays possible, and is said: the bands it could be, the flags that are open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from models.instrument import Answers, BadAnswer, Band, BandSet, Flag, Instrument, Scale, Score
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
    reach = {scale.key: _reach(instrument, scale, answers) for scale in instrument.scales}
    missing = _missing(instrument, answers)
    total = _settled(reach, "total")
    flags, open_flags = _flags(instrument, answers, missing, reach)
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
        could_be=_could_be(bands, answers, missing, reach) if bands else (),
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
                instrument.key, wrong[0], (0,), f"it does not agree with item {agreement.zero_with}"
            )


def _missing(instrument: Instrument, answers: Sequence[int | None]) -> tuple[int, ...]:
    skipped = {n for skip in instrument.not_asked if answers[skip.after_zero_on - 1] == 0 for n in skip.items}
    items = zip(range(1, len(answers) + 1), instrument.items, answers, strict=True)
    return tuple(n for n, item, given in items if given is None and not item.optional and n not in skipped)


def _reach(instrument: Instrument, scale: Scale, answers: Sequence[int | None]) -> tuple[int, int]:
    ends = [_ends(instrument, number, answers[number - 1]) for number in scale.items]
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def _ends(instrument: Instrument, number: int, answer: int | None) -> tuple[int, int]:
    item = instrument.items[number - 1]
    return (
        (min(item.values), max(item.values)) if answer is None else (item.points(answer), item.points(answer))
    )


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


def _flags(
    instrument: Instrument, answers: Sequence[int | None], missing: tuple[int, ...], reach: Reach
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The flags that are raised whatever is missing, and those that what is missing may still raise."""
    seen = {flag: _spans(flag, instrument, answers, missing, reach) for flag in instrument.flags}
    sure = tuple(flag.key for flag, spans in seen.items() if any(flag.holds(*span) for span in spans))
    could = (flag.key for flag, spans in seen.items() if any(flag.could_hold(*span) for span in spans))
    return sure, tuple(key for key in could if key not in sure)


def _spans(
    flag: Flag, instrument: Instrument, answers: Sequence[int | None], missing: tuple[int, ...], reach: Reach
) -> list[tuple[int, int]]:
    """Between which ends that lies which a flag looks at: its scale, or each item that was to be answered."""
    if flag.scale:
        return [reach[flag.scale]]
    asked = (number for number in flag.any_of if answers[number - 1] is not None or number in missing)
    return [_ends(instrument, number, answers[number - 1]) for number in asked]
