"""Mapbox vector tiles (https://github.com/mapbox/vector-tile-spec, version 2.1), read into arrays.

Coordinates are numbers from 0 to 1 across the tile (a little beyond at the edges, by the tile's buffer), y south. A
tile is protocol buffers; its few message types are read here by hand, and what takes the time, the geometry, as whole
arrays. Counts are bounded: a tile that claims more than a map has use for is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.bounded import damaged, too_large, varints

MOST_FEATURES = 200_000  # of a tile
MOST_POINTS = 4_000_000
_MOVE, _LINE, _CLOSE = 1, 2, 7
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FURTHEST = 1 << 24  # of any coordinate, in the tile's own units: no buffer reaches that far
_GO_ON = bytes(range(0x80, 0x100))  # octets after which a varint goes on

Value = str | float | int | bool
Fields = Iterator[tuple[int, int, int, int]]  # field, wire type, then (start, end) of bytes or (value, 0)


class Shape(IntEnum):
    """As the format numbers them."""

    UNKNOWN = 0
    POINT = 1
    LINE = 2
    AREA = 3


@dataclass(frozen=True, slots=True)
class Layer:
    """Features of one layer. Line i (a point, polyline or ring) is `xy[starts[i]:starts[i + 1]]` and belongs to feature
    `owners[i]`; rings are not closed. `xy` is (n, 2). `shapes` and `tags` have one entry a feature."""

    xy: NDArray[np.float32]
    starts: NDArray[np.int64]
    owners: NDArray[np.int64]
    shapes: tuple[Shape, ...]
    tags: tuple[dict[str, Value], ...]


def decode(data: bytes, wanted: frozenset[str] | None = None) -> dict[str, Layer]:
    """Layers of a tile by name; only those `wanted`, if any are named. Raises UnreadableArchive."""
    try:
        found = {}
        features = points = 0
        for field, wire, start, end in _fields(data, 0, len(data)):
            if (field, wire) == (3, _BYTES):
                raw = _RawLayer(data, start, end)
                if wanted is None or raw.name in wanted:
                    features += len(raw.features)
                    if features > MOST_FEATURES:
                        raise too_large()
                    found[raw.name] = layer = _layer(data, raw)
                    points += len(layer.xy)
                    if points > MOST_POINTS:
                        raise too_large()
        return found
    except (ValueError, LookupError, struct.error, OverflowError) as wrong:
        raise damaged() from wrong


class _RawLayer:
    """Where things lie in a layer's bytes."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.name, self.extent = "", 4096
        self.features: list[tuple[int, int]] = []
        self._keys: list[tuple[int, int]] = []
        self._values: list[tuple[int, int]] = []
        for field, wire, one, other in _fields(data, start, end):
            if wire == _BYTES and field == 2:
                self.features.append((one, other))
            elif wire == _BYTES and field == 3:
                self._keys.append((one, other))
            elif wire == _BYTES and field == 4:
                self._values.append((one, other))
            elif wire == _BYTES and field == 1:
                self.name = _text(data, one, other)
            elif wire == _VARINT and field == 5:
                self.extent = one
        if not 0 < self.extent <= 1 << 20:
            raise damaged()

    def keys(self, data: bytes) -> list[str]:
        return [_text(data, *each) for each in self._keys]

    def values(self, data: bytes) -> list[Value]:
        return [_value(data, *each) for each in self._values]


def _layer(data: bytes, raw: _RawLayer) -> Layer:
    keys, values = raw.keys(data), raw.values(data)
    shapes: list[Shape] = []
    tags: list[dict[str, Value]] = []
    geometries: list[bytes] = []
    for start, end in raw.features:
        shape, tagged, geometry = Shape.UNKNOWN, b"", b""
        for field, wire, one, other in _fields(data, start, end):
            if wire == _BYTES and field == 4:
                geometry = data[one:other]
            elif wire == _BYTES and field == 2:
                tagged = data[one:other]
            elif wire == _VARINT and field == 3:
                shape = Shape(one)
        shapes.append(shape)
        geometries.append(geometry)
        pairs = _small_varints(tagged)
        tags.append({keys[k]: values[v] for k, v in zip(pairs[::2], pairs[1::2], strict=True)})
    xy, starts, owners = _geometry(geometries)
    return Layer((xy / raw.extent).astype(np.float32), starts, owners, tuple(shapes), tuple(tags))


