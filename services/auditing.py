"""The audit log beside the state: give entries their place, seal it, and prove that it is what was signed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import starmap

from services.errors import Conflict, Invalid
from services.rules import checkpoint
from services.rules.checkpoint import Checkpoint, NotSigned
from services.rules.damage import Damage, Tampering, Written
from services.rules.examination import Verification, examine
from services.rules.merkle import Frontier, fold, places
from services.store import log
from services.store.log_key import LogKey
from services.store.work import Work


def sequence(work: Work, *, most: int = 10_000) -> int:
    """Give waiting entries their place in the log, each exactly one; return how many, 0 when none waits.

    Shapes: at most `most` in one transaction; call again until 0.
    Time:   entries stand in the order they were recorded in; those committed late follow.
    Raises: Conflict, if the stored tree lacks a part.
    """
    log.lock(work)
    size = log.size(work)
    frontier = Frontier(size, _roots(work, size))
    leaves = log.append(work, first=size, most=most)
    log.add_nodes(work, [node for leaf in leaves for node in frontier.append(leaf)])
    return len(leaves)


def seal(work: Work, key: LogKey, *, at: datetime) -> Checkpoint | None:
    """Sign all entries that have their place; return the checkpoint to keep outside, None if nothing is new.

    Raises: Conflict, if the log no longer begins with what was signed last: that is never signed over.
    """
    log.lock(work)
    size, last = log.size(work), log.last_checkpoint(work)
    if last is not None and (size < last.size or fold(_roots(work, last.size)) != last.root):
        raise Conflict(
            "The audit log is not what was signed. Nothing new is signed; run `stepdown audit verify`."
        )
    if size == (last.size if last else 0):
        return None
    made = checkpoint.seal(key.name, key.private, size=size, root=fold(_roots(work, size)))
    log.add_checkpoint(work, size=size, root=made.root, note=made.note, at=at)
    return made


def public_key(key: LogKey) -> str:
    """Return the public key as it is given to whoever shall verify: one line of text."""
    return checkpoint.public_text(key.name, key.public)


def verify(work: Work, public_key: str, *, notes: Sequence[str] = ()) -> Verification:
    """Recompute the log from its stored bytes and hold it against every signature, here and outside.

    Shapes: any number of notes, as kept outside the database; each is a signed checkpoint.
    Raises: Invalid, if the public key is none.
    """
    try:
        checkpoint.read_public(public_key)
    except NotSigned as cause:
        raise Invalid(str(cause)) from cause
    stored = log.checkpoints(work)
    sealed, forged = _proved((row.note for row in stored), public_key)
    kept, spoiled = _proved(notes, public_key)
    said = {one.note: (one.size, one.root) for one in sealed}
    altered = [
        _altered(row.size)
        for row in stored
        if said.get(row.note, (row.size, row.root)) != (row.size, row.root)
    ]
    # Rows first: whatever is read after them is at least as new, so writing on meanwhile is no damage.
    written = log.written(work)
    return examine(
        starmap(Written, written),
        map(tuple, log.nodes(work)),
        sealed=sealed,
        kept=kept,
        forged=[*forged, *spoiled, *altered],
    )


def _roots(work: Work, size: int) -> list[bytes]:
    found = log.roots_at(work, places((0, size)))
    roots = [root for root in found if root is not None]
    if len(roots) != len(found):
        raise Conflict("The audit log's tree lacks a part. Nothing is added; run `stepdown audit verify`.")
    return roots


def _proved(notes: Iterable[str], public_key: str) -> tuple[list[Checkpoint], list[Damage]]:
    proved, forged = [], []
    for note in notes:
        try:
            proved.append(checkpoint.opened(note, public_key))
        except NotSigned as refusal:
            size = checkpoint.stated_size(note)
            forged.append(
                Damage(
                    max(size - 1, 0),
                    max(size - 1, 0),
                    Tampering.BAD_SIGNATURE,
                    f"Checkpoint {size}: {refusal}",
                )
            )
    return proved, forged


def _altered(size: int) -> Damage:
    return Damage(size - 1, size - 1, Tampering.EDITED, f"Checkpoint {size} does not say what its note says.")
