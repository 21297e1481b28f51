"""What stands on one tile: archives over each other, the first one on top, and the coarse world where none reaches.

Lives in the map's process. Archives are drawn within their own bounds only: what lies outside is not known, and is not
to look like open ground.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import Archive, Bounds, MapSource, open_archive
from reviewer.maps.backdrop import FINEST_ZOOM, read_backdrop
from reviewer.maps.mercator import to_unit
from reviewer.maps.naming import Placed, Runs, placed, runs
from reviewer.maps.schema import WANTED, Content, sort_out
from reviewer.maps.vector import decode
from reviewer.ui.review.map_sheet import TILE_PX, Key, Sheet, Window, picture_of

T = TypeVar("T")

_OVERZOOM = 8  # levels: then one step of the tile's own grid is 32 px
_KEPT = 24  # archive tiles, decoded
_SMALLEST = 24  # px: on the coarse world an archive smaller than that would be a spot
_SMALL_PICTURE = 256  # px: four of the next zoom are as sharp as the screen
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Label:
    """A name to set: at (x, y) in world units, `angle` degrees from level, along `length` world units (0: a place).
    `rank` is what kind of name it is (`maps.schema.Naming`); the lower, the sooner it is set."""

    text: str
    x: float
    y: float
    angle: float
    length: float
    rank: int


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """`pixels`: TILE_PX x TILE_PX, 32 bits a pixel (RGB32). `trouble` says what of it could not be read, if any."""

    key: Key
    pixels: bytes
    labels: tuple[Label, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Read:
    content: Content
    runs: Runs


class Renderer:
    """Draws tiles of archives, the first on top. Keeps what was decoded last."""

    def __init__(self, sources: Sequence[MapSource], backdrop: Path | None) -> None:
        self._backdrop = backdrop
        self._layers = [_Layer(source) for source in sources]
        self._trouble = ""

    def draw(self, key: Key, style: str) -> DrawnTile:
        """One tile at any zoom; beyond an archive's own zoom its deepest tile is drawn larger, lines staying sharp."""
        self._trouble = ""
        sheet, labels = Sheet(key, style), []
        boxes = [(layer, box) for layer in self._layers if (box := _box(layer.bounds, key)) is not None]
        if not any(_whole(box) for _, box in boxes):
            labels += self._bottom(sheet, key)
        for layer, box in reversed(boxes):
            sheet.clip(None if _whole(box) else box)
            labels = self._paint(sheet, layer, key, box, labels)
        sheet.clip(None)
        labels.sort(key=lambda each: (each.rank, -each.length))
        return DrawnTile(key, sheet.done(), tuple(labels), self._trouble)

    def _bottom(self, sheet: Sheet, key: Key) -> list[Label]:
        z, x, y = key
        if z > FINEST_ZOOM or self._world is None:
            sheet.nothing()
            return []
        unit = 1 / (1 << z)
        window = (x * unit, y * unit, unit)
        sheet.world(self._world.content, window)
        return _labels(placed(self._world.runs, window, z), (0, 0, 0))

    @cached_property
    def _world(self) -> _Read | None:
        if self._backdrop is None:
            return None
        content = read_backdrop(self._backdrop)
        return _Read(content, runs(content.names))

    def _paint(self, sheet: Sheet, layer: _Layer, key: Key, box: Box, below: list[Label]) -> list[Label]:
        """Gives the names that stand on the tile now; `below` is what stood there before."""
        if key[0] <= FINEST_ZOOM and max(box[2] - box[0], box[3] - box[1]) * TILE_PX < _SMALLEST:
            return below
        try:
            if layer.is_vector:
                return self._vector(sheet, layer, key, box, below)
            return below if not _pictures(sheet, layer, key) else _outside(below, key, box)
        except UnreadableArchive as wrong:
            self._trouble = f"{layer.name}: {wrong.message}"
            return below

    def _vector(self, sheet: Sheet, layer: _Layer, key: Key, box: Box, below: list[Label]) -> list[Label]:
        found = layer.read(key)
        if found is None:
            return below
        read, source = found
        window = _window(key, source)
        sheet.vector(read.content, window)
        names = _labels(placed(read.runs, window, key[0]), source)
        return [*_outside(below, key, box), *_inside(names, key, box)]


