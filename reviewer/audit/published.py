"""Reading a log: what its database (`SqliteLog`) and its published files (`PublishedLog`) both can.

A `PublishedLog` is pinned to one signed checkpoint, and gives out nothing that this checkpoint does not vouch for: the
edge of the tree must come to the signed root, each other tile to its hash in the tile above, each bundle to its tile.
So a few entries of a long log cost a few files, and what a dishonest store gives is refused, never passed on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import BadNote, BadProof, BadTile, Forked, LogMisused, NotPublished, RolledBack
from reviewer.audit.merkle import (
    TILE_HEIGHT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_root,
    tree_root,
)
from reviewer.audit.note import Checkpoint, Verifier, verify_note
from reviewer.audit.tiles import CHECKPOINT, WIDTH, Read, Tile, body_path, unpack_entries, unpack_hashes

_KEPT = 256  # tiles held in memory, 8 KiB each


class LogReader(Protocol):
    """A log that is only read. `checkpoint` is the signed note of the tree of `size` entries under `root`."""

    @property
    def origin(self) -> str: ...
    @property
    def verifier(self) -> Verifier: ...
    @property
    def size(self) -> int: ...
    @property
    def root(self) -> bytes: ...
    @property
    def checkpoint(self) -> bytes: ...
    def entry(self, index: int) -> bytes: ...
    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]: ...
    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, bytes | None]]: ...
    def body(self, commitment: str) -> bytes | None: ...
    def hashes(self, tile: Tile) -> list[bytes]: ...
    def root_at(self, size: int) -> bytes: ...
    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]: ...
    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]: ...


class PublishedLog:
    """The files of one published log at one of its checkpoints. Not for several threads at once.

    Reading raises `NotPublished` for a file that is missing, `BadTile` for one that is not what the checkpoint vouches
    for, and lets through what `read` itself raises. `LogMisused`, `BadProof`: there is no such entry or size."""

    def __init__(self, read: Read, verifier: Verifier, note: bytes | None = None) -> None:
        """`note` is the checkpoint to read at; None is the one that is published now. Raises `BadNote` unless it is
        this log's, signed by `verifier`; `NotPublished`."""
        found = read(CHECKPOINT) if note is None else note
        if found is None:
            raise NotPublished(f"No checkpoint of {verifier.name} is published.")
        self._read = read
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()
        self._edge: dict[int, list[bytes]] | None = None  # the partial tiles, by level
        self.verifier = verifier
        self.checkpoint = found
        self.head = head_of(found, verifier)

    @property
    def origin(self) -> str:
        return self.head.origin

    @property
    def size(self) -> int:
        return self.head.size

    @property
    def root(self) -> bytes:
        return self.head.root

    def entry(self, index: int) -> bytes:
        return self._bundle(self._require(index) // WIDTH)[index % WIDTH]

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The entries [start, stop) in order, as far as there are any; `stop` None is the end."""
        at, end = max(start, 0), self.size if stop is None else min(stop, self.size)
        while at < end:
            first = at // WIDTH * WIDTH
            found = self._bundle(at // WIDTH)[at - first : end - first]
            yield from found
            at += len(found)

    def records(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, bytes | None]]:
        """(index, entry, sealed body) of the entries [start, stop). A body is a file of its own, which no checkpoint
        vouches for until it is opened: its salt and payload must hash to the entry's `body`."""
        for index, entry in enumerate(self.entries(start, stop), max(start, 0)):
            yield index, entry, self.body(commitment_of(entry))

    def body(self, commitment: str) -> bytes | None:
        """The sealed body under a hex commitment, None where none lies."""
        return self._read(body_path(commitment))

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile of this tree, or of a narrower one that it outgrew."""
        found = self._tile(tile.level, tile.index)
        if tile.width > len(found):
            raise LogMisused(f"{self.origin} has no {tile.path} at {self.size} entries.")
        return found[: tile.width]

    def node(self, height: int, index: int) -> bytes:
        """The root of a perfect subtree of this tree: a `NodeReader`."""
        level, rest = divmod(height, TILE_HEIGHT)
        first = (index << rest) % WIDTH
        return tree_root(self._tile(level, (index << rest) // WIDTH)[first : first + (1 << rest)])

    def root_at(self, size: int) -> bytes:
        """The root that the tree had at an earlier size."""
        if not 0 <= size <= self.size:
            raise LogMisused(f"{self.origin} has not reached {size} entries.")
        return range_root(0, size, self.node)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The audit path of an entry in the tree of `size` entries (None: all)."""
        return inclusion_proof(index, self._within(size), self.node)

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """The proof that the tree of `new` entries (None: all) begins with the tree of `old`."""
        return consistency_proof(old, self._within(new), self.node)

    def require_extends(self, older: Checkpoint) -> None:
        """Whoever kept a checkpoint asks: does this log still begin with that tree? Raises `RolledBack` if it is
        shorter now, `Forked` if it says something else, both with the sizes."""
        if older.origin != self.origin:
            raise Forked(f"FORK: a checkpoint of {older.origin} says nothing about {self.origin}.")
        if older.size > self.size:
            raise RolledBack(
                f"ROLLBACK: {older.size} entries of {self.origin} were seen, and only {self.size} are published now."
            )
        if self.root_at(older.size) != older.root:
            raise Forked(f"FORK: the first {older.size} entries of {self.origin} are not the {older.size} seen before.")

    def _require(self, index: int) -> int:
        if not 0 <= index < self.size:
            raise LogMisused(f"{self.origin} has no entry {index}.")
        return index

    def _within(self, size: int | None) -> int:
        if size is not None and size > self.size:
            raise BadProof(f"{self.origin} has not reached {size} entries.")
        return self.size if size is None else size

    def _bundle(self, index: int) -> list[bytes]:
        """The entries of a bundle. A full one proves itself against the tile above, so its level-0 tile is not read."""
        tile = Tile(0, index, min(WIDTH, self.size - index * WIDTH))
        path, entries = self._file(tile.entries_path, Tile(0, index).entries_path, unpack_entries, tile.width)
        leaves = [leaf_hash(entry) for entry in entries]
        full = tile.width == WIDTH
        if tree_root(leaves) != self._hash(1, index) if full else leaves != self._tile(0, index):
            raise BadTile(f"{path} of {self.origin} does not hold the entries that its checkpoint vouches for.")
        return entries

    def _hash(self, level: int, index: int) -> bytes:
        """One hash of a level that is there whole."""
        return self._tile(level, index // WIDTH)[index % WIDTH]

    def _tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of a tile as wide as this tree has it."""
        whole = self.size >> TILE_HEIGHT * level
        if not 0 <= index * WIDTH < whole:
            raise LogMisused(f"{self.origin} has no {Tile(level, index).path} at {self.size} entries.")
        if whole < (index + 1) * WIDTH:
            return self._edges()[level]
        kept = self._tiles.get((level, index))
        if kept is not None:
            self._tiles.move_to_end((level, index))
            return kept
        found = self._unchecked(Tile(level, index))
        if tree_root(found) != self._hash(level + 1, index):
            raise BadTile(f"{Tile(level, index).path} of {self.origin} does not hold what its checkpoint vouches for.")
        self._tiles[level, index] = found
        if len(self._tiles) > _KEPT:
            self._tiles.popitem(last=False)
        return found

    def _edges(self) -> dict[int, list[bytes]]:
        """The partial tiles, one a level at most. Their hashes alone make the root: no others are at its right edge."""
        if self._edge is not None:
            return self._edge
        edge: dict[int, list[bytes]] = {}
        level = 0
        while whole := self.size >> TILE_HEIGHT * level:
            if whole % WIDTH:
                edge[level] = self._unchecked(Tile(level, whole // WIDTH, whole % WIDTH))
            level += 1
        if range_root(0, self.size, lambda height, index: _edge_node(edge, height, index)) != self.root:
            raise BadTile(f"The tiles at the edge of {self.origin} do not come to the root of its checkpoint.")
        self._edge = edge
        return edge

    def _unchecked(self, tile: Tile) -> list[bytes]:
        return self._file(tile.path, Tile(tile.level, tile.index).path, unpack_hashes, tile.width)[1]

    def _file(
        self, path: str, full: str, unpack: Callable[[bytes], list[bytes]], width: int
    ) -> tuple[str, list[bytes]]:
        """What a file holds, or as much of the full one that outgrew it (tlog-tiles lets a log delete partial ones)."""
        for each, wanted in {path: width, full: WIDTH}.items():
            data = self._read(each)
            if data is None:
                continue
            try:
                found = unpack(data)
            except BadTile as wrong:
                raise BadTile(f"{each} of {self.origin} is damaged. {wrong}") from wrong
            if len(found) != wanted:
                raise BadTile(f"{each} of {self.origin} holds {len(found)} of {wanted}.")
            return each, found[:width]
        raise NotPublished(f"{path} of {self.origin} is missing.")


def head_of(note: bytes, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that a log's own key signed. Raises `BadNote` for anything else."""
    head = Checkpoint.from_text(verify_note(note, [verifier])[0])
    if head.origin != verifier.name:
        raise BadNote(f"The checkpoint is of the log {head.origin}, not of {verifier.name}.")
    return head


def _edge_node(edge: Mapping[int, Sequence[bytes]], height: int, index: int) -> bytes:
    """A peak of the tree, from the partial tile in which it lies."""
    level, rest = divmod(height, TILE_HEIGHT)
    first = (index << rest) % WIDTH
    return tree_root(edge[level][first : first + (1 << rest)])
