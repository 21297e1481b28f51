"""Two cameras' sound laid over each other around the play-head: what is left between them after the clocks.

One is a filled shape, the other an outline, so that they are told apart without colour. The light band in the middle is
the ± between the two: within it the clocks cannot tell which came first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import Theme, theme_of

RATE = 8_000
SPANS = (Micros(200_000), Micros(SECOND), Micros(4 * SECOND))
_FOOT = 16
_LEAST = 200.0  # of 32,768: quieter sound is not blown up to look loud


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A stretch of one camera's sound: 8 kHz samples from `start` (wall time) on."""

    start: Utc
    samples: NDArray[np.int16]

    @property
    def end(self) -> Utc:
        return Utc(self.start + len(self.samples) * SECOND // RATE)

    def cut(self, start: Utc, length: Micros) -> NDArray[np.int16]:
        """The samples of a stretch of wall time, silence where there are none."""
        first, count = (start - self.start) * RATE // SECOND, length * RATE // SECOND
        found = np.zeros(count, np.int16)
        low, high = max(0, first), min(len(self.samples), first + count)
        if high > low:
            found[low - first : high - first] = self.samples[low:high]
        return found

    def covers(self, start: Utc, length: Micros) -> bool:
        return self.start <= start and start + length <= self.end


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over each other: camera numbers with their sound (None: not there), the second one moved by `nudge`
    (µs, later is positive); `limit` the ± between the two. `words` stand there instead of a picture."""

    numbers: tuple[int, int] | None = None
    sounds: tuple[Sound | None, Sound | None] = (None, None)
    at: Utc = Utc(0)  # noqa: RUF009 - a plain integer
    nudge: Micros = Micros(0)  # noqa: RUF009 - a plain integer
    limit: int = 0
    words: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What the picture depends on; sound that was read is never changed."""
        sounds = tuple((s.start, id(s.samples)) if s is not None else None for s in self.sounds)
        return self.numbers, sounds, self.at, self.nudge, self.limit, self.words


class ResidualView(QWidget):
    """Paints an `Overlay`. The play-head stands in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overlay = Overlay(words="Choose two cameras.")
        self._span = SPANS[1]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Two waveforms laid over each other")

    @property
    def span(self) -> Micros:
        return self._span

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    def set_span(self, span: Micros) -> None:
        self._span = span
        self.update()

    def show_overlay(self, overlay: Overlay) -> None:
        """Painted anew only if something of it changed: this is called ten times a second."""
        same = overlay.key == self._overlay.key
        self._overlay = overlay
        if same:
            return
        self.setAccessibleDescription(overlay.words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, 104)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 104)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, shown = theme_of(self), self._overlay
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg0"))
        room = QRectF(0, 0, self.width(), self.height() - _FOOT)
        if shown.words or shown.numbers is None:
            painter.setFont(font(Type.DETAIL))
            painter.setPen(theme.color("text2"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(16, 4, -16, -4), int(flags), shown.words)
            return
        self._band(painter, room, theme)
        first, second = (self._loudness(index) for index in (0, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if first is not None:
            _filled(painter, room, first, theme.officer(shown.numbers[0]))
        if second is not None:
            _outlined(painter, room, second, theme.officer(shown.numbers[1]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(round(room.center().x()), 0, 1, room.height()), theme.color("ink"))
        self._scale(painter, room, theme)

    def _band(self, painter: QPainter, room: QRectF, theme: Theme) -> None:
        half = min(room.width() / 2, self._overlay.limit * room.width() / self._span)
        if half >= 1:
            tint = QColor(theme.color("bg3"))
            painter.fillRect(QRectF(room.center().x() - half, 0, 2 * half, room.height()), tint)
            painter.setPen(QPen(theme.color("edge"), 1, Qt.PenStyle.DotLine))
            for x in (room.center().x() - half, room.center().x() + half):
                painter.drawLine(QPointF(x, 0), QPointF(x, room.height()))

    def _loudness(self, index: int) -> NDArray[np.float64] | None:
        """Lowest and highest sample (n×2, −1 to 1) of each pixel column of one camera; None without sound."""
        sound = self._overlay.sounds[index]
        if sound is None or not self.width():
            return None
        nudge = self._overlay.nudge if index else 0
        samples = sound.cut(Utc(self._overlay.at - nudge - self._span // 2), self._span).astype(np.float64)
        columns = min(self.width(), len(samples))
        edges = np.arange(columns) * len(samples) // columns
        pairs = np.stack([np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)], axis=1)
        found: NDArray[np.float64] = pairs / max(_LEAST, float(np.abs(pairs).max()))
        return found

    def _scale(self, painter: QPainter, room: QRectF, theme: Theme) -> None:
        """Half the span at each end, and the play-head's place."""
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text2"))
        half = self._span / 2
        words = f"{half / 1000:.0f} ms" if half < SECOND else f"{half / SECOND:.0f} s"
        row = QRectF(6, room.bottom(), room.width() - 12, _FOOT)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, f"−{words}")
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, f"+{words}")
        if self._overlay.limit * room.width() / self._span >= QFontMetricsF(painter.font()).height():
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignHCenter, "± of the clocks")


def _points(room: QRectF, heights: NDArray[np.float64]) -> list[QPointF]:
    step = room.width() / len(heights)
    half, middle = room.height() / 2 - 4, room.center().y()
    return [QPointF((i + 0.5) * step, middle - float(h) * half) for i, h in enumerate(heights)]


def _filled(painter: QPainter, room: QRectF, pairs: NDArray[np.float64], color: QColor) -> None:
    fill = QColor(color)
    fill.setAlphaF(0.55)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF([*_points(room, pairs[:, 1]), *reversed(_points(room, pairs[:, 0]))]))


def _outlined(painter: QPainter, room: QRectF, pairs: NDArray[np.float64], color: QColor) -> None:
    painter.setPen(QPen(color, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (0, 1):
        path = QPainterPath()
        path.addPolygon(QPolygonF(_points(room, pairs[:, side])))
        painter.drawPath(path)
