"""Merkle tree hashes and proofs over SHA-256: RFC 6962 section 2.1, verification as in RFC 9162 section 2.1.

Hashes are 32 raw bytes. A *node* is a perfect subtree: `(height, index)` covers the leaves
[index·2^height, (index + 1)·2^height), so height 0 is a leaf. Proofs are made from a `NodeReader`, so whoever stores
nodes or tiles can prove without holding the tree in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from reviewer.audit.errors import BadProof, LogDamaged

HASH_SIZE = 32
TILE_HEIGHT = 8  # tlog-tiles keeps every eighth level; the ones between are rehashed from it
EMPTY_ROOT = sha256(b"").digest()
NodeReader = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry. The 0x00 prefix keeps leaves from being mistaken for nodes."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """The Merkle Tree Hash of these leaf hashes, in their order. None at all is the empty root."""
    if not hashes:
        return EMPTY_ROOT
    level = hashes
    while len(level) > 1:
        above = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        if len(level) & 1:  # a lonely last node rises unhashed: that is the RFC's split at a power of two
            above.append(level[-1])
        level = above
    return level[0]


def reader_of(leaves: Sequence[bytes]) -> NodeReader:
    """A `NodeReader` over leaf hashes held in memory."""
    return lambda height, index: tree_root(leaves[index << height : (index + 1) << height])


class Frontier:
    """The right edge of a growing tree: one peak for each set bit of its size, enough to append and to know the
    root."""

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[bytes] = []

    @property
    def size(self) -> int:
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaf hashes. Returns the tile hashes they completed, as (level, index, hash) with level >= 1: the roots
        of full tiles one level below."""
        nodes, start, height = list(leaves), self._size, 0
        self._size += len(nodes)
        completed: list[tuple[int, int, bytes]] = []
        peaks: list[bytes] = []  # the new ones, the smallest first
        while nodes:
            if start & 1:
                nodes.insert(0, self._peaks.pop())
                start -= 1
            if len(nodes) & 1:
                peaks.append(nodes.pop())
            nodes = [sha256(b"\x01" + a + b).digest() for a, b in zip(nodes[::2], nodes[1::2], strict=True)]
            start >>= 1
            height += 1
            if height % TILE_HEIGHT == 0:
                completed += [(height // TILE_HEIGHT, at, node) for at, node in enumerate(nodes, start)]
        self._peaks += peaks[::-1]
        return completed

    def root(self) -> bytes:
        return _fold(self._peaks)

    def to_bytes(self) -> bytes:
        """8 bytes size, big-endian, then the peaks from the largest to the smallest."""
        return self._size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read `to_bytes`. Raises `LogDamaged` if there is not one peak for each set bit of the size."""
        frontier = cls()
        frontier._size = int.from_bytes(data[:8], "big")
        frontier._peaks = [data[at : at + HASH_SIZE] for at in range(8, len(data), HASH_SIZE)]
        if len(data) != 8 + HASH_SIZE * frontier._size.bit_count():
            raise LogDamaged(f"The stored frontier is {len(data)} bytes, which is not what a tree of its size has.")
        return frontier


def range_root(start: int, stop: int, node: NodeReader) -> bytes:
    """The Merkle Tree Hash of the leaves [start, stop), where `start` is where a subtree of the RFC's split begins."""
    peaks = []
    while start < stop:
        height = (stop - start).bit_length() - 1
        peaks.append(node(height, start >> height))
        start += 1 << height
    return _fold(peaks)


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The audit path (RFC 6962 section 2.1.1) of leaf `index` in the tree of `size` leaves, from the leaf upwards.
    Raises `BadProof` if there is no such leaf."""
    if not 0 <= index < size:
        raise BadProof(f"There is no entry {index} in a tree of {size}.")
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(range_root(middle, stop, node))
            stop = middle
        else:
            path.append(range_root(start, middle, node))
            start = middle
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check an audit path (RFC 9162 section 2.1.3.2). Raises `BadProof` unless `leaf` is at `index` under `root`."""
    if not 0 <= index < size:
        raise BadProof(f"There is no entry {index} in a tree of {size}.")
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadProof(f"The inclusion proof of entry {index} is too long.")
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    if last != 0 or found != root:
        raise BadProof(f"The inclusion proof does not lead from entry {index} to the root of {size} entries.")


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """The proof (RFC 6962 section 2.1.2) that the tree of `new` leaves begins with the tree of `old`. Empty if `old`
    is 0 or `new`. Raises `BadProof` if `old` is larger than `new`."""
    if not 0 <= old <= new:
        raise BadProof(f"A tree of {new} cannot begin with a tree of {old}.")
    if old in (0, new):
        return []
    path = []
    start, stop, whole = 0, new, True
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(range_root(middle, stop, node))
            stop = middle
        else:
            path.append(range_root(start, middle, node))
            start, whole = middle, False
    if not whole:  # the verifier knows the old root itself, so a proof that ends there leaves it out
        path.append(range_root(start, stop, node))
    return path[::-1]


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check a consistency proof (RFC 9162 section 2.1.4.2). Raises `BadProof` unless the new tree begins with the
    old."""
    if not 0 <= old <= new:
        raise BadProof(f"A tree of {new} cannot begin with a tree of {old}.")
    if old in (0, new):
        if proof or old_root != (new_root if old else EMPTY_ROOT) or (old == new and old_root != new_root):
            raise BadProof(f"The trees of {old} and {new} entries are not one log.")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise BadProof(f"The consistency proof from {old} to {new} entries is empty.")
    if _replay(old - 1, new - 1, path) != (old_root, new_root):
        raise BadProof(f"The consistency proof does not lead from {old} to {new} entries.")


def _replay(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency path leads to, or None if it has the wrong length."""
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def _fold(peaks: Sequence[bytes]) -> bytes:
    """One root from peaks, the largest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in peaks[-2::-1]:
        root = node_hash(peak, root)
    return root


def _split(leaves: int) -> int:
    """The largest power of two smaller than `leaves` (at least 2)."""
    return 1 << ((leaves - 1).bit_length() - 1)
