"""The drawn map: tiles, names, tracks in one cached picture; positions over it; hands to move it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import Area
from reviewer.domain.timebase import Utc
from reviewer.maps.mercator import to_unit
from reviewer.ui import fonts
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map_overlay import Shape, paint_shapes
from reviewer.ui.review.map_place import HINT, PlaceDrawing, wants
from reviewer.ui.review.map_tiles import TILE_PX, DrawnTile, Key, Label, TileProcess
from reviewer.ui.review.map_tracks import MapTrack, paint_positions, paint_tracks
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import paint_tag, tag_width

_KEPT = 96  # tiles of 1 MB
_IN_FLIGHT = 2
_NOWHERE = MapView(0.5, 0.3, 4.0, 1, 1)


class MapCanvas(QWidget):
    """The drawn map. `went_to` carries the time of a place on a track that was clicked; `view_changed` any new view."""

    went_to = Signal(object)
    view_changed = Signal()
    dragged = Signal()

    def __init__(self, tiles: TileProcess | None, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles, self._bridge = tiles, bridge
        self._drawn: OrderedDict[tuple[Key, str], tuple[QImage, tuple[Label, ...]]] = OrderedDict()
        self._wanted: set[tuple[Key, str]] = set()
        self._flying: set[tuple[Key, str]] = set()
        self._view = _NOWHERE
        self._tracks: tuple[MapTrack, ...] = ()
        self._at: Utc | None = None
        self._notes: tuple[str, ...] = ()
        self._base: QPixmap | None = None
        self._press: QPointF | None = None
        self._moved = False
        self._shapes: dict[str, tuple[Shape, ...]] = {}
        self._drawing: PlaceDrawing | None = None
        self.zone = Zone()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the officers’ positions")

    @property
    def view(self) -> MapView:
        return self._view

    def set_tracks(self, tracks: Iterable[MapTrack]) -> None:
        self._tracks = tuple(tracks)
        self._stale()

    def show_at(self, at: Utc) -> None:
        """Move the positions to an instant; the base picture is not drawn again."""
        if at != self._at:
            self._at = at
            self.update()

    def set_notes(self, notes: tuple[str, ...]) -> None:
        """Sentences for who cannot be placed, shown in the corner and told to assistive technology."""
        if notes != self._notes:
            self._notes = notes
            self.setAccessibleDescription(". ".join(notes))
            self.update()

    def set_overlay(self, id_: str, shapes: Iterable[Shape]) -> None:
        """Lay these shapes over the tracks, instead of those that had this id; none takes them away."""
        self._shapes.pop(id_, None)
        found = tuple(shapes)
        if found:
            self._shapes[id_] = found
        self.update()

    def draw_place(self, done: Callable[[Area | None], None]) -> None:
        """Let a person draw a place; `done` gets it once, None if they gave up or another drawing began."""
        self.end_drawing()
        self._drawing = PlaceDrawing(done)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.update()

    def end_drawing(self) -> None:
        """Give up what is being drawn, if anything is."""
        if self._drawing is not None:
            self._drawing.end()
            self._drawn_to()

    def _drawn_to(self) -> None:
        """After each hand on the drawing: show it, or be done with it."""
        if self._drawing is not None and self._drawing.over:
            self._drawing = None
            self.unsetCursor()
        self.update()

    def look(self, view: MapView) -> None:
        self._view = view
        self._stale()
        self.view_changed.emit()

    def fit(self) -> None:
        """Show all tracks; without any, the archive's middle."""
        boxes = [b for b in (t.bounds() for t in self._tracks) if b is not None]
        if boxes:
            left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
            self.look(self._view.fitted(left, top, max(b[2] for b in boxes), max(b[3] for b in boxes)))
        elif self._tiles is not None:
            self._look_at_archive(self._tiles)

    def _look_at_archive(self, tiles: TileProcess) -> None:
        box = tiles.archive.bounds
        left, top = to_unit(box.north, box.west)
        right, bottom = to_unit(box.south, box.east)
        self.look(self._view.fitted(left, top, right, bottom))

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        middle = at or QPointF(self.width() / 2, self.height() / 2)
        self.look(self._view.zoomed(steps, middle.x(), middle.y()))

    # Qt's side -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        first = self._view is _NOWHERE
        view = self._view
        self._view = MapView(view.x, view.y, view.zoom, max(1, event.size().width()), max(1, event.size().height()))
        if first:
            self.fit()
        self._stale()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._stale()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._base is None:
            self._base = self._paint_base()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._base)
        if self._at is not None:
            painter.setFont(fonts.font(fonts.Type.META_STRONG))
            paint_positions(painter, self._tracks, self._view, theme_of(self), self._at)
        paint_shapes(painter, (each for shapes in self._shapes.values() for each in shapes), self._view, theme_of(self))
        if self._drawing is not None:
            self._drawing.paint(painter, self._view, theme_of(self))
            tag = QRectF(8, self.height() - 28, tag_width(HINT, ""), 20)
            paint_tag(painter, tag, HINT, "", Tone.PLAIN, theme_of(self))
        for row, words in enumerate(self._notes if self._drawing is None else ()):
            box = QRectF(8, self.height() - 28 - 24 * row, tag_width(words, "satellite"), 20)
            paint_tag(painter, box, words, "satellite", Tone.WARN, theme_of(self))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme_of(self).color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(event.angleDelta().y() / 240, event.position())
        self.dragged.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing.press(event.position())
            return
        self._press, self._moved = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing.move(event.position())
            self.update()
            return
        if self._press is None:
            on_track = self._hit(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if on_track else Qt.CursorShape.OpenHandCursor)
            return
        step = event.position() - self._press
        if self._moved or step.manhattanLength() > 4:
            self._moved, self._press = True, event.position()
            self.look(self._view.moved(step.x(), step.y()))
            self.dragged.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing.double_click()
            self._drawn_to()
        else:
            super().mouseDoubleClickEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            self._drawing.release(self._view, event.position())
            self._drawn_to()
            return
        hit = self._hit(event.position()) if self._press is not None and not self._moved else None
        self._press = None
        if hit is not None:
            self.went_to.emit(hit[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._drawing is not None and wants(event.key()):
            self.look(self._drawing.key(event.key(), self._view))
            self._drawn_to()
            return
        steps = {
            Qt.Key.Key_Left: (60, 0),
            Qt.Key.Key_Right: (-60, 0),
            Qt.Key.Key_Up: (0, 60),
            Qt.Key.Key_Down: (0, -60),
        }
        if event.key() in steps and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.look(self._view.moved(*steps[Qt.Key(event.key())]))
            self.dragged.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        overrides = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if overrides and self._drawing is not None and wants(cast("QKeyEvent", event).key()):
            event.accept()  # the key is the drawing's, whatever else it does on this screen
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._hit(QPointF(event.pos()))
            words = (
                "" if hit is None else f"{hit[0].number} {hit[0].name}, {self.zone.clock(hit[1])}. Click to go there."
            )
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _hit(self, at: QPointF) -> tuple[MapTrack, Utc] | None:
        near = [(hit, each) for each in self._tracks if (hit := each.time_at(self._view, at.x(), at.y())) is not None]
        if not near:
            return None
        (_, when), track = min(near, key=lambda pair: pair[0][0])
        return track, when

    # The base picture ------------------------------------------------------------------------------------------------

    def _stale(self) -> None:
        self._base = None
        self.update()

    def _paint_base(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        theme = theme_of(self)
        pixmap.fill(theme.color("bg2"))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        keys = self._keys_in_view(ratio)
        style = theme.name.value
        labels = [each for key in keys for each in self._paint_tile(painter, key, style)]
        self._paint_labels(painter, labels)
        paint_tracks(painter, self._tracks, self._view, theme)
        painter.end()
        wanted = {(key, style) for key in keys if (key, style) not in self._drawn}
        self._wanted = wanted if self._tiles is not None else set()
        self._fetch()
        return pixmap

    def _keys_in_view(self, ratio: float) -> list[Key]:
        """Tiles of the view, nearest to its middle first."""
        view = self._view
        z = max(0, min(20, round(view.zoom + ratio - 1.75)))
        count = 1 << z
        left, top = view.to_world(0, 0)
        right, bottom = view.to_world(view.width, view.height)
        columns = range(max(0, int(left * count)), min(count - 1, int(right * count)) + 1)
        rows = range(max(0, int(top * count)), min(count - 1, int(bottom * count)) + 1)
        middle = (view.x * count - 0.5, view.y * count - 0.5)
        keys = [(z, x, y) for x in columns for y in rows]
        return sorted(keys, key=lambda k: (k[1] - middle[0]) ** 2 + (k[2] - middle[1]) ** 2)

    def _paint_tile(self, painter: QPainter, key: Key, style: str) -> tuple[Label, ...]:
        """Draw a tile, or while it is awaited a piece of a coarser one that is here."""
        z, x, y = key
        for up in range(6):
            held = self._drawn.get(((z - up, x >> up, y >> up), style)) if z >= up else None
            if held is None:
                continue
            image, labels = held
            if not image.isNull():
                side = TILE_PX / (1 << up)
                cut = QRectF((x % (1 << up)) * side, (y % (1 << up)) * side, side, side)
                painter.drawImage(self._place(key), image, cut)
            return labels if not up else ()
        return ()

    def _place(self, key: Key) -> QRectF:
        z, x, y = key
        unit = 1 / (1 << z)
        left, top = self._view.to_px(x * unit, y * unit)
        right, bottom = self._view.to_px((x + 1) * unit, (y + 1) * unit)
        return QRectF(QPointF(round(left), round(top)), QPointF(round(right), round(bottom)))

    def _paint_labels(self, painter: QPainter, labels: list[Label]) -> None:
        """Names that fit their street and touch no other, the important ones first."""
        theme = theme_of(self)
        painter.setFont(fonts.font(fonts.Type.META))
        metrics = painter.fontMetrics()
        taken: list[QRectF] = []
        named: set[str] = set()
        for each in sorted(labels, key=lambda one: (one.rank, -one.length)):
            width = metrics.horizontalAdvance(each.text)
            if each.text in named or (each.length and each.length * self._view.scale < width * 0.9):
                continue
            painter.save()
            painter.translate(QPointF(*self._view.to_px(each.x, each.y)))
            painter.rotate(each.angle)
            box = QRectF(-width / 2 - 4, -8, width + 8, 16)
            outline = painter.transform().mapRect(box)
            if len(taken) < 40 and not any(outline.intersects(other) for other in taken):
                taken.append(outline)
                named.add(each.text)
                painter.setPen(theme.casing)
                for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                    painter.drawText(box.translated(dx, dy), Qt.AlignmentFlag.AlignCenter, each.text)
                painter.setPen(theme.color("text2"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, each.text)
            painter.restore()

    def _fetch(self) -> None:
        if self._tiles is None:
            return
        for key, style in sorted(self._wanted, key=lambda want: self._away(want[0])):
            if len(self._flying) >= _IN_FLIGHT:
                return
            if (key, style) not in self._flying:
                self._flying.add((key, style))
                self._ask(self._tiles, (key, style))

    def _ask(self, tiles: TileProcess, want: tuple[Key, str]) -> None:
        empty = DrawnTile(want[0], b"", ())  # where the archive is damaged; the tracks over it are right all the same

        def failed(_error: ReviewerError) -> None:
            self._arrived(want, empty)

        self._bridge.watch(tiles.draw(*want), lambda tile: self._arrived(want, tile), failed, self)

    def _away(self, key: Key) -> float:
        middle = self._place(key).center()
        return (middle.x() - self.width() / 2) ** 2 + (middle.y() - self.height() / 2) ** 2

    def _arrived(self, want: tuple[Key, str], tile: DrawnTile) -> None:
        self._flying.discard(want)
        self._wanted.discard(want)
        image = QImage()
        if tile.pixels:
            image = QImage(tile.pixels, TILE_PX, TILE_PX, QImage.Format.Format_RGB32).copy()
        self._drawn[want] = (image, tile.labels)
        while len(self._drawn) > _KEPT:
            self._drawn.popitem(last=False)
        self._stale()

    @property
    def complete(self) -> bool:
        """Whether every tile of the view is drawn."""
        return self._base is not None and not self._wanted
