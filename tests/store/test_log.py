"""The audit log on a real database: every entry gets one place, and whatever is done to it is found and named."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, insert, make_url

from models.canonical import canonical
from models.people import Actor, Role
from models.tables.audit import AuditEntry
from services import auditing, ids
from services.access import EVERYWHERE
from services.errors import Conflict
from services.rules import checkpoint, merkle
from services.rules.damage import Damage, Tampering
from services.rules.examination import Verification
from services.store import ledger, log
from services.store.database import Database
from services.store.log_key import LogKey
from services.store.work import Work
from tests.conftest import NOON, VAULT, Cluster

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = LogKey("stepdown/test", PRIVATE, PRIVATE.public_key())
PUBLIC = auditing.public_key(KEY)
PATHWAYS = [ids.named("pathway", number) for number in range(5)]
STEPS = 4
SIZE = 1 + STEPS * len(PATHWAYS)
SEALED_AT = [6, 11, 16, 21]


def entry(number: int, pathway_id: UUID | None, version: int | None) -> dict[str, object]:
    heading = {
        "id": ids.named("entry", number),
        "at": NOON + timedelta(minutes=number),
        "action": "moved",
        "pathway": pathway_id,
        "version": version,
    }
    row = {"id": heading["id"], "pathway_id": pathway_id, "pathway_version": version, "kind": "moved"}
    return row | {"recorded_at": heading["at"], "bytes": canonical(heading | {"told": {"to": "iop"}})}


def last_signed(place: int) -> int:
    return max([0, *(size for size in SEALED_AT if size <= place)])


@dataclass
class Clinic:
    """A log in a transaction of a superuser, who may tamper; rolled back at the end."""

    work: Work
    notes: list[str] = field(default_factory=list)
    number: int = 0
    versions: dict[UUID, int] = field(default_factory=dict)

    def open(self, pathways: Sequence[UUID]) -> None:
        self.tamper(
            """INSERT INTO pathway (id, client_id, program_id, definition, definition_key, definition_hash, stage,
                                    version, opened_at, recorded_at, attempts)
               SELECT id, id, id, 'sud-adult@1', 'sud-adult', '', 'iop', 0, :at, :at, 0
               FROM unnest(CAST(:ids AS uuid[])) AS new(id)""",
            ids=list(pathways),
            at=NOON,
        )

    def write(self, *pathways: UUID | None) -> None:
        for pathway_id in pathways:
            self.number += 1
            version = None
            if pathway_id is not None:
                version = self.versions[pathway_id] = self.versions.get(pathway_id, 0) + 1
            self.work.run(insert(AuditEntry), entry(self.number, pathway_id, version))
        self.tamper(
            """UPDATE pathway SET version = given.n
               FROM (SELECT pathway_id, max(pathway_version) AS n FROM audit_entry GROUP BY 1) AS given
               WHERE given.pathway_id = pathway.id"""
        )

    def seal(self) -> None:
        auditing.sequence(self.work)
        made = auditing.seal(self.work, KEY, at=NOON)
        if made:
            self.notes.append(made.note)

    def tamper(self, *statements: str, **values: object) -> None:
        self.work.run("SET LOCAL session_replication_role = replica")
        for statement in statements:
            self.work.run(statement, **{name: values[name] for name in values if f":{name}" in statement})
        self.work.run("SET LOCAL session_replication_role = origin")

    def rebuild_nodes(self) -> None:
        leaves = [row.leaf for row in self.work.rows("SELECT leaf FROM audit_leaf ORDER BY seq")]
        self.tamper("DELETE FROM audit_node")
        frontier = merkle.Frontier()
        log.add_nodes(self.work, [node for leaf in leaves for node in frontier.append(leaf)])

    def verify(self, *, with_notes: bool = True) -> Verification:
        return auditing.verify(self.work, PUBLIC, notes=self.notes if with_notes else ())

    def first(self, *, with_notes: bool = True) -> Damage:
        return self.verify(with_notes=with_notes).damages[0]

    @contextmanager
    def undone(self) -> Iterator[None]:
        with self.work.connection.begin_nested() as savepoint:
            yield
            savepoint.rollback()


@pytest.fixture(scope="module")
def superuser(cluster: Cluster) -> Iterator[Callable[[], Work]]:
    url = make_url(cluster.fresh().owner_url).set(username="postgres")
    engine = create_engine(url)
    yield lambda: Work(engine.connect(), EVERYWHERE, VAULT)
    engine.dispose()


@pytest.fixture
def empty(superuser: Callable[[], Work]) -> Iterator[Clinic]:
    work = superuser()
    with work.connection as connection, connection.begin() as transaction:
        yield Clinic(work)
        transaction.rollback()


@pytest.fixture
def clinic(empty: Clinic) -> Clinic:
    """Twenty-one entries, sealed four times: one of the installation, then four each of five pathways by turns."""
    empty.open(PATHWAYS)
    empty.write(None)
    for _ in range(STEPS):
        empty.write(*PATHWAYS)
        empty.seal()
    return empty


RECHAIN = (
    "UPDATE audit_leaf SET leaf = sha256(decode('00', 'hex') || bytes) FROM audit_entry WHERE id = entry_id"
)
ONE_BYTE = "UPDATE audit_entry SET bytes = set_byte(bytes, 20, get_byte(bytes, 20) # 1)"
AT_PLACE = " WHERE id = (SELECT entry_id FROM audit_leaf WHERE seq = :place)"
REWORD = (
    "UPDATE audit_entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'iop', 'op2'), 'UTF8')"
)
DELETE = (
    "DELETE FROM audit_entry USING audit_leaf WHERE id = entry_id AND seq = :place",
    "DELETE FROM audit_leaf WHERE seq = :place",
)
SHIFT = (
    "UPDATE audit_leaf SET seq = -1 - seq WHERE seq >= :place",
    "UPDATE audit_leaf SET seq = -1 - seq + :by WHERE seq < 0",
)
CUT = (
    "DELETE FROM audit_entry USING audit_leaf WHERE id = entry_id AND seq >= :place",
    "DELETE FROM audit_leaf WHERE seq >= :place",
    "DELETE FROM audit_node WHERE (idx + 1) << level > :place",
)
FORGET = "DELETE FROM audit_checkpoint WHERE size > :place"
SET_BACK = (
    "UPDATE pathway SET version = (SELECT count(*) FROM audit_entry WHERE pathway_id = pathway.id)",
    FORGET,
)


def test_an_untouched_log_verifies_whole(clinic: Clinic) -> None:
    found = clinic.verify()
    assert found.damages == ()
    assert (found.size, found.valid_to, found.unsealed, found.unplaced, found.misspelt) == (
        SIZE,
        SIZE,
        0,
        0,
        0,
    )
    assert (found.checkpoints, found.notes) == (4, 4)
    assert [row.size for row in log.checkpoints(clinic.work)] == SEALED_AT


def test_what_the_ledger_writes_is_spelt_and_headed_as_the_log_expects(empty: Clinic) -> None:
    actor = Actor(id=ids.named("person", 1), role=Role.ADMIN, via="command")
    ledger.installation_entry(empty.work, "demo.made", actor=actor, at=NOON, clients=60)
    empty.seal()
    found = empty.verify()
    assert (found.damages, found.valid_to, found.misspelt) == ((), 1, 0)


def test_an_empty_log_verifies_and_nothing_is_sealed(empty: Clinic) -> None:
    assert auditing.sequence(empty.work) == 0
    assert auditing.seal(empty.work, KEY, at=NOON) is None
    found = empty.verify()
    assert (found.size, found.valid_to, found.unsealed, found.damages) == (0, 0, 0, ())


def test_the_stored_tree_is_the_one_over_the_stored_bytes(clinic: Clinic) -> None:
    rows = clinic.work.rows("SELECT bytes FROM audit_entry JOIN audit_leaf ON id = entry_id ORDER BY seq")
    newest = log.last_checkpoint(clinic.work)
    assert newest is not None
    assert newest.root == merkle.root(merkle.leaf_hash(row.bytes) for row in rows)
    assert checkpoint.opened(newest.note, PUBLIC).size == SIZE


def test_entries_after_the_last_signature_are_counted_not_doubted(clinic: Clinic) -> None:
    clinic.write(PATHWAYS[0], None)
    found = clinic.verify()
    assert (found.damages, found.valid_to, found.unsealed, found.unplaced) == ((), SIZE, 2, 2)
    assert log.waiting(clinic.work) == 2
    assert auditing.sequence(clinic.work) == 2
    found = clinic.verify()
    assert (found.damages, found.valid_to, found.unsealed, found.unplaced) == ((), SIZE, 2, 0)


def test_a_long_queue_is_placed_in_steps_and_sealed_once(empty: Clinic) -> None:
    empty.open(PATHWAYS)
    empty.write(*PATHWAYS * STEPS)
    placed = []
    while not placed or placed[-1]:
        placed.append(auditing.sequence(empty.work, most=7))
    assert placed == [7, 7, 6, 0]
    empty.seal()
    empty.seal()
    assert len(empty.notes) == 1
    assert empty.verify().damages == ()


def test_an_entry_committed_late_follows_and_each_gets_one_place(database: Database) -> None:
    with database.transaction(EVERYWHERE) as late:
        late.run(insert(AuditEntry), entry(1, None, None))
        with database.transaction(EVERYWHERE) as early:
            early.run(insert(AuditEntry), entry(2, None, None))
        with database.transaction(EVERYWHERE) as work:
            assert auditing.sequence(work) == 1
    with database.transaction(EVERYWHERE) as work:
        assert auditing.sequence(work) == 1
        assert auditing.seal(work, KEY, at=NOON)
        assert [row.entry_id for row in work.rows("SELECT entry_id FROM audit_leaf ORDER BY seq")] == [
            ids.named("entry", 2),
            ids.named("entry", 1),
        ]
        assert auditing.verify(work, PUBLIC).damages == ()


@pytest.mark.parametrize("place", range(SIZE))
def test_one_edited_byte_is_found_at_its_place(clinic: Clinic, place: int) -> None:
    clinic.tamper(ONE_BYTE + AT_PLACE, place=place)
    found = clinic.verify()
    assert found.damages[0][:3] == (place, place, Tampering.EDITED)
    assert found.valid_to == last_signed(place)


@pytest.mark.parametrize("place", range(SIZE))
def test_an_edit_with_its_leaf_or_the_whole_tree_redone_is_found(clinic: Clinic, place: int) -> None:
    clinic.tamper(REWORD + AT_PLACE, RECHAIN, place=place)
    found = clinic.first()
    assert found.kind is Tampering.EDITED
    assert found.first <= place <= found.last
    assert found.last - found.first <= 1 or place == SIZE - 1
    clinic.rebuild_nodes()
    found = clinic.first()
    assert found.kind is Tampering.EDITED
    assert (found.first, found.last + 1) in zip([0, *SEALED_AT], SEALED_AT, strict=False)
    assert found.first <= place <= found.last


@pytest.mark.parametrize("place", range(SIZE - 1))
def test_a_deleted_entry_is_found_even_when_the_places_are_closed_up(clinic: Clinic, place: int) -> None:
    with clinic.undone():
        clinic.tamper(DELETE[0], place=place)
        assert clinic.first()[:3] == (place, place, Tampering.DELETED)
    clinic.tamper(*DELETE, place=place)
    assert clinic.first()[:3] == (place, place, Tampering.DELETED)
    clinic.tamper(*SHIFT, place=place, by=-1)
    assert (found := clinic.first()).kind is Tampering.DELETED
    assert found.first <= place <= found.last
    clinic.rebuild_nodes()
    # Once all but the signatures is redone, a hole after the last but one looks as if the end were cut off.
    assert (found := clinic.first()).kind is (
        Tampering.DELETED if place < SEALED_AT[-2] else Tampering.TRUNCATED
    )
    assert found.first <= place <= found.last


@pytest.mark.parametrize("pathway_id", PATHWAYS)
def test_a_pathway_deleted_whole_is_found_even_when_the_places_are_closed_up(
    clinic: Clinic, pathway_id: UUID
) -> None:
    place = 1 + PATHWAYS.index(pathway_id)
    clinic.tamper(
        "DELETE FROM audit_leaf USING audit_entry WHERE id = entry_id AND pathway_id = :gone",
        "DELETE FROM audit_entry WHERE pathway_id = :gone",
        "DELETE FROM pathway WHERE id = :gone",
        gone=pathway_id,
    )
    assert clinic.first()[:3] == (place, place, Tampering.DELETED)
    clinic.tamper(
        "CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT row_number() OVER (ORDER BY seq) - 1, entry_id, leaf "
        "FROM audit_leaf",
        "DELETE FROM audit_leaf",
        "INSERT INTO audit_leaf SELECT * FROM kept",
    )
    assert (found := clinic.first()).kind is Tampering.DELETED
    assert found.first <= place <= found.last
    clinic.rebuild_nodes()
    assert (found := clinic.first()).kind is Tampering.DELETED
    assert found.first <= place <= found.last


def test_a_pathway_deleted_from_the_tables_alone_is_found(clinic: Clinic) -> None:
    clinic.tamper("DELETE FROM pathway WHERE id = :gone", gone=PATHWAYS[2])
    assert clinic.first().kind is Tampering.DELETED


@pytest.mark.parametrize("place", range(SIZE - 1))
def test_an_entry_inserted_between_others_is_found(clinic: Clinic, place: int) -> None:
    clinic.tamper(*SHIFT, place=place, by=1)
    forged = entry(99, None, None)
    clinic.tamper(
        "INSERT INTO audit_entry VALUES (:id, NULL, NULL, :recorded_at, :kind, :data)",
        "INSERT INTO audit_leaf VALUES (:place, :id, sha256(decode('00', 'hex') || :data))",
        place=place,
        data=forged["bytes"],
        **{name: forged[name] for name in ("id", "recorded_at", "kind")},
    )
    found = clinic.first()
    assert found.first <= place <= found.last
    # Nothing stored after the last pair could tell what was done to it.
    assert found.kind is (Tampering.INSERTED if place < SIZE - 2 else Tampering.EDITED)


@pytest.mark.parametrize("placed", [False, True])
def test_an_entry_that_no_change_wrote_is_found(clinic: Clinic, placed: bool) -> None:
    stranger = ids.named("pathway", "nobody's")
    for forged in (entry(98, PATHWAYS[3], STEPS + 1), entry(99, stranger, 1)):
        with clinic.undone():
            clinic.work.run(insert(AuditEntry), forged)
            if placed:
                auditing.sequence(clinic.work)
            assert clinic.first()[:3] == (SIZE, SIZE, Tampering.INSERTED)
            assert clinic.verify().valid_to == SIZE


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 3), (1, 2), (3, 17), (0, 19), (4, 9)])
def test_two_entries_that_changed_places_are_found(clinic: Clinic, one: int, other: int) -> None:
    places = {"one": one, "other": other}
    with clinic.undone():
        clinic.tamper(
            "UPDATE audit_leaf SET seq = -1 - seq WHERE seq IN (:one, :other)",
            "UPDATE audit_leaf SET seq = CASE seq WHEN -1 - :one THEN :other ELSE :one END WHERE seq < 0",
            **places,
        )
        found = clinic.first()
        assert found.kind is Tampering.REORDERED
        assert found.first <= one <= found.last
    clinic.tamper(
        """UPDATE audit_entry SET bytes = theirs.bytes FROM audit_leaf mine, audit_leaf other, audit_entry theirs
           WHERE mine.entry_id = audit_entry.id AND other.entry_id = theirs.id
             AND (mine.seq, other.seq) IN ((:one, :other), (:other, :one))""",
        **places,
    )
    assert clinic.first()[:3] == (one, one, Tampering.REORDERED)


@pytest.mark.parametrize("place", [0, 1, 5, 6, 11, 20])
def test_a_cut_off_end_is_found_by_any_signature_left_or_by_where_the_pathways_stand(
    clinic: Clinic, place: int
) -> None:
    missing = (last_signed(place), SIZE - 1, Tampering.TRUNCATED)
    clinic.tamper(*CUT, place=place)
    assert clinic.first()[:3] == missing
    assert clinic.first(with_notes=False)[:3] == missing
    clinic.tamper(FORGET, place=place)
    assert clinic.first()[:3] == missing
    assert clinic.first(with_notes=False).kind in (Tampering.TRUNCATED, Tampering.DELETED)


@pytest.mark.parametrize("place", [1, 6, 11, 20])
def test_an_older_database_is_found_by_a_note_kept_outside_and_only_so(clinic: Clinic, place: int) -> None:
    clinic.tamper(*CUT, *SET_BACK, place=place)
    assert clinic.first()[:3] == (last_signed(place), SIZE - 1, Tampering.ROLLED_BACK)
    assert clinic.verify(with_notes=False).damages == ()


def test_an_older_database_that_was_written_on_is_found_by_a_note_kept_outside(clinic: Clinic) -> None:
    clinic.tamper(*CUT, *SET_BACK, place=6)
    clinic.versions = dict.fromkeys(PATHWAYS, 1)
    kept = list(clinic.notes)
    for _ in range(STEPS):
        clinic.write(*PATHWAYS)
        clinic.seal()
    assert clinic.verify(with_notes=False).damages == ()
    clinic.notes = kept
    found = clinic.verify()
    assert found.damages[0][:3] == (6, 10, Tampering.ROLLED_BACK)
    assert found.valid_to == 6


def test_a_change_that_left_no_entry_is_a_gap(clinic: Clinic) -> None:
    clinic.versions[PATHWAYS[1]] += 1
    clinic.write(PATHWAYS[1])
    clinic.seal()
    assert clinic.first()[:3] == (SIZE, SIZE, Tampering.GAP)


def test_a_pathway_set_back_in_the_tables_is_found(clinic: Clinic) -> None:
    clinic.tamper("UPDATE pathway SET version = version - 1 WHERE id = :one", one=PATHWAYS[1])
    assert clinic.first().kind is Tampering.EDITED


@pytest.mark.parametrize("column", ["kind = 'stayed'", "recorded_at = recorded_at + interval '1 day'"])
def test_a_column_that_says_other_than_the_bytes_is_found(clinic: Clinic, column: str) -> None:
    clinic.tamper(f"UPDATE audit_entry SET {column}{AT_PLACE}", place=8)
    assert clinic.first()[:3] == (8, 8, Tampering.EDITED)


@pytest.mark.parametrize(
    "how",
    [
        "DELETE FROM audit_node WHERE level = 1 AND idx = 3",
        "UPDATE audit_node SET hash = sha256(hash) WHERE level = 1 AND idx = 3",
        "UPDATE audit_node SET hash = sha256(hash) WHERE level = 2 AND idx = 1",
    ],
)
def test_a_changed_subtree_over_true_entries_is_found_and_never_signed_over(clinic: Clinic, how: str) -> None:
    clinic.tamper(how)
    found = clinic.first()
    assert found.kind is Tampering.EDITED
    assert found.first <= 6 <= found.last
    clinic.tamper("UPDATE audit_node SET hash = sha256(hash) WHERE level = 4")
    clinic.write(None)
    with pytest.raises(Conflict, match="not what was signed"):
        clinic.seal()


def test_a_log_that_is_shorter_than_signed_is_never_sealed_again(clinic: Clinic) -> None:
    clinic.tamper(*CUT, place=9)
    with pytest.raises(Conflict, match="not what was signed"):
        clinic.seal()


def test_a_stored_tree_that_lacks_a_part_grows_no_further(clinic: Clinic) -> None:
    clinic.tamper("DELETE FROM audit_node WHERE level = 4")
    clinic.write(None)
    with pytest.raises(Conflict, match="lacks a part"):
        auditing.sequence(clinic.work)


def test_a_forged_or_altered_checkpoint_is_found(clinic: Clinic) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1")
    forged = checkpoint.seal(KEY.name, other, size=11, root=bytes(32))
    with clinic.undone():
        clinic.tamper("UPDATE audit_checkpoint SET note = :note WHERE size = 11", note=forged.note)
        assert clinic.first()[:3] == (10, 10, Tampering.BAD_SIGNATURE)
    with clinic.undone():
        clinic.tamper("UPDATE audit_checkpoint SET root = sha256(root) WHERE size = 11")
        assert clinic.first()[:3] == (10, 10, Tampering.EDITED)
    clinic.notes.append(forged.note)
    assert clinic.first()[:3] == (10, 10, Tampering.BAD_SIGNATURE)


def test_an_entry_in_another_spelling_is_mentioned_but_is_no_tampering(clinic: Clinic) -> None:
    spaced = entry(99, None, None)
    spaced["bytes"] = bytes(spaced["bytes"]).replace(b'":', b'": ')  # type: ignore[call-overload]
    clinic.work.run(insert(AuditEntry), spaced)
    clinic.seal()
    found = clinic.verify()
    assert (found.damages, found.misspelt, found.valid_to) == ((), 1, SIZE + 1)


def test_no_damage_tells_what_an_entry_says(clinic: Clinic) -> None:
    clinic.tamper("UPDATE audit_entry SET bytes = convert_to('Jane Doe', 'UTF8')")
    found = clinic.verify()
    assert len(found.damages) == 20
    assert "Jane" not in repr(found)


def test_the_moment_of_a_checkpoint_is_the_callers(clinic: Clinic) -> None:
    clinic.write(None)
    auditing.sequence(clinic.work)
    auditing.seal(clinic.work, KEY, at=datetime(2026, 5, 1, tzinfo=UTC))
    newest = log.last_checkpoint(clinic.work)
    assert newest is not None
    assert newest.at == datetime(2026, 5, 1, tzinfo=UTC)
