"""The shuttle: J K L as editing programs have them, and a strip for the mouse that springs back.

While K is held, L and J go one frame at a press and creep while they are held too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.controls import Controls
from reviewer.ui.review.speeds import RATES, speed_words
from reviewer.ui.theme import theme_of

_CREEP_MS = 300  # L held this long with K is no press any more
_STILL = 6  # px around the middle where nothing moves
_WIDE, _TIGHT, _HIGH = 148, 96, 32


class HeldKeys(QObject):
    """Knows whether K, and with it J or L, is held. It listens to the whole program only while K is."""

    def __init__(
        self, controls: Controls, focused: Callable[[], str | None], keys: KeyTable, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._controls, self._focused, self._keys = controls, focused, keys
        self._held = False
        self._way = 0
        self._creep = QTimer(self, singleShot=True, interval=_CREEP_MS)
        self._creep.timeout.connect(lambda: controls.creep(self._way))

    def hold(self) -> None:
        """K was pressed."""
        application = QApplication.instance()
        if application is not None and not self._held:
            self._held = True
            application.installEventFilter(self)

    def press(self, way: int) -> None:
        """L (1) or J (−1) was pressed."""
        if not self._held:
            (self._controls.faster if way > 0 else self._controls.slower)()
            return
        self._controls.frame(self._focused(), way)
        self._way = way
        self._creep.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self._let_go()
        elif kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat():
            if self._is(event, "play.stop"):
                self._let_go()
            elif self._is(event, "play.faster") or self._is(event, "play.slower"):
                self._rest()
        return False

    def _is(self, event: QKeyEvent, command: str) -> bool:
        pressed = QKeySequence(event.key()).toString()
        return bool(pressed) and self._keys.key(command).rpartition("+")[2] == pressed

    def _rest(self) -> None:
        """J or L was let go of: what crept stands."""
        if self._way and not self._creep.isActive():
            self._controls.stop()
        self._creep.stop()
        self._way = 0

    def _let_go(self) -> None:
        self._rest()
        self._held = False
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)


class ShuttleStrip(QWidget):
    """Pull the handle from the middle: the further, the faster; let go and it springs back. The wheel goes by frames.

    `pulled` carries a rate_milli (0 stands still), `let_go` when it sprang back, `jogged` frames. J K L , and . are
    its keys.
    """

    pulled = Signal(object)
    let_go = Signal()
    jogged = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: float | None = None  # −1…1 while held
        self._rate: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Shuttle")
        self.setAccessibleDescription("Pull to play faster or back; it springs back. By keys: J, K and L")
        self.setToolTip("Pull to play faster, to the left backwards; it springs back.\nThe wheel goes frame by frame")
        self.set_tight(False)

    def set_tight(self, tight: bool) -> None:
        """Less wide where there is little room."""
        self.setFixedSize(QSize(_TIGHT if tight else _WIDE, _HIGH))

    def rate_at(self, x: float) -> int:
        """The speed for a place on the strip."""
        away = x - self.width() / 2
        if abs(away) <= _STILL:
            return 0
        share = min(1.0, (abs(away) - _STILL) / (self.width() / 2 - 8 - _STILL))
        rate = RATES[min(len(RATES) - 1, int(share * len(RATES)))]
        return rate if away > 0 else -rate

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pull(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._place is not None:
            self._pull(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._place is not None:
            self._place = self._rate = None
            self.update()
            self.let_go.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()
        if turned:
            self.jogged.emit(1 if turned < 0 else -1)
        event.accept()

    def _pull(self, x: float) -> None:
        half = self.width() / 2
        self._place = max(-1.0, min(1.0, (x - half) / (half - 8)))
        rate = self.rate_at(x)
        if rate != self._rate:
            self._rate = rate
            self.pulled.emit(rate)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, half, reach = self.height() / 2, self.width() / 2, self.width() / 2 - 8
        groove = QRectF(0.5, middle - 11.5, self.width() - 1, 23)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(groove, 6, 6)
        for step in range(len(RATES) + 1):
            away = _STILL + step * (reach - _STILL) / len(RATES)
            high = 5.0 if step == bisect_right(RATES, 999) else 2.5  # where 1× begins
            for x in (half - away, half + away):
                painter.drawLine(QPointF(x, middle - high), QPointF(x, middle + high))
        x = half + (self._place or 0.0) * reach
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ink"))
        painter.drawRoundedRect(QRectF(x - 4, middle - 9, 8, 18), 3, 3)
        if self._rate:
            self._paint_words(painter, speed_words(self._rate), on_left=x > half)

    def _paint_words(self, painter: QPainter, words: str, *, on_left: bool) -> None:
        """The speed, in the half that the handle left free."""
        theme, half = theme_of(self), self.width() / 2
        box = QRectF(2 if on_left else half + 5, self.height() / 2 - 10, half - 7, 20)
        painter.setBrush(theme.color("bg1"))
        painter.drawRect(box)
        painter.setPen(theme.color("text"))
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
