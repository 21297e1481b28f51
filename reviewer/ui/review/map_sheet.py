"""One tile being painted. In the map's process, which has no screen: QImage and QPainter need none."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QDataStream, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter, QPainterPath, QPen

from reviewer.maps.mercator import EQUATOR
from reviewer.maps.schema import ROADS, Band, Content, Drawn
from reviewer.ui.review.map_style import CASED_FROM, FROM, STYLES, WIDTHS

TILE_PX = 512
Key = tuple[int, int, int]  # z, x, y
Window = tuple[float, float, float]  # left, top, side of a part of a tile, 0 to 1

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])  # of a QPainterPath, as QDataStream has it
_FINEST = 8  # pieces of a px: what is closer than that is one point
_LARGEST_PICTURE = 2048  # px a side
_MOST_MB = 64  # of one picture being decoded
_PICTURES = {b"\x89PNG": b"png", b"\xff\xd8\xff": b"jpeg", b"RIFF": b"webp"}
_MAIN = {Band.MOTORWAY, Band.TRUNK, Band.PRIMARY, Band.SECONDARY}
_HATCH = 16  # px between two lines; a tile's side is a whole number of them, so they meet across tiles


class Sheet:
    """What is painted last lies on top. Ends with `done`."""

    def __init__(self, key: Key, style: str) -> None:
        self._ink = STYLES[style]
        self._image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        z, _, y = key
        lat = math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / (1 << z))))
        self._px_per_metre = TILE_PX * (1 << z) / (EQUATOR * math.cos(lat))
        self._painter = QPainter(self._image)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)

    def done(self) -> bytes:
        """The pixels, TILE_PX x TILE_PX of 32 bits."""
        self._painter.end()
        return bytes(self._image.constBits())

    def clip(self, box: tuple[float, float, float, float] | None) -> None:
        """From now on only within (left, top, right, bottom), 0 to 1 across the tile; None is all of it."""
        if box is None:
            self._painter.setClipping(False)
            return
        left, top, right, bottom = (round(each * TILE_PX) for each in box)
        self._painter.setClipRect(left, top, right - left, bottom - top)

    def nothing(self) -> None:
        """There is no map here: a quiet hatch, which cannot be taken for open ground."""
        self._fill(self._ink.nothing)
        painter = self._painter
        painter.setPen(QPen(QColor(self._ink.hatch), 1.0))
        for at in range(-TILE_PX, TILE_PX, _HATCH):
            painter.drawLine(at, TILE_PX, at + TILE_PX, 0)

    def world(self, content: Content, window: Window) -> None:
        """The backdrop: water, land, borders."""
        self._fill(self._ink.water)
        self._area(content, Band.LAND, window, self._ink.land)
        self._border(content, window)

    def vector(self, content: Content, window: Window) -> None:
        """A vector tile: ground, water, houses, streets, rails."""
        ink = self._ink
        self._fill(ink.land)
        for band, color in ((Band.LAND, ink.land), (Band.AREA, ink.area), (Band.GREEN, ink.green)):
            self._area(content, band, window, color)
        self._area(content, Band.WATER, window, ink.water)
        self._stroke(content, Band.WATERWAY, window, ink.water)
        if self._shown(Band.BUILDING):
            self._area(content, Band.BUILDING, window, ink.building, ink.building_edge)
        self._border(content, window)
        self._stroke(content, Band.PATH, window, ink.path)
        if self._px_per_metre >= CASED_FROM:
            for band in ROADS:
                self._stroke(content, band, window, ink.casing, 2.0)
        for band in ROADS:
            self._stroke(content, band, window, ink.main_road if band in _MAIN else ink.road)
        self._stroke(content, Band.RAIL, window, ink.rail)

    def picture(self, image: QImage, window: Window, place: QRectF) -> None:
        """A part of a picture, at a place of the tile in px."""
        left, top, side = window
        width, height = image.width(), image.height()
        self._painter.drawImage(place, image, QRectF(left * width, top * height, side * width, side * height))
        if self._ink.dim:
            shade = QColor(self._ink.land)
            shade.setAlphaF(self._ink.dim)
            self._painter.fillRect(place, shade)

    def _fill(self, color: str) -> None:
        self._painter.fillRect(0, 0, TILE_PX, TILE_PX, QColor(color))

    def _shown(self, band: Band) -> bool:
        return self._px_per_metre >= FROM.get(band, 0.0)

    def _area(self, content: Content, band: Band, window: Window, color: str, edge: str = "") -> None:
        path = _path(content.bands.get(band), window, 2.0, closed=True)
        if path is not None:
            self._painter.setPen(QPen(QColor(edge), 1.0) if edge else Qt.PenStyle.NoPen)
            self._painter.setBrush(QColor(color))
            self._painter.drawPath(path)

    def _stroke(self, content: Content, band: Band, window: Window, color: str, extra: float = 0.0) -> None:
        metres, least = WIDTHS[band]
        width = max(least, metres * self._px_per_metre) + extra
        path = _path(content.bands.get(band), window, width) if self._shown(band) else None
        if path is not None:
            cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            self._painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, cap, join))
            for line in path.toSubpathPolygons():  # one by one: crossing each other in one outline they cost threefold
                self._painter.drawPolyline(line)

    def _border(self, content: Content, window: Window) -> None:
        path = _path(content.bands.get(Band.BORDER), window, 2.0)
        if path is not None:
            self._painter.strokePath(path, QPen(QColor(self._ink.border), 1.0, Qt.PenStyle.DashLine))


def _path(drawn: Drawn | None, window: Window, width: float, *, closed: bool = False) -> QPainterPath | None:
    """Lines of a tile in px of one of its parts, without those that lie outside and without points that are no px
    apart; None if nothing is left. Made from bytes: element by element it would take most of the time of a tile."""
    if drawn is None or not len(drawn.xy):
        return None
    left, top, side = window
    xy = (drawn.xy.astype(np.float64) - (left, top)) * (TILE_PX / side)
    lengths = np.diff(drawn.starts)
    line = np.repeat(np.arange(len(lengths)), lengths)
    begins = drawn.starts[:-1][lengths > 0]
    low, high = np.minimum.reduceat(xy, begins), np.maximum.reduceat(xy, begins)
    margin = width + 2
    near = np.zeros(len(lengths), bool)
    near[lengths > 0] = ((high > -margin) & (low < TILE_PX + margin)).all(axis=1)
    keep = near[line]
    grid = np.round(xy * _FINEST)
    same = np.zeros(len(xy), bool)
    same[1:] = (grid[1:] == grid[:-1]).all(axis=1) & (line[1:] == line[:-1])
    keep &= ~same
    if not keep.any():
        return None
    return _from_bytes(grid[keep] / _FINEST, line[keep], closed=closed)


def _from_bytes(xy: NDArray[np.float64], line: NDArray[np.int64], *, closed: bool) -> QPainterPath:
    first = np.ones(len(line), bool)
    first[1:] = line[1:] != line[:-1]
    if closed:  # each ring ends where it began
        starts = np.flatnonzero(first)
        ends = np.append(starts[1:], len(line))
        xy = np.insert(xy, ends, xy[starts], axis=0)
        first = np.insert(first, ends, False)
    elements = np.empty(len(xy), _ELEMENT)
    elements["kind"], elements["x"], elements["y"] = np.where(first, 0, 1), xy[:, 0], xy[:, 1]
    # The count, the elements, the subpath that a further element would start from, and the winding fill rule: the
    # format winds holes the other way, and two houses that overlap are not a hole.
    data = len(xy).to_bytes(4, "big") + elements.tobytes() + (0).to_bytes(4, "big") + (1).to_bytes(4, "big")
    stream = QDataStream(QByteArray(data))
    stream.setVersion(QDataStream.Version.Qt_6_0)
    path = QPainterPath()
    stream >> path
    return path


def picture_of(data: bytes) -> QImage:
    """A picture tile; null for what is no PNG, JPEG or WebP (Qt reads more, and some of that names other files), or
    larger than a map's tile has use for."""
    kind = next((kind for magic, kind in _PICTURES.items() if data.startswith(magic)), None)
    if kind is None:
        return QImage()
    QImageReader.setAllocationLimit(_MOST_MB)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    size: QSize = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > _LARGEST_PICTURE:
        return QImage()
    return reader.read()
