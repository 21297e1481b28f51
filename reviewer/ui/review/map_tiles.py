"""The base map, drawn by the app in a process of its own.

A vector tile costs 30–150 ms of Python to draw; in a thread that would make the window stutter (one interpreter lock),
in a process it does not. Tiles come back as 512 px images without names, the names beside them as `Label`s, so that the
map sets them upright and whole, across tile edges, at any zoom. Raster archives are decoded and scaled here too.
"""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPainterPath, QPen, QPolygonF

from reviewer.config import own_modules
from reviewer.domain.errors import UnreadableArchive
from reviewer.maps.archive import Archive, open_archive
from reviewer.maps.vector import Feature, Line, Shape, decode

TILE_PX = 512
Key = tuple[int, int, int]  # z, x, y


@dataclass(frozen=True, slots=True)
class Label:
    """A name to set: at (x, y) in world units, `angle` degrees from level, along `length` world units (0: a place)."""

    text: str
    x: float
    y: float
    angle: float
    length: float
    rank: int


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """`pixels`: TILE_PX x TILE_PX, 32 bits a pixel (RGB32), or empty where the archive has nothing."""

    key: Key
    pixels: bytes
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of one style, "#RRGGBB"; `roads` from the widest class to the narrowest."""

    land: str
    area: str
    green: str
    water: str
    building: str
    building_edge: str
    casing: str
    road: str
    path: str
    rail: str


STYLES = {
    "dark": Ink(
        "#1B2027", "#1F252D", "#1D2A25", "#14202C", "#262D36", "#313A45", "#14181D", "#3B4652", "#2F3742", "#556170"
    ),
    "light": Ink(
        "#F1F3F5", "#E9EDF1", "#DFEBDD", "#C9DDEE", "#DDE2E8", "#C6CED7", "#C3CBD4", "#FFFFFF", "#FFFFFF", "#A3ADB8"
    ),
}
# Road widths in metres on the ground, so that streets keep their proportion to houses at every zoom, and a least width
# in px, so that they stay visible from afar.
_ROADS = {
    "motorway": (16.0, 2.4),
    "trunk": (14.0, 2.2),
    "primary": (12.0, 2.0),
    "secondary": (10.0, 1.7),
    "tertiary": (9.0, 1.5),
    "minor": (7.0, 1.1),
    "service": (3.5, 0.5),
}
_PATHS = {"path": (1.6, 0.6), "track": (2.0, 0.6)}
_RAILS = {"tram": 1.0, "rail": 1.2, "transit": 1.0}
_GREEN = {"grass", "wood", "park", "cemetery", "pitch", "playground"}
_EQUATOR = 40_075_016.7
_NAME_RANK = {"motorway": 0, "trunk": 0, "primary": 1, "secondary": 1, "tertiary": 2, "minor": 3, "path": 6}


class Renderer:
    """Draws tiles of one archive. Lives in the process; `drawn` keeps decoded archive tiles, newest last."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._decoded: OrderedDict[Key, dict[str, tuple[Feature, ...]] | None] = OrderedDict()

    def draw(self, key: Key, style: str) -> DrawnTile:
        """One tile at any zoom; beyond the archive's own zoom its deepest tile is drawn larger, lines staying sharp."""
        z, x, y = key
        deeper = max(0, z - self._archive.max_zoom)
        source = (z - deeper, x >> deeper, y >> deeper)
        zoomed = 1 << deeper
        window = ((x % zoomed) / zoomed, (y % zoomed) / zoomed, 1 / zoomed)
        if self._archive.kind != "mvt":
            return DrawnTile(key, self._raster(source, window), ())
        layers = self._layers(source)
        if layers is None:
            return DrawnTile(key, b"", ())
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        _Sheet(image, window, STYLES[style], key).paint(layers)
        return DrawnTile(key, bytes(image.constBits()), _labels(layers, source, window))

    def _layers(self, source: Key) -> dict[str, tuple[Feature, ...]] | None:
        if source not in self._decoded:
            data = self._archive.tile(*source)
            self._decoded[source] = None if data is None else decode(data)
            if len(self._decoded) > 12:
                self._decoded.popitem(last=False)
        return self._decoded[source]

    def _raster(self, source: Key, window: tuple[float, float, float]) -> bytes:
        data = self._archive.tile(*source)
        picture = QImage.fromData(QByteArray(data)) if data else QImage()
        if picture.isNull():
            return b""
        left, top, side = window
        w, h = picture.width(), picture.height()
        cut = picture.copy(int(left * w), int(top * h), max(1, int(side * w)), max(1, int(side * h)))
        scaled = cut.scaled(
            TILE_PX, TILE_PX, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        return bytes(scaled.convertToFormat(QImage.Format.Format_RGB32).constBits())


class _Sheet:
    """One tile being painted, bottom to top."""

    def __init__(self, image: QImage, window: tuple[float, float, float], ink: Ink, key: Key) -> None:
        self._image, self._window, self._ink = image, window, ink
        z, _, y = key
        lat = math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / (1 << z))))
        self._px_per_metre = TILE_PX * (1 << z) / (_EQUATOR * math.cos(lat))

    def paint(self, layers: dict[str, tuple[Feature, ...]]) -> None:
        self._image.fill(QColor(self._ink.land))
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for name, fill in (("landuse", self._ink.area), ("landcover", self._ink.green), ("park", self._ink.green)):
            for each in layers.get(name, ()):
                self._area(painter, each, self._ink.green if each.kind in _GREEN else fill)
        for each in layers.get("water", ()):
            self._area(painter, each, self._ink.water)
        for each in layers.get("waterway", ()):
            self._stroke(painter, each, self._ink.water, max(1.0, 3 * self._px_per_metre))
        if self._px_per_metre > 0.25:
            painter.setPen(QPen(QColor(self._ink.building_edge), 1))
            for each in layers.get("building", ()):
                self._area(painter, each, self._ink.building)
        self._roads(painter, layers.get("transportation", ()))
        painter.end()

    def _roads(self, painter: QPainter, roads: tuple[Feature, ...]) -> None:
        for each in roads:
            if each.kind in _PATHS and not each.tunnel and self._px_per_metre > 0.4:
                metres, least = _PATHS[each.kind]
                self._stroke(painter, each, self._ink.path, max(least, metres * self._px_per_metre))
        order = [r for name in reversed(_ROADS) for r in roads if r.kind == name and not r.tunnel]
        for color, extra in ((self._ink.casing, 2.0), (self._ink.road, 0.0)):
            for each in order:
                metres, least = _ROADS[each.kind]
                self._stroke(painter, each, color, max(least, metres * self._px_per_metre) + extra)
        for each in roads:
            if each.kind in _RAILS and not each.tunnel and self._px_per_metre > 0.15:
                self._stroke(painter, each, self._ink.rail, _RAILS[each.kind])

    def _area(self, painter: QPainter, feature: Feature, color: str) -> None:
        if feature.shape is not Shape.AREA:
            return
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for ring in feature.lines:
            path.addPolygon(QPolygonF(self._points(ring)))
            path.closeSubpath()
        if path.controlPointRect().intersects(QRectF(0, 0, TILE_PX, TILE_PX)):
            painter.setBrush(QColor(color))
            painter.drawPath(path)

    def _stroke(self, painter: QPainter, feature: Feature, color: str, width: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, cap, join))
        for line in feature.lines:
            painter.drawPolyline(QPolygonF(self._points(line)))

    def _points(self, line: Line) -> list[QPointF]:
        left, top, side = self._window
        scale = TILE_PX / side
        return [QPointF((x - left) * scale, (y - top) * scale) for x, y in line]


