"""A short form that opens in its place on the panel: what is to be done, what was answered, what is found otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.entries import Paragraph, chooser
from reviewer.ui.fields import labelled
from reviewer.ui.widgets import Card

Choice = tuple[str, str]
"""(value, words)"""


class FindingAsk(Card):
    """`answered(values, text)`: the chosen values in order, and what was written; `closed()`."""

    answered = Signal(object, str)
    closed = Signal()

    def __init__(
        self, question: str, act: str, *, choices: Sequence[tuple[str, Sequence[Choice], str]] = (), icon: str = ""
    ) -> None:
        """`choices`: (words, what can be chosen, what is chosen at first) of each. No question: nothing is written."""
        super().__init__()
        self.setAccessibleName(question or act)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        self.choosers = []
        for words, offered, first in choices:
            each = chooser((), typed=False)
            for value, said in offered:
                each.addItem(said, value)
            each.setCurrentIndex(each.findData(first) if first else -1)
            each.setPlaceholderText("Choose")
            self.choosers.append(each)
            column.addWidget(labelled(words, each))
        self.text = Paragraph(3)
        field = labelled(question, self.text)
        field.setVisible(bool(question))
        self._first: QWidget = self.text if question or not self.choosers else self.choosers[0]
        column.addWidget(field)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.act = Button(act, icon=icon, key="Ctrl ↵", look=Look.PRIMARY)
        self.act.clicked.connect(self.submit)
        row.addWidget(self.act)
        back = Button("Not now", key="Esc")
        back.clicked.connect(self.closed)
        row.addWidget(back)
        row.addStretch(1)
        column.addLayout(row)

    def submit(self) -> None:
        values = tuple(str(each.currentData() or "") for each in self.choosers)
        self.answered.emit(values, self.text.toPlainText())

    def begin(self) -> None:
        """The cursor goes where something is missing."""
        empty: QWidget = next((each for each in self.choosers if each.currentIndex() < 0), self._first)
        empty.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
