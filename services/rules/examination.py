"""Reading the whole log as an outsider would: is it what was signed, and if not, where and how was it changed?

The proof is only this: the stored bytes hash to the signed roots. Stored leaves, stored subtrees and the numbers of
each pathway are there to find the first bad place and to name what was done. Nothing inside a database protects it
from its own administrator: one who rewrites log, tree and checkpoints is found by the notes kept outside, or not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.canonical import NotCanonical, instant, read
from services.rules.checkpoint import Checkpoint
from services.rules.damage import Damage, Written
from services.rules.numbering import Numbering
from services.rules.regrowth import Node, Regrowth

_TOLD = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `valid_to` entries are proved; `unsealed` came after the last signature, `unplaced` of them
    have no place in the log yet; `misspelt` are not in canonical spelling (a fault of ours, no proof of tampering).
    """

    size: int
    valid_to: int
    unsealed: int
    unplaced: int
    checkpoints: int
    notes: int
    misspelt: int
    damages: tuple[Damage, ...]


def examine(
    written: Iterable[Written],
    nodes: Iterable[Node],
    *,
    sealed: Sequence[Checkpoint],
    kept: Sequence[Checkpoint],
    forged: Sequence[Damage],
) -> Verification:
    """Judge a log by its rows, its checkpoints and the notes kept outside, all signatures proved or `forged`.

    Shapes: rows as they stand in the log, then entries without a place; nodes as a growing tree completes them.
    """
    tree, numbering = Regrowth(nodes, sealed, kept), Numbering()
    unplaced = misspelt = 0
    for row in written:
        numbering.count(row, tree.size if row.seq is None else row.seq)
        spelt, true = _reads(row)
        misspelt += not spelt
        unplaced += row.seq is None and row.id is not None
        tree.take(row, true=true)
    damages = _judged(tree, numbering, forged)
    valid_to = min([tree.proved, *(damage.first for damage in damages)])
    unsealed = tree.size + unplaced - tree.proved
    counts = len(sealed), len(kept)
    return Verification(tree.size, valid_to, unsealed, unplaced, *counts, misspelt, damages)


def _reads(row: Written) -> tuple[bool, bool]:
    """Say whether an entry is spelt canonically, and whether its bytes say the same as the columns beside them."""
    if row.data is None or row.recorded_at is None:
        return True, True
    try:
        told, spelt = read(row.data)
    except NotCanonical:
        return False, False
    return spelt, isinstance(told, dict) and all(told.get(name) == said for name, said in _heading(row))


def _heading(row: Written) -> Iterator[tuple[str, object]]:
    yield "id", str(row.id)
    yield "at", instant(row.recorded_at) if row.recorded_at else None
    yield "action", row.kind
    yield "pathway", str(row.pathway_id) if row.pathway_version is not None else None
    yield "version", row.pathway_version


def _judged(tree: Regrowth, numbering: Numbering, forged: Sequence[Damage]) -> tuple[Damage, ...]:
    miscounted = sorted(numbering.damages(size=tree.size, sealed=tree.proved))
    found = [*forged, *tree.damages(miscounted), *miscounted]
    return tuple(sorted(found, key=lambda damage: damage.first)[:_TOLD])
