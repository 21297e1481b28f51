"""Before somebody signs: all that they are about to sign, as it will be read, and one press that signs it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.widgets import label

_WIDTH = 560
_INSIDE = _WIDTH - 56 - 14
_HIGHEST = 420

Line = tuple[str, str]
"""What it is, and what is signed of it."""


class SigningDialog(QDialog):
    """Open it with `open()`; `accepted` once the person signs."""

    signed = Signal()

    def __init__(
        self, title: str, about: str, lines: Sequence[Line], act: str, theme: ThemeName, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(title)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(12)
        column.addWidget(label(title, Type.TITLE, wrap=True))
        column.addWidget(label(about, Type.BODY, "text2", wrap=True))
        column.addWidget(self._lines(lines))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.back = Button("Not yet", key="Esc")
        self.back.clicked.connect(self.reject)
        self.sign = Button(act, icon="signature", key="Ctrl ↵", look=Look.PRIMARY)
        self.sign.clicked.connect(self.submit)
        row.addWidget(self.back)
        row.addWidget(self.sign)
        column.addLayout(row)
        apply_theme(self, theme)
        self.sign.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lines(self, lines: Sequence[Line]) -> QWidget:
        held = QWidget()
        held.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        held.setProperty("surface", "1")
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(2)
        for what, said in lines:
            column.addWidget(label(what, Type.LABEL, "text2"))
            words = label(said, Type.BODY, weight=SEMIBOLD if what == "Disposition" else None, wrap=True)
            words.setFixedWidth(_INSIDE - 8)  # its height follows, and with it whether all of it fits
            column.addWidget(words)
            column.addSpacing(6)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(held)
        held.setFixedWidth(_INSIDE)
        held.adjustSize()
        area.setFixedHeight(min(_HIGHEST, held.sizeHint().height() + 4))
        return area

    def submit(self) -> None:
        self.signed.emit()
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
            return  # a plain Enter signs nothing
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
