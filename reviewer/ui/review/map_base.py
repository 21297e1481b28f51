"""The base map under the tracks: which tiles are wanted, those that are here, and the names on them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPixmap

from reviewer.domain.errors import ReviewerError
from reviewer.maps.schema import Naming
from reviewer.ui import fonts
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map_tiles import TILE_PX, DrawnTile, Key, Label, TileProcess
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import DARK, LIGHT, Theme, ThemeName

_KEPT = 96  # tiles of 1 MB
_IN_FLIGHT = 2
_MOST_NAMES = 60
_COARSER = 6  # levels that may stand in for a tile
_SETS = 8  # names looked at between two looks at what else is to do
_TONES: dict[int, str] = {
    Naming.COUNTRY: "text",
    Naming.TOWN: "text",
    Naming.PLACE: "text",
    Naming.WATER: "text3",
    Naming.PATH: "text3",
    Naming.HOUSE: "text3",
}  # of a name, by its rank; streets are between
Wish = tuple[Key, str]


class BaseMap(QObject):
    """Asks the tiles' process for what a view shows, nearest to its middle first; `arrived` is called for each tile."""

    def __init__(
        self, tiles: TileProcess | None, bridge: Bridge, arrived: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tiles, self._bridge, self._arrived = tiles, bridge, arrived
        self._drawn: OrderedDict[Wish, tuple[QImage, tuple[Label, ...]]] = OrderedDict()
        self._wanted: list[Wish] = []
        self._flying: set[Wish] = set()
        self.trouble = ""  # what of the map could not be read, last

    def lacks(self, view: MapView, ratio: float, style: str) -> bool:
        """Whether a tile of this view is not here yet."""
        return self._tiles is not None and any((key, style) not in self._drawn for key in keys_in_view(view, ratio))

    def want(self, view: MapView, ratio: float, style: str) -> None:
        """Ask for what of this view is not here."""
        if self._tiles is None:
            return
        self._wanted = [(key, style) for key in keys_in_view(view, ratio) if (key, style) not in self._drawn]
        self._fetch()

    def _fetch(self) -> None:
        for wish in self._wanted:
            if self._tiles is None or len(self._flying) >= _IN_FLIGHT:
                return
            if wish not in self._flying:
                self._flying.add(wish)
                self._ask(self._tiles, wish)

    def _ask(self, tiles: TileProcess, wish: Wish) -> None:
        empty = DrawnTile(wish[0], b"", ())  # where the archive is damaged; the tracks over it are right all the same

        def failed(error: ReviewerError) -> None:
            self._keep(wish, replace(empty, trouble=error.message))

        self._bridge.watch(tiles.draw(*wish), lambda tile: self._keep(wish, tile), failed, self)

    def _keep(self, wish: Wish, tile: DrawnTile) -> None:
        self._flying.discard(wish)
        if wish in self._wanted:
            self._wanted.remove(wish)
        image = QImage()
        if tile.pixels:
            image = QImage(tile.pixels, TILE_PX, TILE_PX, QImage.Format.Format_RGB32).copy()
        self._drawn[wish] = (image, tile.labels)
        self.trouble = tile.trouble or self.trouble
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        self._fetch()
        self._arrived()

    # Painting

    def paint(self, painter: QPainter, view: MapView, ratio: float, theme: Theme) -> Iterator[None]:
        """Ground and tiles, a tile a step."""
        painter.fillRect(QRectF(0, 0, view.width, view.height), theme.color("bg2"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for key in keys_in_view(view, ratio):
            self._paint_tile(painter, view, key, theme.name.value)
            yield

    def names(self, painter: QPainter, view: MapView, ratio: float, theme: Theme) -> Iterator[None]:
        """Names that fit their street and touch no other, the important ones first; some of them a step."""
        found = [label for key in keys_in_view(view, ratio) for label in self._labels(key, theme.name.value)]
        yield
        taken: list[QRectF] = []
        named: set[str] = set()
        for count, each in enumerate(_ranked(found)):
            if each.text not in named and len(taken) < _MOST_NAMES:
                box = self._name(painter, view, each, theme, taken)
                if box is not None:
                    taken.append(box)
                    named.add(each.text)
                    yield
            if count % _SETS == 0:
                yield

    def _labels(self, key: Key, style: str) -> tuple[Label, ...]:
        held = self._drawn.get((key, style))
        return held[1] if held is not None else ()

    def _name(
        self, painter: QPainter, view: MapView, each: Label, theme: Theme, taken: Sequence[QRectF]
    ) -> QRectF | None:
        """Set it, unless it is longer than its street or touches another; where it stands."""
        width = _width(each.text)
        if each.length and each.length * view.scale < width * 0.9:
            return None
        tone = _TONES.get(each.rank, "text2")
        drawn = _sprite(each.text, round(each.angle, 1), theme.name, painter.device().devicePixelRatioF(), tone)
        size = drawn.deviceIndependentSize()
        middle = QPointF(*view.to_px(each.x, each.y))
        place = QPointF(round(middle.x() - size.width() / 2), round(middle.y() - size.height() / 2))
        box = QRectF(place, size)
        if any(box.intersects(other) for other in taken):
            return None
        painter.drawPixmap(place, drawn)
        return box

    def _paint_tile(self, painter: QPainter, view: MapView, key: Key, style: str) -> None:
        """Draw a tile, or while it is awaited a piece of a coarser one that is here."""
        z, x, y = key
        for up in range(min(z, _COARSER) + 1):
            wish = ((z - up, x >> up, y >> up), style)
            held = self._drawn.get(wish)
            if held is None:
                continue
            self._drawn.move_to_end(wish)
            if not held[0].isNull():
                side = TILE_PX / (1 << up)
                cut = QRectF((x % (1 << up)) * side, (y % (1 << up)) * side, side, side)
                painter.drawImage(_place(view, key), held[0], cut)
            return


def keys_in_view(view: MapView, ratio: float) -> list[Key]:
    """Tiles of a view, nearest to its middle first."""
    z = max(0, min(20, round(view.zoom + ratio - 1.75)))
    count = 1 << z
    left, top = view.to_world(0, 0)
    right, bottom = view.to_world(view.width, view.height)
    columns = range(max(0, int(left * count)), min(count - 1, int(right * count)) + 1)
    rows = range(max(0, int(top * count)), min(count - 1, int(bottom * count)) + 1)
    middle = (view.x * count - 0.5, view.y * count - 0.5)
    keys = [(z, x, y) for x in columns for y in rows]
    return sorted(keys, key=lambda k: (k[1] - middle[0]) ** 2 + (k[2] - middle[1]) ** 2)


def _place(view: MapView, key: Key) -> QRectF:
    z, x, y = key
    unit = 1 / (1 << z)
    left, top = view.to_px(x * unit, y * unit)
    right, bottom = view.to_px((x + 1) * unit, (y + 1) * unit)
    return QRectF(QPointF(round(left), round(top)), QPointF(round(right), round(bottom)))


def _ranked(labels: Sequence[Label]) -> list[Label]:
    return sorted(labels, key=lambda one: (one.rank, -one.length))


@lru_cache(maxsize=4096)
def _width(words: str) -> float:
    return QFontMetricsF(fonts.font(fonts.Type.META)).horizontalAdvance(words)


@lru_cache(maxsize=512)
def _sprite(words: str, angle: float, theme_name: ThemeName, ratio: float, tone: str) -> QPixmap:
    """A name at its angle with a casing, drawn once: setting it again costs a tenth."""
    theme = DARK if theme_name is ThemeName.DARK else LIGHT
    wide, high = _width(words) + 8, 16.0
    turn = math.radians(angle)
    size = (
        math.ceil(abs(wide * math.cos(turn)) + abs(high * math.sin(turn))),
        math.ceil(abs(wide * math.sin(turn)) + abs(high * math.cos(turn))),
    )
    made = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setFont(fonts.font(fonts.Type.META))
    painter.translate(size[0] / 2, size[1] / 2)
    painter.rotate(angle)
    box = QRectF(-wide / 2, -high / 2, wide, high)
    painter.setPen(theme.casing)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, words)
    painter.setPen(theme.color(tone))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return made
