"""RFC 6962 trees: known hashes, and properties against the RFC's own recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.audit.errors import BadProof, LogDamaged
from reviewer.audit.merkle import (
    EMPTY_ROOT,
    TILE_HEIGHT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_root,
    reader_of,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# The entries and roots that Certificate Transparency's implementations have tested with since 2013.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]

sizes = st.integers(1, 600)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % n) for n in range(count)]


def rfc_root(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 words it."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + rfc_root(hashes[:k]) + rfc_root(hashes[k:])).digest()


def test_the_empty_tree() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_root([]) == Frontier().root() == EMPTY_ROOT


def test_known_roots() -> None:
    frontier = Frontier()
    for n, root in enumerate(ROOTS, 1):
        frontier.append(LEAVES[n - 1])
        assert tree_root(LEAVES[:n]).hex() == frontier.root().hex() == root


def test_known_proofs_of_the_rfc_example() -> None:
    """RFC 6962 section 2.1.3 draws a tree of seven leaves and names the nodes of these proofs."""
    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k = node_hash(g, h)
    node = reader_of(LEAVES)
    assert inclusion_proof(0, 7, node) == [b, h, node_hash(i, j)]
    assert inclusion_proof(3, 7, node) == [c, g, node_hash(i, j)]
    assert inclusion_proof(4, 7, node) == [f, j, k]
    assert inclusion_proof(6, 7, node) == [i, k]
    assert consistency_proof(3, 7, node) == [c, d, g, node_hash(i, j)]
    assert consistency_proof(4, 7, node) == [node_hash(i, j)]
    assert consistency_proof(6, 7, node) == [i, j, k]


@given(sizes)
def test_every_way_to_a_root_is_the_rfcs(size: int) -> None:
    hashes = leaves(size)
    frontier = Frontier()
    frontier.extend(hashes)
    assert frontier.size == size
    assert frontier.root() == tree_root(hashes) == range_root(0, size, reader_of(hashes)) == rfc_root(hashes)


@given(st.lists(st.integers(0, 300), max_size=6))
def test_a_frontier_goes_on_from_its_bytes(steps: list[int]) -> None:
    hashes = leaves(sum(steps))
    frontier, completed = Frontier(), []
    for step in steps:
        frontier = Frontier.from_bytes(frontier.to_bytes())
        completed += frontier.extend(hashes[frontier.size : frontier.size + step])
    assert frontier.root() == tree_root(hashes)
    width = 1 << TILE_HEIGHT
    assert completed == [(1, n, tree_root(hashes[n * width : (n + 1) * width])) for n in range(len(hashes) // width)]


def test_a_frontier_completes_the_higher_levels_too() -> None:
    frontier, hashes = Frontier(), leaves(1)
    completed = frontier.extend(hashes * 65_536)
    assert [(level, index) for level, index, _ in completed[-2:]] == [(1, 255), (2, 0)]
    assert completed[-1][2] == frontier.root()


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    frontier = Frontier()
    frontier.extend(leaves(5))
    for damaged in (frontier.to_bytes()[:-1], frontier.to_bytes() + b"\0" * 32, b"", b"\x01"):
        if damaged:
            with pytest.raises(LogDamaged):
                Frontier.from_bytes(damaged)


@given(sizes, st.data())
def test_inclusion_proofs(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    proof, root = inclusion_proof(index, size, reader_of(hashes)), tree_root(hashes)
    verify_inclusion(index, size, hashes[index], proof, root)
    for other in (*_altered(proof), [*proof, root], proof[:-1] if proof else [root]):
        with pytest.raises(BadProof):
            verify_inclusion(index, size, hashes[index], other, root)
    with pytest.raises(BadProof):
        verify_inclusion(index, size, leaf_hash(b"another"), proof, root)
    if size > 1:
        with pytest.raises(BadProof):
            verify_inclusion((index + 1) % size, size, hashes[index], proof, root)


@given(sizes, st.data())
def test_consistency_proofs(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    hashes = leaves(new)
    proof = consistency_proof(old, new, reader_of(hashes))
    old_root, new_root = tree_root(hashes[:old]), tree_root(hashes)
    verify_consistency(old, new, proof, old_root, new_root)
    for other in (*_altered(proof), [*proof, new_root], proof[:-1] if proof else [new_root]):
        with pytest.raises(BadProof):
            verify_consistency(old, new, other, old_root, new_root)
    with pytest.raises(BadProof):
        verify_consistency(old, new, proof, leaf_hash(b"another"), new_root)
    if old:
        with pytest.raises(BadProof):
            verify_consistency(old, new, proof, old_root, leaf_hash(b"another"))


def test_what_is_not_there_has_no_proof() -> None:
    node = reader_of(LEAVES)
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(BadProof):
            inclusion_proof(index, size, node)
        with pytest.raises(BadProof):
            verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])
    with pytest.raises(BadProof):
        consistency_proof(9, 8, node)
    with pytest.raises(BadProof):
        verify_consistency(9, 8, [], LEAVES[0], LEAVES[0])


def _altered(proof: list[bytes]) -> list[list[bytes]]:
    """The proof with one bit of one of its hashes turned, for each of them."""
    turned = [bytes([each[0] ^ 1]) + each[1:] for each in proof]
    return [[*proof[:n], turned[n], *proof[n + 1 :]] for n in range(len(proof))]
