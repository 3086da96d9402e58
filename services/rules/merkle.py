"""The tree over the audit log, as certificate transparency has it, and nothing but its arithmetic.

A *span* is a run of leaves `(first, end)`; every hash in a proof is the root over one span. A *place* is
`(level, idx)`: the complete subtree over 2^level leaves, the idx-th from the left. Complete subtrees never
change, so they can be stored; every other root folds from at most one of them per level.

Source: RFC 6962 section 2.1 (hashes and proofs), RFC 9162 section 2.1 (the same, with verification).
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Span = tuple[int, int]
Place = tuple[int, int]
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash under which an entry's bytes stand in the tree."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees; its prefix keeps a node from being passed off as a leaf."""
    return sha256(b"\x01" + left + right).digest()


def fold(roots: Sequence[bytes]) -> bytes:
    """Return the root over neighbouring complete subtrees, largest first."""
    if not roots:
        return EMPTY_ROOT
    whole = roots[-1]
    for left in reversed(roots[:-1]):
        whole = node_hash(left, whole)
    return whole


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    return Frontier.over(leaves).root()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        if len(roots) != size.bit_count():
            raise ValueError(
                f"Over {size} leaves stand {size.bit_count()} complete subtrees, not {len(roots)}."
            )
        self.size = size
        self._roots = list(roots)

    @classmethod
    def over(cls, leaves: Iterable[bytes]) -> "Frontier":
        """Return the edge of the tree over these leaf hashes."""
        frontier = cls()
        for leaf in leaves:
            frontier.append(leaf)
        return frontier

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf; return the subtrees it completed as `(level, idx, root)`, level 1 and up."""
        completed, level, idx, top = [], 0, self.size, leaf
        while idx & 1:
            level, idx, top = level + 1, idx >> 1, node_hash(self._roots.pop(), top)
            completed.append((level, idx, top))
        self._roots.append(top)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return fold(self._roots)


def places(span: Span) -> list[Place]:
    """Return the complete subtrees that make up a span, largest first; `fold` their roots for the span's.

    Shapes: a span as proofs and whole trees have it: its first leaf stands where its largest subtree may.
    """
    first, end = span
    found = []
    while first < end:
        level = (end - first).bit_length() - 1
        found.append((level, first >> level))
        first += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Return the spans whose roots prove that the leaf at `index` is in the tree of `size`, nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"No leaf {index} in a tree over {size}.")
    first, end = 0, size
    spans = []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    return spans[::-1]


def consistency_spans(old: int, size: int) -> list[Span]:
    """Return the spans whose roots prove that the tree of `size` begins with the tree of `old`."""
    if not 0 < old <= size:
        raise ValueError(f"A tree over {size} leaves does not begin with one over {old}.")
    first, end = 0, size
    spans = []
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((first, middle))
            first = middle
    return [*([(first, end)] if first else []), *spans[::-1]]


def proof(spans: Iterable[Span], root_at: Callable[[int, int], bytes]) -> list[bytes]:
    """Return a proof's hashes, given the stored root of each complete subtree by level and idx."""
    return [fold([root_at(level, idx) for level, idx in places(span)]) for span in spans]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a proof shows this leaf at this index under this root."""
    if not 0 <= index < size or len(path) != len(inclusion_spans(index, size)):
        return False
    top = leaf
    for (first, _), sibling in zip(inclusion_spans(index, size), path, strict=True):
        top = node_hash(sibling, top) if first < index else node_hash(top, sibling)
    return top == root


def extends(old_root: bytes, old: int, root: bytes, size: int, path: Sequence[bytes]) -> bool:
    """Say whether a proof shows that the tree of `size` begins with the tree of `old`."""
    if not 0 < old <= size or len(path) != len(consistency_spans(old, size)):
        return False
    steps = list(zip(consistency_spans(old, size), path, strict=True))
    # A proof leaves out the subtree it begins with where that is the whole old tree: the reader holds its root.
    began = steps.pop(0)[1] if steps and steps[0][0][1] == old else old_root
    old_top = new_top = began
    for (first, _), sibling in steps:
        if first < old:
            old_top, new_top = node_hash(sibling, old_top), node_hash(sibling, new_top)
        else:
            new_top = node_hash(new_top, sibling)
    return (old_top, new_top) == (old_root, root)


def _split(size: int) -> int:
    """Return the largest power of two below a size: where RFC 6962 divides a tree."""
    return 1 << (size - 1).bit_length() - 1
