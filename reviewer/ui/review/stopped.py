"""What lies over the covered wall when the log cannot be written: what is wrong, what is kept, how to go on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import Card, label

_WIDTH = 440


class StoppedNote(Card):
    """`again_asked`: try to write the log once more."""

    again_asked = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(Tone.STOP, parent=parent)
        self._headline = label("Picture stopped", Type.SECTION)
        self._why = label("", Type.BODY, wrap=True)
        self._kept = label(
            "What was watched until here is in the log. Nothing is lost.", Type.DETAIL, "text2", wrap=True
        )
        self.again = keys.wear(Button("Try again"), "play.stop")
        self.again.clicked.connect(self.again_asked)
        words = QVBoxLayout()
        words.setSpacing(4)
        for each in (self._headline, self._why, self._kept):
            words.addWidget(each)
        words.addSpacing(8)
        words.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 16, 20, 16)
        row.setSpacing(16)
        row.addWidget(IconLabel("alert-octagon", 28, "stop"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.setFixedWidth(_WIDTH)
        self.hide()

    @property
    def words(self) -> str:
        return f"{self._headline.text()} {self._why.text()}" if not self.isHidden() else ""

    def say(self, why: str) -> None:
        """Show why, in the middle of the wall; "" goes away."""
        if why == self._why.text() and self.isHidden() != bool(why):
            return
        self._why.setText(why)
        self.setAccessibleName(f"Picture stopped. {why}")
        self.setVisible(bool(why))
        self.place()

    def place(self) -> None:
        over = self.parentWidget()
        if over is not None and not self.isHidden():
            self.adjustSize()
            self.move((over.width() - self.width()) // 2, (over.height() - self.height()) // 2)
            self.raise_()
