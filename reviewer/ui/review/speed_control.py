"""The speed as it stands: which way, how fast; one step slower or faster, and all speeds in a sheet above."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable, leave
from reviewer.ui.buttons import Button, IconButton, Segmented
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.speeds import NORMAL, RATES, speed_words
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import label, surface

_WAYS = ((-1, "Back"), (1, "Forward"))


class _Now(Button):
    """An arrow that points where time goes, and the speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", height=28, parent=parent)
        self._rate = NORMAL

    def show_rate(self, rate: int) -> None:
        self._rate = rate
        way = "backwards" if rate < 0 else "forwards"
        self.setText(speed_words(abs(rate)))
        self.setAccessibleName(f"Speed {speed_words(abs(rate))} {way}")
        self.setToolTip(f"Plays {way} at {speed_words(abs(rate))}. Press for all speeds")
        self.update()

    def sizeHint(self) -> QSize:
        widest = QFontMetricsF(font(Type.LABEL, SEMIBOLD)).horizontalAdvance("0.25×")
        return QSize(int(widest) + 38, 28)

    def _paint_content(self, painter: QPainter, ink: QColor, _cap: QColor) -> None:
        middle = self.height() / 2
        painter.setFont(font(Type.LABEL, SEMIBOLD))
        width = 15 + QFontMetricsF(painter.font()).horizontalAdvance(self.text())
        left = (self.width() - width) / 2
        tip, base = (left, left + 9) if self._rate < 0 else (left + 9, left)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([QPointF(base, middle - 5.5), QPointF(tip, middle), QPointF(base, middle + 5.5)]))
        painter.setPen(ink)
        painter.drawText(QRectF(left + 15, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, self.text())


class SpeedSheet(QWidget):
    """Every speed in either direction. `chosen` carries a rate_milli. Esc, Enter or another focus closes it."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Speed")
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        ground = surface(2, parent=self)
        self.ways = Segmented(_WAYS, name="Direction")
        self.sizes = Segmented([(rate, speed_words(rate)) for rate in RATES], name="How fast")
        self.ways.chosen.connect(lambda _way: self._choose())
        self.sizes.chosen.connect(lambda _size: self._choose())
        self._keys = label("", Type.META, "text2")
        column = QVBoxLayout(ground)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        first = QHBoxLayout()
        first.addWidget(self.ways)
        first.addStretch()
        first.addWidget(self._keys)
        column.addLayout(first)
        column.addWidget(self.sizes)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.addWidget(ground)

    def say_keys(self, words: str) -> None:
        self._keys.setText(words)

    def show_rate(self, rate: int) -> None:
        """The nearest speed of the ladder is lit."""
        self.ways.choose(-1 if rate < 0 else 1)
        self.sizes.choose(min(RATES, key=lambda each: abs(each - abs(rate))))

    def _choose(self) -> None:
        way, size = self.ways.value, self.sizes.value
        if isinstance(way, int) and isinstance(size, int):
            self.chosen.emit(way * size)

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self.isVisible() and (now is None or not self.isAncestorOf(now)):
            self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
            return
        super().keyPressEvent(event)

    def put_away(self) -> None:
        """Close it; the keys are for the pictures again."""
        focused = self.focusWidget()
        if focused is not None:
            leave(focused)
        self.hide()

    def paintEvent(self, _event: object) -> None:
        QPainter(self).fillRect(self.rect(), theme_of(self).color("edge"))


class SpeedControl(QWidget):
    """`chosen` carries a rate_milli; `stepped` 1 for faster, −1 for slower."""

    chosen = Signal(object)
    stepped = Signal(int)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._rate = NORMAL
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.now = _Now()
        self.now.clicked.connect(self.open_sheet)
        self.slower, self.faster = IconButton("Slower", "minus"), IconButton("Faster", "plus")
        self.slower.clicked.connect(lambda: self.stepped.emit(-1))
        self.faster.clicked.connect(lambda: self.stepped.emit(1))
        self.sheet = SpeedSheet(self)
        self.sheet.chosen.connect(self.chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for each in (self.slower, self.now, self.faster):
            row.addWidget(each)
        self.show_rate(NORMAL)

    def show_rate(self, rate: int) -> None:
        """The speed that is set or shuttled at; negative is backwards."""
        self._rate = rate
        self.now.show_rate(rate)
        self.sheet.show_rate(rate)
        self.slower.set_enabled(abs(rate) > RATES[0], f"{speed_words(RATES[0])} is the slowest")
        self.faster.set_enabled(abs(rate) < RATES[-1], f"{speed_words(RATES[-1])} is the fastest")
        if self.slower.isEnabled():
            self.slower.setToolTip(f"Slower ({self._keys.shown('speed.slower')})")
        if self.faster.isEnabled():
            self.faster.setToolTip(f"Faster ({self._keys.shown('speed.faster')})")

    def open_sheet(self) -> None:
        """All speeds, above the control and inside the window; or away with them."""
        if self.sheet.isVisible():
            self.sheet.put_away()
            return
        bar = self.parentWidget() or self
        screen = bar.parentWidget() or bar  # whose theme it wears
        shown = self._keys.shown
        self.sheet.say_keys(
            f"{shown('speed.slower')} slower · {shown('speed.faster')} faster · {shown('speed.normal')} 1× · "
            f"{shown('play.turn')} turn round"
        )
        self.sheet.setParent(screen)
        self.sheet.adjustSize()
        corner = self.mapTo(screen, QPoint(self.width() // 2 - self.sheet.width() // 2, -self.sheet.height() - 10))
        self.sheet.move(max(8, min(corner.x(), screen.width() - 8 - self.sheet.width())), max(0, corner.y()))
        self.sheet.show()
        self.sheet.raise_()
        nearest = min(RATES, key=lambda each: abs(each - abs(self._rate)))
        self.sheet.sizes.segment(nearest).setFocus(Qt.FocusReason.PopupFocusReason)
