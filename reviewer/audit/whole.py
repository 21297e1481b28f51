"""Reading a published tree back: every bundle, every tile, each link between them, and the roots they lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from reviewer.audit.entry import commitment_of
from reviewer.audit.errors import BadEntry, BadTile
from reviewer.audit.merkle import TILE_HEIGHT, leaf_hash, range_root, tree_root
from reviewer.audit.tiles import WIDTH, Read, Tile, parse_path, unpack_entries, unpack_hashes

_GIVE_UP = 100  # missing bundles: a checkpoint may claim any size, and nobody waits for a billion sentences


class PublishedTree:
    """The files of a tree of `size` entries. `say` takes each problem as a sentence. Level 0 is streamed; of the higher
    levels 32 bytes a hash are held. Where a tile is missing, its hashes are computed from below."""

    def __init__(self, read: Read, size: int, say: Callable[[str], None]) -> None:
        self._read = read
        self._say = say
        self.size = size
        self.entries = 0  # read, well-formed and agreeing with their leaf hash
        self._missing = 0
        self._levels: dict[int, list[bytes | None]] = {}  # level >= 1; None is a hash nothing could be found out about
        self._edges: dict[int, Sequence[bytes] | None] = {}  # the level-0 tiles in which a root asked for later ends
        self._outgrown: dict[int, list[tuple[Tile, bool]]] = defaultdict(list)  # by their level-0 tile
        self._outgrown_above: list[Tile] = []

    def take_outgrown(self, paths: Iterable[str]) -> None:
        """Of all these paths, have the partial tiles and bundles checked that a smaller tree needed."""
        for path in paths:
            parsed = parse_path(path)
            if parsed is None:
                continue
            tile, bundle = parsed
            width = min(WIDTH, (self.size >> TILE_HEIGHT * tile.level) - tile.start)
            if tile.width < width and tile.level == 0:
                self._outgrown[tile.index].append((tile, bundle))
            elif tile.width < width:
                self._outgrown_above.append(tile)

    def check(self, sizes: Iterable[int]) -> None:
        """Check all files. `root_at` can then tell the roots of these sizes."""
        self._edges = {size // WIDTH: None for size in sizes if size % WIDTH}
        if not self._check_leaves():
            self._say(f"More than {_GIVE_UP} bundles are missing, so the rest was not looked at.")
            return
        level = 1
        while self.size >> TILE_HEIGHT * level:
            self._check_above(level)
            level += 1
        for tile in self._outgrown_above:
            found = self._tile(tile)
            if found is not None and found != self._levels[tile.level][tile.start : tile.start + tile.width]:
                self._say(f"{tile.path} does not hold the hashes that its tile has now.")

    def root_at(self, size: int) -> bytes | None:
        """The root of the first `size` entries; None if files that it needs are missing or were not looked at."""
        try:
            return range_root(0, size, self._node)
        except BadTile:
            return None

    def _check_leaves(self) -> bool:
        """Every bundle against its level-0 tile. False if too many are missing to go on."""
        above: list[bytes | None] = []
        self._levels[1] = above
        for index in range(-(-self.size // WIDTH)):
            tile = Tile(0, index, min(WIDTH, self.size - index * WIDTH))
            entries, hashes = self._bundle(tile), self._tile(tile)
            if entries is not None:
                leaves = [leaf_hash(entry) for entry in entries]
                self._check_bundle(tile, entries, leaves, hashes)
                hashes = leaves if hashes is None else hashes
            if index in self._edges:
                self._edges[index] = hashes
            for outgrown, bundle in self._outgrown.get(index, ()):
                self._check_outgrown(outgrown, bundle, hashes)
            if tile.width == WIDTH:
                above.append(None if hashes is None else tree_root(hashes))
            if self._missing > _GIVE_UP:
                return False
        return True

    def _check_bundle(
        self, tile: Tile, entries: Sequence[bytes], leaves: Sequence[bytes], hashes: Sequence[bytes] | None
    ) -> None:
        wrong: set[int] = set()
        if hashes is not None and leaves != hashes:
            wrong = {n for n in range(tile.width) if leaves[n] != hashes[n]}
        for n in sorted(wrong):
            self._say(f"{tile.entries_path}: entry {tile.start + n} does not have the hash that {tile.path} gives it.")
        for n, entry in enumerate(entries):
            try:
                commitment_of(entry)
            except BadEntry as problem:
                wrong.add(n)
                self._say(f"{tile.entries_path}: entry {tile.start + n} is malformed. {problem}")
        self.entries += tile.width - len(wrong)

    def _check_outgrown(self, tile: Tile, bundle: bool, hashes: Sequence[bytes] | None) -> None:
        if bundle:
            entries = self._bundle(tile)
            found = None if entries is None else [leaf_hash(entry) for entry in entries]
        else:
            found = self._tile(tile)
        if found is None or hashes is None:
            return
        path = tile.entries_path if bundle else tile.path
        for n in range(tile.width):
            if found[n] != hashes[n]:
                self._say(f"{path}: entry {tile.start + n} is another than in the tile that outgrew it.")

    def _check_above(self, level: int) -> None:
        """The tiles of one level against the roots of the tiles below; their own roots go on to the next level."""
        known = self._levels[level]
        above: list[bytes | None] = []
        self._levels[level + 1] = above
        for start in range(0, len(known), WIDTH):
            tile = Tile(level, start // WIDTH, min(WIDTH, len(known) - start))
            for n, found in enumerate(self._tile(tile) or (), start):
                if known[n] is not None and known[n] != found:
                    first = n << TILE_HEIGHT * level
                    below = Tile(level - 1, n).path
                    self._say(f"{tile.path}: the hash for the entries from {first} on is not the root of {below}.")
                known[n] = found
            if tile.width == WIDTH:
                whole = [each for each in known[start : start + WIDTH] if each is not None]
                above.append(tree_root(whole) if len(whole) == WIDTH else None)

    def _bundle(self, tile: Tile) -> list[bytes] | None:
        data = self._file(tile.entries_path)
        if data is None:
            self._missing += 1
            return None
        return self._unpacked(tile.entries_path, data, unpack_entries, tile.width, "entries")

    def _tile(self, tile: Tile) -> list[bytes] | None:
        data = self._file(tile.path)
        return None if data is None else self._unpacked(tile.path, data, unpack_hashes, tile.width, "hashes")

    def _file(self, path: str) -> bytes | None:
        data = self._read(path)
        if data is None:
            self._say(f"{path} is missing.")
        return data

    def _unpacked(
        self, path: str, data: bytes, unpack: Callable[[bytes], list[bytes]], width: int, what: str
    ) -> list[bytes] | None:
        try:
            found = unpack(data)
        except BadTile as wrong:
            self._say(f"{path} is damaged. {wrong}")
            return None
        if len(found) != width:
            self._say(f"{path} holds {len(found)} {what}, and {width} belong there.")
            return None
        return found

    def _node(self, height: int, index: int) -> bytes:
        level, rest = divmod(height, TILE_HEIGHT)
        start, stop = index << rest, (index + 1) << rest
        if level:
            hashes: Sequence[bytes | None] = self._levels.get(level, ())[start:stop]
        else:
            first = start // WIDTH * WIDTH
            hashes = (self._edges.get(start // WIDTH) or ())[start - first : stop - first]
        known = [each for each in hashes if each is not None]
        if len(known) != 1 << rest:
            raise BadTile(f"Hashes of level {level} from {start} on are missing.")
        return tree_root(known)
