"""Instruments by item number, and what their answers score to.

Read from `models/catalogue/instruments/*.yaml`. Item wording is never stored: everything works on numbers, and an
item carries at most a short clinical name. Every threshold names its source.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from models.placement import Edition
from models.word import Reviewed, Step, Word

Answers = tuple[int | None, ...]
"""Answers in the official order of the items; None is missing or not asked."""


class BadAnswer(ValueError):
    """An answer the instrument cannot have. `item` counts from 1; the text never repeats what was given.

    `key` is what it was answered under, where that names no item or one already answered.
    """

    def __init__(
        self,
        instrument: str,
        item: int,
        allowed: tuple[int, ...] = (),
        why: str = "",
        *,
        key: str | None = None,
    ) -> None:
        self.instrument, self.item, self.allowed, self.key = instrument, item, allowed, key
        why = why or f"allowed values are {', '.join(map(str, allowed))}"
        super().__init__(f"{instrument} item {item}: {why}.")


class NoSuchBandSet(ValueError):
    """The instrument has no band set of this name; `known` lists those it has."""

    def __init__(self, instrument: str, known: tuple[str, ...]) -> None:
        self.instrument, self.known = instrument, known
        super().__init__(f"{instrument} has no such band set. Known: {', '.join(known) or 'none'}.")


class Item(Word):
    """One question by its number: which values it may take and how they count."""

    name: str = Field(default="", description="a short clinical name, never the wording")
    values: tuple[int, ...] = Field(min_length=2)
    reversed: bool = False
    optional: bool = Field(default=False, description="counts in no scale, so it is never missing")
    loinc: str | None = None

    def points(self, value: int) -> int:
        """Return what a value counts."""
        return max(self.values) + min(self.values) - value if self.reversed else value


class Loinc(Word):
    """LOINC codes of the whole; an instrument without verified codes has none."""

    panel: str | None = None
    total: str | None = None
    answers: dict[str, int] = Field(default_factory=dict, description="LOINC answer code to item value")


class NotAsked(Word):
    """Items that are skipped after a zero on an earlier one: null there is not a missing answer."""

    items: tuple[int, ...]
    after_zero_on: int
    source: str


class Agreement(Word):
    """Items that can only be zero when another one is."""

    items: tuple[int, ...]
    zero_with: int
    source: str


class Scale(Word):
    """A sum over some items, at times multiplied to a rounder range; its range is checked against theirs."""

    key: str = "total"
    items: tuple[int, ...] = Field(min_length=1)
    times: int = Field(default=1, ge=1)
    range: tuple[int, int]
    better: Literal["lower", "higher"] = "lower"
    source: str


class Band(Word):
    """A named stretch of the total, or a named answer pattern: any of these items above zero."""

    key: str
    at_least: int | None = None
    any_of: tuple[int, ...] = ()


class BandSet(Word):
    """Bands from the mildest to the most severe. Sites differ, so an instrument may have several sets."""

    key: str
    bands: tuple[Band, ...] = Field(min_length=2)
    not_asked: tuple[int, ...] = Field(default=(), description="items that this set leaves out")
    source: str

    @property
    def by_total(self) -> bool:
        """Whether the bands cut the total, rather than read single answers."""
        return self.bands[0].at_least is not None


class Cluster(Word):
    """Items that belong together, and how many of them must reach a value."""

    items: tuple[int, ...] = Field(min_length=1)
    reach: int
    count: int = Field(ge=1)


class Flag(Word):
    """Something a person must notice: a limit on a scale, on any one of some items, or on how many clusters are full.

    Instead of a limit it may name bands: where the cut differs by sex or substance, the band set knows it.
    """

    key: str
    scale: str | None = None
    any_of: tuple[int, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    bands: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    source: str

    def holds(self, low: int, high: int) -> bool:
        """Whether the limit is passed wherever between low and high the true value lies."""
        return (self.at_least is None or low >= self.at_least) and (
            self.at_most is None or high <= self.at_most
        )

    def could_hold(self, low: int, high: int) -> bool:
        """Whether the limit is passed somewhere between low and high."""
        return self.holds(high, low)


class Change(Word):
    """How far a scale must move, or where it must stand, to mean something to the client.

    What is meaningful one way is a deterioration the other way. All rules of `remission` must hold, of the rest any.
    """

    kind: Literal["meaningful", "reliable", "response", "remission"]
    scale: str = "total"
    another_band: bool = False
    flips: str | None = Field(default=None, description="a flag whose coming or going is enough")
    points: int | None = None
    percent: int | None = None
    below: int | None = None
    above: int | None = None
    baseline_at_least: int | None = None
    reviews: int = Field(default=1, description="consecutive reviews at which it must hold")
    sustained_hours: int | None = None
    source: str


class Repeat(Word):
    """How soon and how late an instrument is asked again; `when` says what else asks for it."""

    every: tuple[Step, Step] | None = None
    when: str = ""
    source: str


class Instrument(Reviewed):
    """A dated, sourced instrument: items, scales, bands, flags and change thresholds, all data."""

    key: str
    title: str
    version: int = Field(ge=1)
    licence: str
    source: str
    self_report: bool = Field(
        default=False, description="the client fills it in, so it needs nobody's signature"
    )
    look_back_days: int | None = None
    repeat: Repeat | None = None
    loinc: Loinc = Loinc()
    items: tuple[Item, ...] = Field(min_length=1)
    not_asked: tuple[NotAsked, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    total: Scale | None = None
    subscales: tuple[Scale, ...] = ()
    band_sets: tuple[BandSet, ...] = ()
    default_set: str | None = None
    set_for_sex: dict[str, str] = Field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    changes: tuple[Change, ...] = ()
    placement: str | None = Field(default=None, description="the placement table that reads these answers")
    editions: tuple[Edition, ...] = Field(
        default=(), description="in which it may be answered; the first where none is named"
    )

    @property
    def scales(self) -> tuple[Scale, ...]:
        """The total, if there is one, and the subscales."""
        return (*([self.total] if self.total else []), *self.subscales)

    @property
    def is_read_by_item(self) -> bool:
        """Whether its answers come to nothing together, so that each item is followed by itself."""
        return not (self.scales or self.band_sets or self.placement)

    @property
    def is_about_one_of_several(self) -> bool:
        """Whether each form is about one substance, which its band set names: without it there is no band."""
        return bool(self.band_sets) and self.default_set is None

    @property
    def named_sets(self) -> tuple[str, ...]:
        """The band sets that whoever records may name: the substance, or whose cut-off holds. Others are the site's."""
        open_ = self.is_about_one_of_several or bool(self.set_for_sex)
        return tuple(one.key for one in self.band_sets) if open_ else ()

    @property
    def edition(self) -> str | None:
        """The edition its answers are of where nobody names one."""
        return self.editions[0].key if self.editions else None

    def label(self, number: int) -> str:
        """Return what to call an item on a screen: its short name, or its number."""
        return self.items[number - 1].name or f"item {number}"

    def band_set(self, key: str | None = None, sex: str | None = None) -> BandSet | None:
        """Return the named band set, or the one for this sex, or the default. Raises: NoSuchBandSet."""
        chosen = key or self.set_for_sex.get(sex or "", self.default_set)
        if chosen is None:
            return None
        sets = {one.key: one for one in self.band_sets}
        if chosen not in sets:
            raise NoSuchBandSet(self.key, tuple(sets))
        return sets[chosen]

    @model_validator(mode="after")
    def _hangs_together(self) -> "Instrument":
        for wrong in self._slips():
            raise ValueError(f"{self.key}: {wrong}")
        return self

    def _slips(self) -> Iterator[str]:
        if set(self._named_items()) - set(range(1, len(self.items) + 1)):
            yield "an item number is out of range"
        if (
            ({f.scale for f in self.flags} | {c.scale for c in self.changes})
            - {s.key for s in self.scales}
            - {None}
        ):
            yield "a flag or a change names a scale that does not exist"
        if {band for f in self.flags for band in f.bands} - {b.key for s in self.band_sets for b in s.bands}:
            yield "a flag names a band that does not exist"
        if {self.default_set, *self.set_for_sex.values()} - {s.key for s in self.band_sets} - {None}:
            yield "a band set is named that does not exist"
        yield from (
            f"the range of {s.key} is not what its items add up to"
            for s in self.scales
            if not self._adds_up(s)
        )
        yield from (f"the bands of {s.key} are not in order" for s in self.band_sets if not self._in_order(s))

    def _named_items(self) -> Iterator[int]:
        for scale in self.scales:
            yield from scale.items
        for skip in self.not_asked:
            yield from (*skip.items, skip.after_zero_on)
        for agreement in self.agreements:
            yield from (*agreement.items, agreement.zero_with)
        for flag in self.flags:
            yield from (*flag.any_of, *(number for one in flag.clusters for number in one.items))
        for bands in self.band_sets:
            yield from (*bands.not_asked, *(number for band in bands.bands for number in band.any_of))

    def _adds_up(self, scale: Scale) -> bool:
        values = [self.items[number - 1].values for number in scale.items]
        return scale.range == (scale.times * sum(map(min, values)), scale.times * sum(map(max, values)))

    def _in_order(self, bands: BandSet) -> bool:
        cuts = [band.at_least for band in bands.bands if band.at_least is not None]
        if not bands.by_total:
            return not cuts
        whole = len(cuts) == len(bands.bands) and cuts == sorted(set(cuts))
        return whole and self.total is not None and cuts[0] == self.total.range[0]


@dataclass(frozen=True, slots=True)
class Score:
    """What answers come to. Without every needed answer there is no total and no band, and `missing` says why.

    `could_be` are the bands that are still possible, mildest first; `open_flags` those that may still be raised.
    """

    instrument: str
    total: int | None
    band: str | None
    subscales: tuple[tuple[str, int], ...]
    flags: tuple[str, ...]
    missing: tuple[int, ...]
    answers: Answers
    recommended: str | None = None
    rules: tuple[str, ...] = ()
    band_set: str | None = None
    could_be: tuple[str, ...] = ()
    open_flags: tuple[str, ...] = ()