class _Layer:
    """An open archive. One that cannot be opened draws nothing, and says so each time."""

    def __init__(self, source: MapSource) -> None:
        self._source = source
        self._archive: Archive | None = None
        self._read: OrderedDict[Key, _Read | None] = OrderedDict()
        self._seen: OrderedDict[Key, QImage | None] = OrderedDict()

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def bounds(self) -> Bounds:
        return self._source.bounds

    @property
    def is_vector(self) -> bool:
        return self._source.kind == "mvt"

    @property
    def max_zoom(self) -> int:
        return self._source.max_zoom

    def read(self, key: Key) -> tuple[_Read, Key] | None:
        """The tile that has this place, from this zoom upwards, and where it is. Raises UnreadableArchive."""
        for source in self._candidates(key):
            if source not in self._read:
                self._keep(self._read, source, None)  # damaged is read once
                data = self._tile(source)
                content = None if data is None else sort_out(decode(data, WANTED))
                self._read[source] = None if content is None else _Read(content, runs(content.names))
            found = self._read[source]
            if found is not None:
                return found, source
        return None

    def picture(self, key: Key) -> tuple[QImage, Key] | None:
        """The same of pictures."""
        for source in self._candidates(key):
            if source not in self._seen:
                data = self._tile(source)
                self._keep(self._seen, source, None if data is None else picture_of(data))
            found = self._seen[source]
            if found is not None:
                return found, source
        return None

    def _candidates(self, key: Key) -> list[Key]:
        z, x, y = key
        if z < self._source.min_zoom:
            return []
        deepest, coarsest = min(z, self._source.max_zoom), max(self._source.min_zoom, z - _OVERZOOM, 0)
        return [(each, x >> (z - each), y >> (z - each)) for each in range(deepest, coarsest - 1, -1)]

    def _tile(self, key: Key) -> bytes | None:
        if self._archive is None:
            self._archive = open_archive(self._source.path, self._source.sha256)
        return self._archive.tile(*key)

    def _keep(self, where: OrderedDict[Key, T], key: Key, what: T) -> None:
        where[key] = what
        while len(where) > _KEPT:
            where.popitem(last=False)


def _pictures(sheet: Sheet, layer: _Layer, key: Key) -> bool:
    """Paint a picture tile, or four of the next zoom where pictures are small. Whether there was any."""
    found = layer.picture(key)
    if found is None:
        return False
    image, source = found
    if image.isNull():
        raise UnreadableArchive("A tile of the map archive is no picture.", "Copy the archive again.")
    sheet.picture(image, _window(key, source), QRectF(0, 0, TILE_PX, TILE_PX))
    z, x, y = key
    if source == key and image.width() <= _SMALL_PICTURE and z < layer.max_zoom:
        half = TILE_PX / 2
        for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
            child = (z + 1, 2 * x + right, 2 * y + down)
            finer = layer.picture(child)
            if finer is not None and finer[1] == child and not finer[0].isNull():
                sheet.picture(finer[0], (0.0, 0.0, 1.0), QRectF(right * half, down * half, half, half))
    return True


# -- where things are --------------------------------------------------------------------------------------------------


def _window(key: Key, source: Key) -> Window:
    """The part of a coarser tile that a tile shows."""
    zoomed = 1 << (key[0] - source[0])
    return (key[1] % zoomed) / zoomed, (key[2] % zoomed) / zoomed, 1 / zoomed


def _box(bounds: Bounds, key: Key) -> Box | None:
    """Bounds as a part of a tile, cut to it; None if they do not meet."""
    z, x, y = key
    count = 1 << z
    left, top = to_unit(bounds.north, bounds.west)
    right, bottom = to_unit(bounds.south, bounds.east)
    box = (
        max(0.0, left * count - x),
        max(0.0, top * count - y),
        min(1.0, right * count - x),
        min(1.0, bottom * count - y),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None


def _whole(box: Box) -> bool:
    edge = 0.5 / TILE_PX
    return box[0] < edge and box[1] < edge and box[2] > 1 - edge and box[3] > 1 - edge


def _labels(names: Sequence[Placed], source: Key) -> list[Label]:
    z, x, y = source
    unit = 1 / (1 << z)
    return [
        Label(each.text, (x + each.x) * unit, (y + each.y) * unit, each.angle, each.length * unit, int(each.naming))
        for each in names
    ]


def _within(label: Label, key: Key, box: Box) -> bool:
    count = 1 << key[0]
    x, y = label.x * count - key[1], label.y * count - key[2]
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _inside(labels: Sequence[Label], key: Key, box: Box) -> list[Label]:
    return [each for each in labels if _within(each, key, box)]


def _outside(labels: Sequence[Label], key: Key, box: Box) -> list[Label]:
    return [each for each in labels if not _within(each, key, box)]
