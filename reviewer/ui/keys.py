"""Keys and help (F1): a sheet over the right side, made from the table of keys. Work goes on beside it."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from reviewer.ui.actions import COMMANDS, Command, KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import KeyCap, label, strong, surface

_HELP = (
    "Letter keys rest while a text field has the focus; Esc leaves it. Tab goes from control to control, F6 from pane "
    "to pane. Everything that can be dragged has a key."
)
_RUNS = {"camera.1": ("Focus camera 1 to 9", "camera.9"), "hear.1": ("Hear camera 1 to 9", "hear.9")}


class KeySheet(QWidget):
    """Signals: `closed()`; `settings()` when a person wants to change a key."""

    closed = Signal()
    settings = Signal()
    WIDTH = 400

    def __init__(self, keys: KeyTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys
        self._caps: dict[str, KeyCap] = {}
        self._words: dict[str, QLabel] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "left")
        self.setProperty("pane", True)
        self.setAccessibleName("Keys and help")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(20, 16, 16, 8)
        head.addWidget(label("Keys and help", Type.PANEL), 1)
        self._close = Button("Close", key="Esc", look=Look.QUIET, height=28)
        self._close.clicked.connect(self.close_sheet)
        head.addWidget(self._close)
        column.addLayout(head)
        column.addWidget(self._scroll(), 1)
        keys.changed.connect(self._changed)
        self.hide()

    def _scroll(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("All keys")
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        area.setProperty("ownFocus", True)
        self._area = area
        holder = surface(1)
        column = QVBoxLayout(holder)
        column.setContentsMargins(20, 4, 20, 20)
        column.setSpacing(0)
        column.addWidget(label(_HELP, Type.BODY, "text2", wrap=True))
        change = Button("Change keys in Settings", icon="settings", height=28)
        change.clicked.connect(self.settings)
        column.addSpacing(8)
        column.addWidget(change, 0, Qt.AlignmentFlag.AlignLeft)
        for group, commands in groupby(COMMANDS, key=lambda c: c.group):
            column.addSpacing(16)
            column.addWidget(strong(group))
            column.addSpacing(2)
            for command in commands:
                row = self._row(command)
                if row is not None:
                    column.addWidget(row)
        column.addStretch()
        area.setWidget(holder)
        return area

    def _row(self, command: Command) -> QWidget | None:
        """One line; the nine camera keys share one."""
        last = ""
        words = self._keys.command(command.id).words
        if command.id.startswith(("camera.", "hear.")):
            if command.id not in _RUNS:
                return None
            words, last = _RUNS[command.id]
        made = QWidget()
        made.setMinimumHeight(30)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._words[command.id] = label(words, wrap=True)  # a long one never pushes the keys out of the sheet
        row.addWidget(self._words[command.id], 1)
        self._caps[command.id] = KeyCap(self._keys.shown(command.id))
        row.addWidget(self._caps[command.id])
        if last:
            row.addWidget(label("to", Type.DETAIL, "text2"))
            self._caps[last] = KeyCap(self._keys.shown(last))
            row.addWidget(self._caps[last])
        return made

    def _changed(self, command: str) -> None:
        if command in self._caps:
            self._caps[command].show_key(self._keys.shown(command))
            if command not in _RUNS:
                self._words[command].setText(self._keys.command(command).words)

    def open_sheet(self) -> None:
        self.show()
        self.raise_()
        self._area.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_sheet(self) -> None:
        self.hide()
        self.closed.emit()
