"""Brightness, contrast and gamma of the focused picture as three sliders in one row, so that nothing lies on it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from reviewer.domain.lens import GAMMAS, MOST, PLAIN, Lens
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.lens_words import gamma_words, signed
from reviewer.ui.review.looking import STEP
from reviewer.ui.theme import theme_of

_ALL_FITS = 520
_TRACK = 4
_KNOB = 14


class LightSlider(QSlider):
    """One of them: its name, a track that is filled from where nothing is changed, its value in words. A double click
    puts it back there."""

    moved = Signal(int)

    def __init__(self, name: str, lowest: int, highest: int, plain: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._name, self._plain, self._said = name, plain, ""
        self.setRange(lowest, highest)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.setFixedHeight(28)
        self.actionTriggered.connect(lambda _action: self.moved.emit(self.sliderPosition()))

    def show_value(self, value: int, words: str) -> None:
        """Where it stands, and how that is said; nothing is told to others."""
        if not self.isSliderDown():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)
        self._said = words
        self.setAccessibleName(f"{self._name}, {words}")
        self.setToolTip(f"{self._name} {words}. This changes what you see, never the recording")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, 28)

    def mouseDoubleClickEvent(self, _event: object) -> None:
        self.moved.emit(self._plain)

    def paintEvent(self, _event: object) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(8.0, self.height() - 9.0, self.width() - 16.0, _TRACK)
        row, middle = QRectF(track.left(), 0, track.width(), 16), Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text"))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight | middle, self._said)
        measure = QFontMetricsF(painter.font())
        room = row.width() - measure.horizontalAdvance(self._said) - 6
        painter.setPen(theme.color("text2"))
        painter.drawText(row, middle, measure.elidedText(self._name, Qt.TextElideMode.ElideRight, room))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("edge"))
        painter.drawRoundedRect(track, 2, 2)
        at, zero = self._x(track, self.sliderPosition()), self._x(track, self._plain)
        painter.setBrush(theme.color("ink"))
        painter.drawRect(QRectF(min(at, zero), track.top(), abs(at - zero), track.height()))
        painter.drawRect(QRectF(zero - 0.5, track.top() - 2, 1, track.height() + 4))
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
        painter.drawEllipse(QRectF(at - _KNOB / 2 + 2, track.center().y() - _KNOB / 2 + 2, _KNOB - 4, _KNOB - 4))

    def _x(self, track: QRectF, value: int) -> float:
        return track.left() + track.width() * (value - self.minimum()) / max(1, self.maximum() - self.minimum())


class LightBar(QWidget):
    """`chosen` carries a Lens in another light; `done` when the tools are wanted again."""

    chosen = Signal(object)
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lens = Lens()
        self.brightness = LightSlider("Brightness", -MOST, MOST, 0)
        self.contrast = LightSlider("Contrast", -MOST, MOST, 0)
        self.gamma = LightSlider("Gamma", 0, len(GAMMAS) - 1, GAMMAS.index(PLAIN))
        for slider in (self.brightness, self.contrast):
            slider.setSingleStep(STEP)
            slider.setPageStep(2 * STEP)
        self.brightness.moved.connect(lambda value: self._choose(replace(self._lens, brightness=value)))
        self.contrast.moved.connect(lambda value: self._choose(replace(self._lens, contrast=value)))
        self.gamma.moved.connect(lambda value: self._choose(replace(self._lens, gamma=GAMMAS[value])))
        self.plain = Button("As recorded", look=Look.QUIET, height=28)
        self.plain.clicked.connect(lambda: self._choose(replace(self._lens, brightness=0, contrast=0, gamma=PLAIN)))
        close = Button("Done", icon="check", look=Look.QUIET, height=28)
        close.clicked.connect(self.done)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(8)
        for each in (self.brightness, self.contrast, self.gamma):
            row.addWidget(each, 1)
        row.addWidget(self.plain)
        row.addWidget(close)
        self.show_lens(Lens())

    def show_lens(self, lens: Lens) -> None:
        """The light as it is now."""
        self._lens = lens
        self.brightness.show_value(lens.brightness, signed(lens.brightness))
        self.contrast.show_value(lens.contrast, signed(lens.contrast))
        nearest = min(range(len(GAMMAS)), key=lambda i: abs(GAMMAS[i] - lens.gamma))
        self.gamma.show_value(nearest, gamma_words(lens))
        self.plain.set_enabled(lens.adjusted, "Nothing is changed")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.plain.setVisible(self.width() >= _ALL_FITS)

    def _choose(self, lens: Lens) -> None:
        if lens != self._lens:
            self.chosen.emit(lens)
