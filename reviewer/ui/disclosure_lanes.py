"""Lanes under the picture: a row for each mask, sound and withheld stretch, with ticks where following was unsure."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QToolTip, QVBoxLayout, QWidget

from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.ui.disclosure_model import NO_REASON, HiddenRow
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import surface

HEAD = 152  # px: name and reason
ROW, RULER, BAR = 32, 28, 21
_GAP = 8
_GRIP = 5


class Lanes(QWidget):
    """`seek_asked(Utc)` while somebody drags in the ruler or the lanes; `picked(id)`; `trimmed(id, start, end)` once an
    end of the picked bar was dragged (wall time)."""

    seek_asked = Signal(object)
    picked = Signal(str)
    trimmed = Signal(str, object, object)

    def __init__(self, zone: Zone) -> None:
        super().__init__()
        self._zone = zone
        self._rows: tuple[HiddenRow, ...] = ()
        self._asked: tuple[TimeRange, ...] = ()
        self._axis = TimeAxis.over(TimeRange(Utc(0), Utc(1_000_000)), 1)
        self._whole: TimeRange | None = None
        self._now: Utc | None = None
        self._chosen = ""
        self._range: tuple[Utc | None, Utc | None] = (None, None)
        self._grip: tuple[HiddenRow, int] | None = None
        self._dragged: TimeRange | None = None
        self._seeking = False
        self.setMouseTracking(True)
        self.setAccessibleName("What is hidden, in order of time")

    # What it shows

    def show_rows(self, rows: tuple[HiddenRow, ...], chosen: str) -> None:
        self._rows, self._chosen = rows, chosen
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def show_stretches(self, asked: tuple[TimeRange, ...]) -> None:
        """What was asked for, in wall time: the axis lies over all of it."""
        self._asked = asked
        self._whole = TimeRange(asked[0].start, asked[-1].end) if asked else None
        self._lay_out()

    def show_range(self, start: Utc | None, end: Utc | None) -> None:
        """In and out of what is to be muted or withheld next."""
        self._range = (start, end)
        self.update()

    def show_now(self, now: Utc | None) -> None:
        """Sixty times a second: painted again only where the play-head moves a pixel."""
        before, self._now = self._now, now
        if now is None or before is None or round(self._x(before)) != round(self._x(now)):
            self.update()

    @property
    def axis(self) -> TimeAxis:
        return self._axis

    def _x(self, at: Utc) -> float:
        return HEAD + _GAP + self._axis.x(at)

    def _at(self, x: float) -> Utc:
        return self._axis.utc(x - HEAD - _GAP)

    def sizeHint(self) -> QSize:
        return QSize(600, RULER + max(1, len(self._rows)) * ROW + 6)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        if self._whole is not None:
            self._axis = TimeAxis.over(self._whole, max(1, self.width() - HEAD - 2 * _GAP))
        self.update()

    # Hands

    def _row_at(self, at: QPointF) -> HiddenRow | None:
        n = int((at.y() - RULER) // ROW)
        return self._rows[n] if at.y() >= RULER and 0 <= n < len(self._rows) else None

    def _edge_at(self, at: QPointF) -> tuple[HiddenRow, int] | None:
        """The end of the picked bar under the pointer: −1 its begin, 1 its end."""
        row = self._row_at(at)
        if row is None or row.id != self._chosen:
            return None
        for end, instant in ((-1, row.range.start), (1, row.range.end)):
            if abs(at.x() - self._x(instant)) <= _GRIP:
                return row, end
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._whole is None:
            return
        self._grip = self._edge_at(event.position())
        if self._grip is not None:
            return
        row = self._row_at(event.position())
        if row is not None:
            self.picked.emit(row.id)
        if event.position().x() >= HEAD:
            self._seeking = True
            self.seek_asked.emit(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._grip is not None:
            row, end = self._grip
            here = self._at(at.x())
            start = min(here, row.range.end) if end < 0 else row.range.start
            self._dragged = TimeRange(start, max(start, here if end > 0 else row.range.end))
            self.update()
        elif self._seeking:
            self.seek_asked.emit(self._at(at.x()))
        else:
            self.setCursor(
                Qt.CursorShape.SizeHorCursor if self._edge_at(at) is not None else Qt.CursorShape.ArrowCursor
            )

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        grip, dragged = self._grip, self._dragged
        self._grip, self._dragged, self._seeking = None, None, False
        if grip is not None and dragged is not None and dragged.duration:
            self.trimmed.emit(grip[0].id, dragged.start, dragged.end)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), row.spoken(self._zone) if row is not None else "", self)
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._whole is None:
            return
        self._paint_ruler(painter, theme)
        for n, row in enumerate(self._rows):
            self._paint_head(painter, theme, row, RULER + n * ROW)
            self._paint_bar(painter, theme, row, RULER + n * ROW)
        self._paint_range(painter, theme)
        if self._now is not None and self._now in self._axis.window:
            painter.fillRect(QRectF(round(self._x(self._now)) - 1, 10, 2, self.height() - 10), theme.color("ink"))

    def _paint_ruler(self, painter: QPainter, theme: Theme) -> None:
        step = self._axis.step(96)
        offset = Micros(self._zone.offset_seconds(self._axis.window.start) * 1_000_000)
        painter.setFont(font(Type.META))
        for at in self._axis.ticks(step, offset):
            x = round(self._x(at))
            painter.fillRect(QRectF(x, 20, 1, self.height() - 20), theme.color("line"))
            painter.setPen(theme.color("text2"))
            words = self._zone.clock(at, 0 if step >= 1_000_000 else 2)
            if x + painter.fontMetrics().horizontalAdvance(words) <= self.width():  # a label only where all of it fits
                painter.drawText(QRectF(x, 0, 90, 18), Qt.AlignmentFlag.AlignVCenter, words)
        for before, after in zip(self._asked, self._asked[1:], strict=False):
            gap = QRectF(self._x(before.end), RULER, self._x(after.start) - self._x(before.end), self.height())
            painter.fillRect(gap, theme.color("bg1"))

    def _paint_head(self, painter: QPainter, theme: Theme, row: HiddenRow, top: int) -> None:
        chosen = row.id == self._chosen
        box = QRectF(0, top + 1, HEAD, ROW - 3)
        painter.fillRect(box, theme.color("bg3" if chosen else "bg1"))
        painter.setFont(font(Type.DETAIL, SEMIBOLD))
        painter.setPen(theme.color("text"))
        painter.drawText(box.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.name)
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text2" if row.reason else "warn"))
        words = painter.fontMetrics().elidedText(row.reason or NO_REASON, Qt.TextElideMode.ElideRight, HEAD - 52)
        painter.drawText(box.adjusted(42, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_bar(self, painter: QPainter, theme: Theme, row: HiddenRow, top: int) -> None:
        chosen = row.id == self._chosen
        stretch = self._dragged if self._grip is not None and self._grip[0].id == row.id and self._dragged else None
        stretch = stretch or row.range
        left, right = self._x(stretch.start), self._x(stretch.end)
        box = QRectF(left, top + (ROW - BAR) / 2, max(6.0, right - left), BAR).adjusted(0.5, 0.5, -0.5, -0.5)
        box = box & QRectF(HEAD + _GAP, top, self.width() - HEAD - _GAP, ROW)
        if box.isEmpty():
            return
        pen = QPen(theme.color("ink" if chosen else "edge"), 1.5 if chosen else 1)
        if row.is_open:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush if row.is_open else theme.color("bg3"))
        painter.drawRoundedRect(box, 4, 4)
        for at in row.unsure:
            x = round(self._x(at))
            painter.fillRect(QRectF(x - 1, box.top(), 3, box.height()), theme.color("warn"))

    def _paint_range(self, painter: QPainter, theme: Theme) -> None:
        start, end = self._range
        if start is None:
            return
        right = self._x(end) if end is not None else self._x(start) + 2
        band = QRectF(self._x(start), 18, max(2.0, right - self._x(start)), 5)
        painter.fillRect(band, theme.color("ink"))


class LaneView(QScrollArea):
    """The lanes, as high as there is room; more of them scroll."""

    def __init__(self, lanes: Lanes) -> None:
        super().__init__()
        self.lanes = lanes
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = surface(0)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(lanes)
        column.addStretch()
        self.setWidget(holder)
        self.setMinimumHeight(RULER + 2 * ROW)
