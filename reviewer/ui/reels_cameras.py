"""Which cameras stand in a clip, in sync: a chip for each released recording, pressed or not; whose sound is heard."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QVBoxLayout, QWidget

from reviewer.ui import icons
from reviewer.ui.fonts import Type, font
from reviewer.ui.reels_model import Released
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import label

_COLUMNS = 2
_HIGH = 30


class _Camera(QAbstractButton):
    """A letter with its number; checked if it is in the clip."""

    def __init__(self, of: Released) -> None:
        super().__init__()
        self.of = of
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setChecked(of.chosen)
        self.setEnabled(not of.why or of.chosen)
        self.setToolTip(of.why)
        heard = ", heard" if of.heard else ""
        self.setAccessibleName(f"{of.letter}{heard}")
        self.setAccessibleDescription(of.why)

    def sizeHint(self) -> QSize:
        return QSize(130, _HIGH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.color("ink" if chosen else "edge" if self.isEnabled() else "line"), 1))
        ground = "ink" if chosen else "bg3" if self.underMouse() and self.isEnabled() else "bg1"
        painter.setBrush(theme.color(ground))
        painter.drawRoundedRect(box, 6, 6)
        ink = theme.color("on_ink" if chosen else "text" if self.isEnabled() else "text3")
        painter.setPen(ink)
        painter.setFont(font(Type.CONTROL))
        painter.drawText(box.adjusted(10, 0, -30, 0), Qt.AlignmentFlag.AlignVCenter, self.of.letter)
        if chosen and self.of.heard:
            icons.paint(painter, "volume", QRectF(box.right() - 26, box.center().y() - 8, 16, 16), ink)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 5, 5)


class CameraChoice(QWidget):
    """`toggled(recording)`: it is to be in the clip, or out of it."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        self._words = label("Cameras, up to four in sync", Type.LABEL, "text2")
        column.addWidget(self._words)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        column.addLayout(self._grid)
        self._shown: tuple[Released, ...] = ()

    def show_cameras(self, cameras: Sequence[Released]) -> None:
        """Every released recording, as it stands to the chosen clip."""
        wanted = tuple(cameras)
        if wanted == self._shown:
            return
        self._shown = wanted
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for n, each in enumerate(wanted):
            button = _Camera(each)
            button.clicked.connect(lambda _on, key=each.recording: self.toggled.emit(key))
            self._grid.addWidget(button, n // _COLUMNS, n % _COLUMNS)