def _geometry(geometries: list[bytes]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Points of all features in tile units, where each line begins (and the last ends), and whose each line is.

    The commands of all features are read as one array of numbers; then one walk over the commands notes where lines
    begin and which numbers are commands, and the points are sums of what is left, anew from nothing for each feature.
    """
    numbers = varints(b"".join(geometries))
    counts = np.fromiter((_count(each) for each in geometries), np.int64, len(geometries))
    ends = np.cumsum(counts)
    walk = _Walk(numbers.tolist() if len(numbers) else [])
    for feature, end in enumerate(ends.tolist()):
        walk.feature(feature, end)
    kept = np.ones(len(numbers), bool)
    kept[walk.commands] = False
    raw = numbers[kept].astype(np.int64)
    steps = ((raw >> 1) ^ -(raw & 1)).reshape(-1, 2)
    if len(steps) and int(np.abs(steps).max()) > _FURTHEST:
        raise damaged()
    points = np.cumsum(steps, axis=0)
    first = np.asarray(walk.firsts, np.int64)  # points before each feature
    before = np.where(first[:, None] > 0, points[np.maximum(first, 1) - 1] if len(points) else 0, 0)
    lengths = np.diff(np.append(first, len(points)))
    xy = (points - np.repeat(before, lengths, axis=0)).astype(np.float64)
    starts = np.asarray([*walk.starts, len(points)], np.int64)
    return xy, starts, np.asarray(walk.owners, np.int64)


class _Walk:
    """Along the commands of features, one after the other."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._at = self._points = 0
        self.commands: list[int] = []
        self.firsts: list[int] = []
        self.starts: list[int] = []
        self.owners: list[int] = []

    def feature(self, feature: int, end: int) -> None:
        """Raises ValueError where commands and numbers do not fit together."""
        at, points, numbers = self._at, self._points, self._numbers
        self.firsts.append(points)
        while at < end:
            self.commands.append(at)
            command, count = numbers[at] & 7, numbers[at] >> 3
            at += 1
            if command == _CLOSE:
                continue
            if command not in (_MOVE, _LINE) or count > (end - at) // 2 or (command == _LINE and not self.starts):
                raise ValueError("no command")
            if command == _MOVE:
                self.starts.extend(range(points, points + count))
                self.owners.extend([feature] * count)
            points += count
            at += 2 * count
        self._at, self._points = at, points


def _fields(data: bytes, at: int, end: int) -> Fields:
    """The fields of a message in data[at:end] (protocol buffers' wire format). Raises ValueError, IndexError."""
    if end > len(data):
        raise ValueError("ends early")
    while at < end:
        tag, at = _varint(data, at)
        field, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield field, wire, value, 0
        elif wire == _BYTES:
            length, at = _varint(data, at)
            if length > end - at:
                raise ValueError("ends early")
            yield field, wire, at, at + length
            at += length
        elif wire in (_FIXED32, _FIXED64):
            size = 4 if wire == _FIXED32 else 8
            if size > end - at:
                raise ValueError("ends early")
            yield field, wire, at, at + size
            at += size
        else:
            raise ValueError("no wire type")
    if at != end:
        raise ValueError("ends late")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value &= 0x7F
    for place in range(1, 10):
        octet = data[at + place]
        value |= (octet & 0x7F) << 7 * place
        if octet < 0x80:
            return value, at + place + 1
    raise ValueError("no end")


def _small_varints(data: bytes) -> list[int]:
    if not data or max(data) < 0x80:
        return list(data)
    numbers, at = [], 0
    while at < len(data):
        number, at = _varint(data, at)
        numbers.append(number)
    return numbers


def _count(data: bytes) -> int:
    """How many varints there are. Raises ValueError where the last has no end."""
    if data and data[-1] >= 0x80:
        raise ValueError("no end")
    return len(data.translate(None, _GO_ON))


def _text(data: bytes, start: int, end: int) -> str:
    return data[start:end].decode("utf-8", "replace")


def _value(data: bytes, start: int, end: int) -> Value:
    for field, wire, one, other in _fields(data, start, end):
        match field, wire:
            case 1, 2:
                return _text(data, one, other)
            case 2, 5:
                return float(struct.unpack("<f", data[one:other])[0])
            case 3, 1:
                return float(struct.unpack("<d", data[one:other])[0])
            case 4, 0:
                return one - (1 << 64) if one >> 63 else one
            case 5, 0:
                return one
            case 6, 0:
                return (one >> 1) ^ -(one & 1)
            case 7, 0:
                return bool(one)
    return ""


def lines_of(layer: Layer) -> list[list[NDArray[np.float32]]]:
    """The lines of each feature."""
    lines = np.split(layer.xy, layer.starts[1:-1])
    bounds = np.searchsorted(layer.owners, np.arange(len(layer.shapes) + 1)).tolist()
    return [lines[start:end] for start, end in pairwise(bounds)]


def check_vector_tile(data: bytes) -> None:
    """Raises UnreadableArchive for bytes that are no vector tile with at least one layer."""
    if not decode(data):
        raise UnreadableArchive("A tile of the map archive is empty.", "Ask who made it for another archive.")
