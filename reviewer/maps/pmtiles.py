"""PMTiles version 3, read only (https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).

One file: a header of 127 bytes, directories, metadata, tiles. A tile's number counts along a Hilbert curve through all
zooms; directories map runs of numbers to places in the file, at most through three levels here (the specification
advises two).
"""

from __future__ import annotations

import json
import mmap
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.bounded import damaged, inflated, varints

MAGIC = b"PMTiles"
_HEADER = struct.Struct("<7sB11Q6B4iB2i")  # 127 bytes
_VERSION = 3
_NONE, _GZIP = 1, 2
_KINDS = {1: "mvt", 2: "png", 3: "jpg", 4: "webp"}
_LARGEST_DIRECTORY = 8 << 20  # bytes, inflated: about a million entries
_LARGEST_METADATA = 8 << 20
_LARGEST_TILE = 16 << 20
_DEEPEST = 3
_KEPT = 64  # directories
DEEPEST_ZOOM = 24


@dataclass(frozen=True, slots=True)
class Directory:
    """Entries by rising tile number; `runs` 0 is a place of another directory. Places in bytes from their section."""

    ids: NDArray[np.int64]
    runs: NDArray[np.int64]
    lengths: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Header:
    """What is read of the header. Places are (offset, length) in bytes; degrees WGS 84."""

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    compressed: bool
    kind: str
    min_zoom: int
    max_zoom: int
    degrees: tuple[float, float, float, float]  # west, south, east, north


class PmTiles:
    """An open archive. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises UnreadableArchive for what is none; OSError, ValueError as the system does."""
        with path.open("rb") as file:
            self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._directories: OrderedDict[tuple[int, int], Directory] = OrderedDict()
        try:
            self.header = read_header(self._content[: _HEADER.size], len(self._content))
            self.metadata = self._read_metadata()
            self._directory(self.header.root)
        except BaseException:
            self.close()
            raise

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile as it lies there, inflated; None where the archive has none. Raises UnreadableArchive."""
        if not (0 <= z <= DEEPEST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        wanted, place = tile_id(z, x, y), self.header.root
        for _ in range(_DEEPEST + 1):
            directory = self._directory(place)
            at = int(np.searchsorted(directory.ids, wanted, "right")) - 1
            if at < 0:
                return None
            found = int(directory.offsets[at]), int(directory.lengths[at])
            run = int(directory.runs[at])
            if run:
                inside = wanted < int(directory.ids[at]) + run
                return self._inflated(self.header.tiles, found, _LARGEST_TILE) if inside else None
            place = self._within(self.header.leaves, found)
        raise damaged()

    def close(self) -> None:
        self._content.close()

    def _read_metadata(self) -> dict[str, Any]:
        try:
            found = json.loads(
                self._inflated((0, len(self._content)), self.header.metadata, _LARGEST_METADATA) or b"{}"
            )
        except (ValueError, RecursionError) as wrong:
            raise damaged() from wrong
        return found if isinstance(found, dict) else {}

    def _directory(self, place: tuple[int, int]) -> Directory:
        if place not in self._directories:
            whole = (0, len(self._content))
            self._directories[place] = read_directory(self._inflated(whole, place, _LARGEST_DIRECTORY))
            while len(self._directories) > _KEPT:
                self._directories.popitem(last=False)
        else:
            self._directories.move_to_end(place)
        return self._directories[place]

    def _inflated(self, section: tuple[int, int], place: tuple[int, int], most: int) -> bytes:
        offset, length = self._within(section, place)
        if length > most:
            raise damaged()
        data = self._content[offset : offset + length]
        return inflated(data, most) if self.header.compressed or section[0] == 0 else data

    def _within(self, section: tuple[int, int], place: tuple[int, int]) -> tuple[int, int]:
        """A place of a section as one of the file. Raises UnreadableArchive where it lies outside."""
        offset, length = place
        if offset < 0 or length < 0 or offset + length > section[1]:
            raise UnreadableArchive("The map archive ends too early.", "Copy the archive again.")
        return section[0] + offset, length


def read_header(data: bytes, size: int) -> Header:
    """The header of a file of `size` bytes. Raises UnreadableArchive; ValueError for what is none at all."""
    if len(data) < _HEADER.size or not data.startswith(MAGIC):
        raise ValueError("no header")
    _, version, *found = _HEADER.unpack(data)
    if version != _VERSION:
        raise UnreadableArchive(
            f"PMTiles version {version} is not read here.", "Convert the archive to version 3 (pmtiles convert)."
        )
    places, small, box = found[:11], found[11:17], found[17:21]
    if not {small[1], small[2]} <= {_NONE, _GZIP}:
        raise UnreadableArchive("The map archive’s compression is not read here.", "Convert the archive to gzip.")
    header = Header(
        root=(places[0], places[1]),
        metadata=(places[2], places[3]),
        leaves=(places[4], places[5]),
        tiles=(places[6], places[7]),
        compressed=small[2] == _GZIP,
        kind=_KINDS.get(small[3], "unknown"),
        min_zoom=small[4],
        max_zoom=small[5],
        degrees=(box[0] / 1e7, box[1] / 1e7, box[2] / 1e7, box[3] / 1e7),
    )
    if any(offset + length > size for offset, length in (header.root, header.metadata, header.leaves, header.tiles)):
        raise UnreadableArchive("The map archive ends too early.", "Copy the archive again.")
    return header


def read_directory(data: bytes) -> Directory:
    """A directory from its inflated bytes: a count, then four columns of varints. Raises UnreadableArchive."""
    numbers = varints(data)
    count = int(numbers[0]) if len(numbers) else 0
    if count < 1 or len(numbers) != 1 + 4 * count or int(numbers[1:].max()) >= 1 << 62:
        raise damaged()
    steps, runs, lengths, places = numbers[1:].astype(np.int64).reshape(4, count)
    ids = np.cumsum(steps)
    # A place of 0 means “right behind the one before”, any other is the place plus one.
    stated = places > 0
    if not stated[0] or (ids < 0).any() or (np.diff(ids) <= 0).any():
        raise damaged()
    behind = np.concatenate(([0], np.cumsum(lengths[:-1])))
    anchor = np.maximum.accumulate(np.where(stated, np.arange(count), 0))
    offsets = places[anchor] - 1 + behind - behind[anchor]
    return Directory(ids, runs, lengths, offsets)


def tile_id(z: int, x: int, y: int) -> int:
    """Where a tile stands on the Hilbert curves of all zooms, one after the other (the specification, section 4.1)."""
    number, side = ((1 << 2 * z) - 1) // 3, 1 << z >> 1
    while side:
        east, south = int(bool(x & side)), int(bool(y & side))
        number += side * side * ((3 * east) ^ south)
        if not south:
            if east:
                x, y = ~x, ~y
            x, y = y, x
        side >>= 1
    return number
