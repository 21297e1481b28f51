"""The menu on a tile: everything that can be done with its picture, with the keys that do it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from reviewer.ui.actions import COMMANDS, KeyTable

_ENTRIES = (
    ("look.nearer", "look.farther", "look.whole"),
    ("look.turn", "look.brighter", "look.darker", "look.contrast", "look.flatter", "look.gamma", "look.gamma_down"),
    ("look.undo", "look.reset"),
    ("compare.toggle", "compare.again", "picture.full"),
    ("still.save", "still.all"),
)


class LookMenu(QMenu):
    """`asked` carries the id of a command."""

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: KeyTable | None = None
        self.aboutToShow.connect(self.fill)

    def wear(self, keys: KeyTable) -> None:
        """Show the keys that do the same."""
        self._keys = keys

    def fill(self) -> None:
        """The entries, with the keys as they are now."""
        self.clear()
        words = {command.id: command.words for command in COMMANDS}
        for group in _ENTRIES:
            for command in group:
                key = self._keys.shown(command) if self._keys is not None else ""
                action = QAction(f"{words[command]}\t{key}" if key else words[command], self)
                action.triggered.connect(lambda _on=False, command=command: self.asked.emit(command))
                self.addAction(action)
            self.addSeparator()
