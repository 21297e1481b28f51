"""Words that end in an ellipsis where there is no room for all of them; their tip says them whole."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel

from reviewer.ui.fonts import Type, font

_LEAST = 40  # px: a letter or two, and the ellipsis


class Elided(QLabel):
    """One line of plain text. `hint` stands in the tip below the words that are cut, or alone."""

    def __init__(
        self,
        words: str = "",
        role: Type = Type.BODY,
        tone: str = "text",
        *,
        weight: QFont.Weight | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(words)
        self._hint = hint
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(role, weight))
        self.setProperty("tone", tone)
        self.setMinimumHeight(role.line)
        self._tell()

    @property
    def shown(self) -> str:
        """What is to be read of it now."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())

    def setText(self, words: str) -> None:
        super().setText(words)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        whole = super().minimumSizeHint()
        return QSize(min(_LEAST, whole.width()), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.shown)

    def _tell(self) -> None:
        cut = self.text() if self.shown != self.text() else ""
        self.setToolTip("\n".join(each for each in (cut, self._hint) if each))
