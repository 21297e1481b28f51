"""Beneath the reel's picture: one clip back and on, play, where it stands, In, Out, and the question."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.reels_stage import ReelBar
from reviewer.ui.widgets import label, surface


class ReelTransport(QWidget):
    """Its buttons are bound by whoever owns the actions (`buttons`, by command)."""

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground = surface(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(10, 2, 10, 6)
        column.setSpacing(2)
        self.bar = ReelBar()
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        column.addLayout(row)
        self.buttons: dict[str, Button] = {
            "reel.previous": IconButton("Clip before", "player-skip-back"),
            "reel.play": IconButton("Play", "player-play", look=Look.PRIMARY),
            "reel.next": IconButton("Next clip", "player-skip-forward"),
        }
        for button in self.buttons.values():
            row.addWidget(button)
        self._time = label("", Type.BODY, weight=SEMIBOLD)
        row.addSpacing(4)
        row.addWidget(self._time)
        self._note = label("", Type.DETAIL, "text2")
        row.addSpacing(8)
        row.addWidget(self._note, 1)
        for command, words, icon in (
            ("reel.add", "Add clip", "plus"),
            ("reel.in", "In", ""),
            ("reel.out", "Out", ""),
            ("reel.split", "Cut", "scissors"),
            ("reel.ask", "Pause and ask", ""),
        ):
            button = keys.wear(Button(words, icon=icon, height=28), command)
            self.buttons[command] = button
            row.addWidget(button)

    def show_playing(self, playing: bool) -> None:
        """Play or stop, whichever a press does now."""
        button = self.buttons["reel.play"]
        button.set_icon("player-pause" if playing else "player-play")
        button.set_words("Stop" if playing else "Play")

    def say(self, time: str, note: str = "") -> None:
        """Where it stands, and what a person has to know there."""
        self._time.setText(time)
        self._note.setText(note)

    def for_source(self, source: bool) -> None:
        """Whether a released recording is looked at, of which a clip may be made, or a clip of the reel."""
        self.buttons["reel.add"].setVisible(source)
        for command in ("reel.split", "reel.ask"):
            self.buttons[command].setVisible(not source)
