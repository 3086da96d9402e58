"""Whether each pathway's entries are numbered 1 to n without a gap, in order, and n is where the pathway stands."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from services.rules.damage import Damage, Tampering, Written


class _Walk(NamedTuple):
    entries: int
    highest: int
    last: int
    stands_at: int | None


class Numbering:
    """Counts the entries of every pathway as the log is read."""

    def __init__(self) -> None:
        self._walks: dict[UUID, _Walk] = {}
        self._odd: dict[UUID, int] = {}

    def count(self, row: Written, place: int) -> None:
        """Count one row, met at this place in the log."""
        if row.pathway_id is None:
            return
        before = self._walks.get(row.pathway_id, _Walk(0, 0, place, row.stands_at))
        if row.pathway_version is None:
            self._walks[row.pathway_id] = before
            return
        if row.pathway_version != before.highest + 1:
            self._odd.setdefault(row.pathway_id, place)
        highest = max(before.highest, row.pathway_version)
        self._walks[row.pathway_id] = _Walk(before.entries + 1, highest, place, row.stands_at)

    def damages(self, *, size: int, sealed: int) -> Iterator[Damage]:
        """Return what the numbers of a log of `size` entries, the first `sealed` of them proved, do not allow."""
        for pathway_id, walk in self._walks.items():
            if pathway_id in self._odd:
                yield self._out_of_step(pathway_id, walk)
            elif walk.highest != (walk.stands_at or 0) or walk.stands_at is None:
                yield _apart(pathway_id, walk, size, sealed)

    def _out_of_step(self, pathway_id: UUID, walk: _Walk) -> Damage:
        place = self._odd[pathway_id]
        if walk.entries == walk.highest:
            return Damage(
                place, place, Tampering.REORDERED, f"Versions of pathway {pathway_id} are out of order."
            )
        return Damage(
            place, place, Tampering.GAP, f"A version of pathway {pathway_id} is missing before this entry."
        )


def _apart(pathway_id: UUID, walk: _Walk, size: int, sealed: int) -> Damage:
    """Say which is wrong where entries and pathway disagree; a sealed entry is believed before the pathway's row."""
    entries, stands = f"{walk.highest} entries of pathway {pathway_id}", walk.stands_at
    if walk.entries == 0:
        return Damage(
            size,
            size,
            Tampering.DELETED,
            f"Not one of the {stands} entries of pathway {pathway_id} is there.",
        )
    if stands is not None and walk.highest < stands:
        return Damage(
            size, size, Tampering.TRUNCATED, f"The pathway stands at {stands}: only {entries} are there."
        )
    if walk.last >= sealed:
        return Damage(
            walk.last, walk.last, Tampering.INSERTED, f"The pathway stands at {stands}: too many, {entries}."
        )
    if stands is None:
        return Damage(
            walk.last, walk.last, Tampering.DELETED, f"There are {entries}, which is gone from the tables."
        )
    return Damage(
        walk.last, walk.last, Tampering.EDITED, f"The pathway was set back to {stands}: there are {entries}."
    )
