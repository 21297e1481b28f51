"""How a log lies in files: paths and bytes of C2SP tlog-tiles, and which of them are new when a log has grown.

`tile/<L>/<N>[.p/<W>]` holds up to 256 hashes of level L (0 is leaves; a hash of a higher level is the root of a full
tile below). `tile/entries/<N>[.p/<W>]` holds the entries of level-0 tile N, each after its length in two bytes,
big-endian. Beside the spec's `checkpoint`, this program keeps every published one at `checkpoints/<size>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviewer.audit.entry import MAX_SIZE
from reviewer.audit.errors import BadTile
from reviewer.audit.merkle import HASH_SIZE, TILE_HEIGHT

Read = Callable[
    [str], bytes | None
]  # a file of a published log, its path relative to the log's folder; None: not there
WIDTH = 1 << TILE_HEIGHT
CHECKPOINT = "checkpoint"
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: `width` hashes (1 to 256, fewer than 256 is partial) of `level`, from index·256 on."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_coordinates(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        """The bundle of the entries whose leaf hashes a level-0 tile holds."""
        return f"tile/entries/{_coordinates(self.index, self.width)}"

    @property
    def start(self) -> int:
        """Where its first hash stands in its level; for level 0, its first entry."""
        return self.index * WIDTH


def parse_path(path: str) -> tuple[Tile, bool] | None:
    """The tile that a path names, and whether it names the bundle of its entries. None if it names neither."""
    match = _PATH.fullmatch(path)
    if not match:
        return None
    bundle = match[1] == "entries"
    digits = match[2].replace("x", "").replace("/", "")
    tile = Tile(0 if bundle else int(match[1]), int(digits), int(match[3] or WIDTH))
    spelled = tile.entries_path if bundle else tile.path
    return (tile, bundle) if spelled == path and tile.level < 64 and tile.width <= WIDTH else None


def checkpoint_path(size: int) -> str:
    return f"checkpoints/{size}"


def body_path(commitment: str) -> str:
    """Where an entry's sealed body lies, by the hex commitment in its `body`."""
    return f"bodies/{commitment[:2]}/{commitment}"


def new_tiles(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles of a tree of `new_size` that a tree of `old_size` does not have, level 0 first: all of them from 0.
    Growing a million by one gives one tile a level at most."""
    old, new, level = old_size, new_size, 0
    while new > old:
        for index in range(old // WIDTH, (new + WIDTH - 1) // WIDTH):
            yield Tile(level, index, min(WIDTH, new - index * WIDTH))
        old, new, level = old // WIDTH, new // WIDTH, level + 1


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle. Raises `BadTile` for an entry of more than 65,535 bytes."""
    if any(len(entry) > MAX_SIZE for entry in entries):
        raise BadTile(f"An entry of more than {MAX_SIZE} bytes fits into no bundle.")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_entries(data: bytes) -> list[bytes]:
    """The entries in a bundle. Raises `BadTile` if it ends inside one."""
    entries, at, end = [], 0, len(data)
    while at < end:
        stop = at + 2 + (data[at] << 8 | data[at + 1]) if at + 1 < end else end + 1
        if stop > end:
            raise BadTile("It ends in the middle of an entry.")
        entries.append(data[at + 2 : stop])
        at = stop
    return entries


def unpack_hashes(data: bytes) -> list[bytes]:
    """The hashes in a tile. Raises `BadTile` if it is not made of whole ones."""
    if len(data) % HASH_SIZE:
        raise BadTile(f"It is {len(data)} bytes, not a number of whole hashes.")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _coordinates(index: int, width: int) -> str:
    digits = f"{index % 1000:03}"
    while index := index // 1000:
        digits = f"x{index % 1000:03}/{digits}"
    return digits if width == WIDTH else f"{digits}.p/{width}"
