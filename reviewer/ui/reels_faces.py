"""De-identification of a reel: faces are looked for, shown one at a time, and a person decides on each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.entries import Paragraph
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type
from reviewer.ui.reels_model import State
from reviewer.ui.widgets import ErrorNote, ProgressStrip, Tag, divider, label, percent, strong

_BURNED = "No search finds names and badges burned into the picture, plates or screens: hide them by hand."


@dataclass(frozen=True, slots=True)
class FacesShown:
    """Where deciding stands in the chosen clip. `where`: of the proposal that is shown, "" while there is none. `said`:
    what was looked at."""

    clip: str
    state: State
    where: str = ""
    said: str = ""


class FacesPanel(QWidget):
    """`search`: look for faces in the clips that wait; `stop` that; `decided(bool)`: the shown proposal is a face, or
    none; `plain(str)`: why nothing is hidden in the chosen clip; `whole(str)`: in the whole reel; `done`."""

    search = Signal()
    stop = Signal()
    decided = Signal(bool)
    plain = Signal(str)
    whole = Signal(str)
    done = Signal()

    def __init__(self, keys: KeyTable, limits: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(2, 0, 0, 8)
        outer.setSpacing(10)
        outer.addLayout(self._make_top(keys))
        outer.addWidget(self._make_rest(keys, limits), 1)
        self.show_progress(None)

    def _make_top(self, keys: KeyTable) -> QVBoxLayout:
        """What is worked with all the time stays in sight."""
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label("Faces", Type.SECTION))
        head.addStretch()
        back = keys.wear(Button("Back to the clip", look=Look.QUIET, height=28), "reel.faces")
        back.clicked.connect(self.done)
        head.addWidget(back)
        column.addLayout(head)
        self._clip = strong("")
        self._state = Tag("")
        column.addWidget(self._clip)
        column.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        self._search = keys.wear(Button("Look for faces", icon="face-id"), "reel.search")
        self._search.clicked.connect(self.search)
        column.addWidget(self._search, 0, Qt.AlignmentFlag.AlignLeft)
        self._busy = self._make_busy(keys)
        column.addWidget(self._busy)
        self.error = ErrorNote()
        column.addWidget(self.error)
        self._proposal = self._make_proposal(keys)
        column.addWidget(self._proposal)
        column.addWidget(divider())
        return column

    def _make_rest(self, keys: KeyTable, limits: str) -> QScrollArea:
        inside = QWidget()
        inside.setProperty("surface", "none")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 16, 0)
        column.setSpacing(10)
        self._said = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._said)
        self.limits = label(limits, Type.DETAIL, "text2", wrap=True)
        column.addWidget(self.limits)
        column.addWidget(divider())
        self._make_hands(keys, column)
        column.addWidget(divider())
        self._make_reason(keys, column)
        column.addStretch()
        area = self._area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        return area

    def write_reason(self) -> None:
        """The cursor to the reason why nothing is hidden, and all of that into view."""
        self.reason.setFocus()
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _make_busy(self, keys: KeyTable) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self._share = label("", Type.DETAIL, "text2")
        stop = keys.wear(Button("Stop", height=28), "reel.search_stop")
        stop.clicked.connect(self.stop)
        row.addWidget(self._share, 1)
        row.addWidget(stop)
        self._strip = ProgressStrip("Looking for faces")
        column.addLayout(row)
        column.addWidget(self._strip)
        return box

    def _make_proposal(self, keys: KeyTable) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        self._where = label("", Type.BODY, wrap=True)
        row = QHBoxLayout()
        take = keys.wear(Button("A face: hide it", icon="eye-off", look=Look.PRIMARY), "reel.take")
        refuse = keys.wear(Button("No face", icon="x"), "reel.refuse")
        take.clicked.connect(lambda: self.decided.emit(True))
        refuse.clicked.connect(lambda: self.decided.emit(False))
        row.addWidget(take)
        row.addWidget(refuse)
        row.addStretch()
        column.addWidget(self._where)
        column.addLayout(row)
        return box

    def _make_hands(self, keys: KeyTable, column: QVBoxLayout) -> None:
        column.addWidget(label(_BURNED, Type.DETAIL, "text2", wrap=True))
        row = QHBoxLayout()
        self.buttons = {
            "reel.hide": Button("Hide in this clip", height=28),
            "reel.hide_whole": Button("In all of it", height=28),
        }
        for command, button in self.buttons.items():
            row.addWidget(keys.wear(button, command))
        row.addStretch()
        column.addLayout(row)

    def _make_reason(self, keys: KeyTable, column: QVBoxLayout) -> None:
        self.reason = Paragraph(2)
        column.addWidget(labelled("Nothing needs to be hidden, because", self.reason))
        row = QHBoxLayout()
        one = keys.wear(Button("In this clip", height=28), "reel.plain_clip")
        every = keys.wear(Button("In the whole reel", height=28), "reel.plain_reel")
        one.clicked.connect(lambda: self.plain.emit(self.reason.toPlainText()))
        every.clicked.connect(lambda: self.whole.emit(self.reason.toPlainText()))
        row.addWidget(one)
        row.addWidget(every)
        row.addStretch()
        column.addLayout(row)

    def show_state(self, shown: FacesShown) -> None:
        """Of the chosen clip, and the proposal that is decided on."""
        self._clip.setText(shown.clip)
        self._state.say(shown.state.words, shown.state.tone, shown.state.icon)
        self._where.setText(shown.where)
        self._proposal.setVisible(bool(shown.where))
        self._said.setText(shown.said)
        self._said.setVisible(bool(shown.said))

    def show_progress(self, share: float | None, words: str = "") -> None:
        """How far looking is; None while nothing is looked for."""
        self._busy.setVisible(share is not None)
        self._search.setVisible(share is None)
        if share is not None:
            self._strip.set_fraction(share)
            self._share.setText(f"{words} {percent(share)}".strip())
