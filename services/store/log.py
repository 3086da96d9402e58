"""The rows of the audit log: entries that wait for their place, leaves, subtrees, checkpoints. Set by set."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from services.store.work import Work


def lock(work: Work) -> None:
    """Let one transaction at a time lengthen or seal the log; it is let go at commit."""
    work.rows("SELECT pg_advisory_xact_lock(hashtextextended('stepdown audit log', 0))")


def size(work: Work) -> int:
    """Return how many entries have their place in the log."""
    found = work.first("SELECT max(seq) + 1 AS size FROM audit_leaf")
    return (found.size if found else None) or 0


def waiting(work: Work) -> int:
    """Return how many entries wait for their place."""
    found = work.first("SELECT count(*) AS n FROM audit_waiting")
    return found.n if found else 0


def append(work: Work, *, first: int, most: int) -> list[bytes]:
    """Give the longest waiting entries the next places from `first` on; return their leaf hashes in order.

    Versions of one pathway keep their order: they become visible in it, and `recorded_at` never runs backwards.
    """
    added = work.rows(_APPEND, first=first, most=most)
    return [row.leaf for row in sorted(added, key=lambda row: row.seq)]


_APPEND = """
WITH oldest AS (
    SELECT entry.id, entry.bytes,
           row_number() OVER (ORDER BY entry.recorded_at, entry.pathway_version, entry.id) AS place
    FROM audit_waiting JOIN audit_entry entry ON entry.id = audit_waiting.entry_id
    ORDER BY place LIMIT :most
), taken AS (
    DELETE FROM audit_waiting USING oldest WHERE audit_waiting.entry_id = oldest.id
)
INSERT INTO audit_leaf (seq, entry_id, leaf)
SELECT :first + place - 1, id, sha256(decode('00', 'hex') || bytes) FROM oldest
RETURNING seq, leaf
"""


def roots_at(work: Work, places: Sequence[tuple[int, int]]) -> list[bytes | None]:
    """Return the stored root at each `(level, idx)`, None where it is missing; level 0 are the leaves."""
    levels, idxs = [level for level, _ in places], [idx for _, idx in places]
    return [row.hash for row in work.rows(_ROOTS, levels=levels, idxs=idxs)]


_ROOTS = """
SELECT coalesce(leaf.leaf, node.hash) AS hash
FROM unnest(CAST(:levels AS smallint[]), CAST(:idxs AS bigint[])) WITH ORDINALITY AS place(level, idx, nth)
LEFT JOIN audit_leaf leaf ON place.level = 0 AND leaf.seq = place.idx
LEFT JOIN audit_node node ON node.level = place.level AND node.idx = place.idx
ORDER BY place.nth
"""


def add_nodes(work: Work, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Store the roots of subtrees that are complete now, as `(level, idx, root)`."""
    levels, idxs, roots = ([node[part] for node in nodes] for part in range(3))
    work.run(_ADD_NODES, levels=levels, idxs=idxs, roots=roots)


_ADD_NODES = """
INSERT INTO audit_node (level, idx, hash)
SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:idxs AS bigint[]), CAST(:roots AS bytea[]))
"""


def checkpoints(work: Work) -> Sequence[Row[Any]]:
    """Return every checkpoint `(size, root, note, at)`, smallest first."""
    return work.rows("SELECT size, root, note, at FROM audit_checkpoint ORDER BY size")


def last_checkpoint(work: Work) -> Row[Any] | None:
    """Return the newest checkpoint `(size, root, note, at)`: up to where, and since when, the log is sealed."""
    return work.first("SELECT size, root, note, at FROM audit_checkpoint ORDER BY size DESC LIMIT 1")


def add_checkpoint(work: Work, *, size: int, root: bytes, note: str, at: datetime) -> None:
    """Store a signed checkpoint."""
    work.run(
        "INSERT INTO audit_checkpoint (size, root, note, at) VALUES (:size, :root, :note, :at)",
        size=size,
        root=root,
        note=note,
        at=at,
    )


def written(work: Work) -> Iterator[Row[Any]]:
    """Return all there is to judge, as a stream: leaves in order, then entries without one, then bare pathways.

    One statement, so that one snapshot: writing goes on meanwhile.
    """
    work.run("SET LOCAL statement_timeout = 0")
    return _stream(work, _WRITTEN)


_WRITTEN = """
SELECT leaf.seq, leaf.leaf, entry.id, entry.bytes, coalesce(entry.pathway_id, pathway.id) AS pathway_id,
       entry.pathway_version, entry.recorded_at, entry.kind, pathway.version AS stands_at
FROM audit_leaf leaf
FULL JOIN audit_entry entry ON entry.id = leaf.entry_id
FULL JOIN pathway ON pathway.id = entry.pathway_id
ORDER BY leaf.seq, pathway_id, entry.pathway_version
"""


def nodes(work: Work) -> Iterator[Row[Any]]:
    """Return the stored subtrees `(level, idx, root)` as a stream, in the order in which a growing log completes them."""
    return _stream(work, "SELECT level, idx, hash FROM audit_node ORDER BY (idx + 1) << level, level")


def _stream(work: Work, query: str) -> Iterator[Row[Any]]:
    return iter(work.connection.execute(text(query), execution_options={"yield_per": 2_000}))
