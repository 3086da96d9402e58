"""The tree is RFC 6962's, its proofs prove, and nothing else passes for a proof."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules import merkle

# The entries and tree heads that certificate-transparency implementations are tried on.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def defined_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word and slow: the second opinion."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    split = max(2**power for power in range(len(hashes).bit_length()) if 2**power < len(hashes))
    return merkle.node_hash(defined_root(hashes[:split]), defined_root(hashes[split:]))


def proof_over(hashes: list[bytes], spans: list[merkle.Span]) -> list[bytes]:
    return merkle.proof(spans, lambda level, idx: defined_root(hashes[idx << level : idx + 1 << level]))


@pytest.mark.parametrize("size", range(9))
def test_the_published_tree_heads_come_out(size):
    hashes = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert merkle.root(hashes).hex() == ROOTS[size]


@given(st.integers(0, 300))
def test_the_root_is_the_one_the_standard_defines(size):
    assert merkle.root(leaves(size)) == defined_root(leaves(size))


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_tree_grows_alike_from_any_point_and_names_each_subtree_it_completes(start, more):
    hashes = leaves(start + more)
    stored = {(0, idx): leaf for idx, leaf in enumerate(hashes)}
    whole = merkle.Frontier()
    for leaf in hashes:
        stored |= {(level, idx): top for level, idx, top in whole.append(leaf)}
    resumed = merkle.Frontier(start, [stored[place] for place in merkle.places((0, start))])
    for leaf in hashes[start:]:
        resumed.append(leaf)
    assert resumed.root() == whole.root()
    assert all(
        top == defined_root(hashes[idx << level : idx + 1 << level]) for (level, idx), top in stored.items()
    )
    assert sum(level == 1 for level, _ in stored) == len(hashes) // 2


def test_an_edge_must_have_the_subtrees_of_its_size():
    with pytest.raises(ValueError, match="3 leaves stand 2"):
        merkle.Frontier(3, [b"one"])


@given(st.integers(1, 130).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_an_inclusion_proof_proves_its_leaf_and_no_other(tree):
    size, index = tree
    hashes = leaves(size)
    top, path = merkle.root(hashes), proof_over(hashes, merkle.inclusion_spans(index, size))
    assert merkle.includes(top, size, index, hashes[index], path)
    assert not merkle.includes(top, size, index, merkle.leaf_hash(b"other"), path)
    assert not merkle.includes(top, size, index, hashes[index], [*path, top])
    assert not merkle.includes(merkle.leaf_hash(top), size, index, hashes[index], path)
    for other in set(range(size)) - {index}:
        assert not merkle.includes(top, size, other, hashes[index], path)


@given(st.integers(1, 130).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size))))
def test_a_consistency_proof_proves_that_nothing_before_was_changed(tree):
    size, old = tree
    hashes = leaves(size)
    path = proof_over(hashes, merkle.consistency_spans(old, size))
    earlier, later = merkle.root(hashes[:old]), merkle.root(hashes)
    assert merkle.extends(earlier, old, later, size, path)
    assert not merkle.extends(earlier, old, later, size, [*path, later])
    rewritten = [merkle.leaf_hash(b"rewritten"), *hashes[1:]]
    forged = proof_over(rewritten, merkle.consistency_spans(old, size))
    assert not merkle.extends(earlier, old, merkle.root(rewritten), size, forged)


@given(st.integers(2, 130), st.data())
def test_one_wrong_hash_spoils_any_proof(size, data):
    hashes = leaves(size)
    old = data.draw(st.integers(1, size - 1))
    top = merkle.root(hashes)
    inclusion = proof_over(hashes, merkle.inclusion_spans(old, size))
    consistency = proof_over(hashes, merkle.consistency_spans(old, size))
    for path in (inclusion, consistency):
        spoiled = data.draw(st.integers(0, len(path) - 1))
        path[spoiled] = merkle.leaf_hash(path[spoiled])
    assert not merkle.includes(top, size, old, hashes[old], inclusion)
    assert not merkle.extends(merkle.root(hashes[:old]), old, top, size, consistency)


def test_proofs_of_what_cannot_be_are_refused():
    assert not merkle.includes(merkle.EMPTY_ROOT, 0, 0, b"", [])
    assert not merkle.extends(merkle.EMPTY_ROOT, 0, merkle.EMPTY_ROOT, 0, [])
    with pytest.raises(ValueError, match="No leaf 4"):
        merkle.inclusion_spans(4, 4)
    with pytest.raises(ValueError, match="does not begin"):
        merkle.consistency_spans(5, 4)
