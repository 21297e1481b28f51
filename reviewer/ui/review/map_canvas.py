"""The drawn map: the still part cached (`map_layer`), positions and places over it, hands to move it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import isValid

from reviewer.domain.place import Area
from reviewer.domain.timebase import Micros, Utc
from reviewer.maps.mercator import to_unit
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map_base import BaseMap
from reviewer.ui.review.map_layer import Layer
from reviewer.ui.review.map_overlay import Shape, paint_shapes
from reviewer.ui.review.map_place import HINT, PlaceDrawing, wants
from reviewer.ui.review.map_positions import Positions
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.review.map_tracks import MapTrack, paint_tracks
from reviewer.ui.review.map_view import MapView
from reviewer.ui.review.map_words import track_tip
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import paint_tag, tag_width

_NOWHERE = MapView(0.5, 0.3, 4.0, 1, 1)
_PAN = {Qt.Key.Key_Left: (60, 0), Qt.Key.Key_Right: (-60, 0), Qt.Key.Key_Up: (0, 60), Qt.Key.Key_Down: (0, -60)}


class MapCanvas(QWidget):
    """The drawn map. `went_to` carries the time of a place on a track that was clicked; `view_changed` any new view."""

    went_to = Signal(object)
    view_changed = Signal()
    dragged = Signal()

    def __init__(self, tiles: TileProcess | None, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._base = BaseMap(tiles, bridge, self._changed, self)
        self._layer = Layer(self._draw_still)
        self._positions = Positions()
        self._view = _NOWHERE
        self._tracks: tuple[MapTrack, ...] = ()
        self._at: Utc | None = None
        self._notes: tuple[str, ...] = ()
        self._whole = False  # whether the picture has every tile of the view
        self._press: QPointF | None = None
        self._moved = False
        self._shapes: dict[str, tuple[Shape, ...]] = {}
        self._drawing: PlaceDrawing | None = None
        self._focus_before: QWidget | None = None
        self._worker = QTimer(self, singleShot=True, interval=0)
        self._worker.timeout.connect(self._work)
        self.zone = Zone()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setProperty("ownFocus", True)
        self.setAccessibleName("Map of the officers’ positions")

    # What it shows

    @property
    def view(self) -> MapView:
        return self._view

    @property
    def complete(self) -> bool:
        """Whether every tile of the view is drawn; the margin around it may still come."""
        lacks = self._base.lacks(self._view, self.devicePixelRatioF(), theme_of(self).name.value)
        return self._whole and not lacks and self._layer.shows(self._view)

    @property
    def trouble(self) -> str:
        """What of the map could not be read, if anything."""
        return self._base.trouble

    def set_tracks(self, tracks: Iterable[MapTrack]) -> None:
        self._tracks = tuple(tracks)
        self._positions.set_tracks(self._tracks)
        self._anew()

    def set_trail(self, trail: Micros | None) -> None:
        """How much of the way behind is drawn strongly; None for all of it."""
        self._positions.trail = trail
        self._positions.forget()
        self._show_positions()
        self.update()

    def show_at(self, at: Utc) -> None:
        """Move the positions to an instant: only what moved is painted again."""
        if at != self._at:
            self._at = at
            self._show_positions()

    def _show_positions(self) -> None:
        if self._at is not None:
            changed = self._positions.moved(self._at, self._view)
            if not changed.isEmpty():
                self.update(changed)

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

    # Where it looks

    def look(self, view: MapView) -> None:
        self._view = view
        self._show_positions()
        self._worker.start()
        self.update()
        self.view_changed.emit()

    def fit(self) -> None:
        """Show all tracks; without any, the archive's middle."""
        boxes = [b for b in (t.bounds() for t in self._tracks) if b is not None]
        if boxes:
            left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
            self.look(self._view.fitted(left, top, max(b[2] for b in boxes), max(b[3] for b in boxes)))
        elif self._tiles is not None:
            box = self._tiles.archive.bounds
            self.look(self._view.fitted(*to_unit(box.north, box.west), *to_unit(box.south, box.east)))

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        middle = at or QPointF(self.width() / 2, self.height() / 2)
        self.look(self._view.zoomed(steps, middle.x(), middle.y()))

    # A place drawn by hand

    @property
    def is_drawing(self) -> bool:
        """Whether keys and mouse draw now."""
        return self._drawing is not None

    def draw_place(self, done: Callable[[Area | None], None]) -> None:
        """Let a person draw a place; `done` gets it once, None if they gave up or another drawing began."""
        self.end_drawing()
        self._drawing = PlaceDrawing(done)
        self._focus_before = QApplication.focusWidget()
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
            before, self._focus_before = self._focus_before, None
            if before is not None and isValid(before) and self.hasFocus():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.update()

    # Painting

    def _draw_still(self, painter: QPainter, view: MapView) -> Iterator[None]:
        theme, ratio = theme_of(self), self.devicePixelRatioF()
        style = theme.name.value
        self._base.want(view, ratio, style)
        whole = not self._base.lacks(self._view, ratio, style)
        yield from self._base.paint(painter, view, ratio, theme)
        yield from self._base.names(painter, view, ratio, theme)
        yield from paint_tracks(painter, self._tracks, view, theme)
        self._whole = whole

    def _changed(self) -> None:
        """A tile came: the picture stands in until the next one is drawn."""
        self._layer.change()
        self._worker.start()

    def _anew(self) -> None:
        """Nothing of what is drawn is right any more."""
        self._layer.drop()
        self.update()

    def _work(self) -> None:
        if not self.isVisible():
            return
        if self._layer.work(self._view, self.devicePixelRatioF()):
            self.update()
        if not self._layer.is_current(self._view):
            self._worker.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        view, theme, ratio = self._view, theme_of(self), self.devicePixelRatioF()
        if not self._layer.stands_in(view):
            self._layer.finish(view, ratio)
        painter = QPainter(self)
        if not self._layer.covers(view):
            for _ in self._base.paint(painter, view, ratio, theme):
                pass
        for part in cast("Iterable[QRect]", event.region()):
            self._layer.paint(painter, view, QRectF(part))
        if self._at is not None:
            self._positions.paint(painter, theme)
        paint_shapes(painter, (each for shapes in self._shapes.values() for each in shapes), view, theme)
        self._paint_words(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _paint_words(self, painter: QPainter) -> None:
        theme = theme_of(self)
        if self._drawing is not None:
            self._drawing.paint(painter, self._view, theme)
            tag = QRectF(8, self.height() - 28, tag_width(HINT, ""), 20)
            paint_tag(painter, tag, HINT, "", Tone.PLAIN, theme)
            return
        for row, words in enumerate(self._notes):
            box = QRectF(8, self.height() - 28 - 24 * row, tag_width(words, "satellite"), 20)
            paint_tag(painter, box, words, "satellite", Tone.WARN, theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        view = self._view
        first = view is _NOWHERE or view.width <= 1  # what was fitted while it was hidden was fitted to nothing
        self._view = MapView(view.x, view.y, view.zoom, max(1, event.size().width()), max(1, event.size().height()))
        if first:
            self.fit()
        self._show_positions()
        self._worker.start()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._anew()
        super().changeEvent(event)

    # Hands

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
        elif self._press is None:
            on_track = self._hit(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if on_track else Qt.CursorShape.OpenHandCursor)
        else:
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
        elif event.key() in _PAN and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.look(self._view.moved(*_PAN[Qt.Key(event.key())]))
            self.dragged.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The keys of a drawing before the screen's, and tool tips."""
        overrides = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride
        if overrides and self._drawing is not None and wants(cast("QKeyEvent", event).key()):
            event.accept()  # the key is the drawing's, whatever else it does on this screen
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self._hit(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if hit is None else track_tip(*hit, self.zone), self)
            return True
        return super().event(event)

    def _hit(self, at: QPointF) -> tuple[MapTrack, Utc] | None:
        """The track under a point, and when the officer was there; where tracks cross, the nearest."""
        near = [(f, t) for t in self._tracks if (f := t.time_at(self._view, at.x(), at.y(), self._at)) is not None]
        if not near:
            return None
        (_, when), track = min(near, key=lambda pair: pair[0][0])
        return track, when
