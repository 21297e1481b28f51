"""The timeline's rows as pictures, each wider than the view: while time is panned they are shifted, while it is zoomed
they are stretched, and one after the other is drawn anew beside that, a few milliseconds at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.lanes import Canvas, draw_any, draw_headers, draw_lane, draw_ruler
from reviewer.ui.review.scene import RULER, Layout, Scene
from reviewer.ui.theme import Theme
from reviewer.ui.times import Zone

_MARGIN = 256  # px before and after the view
_SLICE = 0.004  # s of drawing between two looks at what else is to do


@dataclass(frozen=True, slots=True)
class Look:
    """What a drawing of the timeline depends on."""

    scene: Scene
    axis: TimeAxis
    plan: Layout
    theme: Theme
    zone: Zone
    ratio: float


@dataclass(slots=True)
class _Strip:
    """One row's picture, drawn for the view of `axis`. `hits` in px of the picture."""

    axis: TimeAxis
    version: int
    pixmap: QPixmap
    hits: list[tuple[QRectF, str]]


class Strips:
    """Row by row: the lanes in their order, then the row of any camera."""

    def __init__(self) -> None:
        self._version = 0
        self._rows: dict[int, _Strip] = {}
        self._side: tuple[int, QSize, QPixmap] | None = None
        self._ruler: tuple[Look, int, QPixmap] | None = None

    def change(self) -> None:
        """What is drawn is no longer what there is."""
        self._version += 1

    def change_row(self, row: int) -> None:
        """What is drawn in this row is no longer what there is."""
        if row in self._rows:
            self._rows[row].version = -1

    def ready(self, look: Look) -> None:
        """Draw at once what no picture can stand in for."""
        for row in range(look.plan.lanes + 1):
            strip = self._rows.get(row)
            fits = strip is not None and strip.pixmap.height() == round(row_rect(look.plan, row).height() * look.ratio)
            if strip is None or not fits or strip.version != self._version or not _stands_in(strip, look):
                self._rows[row] = self._drawn(look, row)
        if self._side is None or self._side[0] != self._version or self._side[1] != look.plan.size:
            self._side = (self._version, look.plan.size, _pixmap(look, look.plan.header, look.plan.size.height()))
            painter = QPainter(self._side[2])
            draw_headers(_canvas(look, painter))
            painter.end()
        if self._ruler is None or self._ruler[0] != look or self._ruler[1] != self._version:
            self._ruler = (look, self._version, _pixmap(look, look.plan.size.width(), RULER))
            painter = QPainter(self._ruler[2])
            draw_ruler(_canvas(look, painter))
            painter.end()

    def work(self, look: Look) -> tuple[list[QRect], bool]:
        """Draw rows for a few milliseconds; where they lie, and whether all are of this view now."""
        until = time.perf_counter() + _SLICE
        found: list[QRect] = []
        for row in range(look.plan.lanes + 1):
            strip = self._rows.get(row)
            if strip is None or strip.version != self._version or not _is_current(strip, look):
                if time.perf_counter() >= until:
                    return found, False
                self._rows[row] = self._drawn(look, row)
                found.append(row_rect(look.plan, row))
        return found, True

    def redraw(self, look: Look) -> None:
        """Draw all of it now."""
        self.change()
        self._rows.clear()
        self.ready(look)

    def paint(self, painter: QPainter, look: Look, dirty: QRect) -> None:
        """What of it lies in a rectangle."""
        plan = look.plan
        painter.save()
        painter.setClipRect(dirty & QRect(plan.header, RULER, plan.width, plan.size.height()))
        painter.fillRect(dirty, look.theme.color("bg0"))
        for row, strip in self._rows.items():
            rect = row_rect(plan, row)
            if row <= plan.lanes and rect.intersects(dirty):
                _blit(painter, strip, rect, look, dirty)
        painter.restore()
        for made, place in ((self._side, QPointF(0, 0)), (self._ruler, QPointF(0, 0))):
            if made is not None:
                size = made[2].deviceIndependentSize().toSize()
                part = QRect(place.toPoint(), size) & dirty
                source = QRectF(QPointF(part.topLeft()) * look.ratio, part.size().toSizeF() * look.ratio)
                painter.drawPixmap(QRectF(part), made[2], source)

    def hit(self, at: QPointF, look: Look) -> str | None:
        """The bookmark that is drawn at a place."""
        index = look.plan.lane_at(at.y())
        strip = self._rows.get(index) if index is not None else None
        if strip is None or at.x() < look.plan.header:
            return None
        place = _place(strip, look)
        x = (at.x() - place[0]) * strip.pixmap.deviceIndependentSize().width() / (place[1] - place[0])
        here = QPointF(x, at.y() - row_rect(look.plan, index or 0).top())
        return next((id_ for area, id_ in reversed(strip.hits) if area.contains(here)), None)

    def _drawn(self, look: Look, row: int) -> _Strip:
        """A row in a picture with its margins; nothing of it knows that it is not the whole timeline."""
        axis, plan = look.axis, look.plan
        rect = row_rect(plan, row)
        spare = round(_MARGIN * axis.per_pixel)
        window = TimeRange(Utc(axis.window.start - spare), Utc(axis.window.end + spare))
        width = axis.width + 2 * _MARGIN
        wide = Layout(QSize(plan.header + width, plan.size.height()), plan.lanes, plan.film)
        pixmap = _pixmap(look, width, rect.height())
        painter = QPainter(pixmap)
        painter.translate(-plan.header, -rect.top())
        canvas = Canvas(painter, look.scene, TimeAxis(window, axis.whole, width), wide, look.theme, look.zone)
        canvas.shown = (plan.header + _MARGIN, plan.header + _MARGIN + axis.width)
        if row < plan.lanes:
            draw_lane(canvas, row)
        else:
            draw_any(canvas)
        painter.end()
        hits = [(area.translated(-plan.header, -rect.top()), id_) for area, id_ in canvas.hits]
        return _Strip(axis, self._version, pixmap, hits)


