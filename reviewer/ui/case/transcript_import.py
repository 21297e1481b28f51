"""A file of captions before it is taken in: what was read of it, what was left out, whose camera, where its times count
from. Nothing is recorded before "Add to the case"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.captions import WORDS, CaptionFile
from reviewer.domain.errors import ReviewerError
from reviewer.domain.wording import count
from reviewer.services.transcript import Counting, Placed
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import ErrorNote, label

Place = Callable[[CaptionFile, str, str], Placed]
"""Where a file's cues lie on a recording (its id), counted from its start or by the clock (`Counting`)."""
Guess = Callable[[CaptionFile, str], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person takes in."""

    recording: str
    name: str
    file: CaptionFile
    placed: Placed
    source: str


class TranscriptImport(QWidget):
    """`wanted` carries a Wanted; `back`: nothing is taken in."""

    wanted = Signal(object)
    back = Signal()

    def __init__(self, place: Place, guess: Guess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._guess = place, guess
        self._file: CaptionFile | None = None
        self._placed: Placed | None = None
        self._source = ""
        self.title = label("", Type.PANEL, wrap=True)
        self.read = label("", Type.BODY, "text2", wrap=True)
        self.left_out = ErrorNote()
        self.camera = QComboBox()
        self.camera.currentIndexChanged.connect(lambda _at: self._camera_chosen())
        self.counting = Segmented(
            ((Counting.START, "Start of the recording"), (Counting.CLOCK, "Midnight, local")), name="Times count from"
        )
        self.counting.chosen.connect(lambda _which: self._show())
        self.name = line()
        self.name.setMaxLength(200)
        self.first = label("", Type.DETAIL, "text2", wrap=True)
        self.add = Button("Add to the case", look=Look.PRIMARY)
        self.add.clicked.connect(self._add)
        self._not_now = Button("Not now")
        self._not_now.clicked.connect(self.back)
        self._compose()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.read)
        column.addWidget(labelled("Camera", self.camera))
        column.addWidget(labelled("Times count from", self.counting))
        column.addWidget(labelled("Name", self.name))
        column.addWidget(self.first)
        column.addWidget(self.left_out)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addWidget(self._not_now)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()

    def show_file(self, file: CaptionFile, source: str, cameras: Sequence[tuple[str, str]], chosen: str) -> None:
        """A file that was read; `cameras` are (recording, words), `chosen` the one it is most probably of."""
        self._file, self._source = file, source
        self.title.setText(source)
        self.read.setText(f"{WORDS[file.format]}, {count(len(file.cues), 'line')}")
        self.camera.blockSignals(True)
        self.camera.clear()
        for key, words in cameras:
            self.camera.addItem(words, key)
        self.camera.setCurrentIndex(max(0, self.camera.findData(chosen)))
        self.camera.blockSignals(False)
        self.name.setText(source.rsplit(".", 1)[0][:200])
        self._camera_chosen()

    def _camera_chosen(self) -> None:
        if self._file is not None and self.camera.currentData():
            self.counting.choose(self._guess(self._file, str(self.camera.currentData())))
            self._show()

    def _show(self) -> None:
        """How it would lie on the footage."""
        if self._file is None or not self.camera.currentData():
            self.add.set_enabled(False, "No camera of this case is here.")
            return
        self._placed = self._place(self._file, str(self.camera.currentData()), str(self.counting.value))
        lines = self._placed.lines
        said = f"First: “{lines[0].text[:120]}”" if lines else "No line of it lies on this recording."
        self.first.setText(" ".join(said.split()))
        self.left_out.say(self._placed.said, Tone.WARN)
        self.add.set_enabled(bool(lines), "No line of it lies on this recording.")

    def _add(self) -> None:
        if self._file is not None and self._placed is not None:
            self.add.set_enabled(False, "Being written to the log")
            name = self.name.text().strip() or self._source
            self.wanted.emit(Wanted(str(self.camera.currentData()), name, self._file, self._placed, self._source))

    def say(self, error: ReviewerError) -> None:
        """It was not taken in; the form stays."""
        self.left_out.say(error)
        self.add.set_enabled(True)
