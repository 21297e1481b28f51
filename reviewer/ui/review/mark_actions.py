"""What can be done with the picked mark, as buttons under the list; and undo."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look


class MarkActions(QWidget):
    """Hidden while nothing is picked and nothing can be undone."""

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._keys = keys
        self._picked = self._can_undo = False
        self.change = Button("Change", icon="pencil", look=Look.QUIET, height=28)
        self.withdraw = Button("Withdraw", icon="trash", look=Look.QUIET, height=28)
        self.history = IconButton("History of the mark", "history")
        self.draw = IconButton("Draw on its frame", "scribble")
        self.undo = keys.wear(Button("Undo", icon="arrow-back-up", look=Look.QUIET, height=28), "undo")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("border", "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(4)
        for each in (self.change, self.withdraw, self.draw, self.history):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self.undo)
        keys.follow(self, lambda _command: self._say_keys())
        self._say_keys()
        self._show()

    def _say_keys(self) -> None:
        said = (
            (self.change, "Change the picked annotation", "mark.change"),
            (self.withdraw, "Withdraw the picked annotation", "mark.withdraw"),
            (self.history, "History of the mark", "mark.history"),
            (self.draw, "Draw on its frame", "drawing.begin"),
        )
        for button, words, command in said:
            key = self._keys.shown(command)
            button.setToolTip(f"{words} ({key})" if key else words)

    def set_picked(self, picked: bool) -> None:
        """Whether a mark is picked."""
        self._picked = picked
        self._show()

    def set_undo(self, what: str) -> None:
        """What Undo would take back, in words; "" if there is nothing."""
        self._can_undo = bool(what)
        self.undo.setToolTip(what)
        self._show()

    def _show(self) -> None:
        for each in (self.change, self.withdraw, self.history, self.draw):
            each.setVisible(self._picked)
        self.undo.setVisible(self._can_undo)
        self.setVisible(self._picked or self._can_undo)
