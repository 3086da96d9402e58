"""Reading a small log whole: what is proved, what is not yet, and what does not say what its columns say."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models.canonical import canonical
from services import ids
from services.rules.checkpoint import Checkpoint
from services.rules.damage import Damage, Tampering, Written
from services.rules.examination import Verification, examine
from services.rules.merkle import Frontier, leaf_hash
from services.rules.regrowth import Node

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
PATHWAY = ids.named("pathway")


def entry(place: int, pathway: UUID | None = PATHWAY, **columns: object) -> Written:
    """The entry of a place, the next version of its pathway; columns that were changed afterwards."""
    version = place + 1 if pathway else None
    at = NOON + timedelta(minutes=place)
    head = {
        "id": ids.named("entry", place),
        "at": at,
        "action": "moved",
        "pathway": pathway,
        "version": version,
    }
    data = canonical(head | {"told": {}})
    return Written(
        seq=place,
        leaf=leaf_hash(data),
        id=ids.named("entry", place),
        data=data,
        pathway_id=pathway,
        pathway_version=version,
        recorded_at=at,
        kind="moved",
        stands_at=5,
    )._replace(**columns)


LOG = [entry(place) for place in range(5)]


def kept(rows: Sequence[Written], size: int) -> tuple[list[Node], Checkpoint]:
    """The stored subtrees of a log, and the signed root of its first entries."""
    nodes: list[Node] = []
    tree, root = Frontier(), b""
    for number, row in enumerate(rows, start=1):
        assert row.leaf is not None
        nodes += tree.append(row.leaf)
        root = tree.root() if number == size else root
    return nodes, Checkpoint("stepdown/test", size, root, "")


def examined(
    rows: Sequence[Written], of: Sequence[Written] = LOG, forged: Sequence[Damage] = ()
) -> Verification:
    nodes, checkpoint = kept(of, 4)
    return examine(rows, nodes, sealed=[checkpoint], kept=[checkpoint, checkpoint], forged=forged)


def test_what_is_signed_is_proved_and_what_came_after_is_counted():
    waits = entry(5, seq=None, leaf=None, stands_at=6)
    rows = [*(row._replace(stands_at=6) for row in LOG), waits]
    without = Written(None, None, None, None, ids.named("new"), None, None, None, 0)
    assert examined([*rows, without, without]) == Verification(5, 4, 2, 1, 1, 2, 0, ())


def test_an_entry_of_no_pathway_is_held_against_its_other_columns():
    free = [*LOG[:4], entry(4, None)]
    stands = [row._replace(stands_at=4) for row in free]
    assert examined(stands, free).damages == ()
    unlike = [*stands[:4], stands[4]._replace(kind="held")]
    assert [(one.first, one.kind) for one in examined(unlike, free).damages] == [(4, Tampering.EDITED)]


@pytest.mark.parametrize(
    "columns",
    [
        {"id": ids.named("other")},
        {"recorded_at": NOON},
        {"kind": "held"},
        {"pathway_id": ids.named("other")},
        {"pathway_version": 9},
        {"pathway_id": None, "pathway_version": None},
    ],
    ids=" and ".join,
)
def test_an_entry_unlike_its_columns_was_edited(columns):
    found = examined([*LOG[:3], LOG[3]._replace(**columns), LOG[4]])
    assert (3, Tampering.EDITED) in [(one.first, one.kind) for one in found.damages]
    assert (found.valid_to, found.misspelt) == (0, 0)


@pytest.mark.parametrize(
    ("data", "misspelt", "edited"),
    [(b" ", 1, True), (b"not json", 1, True), (b"[]", 0, True), (LOG[4].data + b" ", 1, False)],
)
def test_bad_spelling_is_counted_and_only_other_words_are_tampering(data, misspelt, edited):
    rows = [*LOG[:4], LOG[4]._replace(data=data, leaf=leaf_hash(data))]
    found = examined(rows, rows)
    assert found.misspelt == misspelt
    assert [one.kind for one in found.damages] == [Tampering.EDITED] * edited


def test_what_has_no_bytes_or_no_time_is_not_misspelt():
    gone = LOG[4]._replace(data=None)
    assert (examined([*LOG[:4], gone]).misspelt, examined([*LOG[:4], gone]).valid_to) == (0, 4)
    timeless = LOG[4]._replace(recorded_at=None, kind="held")
    assert (examined([*LOG[:4], timeless]).misspelt, examined([*LOG[:4], timeless]).damages) == (0, ())


def test_a_pathway_that_misses_its_last_entries_is_told():
    """Numbers are held against where the pathway stands, up to what is proved."""
    [short] = examined([row._replace(stands_at=7) for row in LOG]).damages
    [long] = examined([row._replace(stands_at=3) for row in LOG]).damages
    assert (short.first, short.kind) == (5, Tampering.TRUNCATED)
    assert (long.first, long.kind) == (4, Tampering.INSERTED)
    waits = entry(5, seq=None, leaf=None, stands_at=4)
    [place] = [one.first for one in examined([*(row._replace(stands_at=4) for row in LOG), waits]).damages]
    assert place == 5


def test_damages_are_told_in_the_order_of_their_places_and_no_more_than_twenty():
    forged = [Damage(place, place, Tampering.BAD_SIGNATURE, "") for place in range(30, 0, -1)]
    found = examined(LOG, forged=forged)
    assert [one.first for one in found.damages] == list(range(1, 21))
    assert found.valid_to == 1


def test_what_follows_a_missing_place_is_told_at_its_own():
    found = examined([*LOG[:2], *LOG[3:]])
    assert [(one.first, one.kind) for one in found.damages] == [(2, Tampering.DELETED), (3, Tampering.GAP)]
