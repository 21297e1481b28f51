"""Above the reel: its title, what it is for, which reel it is of several, and what becomes of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from reviewer.domain.reel import Reel
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.elided import Elided
from reviewer.ui.fields import line
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import Tag

_RENDER = "reel.render"


class ReelHead(QWidget):
    """`picked(reel id)`, "" for a new one; `renamed(title, module)`; buttons by command."""

    picked = Signal(str)
    renamed = Signal(str, str)
    gone = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reel: Reel | None = None
        self._others: tuple[Reel, ...] = ()
        self._keys = keys
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(8)
        outer.addLayout(row)
        self._title = Elided("Reels", Type.TITLE)
        self._module = Tag("")
        self._more = IconButton("Other reels", "chevron-down")
        self._more.clicked.connect(self.choose)
        row.addWidget(self._title)
        row.addWidget(self._module)
        row.addWidget(self._more)
        row.addStretch(1)
        self.row = row
        self.buttons: dict[str, Button] = {}
        for command, words, icon, look in (
            ("reel.play_all", "Play all", "player-play", Look.DEFAULT),
            (_RENDER, "Render reel", "movie", Look.PRIMARY),
        ):
            button = keys.wear(Button(words, icon=icon, look=look), command)
            self.buttons[command] = button
            row.addWidget(button)
        self._edit = self._make_edit()
        outer.addWidget(self._edit)

    def _make_edit(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        self.title: QLineEdit = line("Title of the reel")
        self.title.setAccessibleName("Title of the reel")
        self.module: QLineEdit = line("What it is for: “Training, module 4”")
        self.module.setAccessibleName("What it is for")
        done = Button("Write", icon="check", key="↵", height=32)
        row.addWidget(self.title, 3)
        row.addWidget(self.module, 2)
        row.addWidget(done)
        done.clicked.connect(self._write)
        self.title.returnPressed.connect(self._write)
        self.module.returnPressed.connect(self._write)
        box.hide()
        return box

    def add_button(self, command: str, button: Button) -> None:
        """One more thing that becomes of a reel (it is presented), before “Render”."""
        self.buttons[command] = button
        self.row.insertWidget(self.row.indexOf(self.buttons[_RENDER]), button)

    def show_reel(self, reel: Reel | None, reels: tuple[Reel, ...], lasts: str) -> None:
        """The one that is open, all there are, and how long it is."""
        self._reel, self._others = reel, reels
        self._title.setText(f"Reel: {reel.title}" if reel is not None else "Reels")
        self._module.setVisible(reel is not None and bool(reel.module))
        if reel is not None and reel.module:
            self._module.say(reel.module, icon="school")
        self._more.setVisible(reel is not None)
        for button in self.buttons.values():
            button.setVisible(reel is not None)
        self.buttons["reel.play_all"].set_words(f"Play all {lasts}".strip())
        self.buttons["reel.play_all"].set_enabled(bool(lasts), "No clip yet.")

    def choose(self) -> None:
        """Which reel, or a new one, or another title."""
        menu = QMenu(self)
        for each in self._others:
            action = menu.addAction(each.title)
            action.setCheckable(True)
            action.setChecked(self._reel is not None and each.id == self._reel.id)
            action.triggered.connect(lambda _on=False, id_=each.id: self.picked.emit(id_))
        menu.addSeparator()
        menu.addAction("New reel").triggered.connect(lambda: self.picked.emit(""))
        if self._reel is not None:
            menu.addAction(f"Another title …\t{self._keys.shown('reel.rename')}").triggered.connect(self.rename)
            menu.addAction("Take this reel away").triggered.connect(self.gone)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def rename(self) -> None:
        """Ask for another title."""
        if self._reel is not None:
            self.title.setText(self._reel.title)
            self.module.setText(self._reel.module)
            self._edit.show()
            self.title.setFocus(Qt.FocusReason.OtherFocusReason)
            self.title.selectAll()

    def _write(self) -> None:
        self._edit.hide()
        self.renamed.emit(self.title.text(), self.module.text())
