"""The timeline: rows drawn into pictures (`lane_strips`); the loop's band, the filmstrip and the play-head over them;
and every way of going to a time by hand. Only the play-head's own strip is painted again while playing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.ui.review.axis import TimeAxis, with_room
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.film_row import FilmRow
from reviewer.ui.review.lane_bands import Bands
from reviewer.ui.review.lane_strips import Look, Strips, row_rect
from reviewer.ui.review.loop_band import Edge, LoopBand
from reviewer.ui.review.marked import Marked
from reviewer.ui.review.peaks import Peaks
from reviewer.ui.review.play_head import paint_head
from reviewer.ui.review.scene import RULER, Layout, Scene, WatchedStretch
from reviewer.ui.review.timeline_keys import STEP, key_moves
from reviewer.ui.review.tips import tip
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone

_HANDLE = 8  # half the width of the play-head's strip
_EMPTY = TimeRange(Utc(0), Utc(60 * SECOND))
_JUMP = SECOND


class Timeline(QWidget):
    """`seek_asked` carries a Utc, live while dragging; `bookmark_asked` a bookmark's id; `focus_asked` and
    `hear_asked` a camera's key. `range_dragged` carries the TimeRange that an edge of the loop was dragged to, or that
    was drawn with Shift held. `view_changed`: another stretch of time is in view, or more or less wide."""

    seek_asked = Signal(object)
    range_dragged = Signal(object)
    view_changed = Signal()
    drag_ended = Signal(object)
    bookmark_asked = Signal(str)
    focus_asked = Signal(str)
    hear_asked = Signal(str)

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._scene = zone, Scene()
        self._axis = TimeAxis.over(_EMPTY, 1)
        self._now = _EMPTY.start
        self._strips = Strips()
        self._worker = QTimer(self, singleShot=True, interval=0)
        self._worker.timeout.connect(self._work)
        self._band = LoopBand()
        self._film: FilmRow | None = None
        self._edge: Edge | None = None
        self._drawn_from: Utc | None = None
        self._dragging = False
        self._pan_from: float | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Timeline")

    # What it shows

    @property
    def axis(self) -> TimeAxis:
        return self._axis

    @property
    def plan(self) -> Layout:
        """Where everything lies at the present size."""
        return Layout(self.size(), len(self._scene.cameras), self._film is not None)

    @property
    def now(self) -> Utc:
        return self._now

    @property
    def loop(self) -> TimeRange | None:
        return self._band.range

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        """The lanes, in the order of their numbers. The view stays if the time they span is the same."""
        self._scene.set_cameras(cameras)
        ranges = [c.range for c in self._scene.cameras]
        whole = with_room(TimeRange(min(r.start for r in ranges), max(r.end for r in ranges))) if ranges else _EMPTY
        if whole != self._axis.whole:
            self._axis = TimeAxis.over(whole, self.plan.width)
            self._now = whole.clamp(self._now)
            self.view_changed.emit()
        self.updateGeometry()
        self._redraw()

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        self._scene.set_bookmarks(bookmarks)
        self._redraw()

    def put_bookmark(self, id_: str, bookmark: Bookmark | None) -> None:
        """One of them is new, another or gone: only its lanes are drawn again."""
        self._redraw_rows(self._scene.put_bookmark(id_, bookmark))

    def set_marked(self, marked: Marked, marks: Iterable[str] | None = None) -> None:
        """What is known of marks beside themselves; `marks`: of these alone something changed."""
        self._scene.marked = marked
        if marks is None:
            self._redraw()
        else:
            self._redraw_rows(self._scene.rows_of(marks))

    def set_watched(self, camera: str, watched: Iterable[WatchedStretch]) -> None:
        """See `scene.fold_watched`."""
        self._scene.set_watched(camera, watched)
        self._redraw()

    def set_others(self, camera: str, seen: Iterable[TimeRange]) -> None:
        """What anybody saw of a camera."""
        self._scene.set_others(camera, seen)
        self._redraw()

    def set_bands(
        self, id_: str, ranges: Mapping[str, Iterable[TimeRange]], words: str = "", *, faint: bool = False
    ) -> None:
        """Show stretches that answer a question, by camera key ("" is none of the cameras: the last row), instead of
        those that had this id; none takes them away. `words` say in the tool tip what they are; `faint`: perhaps so."""
        self._scene.set_bands(id_, Bands.of(words, ranges, faint=faint))
        self._redraw()

    def add_peaks(self, camera: str, peaks: Peaks) -> None:
        """A part's waveform; replaces the one that began at the same time."""
        self._scene.add_peaks(camera, peaks)
        self._redraw()

    def set_focused(self, camera: str | None) -> None:
        changed, self._scene.focused = camera != self._scene.focused, camera
        if changed:
            self._redraw()

    def set_heard(self, cameras: Iterable[str]) -> None:
        heard = frozenset(cameras)
        if heard != self._scene.heard:
            self._scene.heard = heard
            self._redraw()

    def select(self, bookmark: str | None) -> None:
        if bookmark != self._scene.selected:
            touched = [each for each in (self._scene.selected, bookmark) if each is not None]
            self._scene.selected = bookmark
            self._redraw_rows(self._scene.rows_of(touched))

    def set_loop(self, loop: TimeRange | None, mark_in: Utc | None = None, *, on: bool = True) -> None:
        """The range between in and out, looped or not; or the in point alone while the out point is not set."""
        band = LoopBand(loop, mark_in, on)
        if band != self._band:
            for each in (self._band, band):
                self.update(each.area(self.plan, self._axis))
            self._band = band

    def set_film(self, on: bool) -> None:
        """Whether there is a row of pictures under the ruler."""
        if on != (self._film is not None):
            self._film = FilmRow() if on else None
            self.updateGeometry()
            self._redraw()

    def show_film(self, row: FilmRow) -> None:
        """What the row of pictures is to show."""
        if self._film is not None:
            self._film = row
            self.update(QRect(0, RULER, self.width(), self.plan.top - RULER))

    def set_now(self, now: Utc, *, follow: bool = True) -> None:
        """Move the play-head. Cheap: paints two narrow strips, unless the view must page on (`follow`). Who panned away
        from a playing head stays there; a jump brings the view along."""
        if now == self._now:
            return
        before, was, self._now = self._head_x(), self._now, now
        follow = follow and (was in self._axis.window or abs(now - was) > _JUMP)
        if follow and not self._dragging and now not in self._axis.window:
            self._set_axis(self._axis.showing(now))
            return
        after = self._head_x()
        if before != after:
            self.update(self._strip_at(before))
            self.update(self._strip_at(after))

    def zoom(self, factor: float, at_x: float | None = None) -> None:
        """`factor` > 1 comes closer, around the play-head if it is in view and nothing else is said."""
        if at_x is None:
            head = self._axis.x(self._now)
            at_x = head if 0 <= head <= self._axis.width else self._axis.width / 2
        self._set_axis(self._axis.zoomed(factor, at_x))

    def pan(self, pixels: float) -> None:
        self._set_axis(self._axis.panned(pixels))

    def frame(self, stretch: TimeRange) -> None:
        """Show a stretch, with some room."""
        self._set_axis(self._axis.framed(stretch))

    def show_all(self) -> None:
        self._set_axis(TimeAxis.over(self._axis.whole, self._axis.width))

    def show_window(self, window: TimeRange) -> None:
        """Just this stretch, as far as the case reaches."""
        inside = window.overlap(self._axis.whole)
        if inside is not None:
            self._set_axis(TimeAxis(inside, self._axis.whole, self._axis.width).zoomed(1, 0))

    def _set_axis(self, axis: TimeAxis) -> None:
        if axis != self._axis:
            self._axis = axis
            self._worker.start()
            self.update()
            self.view_changed.emit()

    # Painting

    def sizeHint(self) -> QSize:
        return QSize(900, self.plan.height)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, self.plan.height)

    def _redraw(self) -> None:
        self._strips.change()
        self.update()

    def _redraw_rows(self, rows: Iterable[int]) -> None:
        for row in rows:
            self._strips.change_row(row)
            self.update(row_rect(self.plan, row))

    @property
    def _look(self) -> Look:
        return Look(self._scene, self._axis, self.plan, theme_of(self), self._zone, self.devicePixelRatioF())

    def _work(self) -> None:
        """Rows that another picture stands in for, a few at a time."""
        if self.isVisible():
            drawn, done = self._strips.work(self._look)
            for each in drawn:
                self.update(each)
            if not done:
                self._worker.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, head = self._look, self._head_x()
        self._strips.ready(look)
        painter = QPainter(self)
        for strip in cast("Iterable[QRect]", event.region()):
            self._strips.paint(painter, look, strip)
        self._paint_over(painter, event.region())
        if event.region().intersects(self._strip_at(head)) and self._scene.cameras:
            paint_head(painter, self.plan, head, theme_of(self))

    def _paint_over(self, painter: QPainter, region: QRegion) -> None:
        """The pictures, and the band over everything."""
        plan, dirty = self.plan, region.boundingRect()
        painter.setClipRegion(region)
        if self._film is not None and dirty.bottom() >= RULER and dirty.top() < plan.top:
            self._film.paint(painter, plan, self._axis, theme_of(self), dirty)
        if self._scene.cameras and dirty.intersects(self._band.area(plan, self._axis)):
            painter.setClipRegion(region.intersected(QRect(plan.header, 0, plan.width, plan.height)))
            self._band.paint(painter, plan, self._axis, theme_of(self), self._zone)
        painter.setClipping(False)

    def _head_x(self) -> int:
        return round(self.plan.header + self._axis.x(self._now))

    def _strip_at(self, x: int) -> QRect:
        return QRect(x - _HANDLE, 0, 2 * _HANDLE, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before, self._axis = self._axis, self._axis.resized(self.plan.width)
        self._strips.change()
        if before != self._axis:
            self.view_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._redraw()

    def _utc(self, x: float) -> Utc:
        return self._axis.utc(x - self.plan.header)

    def _bookmark_at(self, at: QPointF) -> str | None:
        return self._strips.hit(at, self._look)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at, plan = event.position(), self.plan
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = at.x()
        elif event.button() != Qt.MouseButton.LeftButton or not self._scene.cameras:
            event.ignore()
        elif at.x() < plan.header:
            self._press_header(at)
        elif (edge := self._edge_at(at)) is not None:
            self._edge = edge
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drawn_from = self._utc(at.x())
        elif (hit := self._bookmark_at(at)) is not None:
            self.bookmark_asked.emit(hit)
        else:
            self._dragging = True
            self._seek(at.x())

    def _edge_at(self, at: QPointF) -> Edge | None:
        return self._band.edge_at(at.x(), at.y(), self.plan, self._axis, self._head_x())

    def _drag_range(self, x: float) -> None:
        """An edge of the range, or a new range, follows the pointer."""
        here = self._utc(min(max(x, self.plan.header), self.width()))
        if self._drawn_from is not None:
            wanted: TimeRange | None = TimeRange(min(here, self._drawn_from), max(here, self._drawn_from))
        else:
            wanted = self._band.dragged(self._edge, here) if self._edge else None
        if wanted is not None and wanted != self._band.range:
            self.range_dragged.emit(wanted)

    def _press_header(self, at: QPointF) -> None:
        index = self.plan.lane_at(at.y())
        if index is None:
            return
        on_sound = self.plan.sound(index).contains(at.toPoint())
        (self.hear_asked if on_sound else self.focus_asked).emit(self._scene.cameras[index].key)

    def _seek(self, x: float) -> None:
        wanted = self._utc(x)
        self.set_now(wanted, follow=False)
        self.seek_asked.emit(wanted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._pan_from is not None:
            moved, self._pan_from = self._pan_from - x, x
            self.pan(moved)
        elif self._dragging:
            self._seek(min(max(x, self.plan.header), self.width()))
        elif self._edge is not None or self._drawn_from is not None:
            self._drag_range(x)
        else:
            self.setCursor(self._cursor_at(event.position()))

    def _cursor_at(self, at: QPointF) -> Qt.CursorShape:
        if self._edge_at(at) is not None:
            return Qt.CursorShape.SplitHCursor
        over = self._bookmark_at(at) is not None
        return Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = None
        elif self._dragging:
            self._dragging = False
            self.drag_ended.emit(self._now)
        self._edge = self._drawn_from = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, sideways = event.angleDelta().y(), event.angleDelta().x()
        if sideways or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(sideways or turned) / 120 * 0.12 * self._axis.width)
        elif turned:
            x = max(0.0, event.position().x() - self.plan.header)
            self.zoom(STEP ** (turned / 120), x)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not key_moves(self, event.key(), [camera.range for camera in self._scene.cameras]):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(event.pos()), self)
            return True
        return super().event(event)

    def tip(self, at: QPoint) -> str:
        """What lies under a point, in words; "" for nothing."""
        hit, instant = self._bookmark_at(QPointF(at)), self._utc(at.x())
        if hit is None and self._film is not None and self.plan.films.contains(at):
            return self._film.tip(instant, self._zone)
        return tip(self._scene, hit, self.plan, at, instant, self._zone)
