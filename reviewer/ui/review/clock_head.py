"""The head of the clocks panel: which clocks stand, what is proposed, what is being compared; and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import ErrorNote, ProgressStrip, label, strong

_SOUND = "Compare sound"


class Stage(Enum):
    """What the head is about."""

    SIGNED = "The signed clocks stand"
    PROPOSED = "Proposed; nothing is moved yet"
    ACCEPTED = "Aligned clocks stand"
    COMPARING = "Comparing the cameras’ sound"


@dataclass(frozen=True, slots=True)
class Headline:
    """`stands`: whether an alignment stands that could be withdrawn; `undo`: whether there is something to undo."""

    stage: Stage = Stage.SIGNED
    words: str = ""
    stands: bool = False
    undo: bool = False


class ClockHead(QWidget):
    """`command` carries the id of a command in the actions table."""

    command = Signal(str)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = strong("")
        self._words = label("", Type.DETAIL, "text2", wrap=True)
        self.progress = ProgressStrip("Comparing")
        self.error = ErrorNote()
        self.accept = self._button(keys, "Accept", "check", "clocks.accept", Look.PRIMARY)
        self.sound = self._button(keys, _SOUND, "wave-sine", "clocks.sound")
        self.stop = self._button(keys, "Stop", "player-stop", "clocks.stop")
        self.withdraw = self._button(keys, "Withdraw", "x", "clocks.withdraw")
        self.undo = IconButton("Undo the last change of the clocks", "arrow-back-up")
        self.undo.clicked.connect(lambda: self.command.emit("clocks.undo"))
        self._compose()
        self.show_headline(Headline())

    def _button(self, keys: KeyTable, words: str, icon: str, command: str, look: Look = Look.DEFAULT) -> Button:
        made = keys.wear(Button(words, icon=icon, look=look, height=28), command)
        made.clicked.connect(lambda: self.command.emit(command))
        return made

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch()
        top.addWidget(self.undo)
        column.addLayout(top)
        for each in (self._words, self.progress, self.error):
            column.addWidget(each)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.accept, self.stop, self.withdraw, self.sound):
            row.addWidget(button)
        row.addStretch()
        column.addSpacing(2)
        column.addLayout(row)

    @property
    def words(self) -> str:
        return " · ".join(w for w in (self._title.text(), self._words.text()) if w)

    def show_headline(self, shown: Headline) -> None:
        """What it is about now, with the buttons that go on from there."""
        comparing = shown.stage is Stage.COMPARING
        self._title.setText(shown.stage.value)
        self._words.setText(shown.words)
        self._words.setVisible(bool(shown.words))
        self.progress.setVisible(comparing)
        self.accept.setVisible(shown.stage is Stage.PROPOSED)
        self.stop.setVisible(comparing)
        self.sound.setVisible(not comparing)
        self.withdraw.setVisible(shown.stands and not comparing)
        three = shown.stands and shown.stage is Stage.PROPOSED  # icon and key alone where three stand in a row
        self.sound.set_words("" if three else _SOUND)
        self.sound.setAccessibleName(_SOUND)
        self.sound.setToolTip(_SOUND if three else "")
        self.undo.setVisible(shown.undo)
        self.setAccessibleName(self.words)

    def show_progress(self, fraction: float, words: str) -> None:
        self.progress.set_fraction(fraction)
        self._words.setText(words)
        self._words.setVisible(True)

    def say(self, error: ReviewerError | None) -> None:
        self.error.say(error if error is not None else "")
