"""Growing the log's tree again from the stored bytes, beside everything that was ever written of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from services.rules.checkpoint import Checkpoint
from services.rules.damage import Damage, Tampering, Written
from services.rules.merkle import Frontier, leaf_hash, node_hash

Node = tuple[int, int, bytes]
_NOTED = 1_000
_LOOKED_AT = 4_096  # leaves after a change that are kept to tell what was done


@dataclass(slots=True)
class _Change:
    """From where on the leaves, or the subtrees stored over them, are not what they were."""

    first: int
    last: int
    leaves: list[bytes]
    nodes: Iterator[Node]

    def named(self) -> Tampering:
        """Tell what was done by where the stored pairs of leaves are found now."""
        pairs = dict(self._stored_pairs())
        now = {node_hash(*pair): self.first + nth for nth, pair in enumerate(pairwise(self.leaves))}
        moves = [now[top] - 2 * idx for idx, top in sorted(pairs.items()) if now.get(top, 2 * idx) != 2 * idx]
        if moves:
            return Tampering.DELETED if moves[0] < 0 else Tampering.INSERTED
        return Tampering.REORDERED if self._changed_places(pairs) else Tampering.EDITED

    def _stored_pairs(self) -> Iterator[tuple[int, bytes]]:
        for level, idx, top in self.nodes:
            if 2 * idx + 1 >= self.first + len(self.leaves):
                return
            if level == 1 and 2 * idx >= self.first:
                yield idx, top

    def _changed_places(self, pairs: dict[int, bytes]) -> bool:
        """Tell whether the first pair is whole again once one of its leaves is taken from elsewhere."""
        places = {idx: (2 * idx - self.first, 2 * idx - self.first + 1) for idx in pairs}
        apart = [
            (self.leaves[left], self.leaves[right], pairs[idx])
            for idx, (left, right) in places.items()
            if node_hash(self.leaves[left], self.leaves[right]) != pairs[idx]
        ]
        if not apart or self.first // 2 not in pairs:
            return False
        left, right, top = apart[0]
        elsewhere = [leaf for pair in apart for leaf in pair[:2]]
        return node_hash(right, left) == top or any(
            top in (node_hash(leaf, right), node_hash(left, leaf)) for leaf in elsewhere
        )


class Regrowth:
    """Reads the log from its first leaf on. `size` places were read, the first `proved` are under a signed root."""

    def __init__(
        self, nodes: Iterable[Node], sealed: Sequence[Checkpoint], kept: Sequence[Checkpoint]
    ) -> None:
        self.size = 0
        self.proved = 0
        self._agreed = 0
        self._frontier = Frontier()
        self._nodes = iter(nodes)
        self._sealed = {one.size: one.root for one in sealed}
        self._kept: defaultdict[int, set[bytes]] = defaultdict(set)
        for one in kept:
            self._kept[one.size].add(one.root)
        self._noted: list[
            Damage
        ] = []  # seen at a glance: a place without its entry, an entry unlike its columns
        self._unlike: list[
            tuple[int, bytes, bytes]
        ] = []  # bytes that are not their leaf's: place, leaf, found
        self._change: _Change | None = None
        self._broken_at: int | None = None
        self._forked_at: int | None = None
        self._previous = b""

    def take(self, row: Written, *, true: bool) -> None:
        """Read the next row; `true` where its bytes say the same as the columns beside them."""
        if row.seq is None:
            return
        if row.seq > self.size:
            self._note(self.size, row.seq - 1, Tampering.DELETED, "The log has no such places any more.")
        self.size = row.seq + 1
        if row.data is None:
            self._note(row.seq, row.seq, Tampering.DELETED, "The entry at this place is gone.")
            return
        found = leaf_hash(row.data)
        if found != row.leaf and len(self._unlike) < _NOTED:
            self._unlike.append((row.seq, row.leaf or b"", found))
        elif not true:
            self._note(
                row.seq, row.seq, Tampering.EDITED, f"Entry {row.id} does not say what its columns say."
            )
        if not (self._noted or self._unlike):
            self._grow(found)

    def damages(self, miscounted: Sequence[Damage]) -> Iterator[Damage]:
        """Return what is wrong with the log as one tree; pathways whose numbers do not fit help to name it."""
        yield from self._noted
        yield from self._unlike_leaves()
        if self._noted or self._unlike:
            return
        if self._change is not None or self._broken_at is not None:
            yield self._rewritten(miscounted)
            return
        yield from self._cut_short(miscounted)
        if self._forked_at is not None:
            why = f"A note kept outside is signed for other entries up to {self._forked_at}."
            yield Damage(self._agreed, self._forked_at - 1, Tampering.ROLLED_BACK, why)

    def _note(self, first: int, last: int, kind: Tampering, why: str) -> None:
        if len(self._noted) < _NOTED:
            self._noted.append(Damage(first, last, kind, why))

    def _grow(self, found: bytes) -> None:
        completed = self._frontier.append(found)
        if self._change is None:
            self._compare(completed, found)
        elif len(self._change.leaves) < _LOOKED_AT:
            self._change.leaves.append(found)
        if self._broken_at is None:
            self._hold_against_signatures()
        self._previous = found

    def _compare(self, completed: Sequence[Node], found: bytes) -> None:
        """Hold completed subtrees against the stored ones, up to the first that differs."""
        for level, idx, top in completed:
            stored = next(self._nodes, None)
            if stored != (level, idx, top):
                rest = chain([stored] if stored else [], self._nodes)
                # Above level 1 the leaves below are as stored: only the subtree's own row was changed.
                leaves = [self._previous, found] if level == 1 else []
                self._change = _Change(idx << level, (idx + 1 << level) - 1, leaves, rest)
                return

    def _hold_against_signatures(self) -> None:
        size = self._frontier.size
        sealed, kept = self._sealed.get(size), self._kept.get(size, set())
        if sealed is None and not kept:
            return
        root = self._frontier.root()
        others = kept - {root}
        if root != sealed and (sealed or self._change):
            self._broken_at = size
        elif others and self._forked_at is None:
            self._forked_at = size
        elif not others:
            self._agree(size, kept=bool(kept))

    def _agree(self, size: int, *, kept: bool) -> None:
        self.proved = size
        self._agreed = size if kept and self._forked_at is None else self._agreed
        if self._change is not None and self._change.last < size:
            change, why = (
                self._change,
                "The stored subtree over these places was changed; the entries are as signed.",
            )
            self._note(change.first, change.last, Tampering.EDITED, why)

    def _unlike_leaves(self) -> Iterator[Damage]:
        """Return the entries whose bytes are not their leaf's, named by where each one's own leaf is."""
        where = {leaf: place for place, leaf, _ in self._unlike}
        moves = [where[found] - place for place, _, found in self._unlike if found in where]
        kind = Tampering.EDITED
        if moves:
            ahead, behind = min(moves) > 0, max(moves) < 0
            kind = Tampering.DELETED if ahead else Tampering.INSERTED if behind else Tampering.REORDERED
        for place, _, _ in self._unlike:
            yield Damage(place, place, kind, "The entry's bytes are not those that have this place.")

    def _rewritten(self, miscounted: Sequence[Damage]) -> Damage:
        change = self._change
        first, last = (change.first, change.last) if change else (self.proved, self.size - 1)
        if self._broken_at is not None:
            last = min(last, self._broken_at - 1)
        kind = change.named() if change else Tampering.EDITED
        if kind is Tampering.EDITED:
            kind = self._named_by_numbers({damage.kind for damage in miscounted})
        return Damage(
            first, last, kind, "The entries here are not those that were signed or stored as a tree."
        )

    def _named_by_numbers(self, miscounted: set[Tampering]) -> Tampering:
        missing = {Tampering.GAP, Tampering.TRUNCATED, Tampering.DELETED}
        if miscounted & missing or max(self._sealed, default=0) > self.size:
            return Tampering.DELETED
        more = [kind for kind in (Tampering.INSERTED, Tampering.REORDERED) if kind in miscounted]
        return more[0] if more else Tampering.EDITED

    def _cut_short(self, miscounted: Sequence[Damage]) -> Iterator[Damage]:
        """Return what is missing from a log shorter than what was signed: its end, unless numbers say otherwise."""
        sealed, kept = max(self._sealed, default=0), max(self._kept, default=0)
        if max(sealed, kept) <= self.size:
            return
        kinds = {damage.kind for damage in miscounted}
        # Where no pathway misses an entry either, the whole database is an older one.
        kind = Tampering.TRUNCATED if kinds or sealed > self.size else Tampering.ROLLED_BACK
        kind = Tampering.DELETED if Tampering.GAP in kinds else kind
        why = f"{max(sealed, kept)} entries were signed; the log ends after {self.size}."
        yield Damage(self.proved, max(sealed, kept) - 1, kind, why)