def row_rect(plan: Layout, row: int) -> QRect:
    """Where a row lies in the widget."""
    if row < plan.lanes:
        return plan.lane(row)
    return QRect(plan.header, plan.strip.top(), plan.width, plan.size.height() - plan.strip.top())


def _pixmap(look: Look, width: int, height: int) -> QPixmap:
    made = QPixmap(QSize(max(1, width), max(1, height)) * look.ratio)
    made.setDevicePixelRatio(look.ratio)
    made.fill(look.theme.color("bg0"))
    return made


def _canvas(look: Look, painter: QPainter) -> Canvas:
    return Canvas(painter, look.scene, look.axis, look.plan, look.theme, look.zone)


def _place(strip: _Strip, look: Look) -> tuple[float, float]:
    """The left and right of a row's picture in the widget; whole px where it is only shifted."""
    drawn, spare = strip.axis, _MARGIN * strip.axis.per_pixel
    header, axis = look.plan.header, look.axis
    left = header + (drawn.window.start - spare - axis.window.start) / axis.per_pixel
    if _same_zoom(strip, look):
        left = round(left)
        return left, left + strip.pixmap.deviceIndependentSize().width()
    return left, header + (drawn.window.end + spare - axis.window.start) / axis.per_pixel


def _same_zoom(strip: _Strip, look: Look) -> bool:
    return strip.axis.width == look.axis.width and strip.axis.window.duration == look.axis.window.duration


def _stands_in(strip: _Strip, look: Look) -> bool:
    """Whether a picture can be shown until the next one is there: it has most of what is in view, not too coarsely."""
    if strip.pixmap.devicePixelRatio() != look.ratio or strip.axis.whole != look.axis.whole:
        return False
    left, right = _place(strip, look)
    seen = min(right, look.plan.size.width()) - max(left, look.plan.header)
    zoomed = strip.axis.per_pixel / look.axis.per_pixel
    return seen >= 0.6 * look.plan.width and 1 / 3 <= zoomed <= 4


def _is_current(strip: _Strip, look: Look) -> bool:
    if not _same_zoom(strip, look):
        return False
    return abs(strip.axis.window.start - look.axis.window.start) <= _MARGIN / 2 * look.axis.per_pixel


def _blit(painter: QPainter, strip: _Strip, rect: QRect, look: Look, dirty: QRect) -> None:
    left, right = _place(strip, look)
    if not _same_zoom(strip, look):
        painter.drawPixmap(
            QRectF(left, rect.top(), right - left, rect.height()), strip.pixmap, QRectF(strip.pixmap.rect())
        )
        return
    part = QRectF(rect & dirty)
    source = part.translated(-left, -rect.top())
    painter.drawPixmap(part, strip.pixmap, QRectF(source.topLeft() * look.ratio, source.size() * look.ratio))
