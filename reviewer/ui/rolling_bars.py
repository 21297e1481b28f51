"""Who rolled when, drawn: a bar a camera over the incident, with its buffer, its silences and its doubt."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.coverage import Stretches, length_words
from reviewer.domain.rolling import CameraRolling, RollingReport, time_without
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.axis import TimeAxis
from reviewer.ui.theme import Theme, theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import chip_size, paint_chip

_RULER, _ROW, _BAR, _NAME = 24, 30, 18, 168
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_MARGIN = 0.06  # of the incident, on both sides


class RollingBars(QWidget):
    """The last row is "No camera". Says itself in words to assistive technology; the tables below have every figure."""

    def __init__(self, zone: Zone) -> None:
        super().__init__()
        self._zone = zone
        self._report: RollingReport | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_report(self, report: RollingReport) -> None:
        self._report = report
        self.setFixedHeight(_RULER + _ROW * (len(report.cameras) + 1))
        least, most = time_without(report)
        self.setAccessibleName(
            f"{len(report.cameras)} cameras; no camera for {length_words(least)} to {length_words(most, up=True)}"
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(760, _RULER + _ROW * (len(self._report.cameras) + 1 if self._report else 2))

    def _axis(self, report: RollingReport) -> TimeAxis:
        whole = report.incident.range
        beyond = max(round(whole.duration * _MARGIN), SECOND)
        window = TimeRange(Utc(whole.start - beyond), Utc(whole.end + beyond))
        return TimeAxis.over(window, self.width() - _NAME)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._report is None:
            return
        painter, theme = QPainter(self), theme_of(self)
        axis = self._axis(self._report)
        self._ruler(painter, theme, axis, self._report)
        for row, camera in enumerate(self._report.cameras):
            self._camera(painter, theme, axis, camera, _RULER + row * _ROW)
        self._nobody(painter, theme, axis, self._report)

    def _ruler(self, p: QPainter, theme: Theme, axis: TimeAxis, report: RollingReport) -> None:
        p.setFont(font(Type.META))
        offset = Micros(self._zone.offset_seconds(axis.window.start) * SECOND)
        step = axis.step(86)
        for at in axis.ticks(step, offset):
            x = _NAME + axis.x(at)
            p.fillRect(QRectF(round(x), _RULER - 6, 1, self.height()), theme.color("line"))
            words = self._zone.clock(at, 0 if step >= SECOND else 1)
            if x + 70 <= self.width():
                p.setPen(theme.color("text2"))
                p.drawText(QRectF(x + 4, 0, 90, _RULER - 4), _MIDDLE, words)
        whole = report.incident.range
        for at in (whole.start, whole.end):
            p.fillRect(QRectF(round(_NAME + axis.x(at)), 0, 2, self.height()), theme.color("ink"))

    def _camera(self, p: QPainter, theme: Theme, axis: TimeAxis, camera: CameraRolling, top: int) -> None:
        chip = chip_size(camera.number)
        box = QRectF(0, top + (_ROW - chip.height()) / 2, chip.width(), chip.height())
        paint_chip(p, box, camera.number, theme)
        p.setFont(font(Type.DETAIL, SEMIBOLD))
        p.setPen(theme.color("text" if camera.assigned else "text2"))
        room = QRectF(box.right() + 8, top, _NAME - box.right() - 16, _ROW)
        name = p.fontMetrics().elidedText(camera.officer, Qt.TextElideMode.ElideRight, int(room.width()))
        p.drawText(room, _MIDDLE, name)
        for each in camera.rolling:
            bar = self._bar(axis, each, top)
            p.fillRect(bar, _faded(theme, camera, axis, bar))
        if camera.buffer is not None:
            p.fillRect(self._bar(axis, camera.buffer, top), QBrush(theme.color("bg1"), Qt.BrushStyle.Dense5Pattern))
        p.setPen(QPen(theme.color("text"), 1, Qt.PenStyle.DashLine))
        for each in camera.mute:
            bar = self._bar(axis, each, top)
            p.fillRect(bar, theme.color("bg0"))
            p.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))

    def _nobody(self, p: QPainter, theme: Theme, axis: TimeAxis, report: RollingReport) -> None:
        top = _RULER + _ROW * len(report.cameras)
        p.setFont(font(Type.DETAIL, SEMIBOLD))
        p.setPen(theme.color("text"))
        p.drawText(QRectF(0, top, _NAME - 8, _ROW), _MIDDLE, "No camera")
        for at in _ranges(report.nobody):
            p.fillRect(self._bar(axis, at, top), theme.color("stop"))
        for at in _ranges(report.perhaps):
            bar = self._bar(axis, at, top)
            p.fillRect(bar, QBrush(theme.color("stop"), Qt.BrushStyle.BDiagPattern))

    @staticmethod
    def _bar(axis: TimeAxis, at: TimeRange, top: int) -> QRectF:
        left = _NAME + max(0.0, axis.x(at.start))
        right = _NAME + min(float(axis.width), axis.x(at.end))
        return QRectF(left, top + (_ROW - _BAR) / 2, max(1.0, right - left), _BAR)


def _ranges(found: Stretches) -> list[TimeRange]:
    return [TimeRange(Utc(a), Utc(b)) for a, b in found]


def _faded(theme: Theme, camera: CameraRolling, axis: TimeAxis, bar: QRectF) -> QBrush:
    """The officer's colour; its ends fade over the ±, as in the lanes."""
    color = QColor(theme.officer(camera.number))
    doubt = COVERAGE * camera.sigma / axis.per_pixel
    if doubt < 1 or not camera.assigned:
        if not camera.assigned:
            color.setAlphaF(0.35)
        return QBrush(color)
    share = min(0.5, doubt / max(1.0, bar.width()))
    clear = QColor(color)
    clear.setAlphaF(0.12)
    ramp = QLinearGradient(QPointF(bar.left(), 0), QPointF(bar.right(), 0))
    for at, shade in ((0.0, clear), (share, color), (1.0 - share, color), (1.0, clear)):
        ramp.setColorAt(at, shade)
    return QBrush(ramp)
