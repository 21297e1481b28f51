"""A form: what a prosecutor or a court is given of the recordings as they are; clips, originals, stills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.request import Request
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import check
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.widgets import ErrorNote, label, surface

_ABOUT = (
    "Nothing is hidden in these, and nothing is encoded anew where that can be. A clip begins at a key frame: the "
    "frames between it and what was asked for stay in view."
)
_NOTHING = "Nothing of what was asked for can be read yet."
_READING = "Reading where the recordings can be cut …"


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One clip that can be made: of which camera and when, and which frames it keeps. `as_is` False: it has to be
    rendered. `made`: it was made already."""

    title: str
    words: str
    as_is: bool = True
    made: bool = False


class ClipsForm(QWidget):
    """`asked(command)`: "clips.make", "clips.original" or "clips.still"; `left()`: nothing more is made."""

    asked = Signal(str)
    left = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.heading = label("", Type.PANEL, wrap=True)
        self.rows = QVBoxLayout()
        self.rows.setContentsMargins(0, 0, 8, 0)
        self.rows.setSpacing(8)
        self.tags = check("Clips keep what the file says of itself")
        self.tags.setToolTip("Camera, time and place, as the camera wrote them into the file; nothing of it otherwise.")
        self.note = label("", Type.DETAIL, "ok", wrap=True)
        self.error = ErrorNote()
        self.make = Button("Make the clips", icon="movie", look=Look.PRIMARY)
        self.original = Button("Copy the originals", icon="file-export")
        self.still = Button("Save this frame as a still", icon="photo-down")
        self.buttons = {"clips.make": self.make, "clips.original": self.original, "clips.still": self.still}
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(label(_ABOUT, Type.BODY, "text2", wrap=True))
        for command, button in self.buttons.items():
            keys.wear(button, command)
            button.clicked.connect(partial(self.asked.emit, command))
            column.addWidget(button)
        column.addWidget(self.tags)
        column.addWidget(self.note)
        column.addWidget(self.error)
        column.addWidget(_scrolling(self.rows), 1)
        back = keys.wear(Button("Back", look=Look.QUIET), "disclose.requests")
        back.setToolTip("The list beside the picture again")
        back.clicked.connect(self.left)
        last = QHBoxLayout()
        last.addWidget(back)
        last.addStretch()
        column.addLayout(last)
        self.say("")

    def begin(self, request: Request) -> None:
        """For this request, before anything was read."""
        self.heading.setText(f"Clips and originals for {request.number}")
        self.say("")
        self.show_rows((), _READING)

    def show_rows(self, rows: Iterable[ClipRow], nothing: str = _NOTHING) -> None:
        """What can be made."""
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        shown = tuple(rows)
        for row in shown:
            self.rows.addWidget(_row(row))
        if not shown:
            self.rows.addWidget(label(nothing, Type.DETAIL, "text2", wrap=True))
        self.rows.addStretch()

    def allow(self, command: str, why_not: str) -> None:
        """Whether a button does something; a disabled one says why."""
        self.buttons[command].set_enabled(not why_not, why_not)

    def say(self, error: ReviewerError | str, done: str = "") -> None:
        """What went wrong, or what was done; "" for neither."""
        self.error.say(error)
        self.note.setText(done)
        self.note.setVisible(bool(done))


def _scrolling(rows: QVBoxLayout) -> QScrollArea:
    inside = surface(1)  # without a ground of its own it has the system's, light in the dark theme
    inside.setLayout(rows)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    area.setAccessibleName("What can be made")
    return area


def _row(row: ClipRow) -> QWidget:
    """A line of it: a mark, what it is, which frames it keeps."""
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    icon, tone = ("circle-check", "ok") if row.made else ("movie", "text2") if row.as_is else ("info-circle", "warn")
    mark = IconLabel(icon, 16, tone)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(label(row.title, Type.STRONG, wrap=True))
    words.addWidget(label(row.words, Type.DETAIL, "text2" if row.as_is else "warn", wrap=True))
    line.addLayout(words, 1)
    box.setAccessibleName(f"{row.title}. {row.words}{' Made.' if row.made else ''}")
    return box
