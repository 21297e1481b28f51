"""The range between in and out on the timeline: a band with its times, and edges that can be dragged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.ui.fonts import MEDIUM, Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.review.scene import RULER, Layout
from reviewer.ui.theme import Theme
from reviewer.ui.times import Zone

_GRIP = 5  # px around an edge
_BAR = 4
_WORDS = 100  # px that a time takes beside its edge
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Edge(Enum):
    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True)
class LoopBand:
    """`range` between in and out, `mark_in` the in point while out is to come; `on` while it is looped."""

    range: TimeRange | None = None
    mark_in: Utc | None = None
    on: bool = False

    def edge_at(self, x: float, y: float, plan: Layout, axis: TimeAxis, head: int) -> Edge | None:
        """Which edge can be taken here, in the ruler. Where the play-head stands on an edge it has the upper half."""
        if self.range is None or not 0 <= y < RULER:
            return None
        away = {
            e: abs(x - plan.header - axis.x(at)) for e, at in zip(Edge, (self.range.start, self.range.end), strict=True)
        }
        nearest = min(away, key=away.__getitem__)
        hidden = abs(x - head) <= _GRIP and y < RULER - 11
        return nearest if away[nearest] <= _GRIP and not hidden else None

    def dragged(self, edge: Edge, to: Utc) -> TimeRange | None:
        """With one edge elsewhere; it does not cross the other."""
        if self.range is None:
            return None
        if edge is Edge.START:
            return TimeRange(min(to, self.range.end), self.range.end)
        return TimeRange(self.range.start, max(to, self.range.start))

    def area(self, plan: Layout, axis: TimeAxis) -> QRect:
        """What has to be painted again when it changes."""
        ends = [self.range.start, self.range.end] if self.range else [self.mark_in] if self.mark_in is not None else []
        if not ends:
            return QRect()
        inside = QRect(plan.header, 0, plan.width, plan.height)
        sides = (axis.x(ends[0]) - _WORDS, axis.x(ends[-1]) + _WORDS)
        left, right = (round(plan.header + min(max(x, 0.0), plan.width)) for x in sides)  # Qt's pixels are 32 bits
        return QRect(left, 0, right - left, plan.height) & inside

    def paint(self, painter: QPainter, plan: Layout, axis: TimeAxis, theme: Theme, zone: Zone) -> None:
        """Over the lanes, under the play-head. The painter is clipped to what is painted again."""
        if self.range is not None:
            self._paint_range(painter, self.range, plan, axis, theme, zone)
        elif self.mark_in is not None:
            _paint_in(painter, self.mark_in, plan, axis, theme)

    def _paint_range(
        self, painter: QPainter, span: TimeRange, plan: Layout, axis: TimeAxis, theme: Theme, zone: Zone
    ) -> None:
        ink = theme.color("ink")
        left, right = plan.header + axis.x(span.start), plan.header + axis.x(span.end)
        first, last = max(left, plan.header), min(right, plan.size.width())
        if last <= first:
            return
        veil = QColor(ink)
        veil.setAlphaF(0.13 if self.on else 0.07)
        painter.fillRect(QRectF(first, RULER, last - first, plan.height - RULER), veil)
        bar = QRectF(first, RULER - 10, last - first, _BAR)
        if self.on:
            painter.fillRect(bar, ink)
        else:
            painter.setPen(QPen(ink, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
        for x in (left, right):
            if plan.header <= x <= plan.size.width():
                painter.fillRect(QRectF(round(x) - 2, RULER - 12, 4, 12), ink)
                painter.fillRect(QRectF(round(x), RULER, 1, plan.height - RULER), ink)
        _paint_times(painter, plan, ((span.start, left), (span.end, right)), theme, zone)


def _paint_times(
    painter: QPainter, plan: Layout, ends: tuple[tuple[Utc, float], ...], theme: Theme, zone: Zone
) -> None:
    """Its times, outside of it in the ruler, where there is room."""
    painter.setFont(font(Type.META, MEDIUM))
    for index, (at, x) in enumerate(ends):
        words = zone.clock(at, 2)
        width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 8
        box = QRectF(x + 4 if index else x - 4 - width, 2, width, RULER - 5)
        if plan.header <= box.left() and box.right() <= plan.size.width():
            painter.fillRect(box, theme.color("bg1"))
            painter.setPen(theme.color("text"))
            painter.drawText(box.adjusted(4, 0, 0, 0), _MIDDLE, words)


def _paint_in(painter: QPainter, at: Utc, plan: Layout, axis: TimeAxis, theme: Theme) -> None:
    """The in point alone."""
    x, ink = round(plan.header + axis.x(at)), theme.color("ink")
    if plan.header <= x <= plan.size.width():
        painter.fillRect(QRectF(x - 2, RULER - 12, 4, 12), ink)
        painter.fillRect(QRectF(x, RULER - 12, 9, 2), ink)
        painter.fillRect(QRectF(x, RULER, 1, plan.height - RULER), ink)