def _labels(
    layers: dict[str, tuple[Feature, ...]], source: Key, window: tuple[float, float, float]
) -> tuple[Label, ...]:
    """Names anchored in this tile: streets along their longest straight run, places and water at their point."""
    left, top, side = window
    z, tile_x, tile_y = source
    unit = 1 / (1 << z)
    best: dict[str, Label] = {}
    for layer in ("transportation_name", "water_name", "place"):
        for feature in layers.get(layer, ()):
            if not feature.name:
                continue
            for line in feature.lines:
                x, y, angle, length = _anchor(line)
                if not (left <= x < left + side and top <= y < top + side):
                    continue
                rank = _NAME_RANK.get(feature.kind, 4) if feature.shape is Shape.LINE else 5
                label = Label(feature.name, (tile_x + x) * unit, (tile_y + y) * unit, angle, length * unit, rank)
                known = best.get(feature.name)
                if known is None or (label.rank, -label.length) < (known.rank, -known.length):
                    best[feature.name] = label
    return tuple(sorted(best.values(), key=lambda each: (each.rank, -each.length)))


def _anchor(line: Line) -> tuple[float, float, float, float]:
    """Middle, angle (degrees, upright) and length of the longest nearly straight run of a line."""
    if len(line) == 1:
        return (*line[0], 0.0, 0.0)
    runs: list[tuple[tuple[float, float], tuple[float, float]]] = []
    start = line[0]
    for i in range(1, len(line)):
        ahead = line[i + 1] if i + 1 < len(line) else None
        if ahead is None or _turn(start, line[i], ahead) > 12:
            runs.append((start, line[i]))
            start = line[i]
    (x0, y0), (x1, y1) = max(runs, key=lambda run: math.dist(*run))
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    upright = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
    return (x0 + x1) / 2, (y0 + y1) / 2, upright, math.dist((x0, y0), (x1, y1))


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    one = math.atan2(b[1] - a[1], b[0] - a[0])
    other = math.atan2(c[1] - b[1], c[0] - b[0])
    return abs(math.degrees((other - one + math.pi) % (2 * math.pi) - math.pi))


_RENDERERS: list[Renderer] = []
_APPLICATION: list[QGuiApplication] = []


def _start(path: str) -> None:
    """In the process: an application without a screen (painting needs none), and the archive."""
    threading.Thread(target=_end_with_the_program, daemon=True).start()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _APPLICATION.append(QGuiApplication.instance() or QGuiApplication([]))  # type: ignore[arg-type]
    _RENDERERS.append(Renderer(open_archive(Path(path))))


def _end_with_the_program() -> None:
    """A program that is killed cannot end its processes: this one sees it gone, and goes."""
    program = parent_process()
    if program is not None:
        wait([program.sentinel])
        os._exit(1)


def _draw(key: Key, style: str) -> DrawnTile:
    return _RENDERERS[0].draw(key, style)


class TileProcess:
    """Draws tiles in a process that starts with the first wish and ends with `close`. A crash there costs one tile."""

    def __init__(self, path: Path) -> None:
        self.archive = open_archive(path)
        self._pool: ProcessPoolExecutor | None = None

    def draw(self, key: Key, style: str) -> Future[DrawnTile]:
        """The tile, later. The future raises UnreadableArchive if the archive is damaged or the process died."""
        outcome: Future[DrawnTile] = Future()
        if self._pool is None:
            with own_modules():
                self._pool = ProcessPoolExecutor(
                    1, mp_context=get_context("spawn"), initializer=_start, initargs=(str(self.archive.path),)
                )
        try:
            with own_modules():  # the first wish starts the process
                drawing = self._pool.submit(_draw, key, style)
        except BrokenProcessPool:
            self._died(outcome)
        else:
            drawing.add_done_callback(lambda done: self._settle(done, outcome))
        return outcome

    def _settle(self, done: Future[DrawnTile], outcome: Future[DrawnTile]) -> None:
        if done.cancelled():
            outcome.cancel()
            return
        error = done.exception()
        if error is None:
            outcome.set_result(done.result())
        elif isinstance(error, BrokenProcessPool):
            self._died(outcome)
        else:
            outcome.set_exception(error)

    def _died(self, outcome: Future[DrawnTile]) -> None:
        self._pool = None  # the next wish starts another
        outcome.set_exception(UnreadableArchive("A piece of the map could not be drawn.", "Move the map to try again."))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
        self.archive.close()
