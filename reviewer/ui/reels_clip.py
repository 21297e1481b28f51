"""What is said of the chosen clip, and of the whole reel: each field is written when a person leaves it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.reel import Clip, ClipKind, NamesShown, Reel
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.case.entries import Entry, Paragraph, focus_field
from reviewer.ui.fields import labelled, line
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.reels_branches import BranchEditor
from reviewer.ui.reels_cameras import CameraChoice
from reviewer.ui.reels_model import State
from reviewer.ui.widgets import ErrorNote, Tag, label, tag_width

WIDTH = 344
_TAG_ROOM = WIDTH - 34  # beside margins and the scroll bar
_LAID_OUT_MS = 500  # after that somebody may be writing in a field above
_BURNED = "Burned-in names"
_PREVIEW = "The preview has voices changed too, in another way than the file."
_OF_CARD = ("title", "caption", "hold", "notes")
_OF_FOOTAGE = ("title", "question", "hold", "limits", "caption", "notes", "plain")
_LABELS = {
    "title": "Title on screen",
    "question": "Question at the end",
    "hold": "Stands for so many seconds",
    "limits": "Say about the limits",
    "caption": "Caption under the picture",
    "notes": "Notes for the instructor, never in the file",
    "plain": "Nothing is hidden in this clip, because",
}
_BELOW = ("notes", "plain")
_LINES = {"question": 2, "limits": 2, "caption": 2, "notes": 2}


def _column(within: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(within)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return column


class ClipPanel(QWidget):
    """`wrote(field, value)` of the chosen clip; `branches(tuple)`; `camera(recording)` to be in it or not. Of the reel:
    `names(NamesShown)`, `voices(bool)`, `burned(bool)`, `said_plain(str)` why nothing is masked. `faces`: look for
    them."""

    wrote = Signal(str, str)
    branches = Signal(object)
    camera = Signal(str)
    names = Signal(object)
    voices = Signal(object)
    burned = Signal(object)
    faces = Signal()

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setProperty("pane", True)
        inside = QWidget()
        inside.setProperty("surface", "none")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(2, 0, 12, 8)
        self._column.setSpacing(8)
        area = self._area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.heading = label("This clip", Type.STRONG)
        self._column.addWidget(self.heading)
        self._fields: dict[str, tuple[Entry, QWidget]] = {}
        self.choice, self.ways = CameraChoice(), BranchEditor()
        self._of_clip, self._more = QWidget(), QWidget()
        self._make_fields()
        self._column.addWidget(self._of_clip)
        self._make_reel(keys)
        self._column.addWidget(self._more)
        self.under = QVBoxLayout()
        """What stands beneath: what is rendered."""
        self._column.addLayout(self.under)
        self._column.addStretch()
        self._clip: Clip | None = None
        self._coming = QTimer(self, singleShot=True, interval=_LAID_OUT_MS)
        area.verticalScrollBar().rangeChanged.connect(self._grew)
        self.show_clip(None, ())

    def show_under(self) -> None:
        """Bring what stands beneath into view; what has just come is laid out a moment later."""
        self._coming.start()
        self._grew()

    def _grew(self) -> None:
        if self._coming.isActive():
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _make_fields(self) -> None:
        first, below = _column(self._of_clip), _column(self._more)
        for name in dict.fromkeys((*_OF_FOOTAGE, *_OF_CARD)):
            column = below if name in _BELOW else first
            widget = Paragraph(_LINES[name]) if name in _LINES else line()
            entry = Entry(name, widget)
            entry.left.connect(lambda field: self.wrote.emit(field, self._fields[field][0].typed))
            box = labelled(_LABELS[name], widget)
            self._fields[name] = (entry, box)
            column.addWidget(box)
            if name == "hold":
                column.addWidget(self.ways)
            if name == "title":
                column.addWidget(self.choice)
        self.choice.toggled.connect(self.camera)
        self.ways.changed.connect(self.branches)

    def _make_reel(self, keys: KeyTable) -> None:
        letters = ((NamesShown.LETTERS, "Officer A, B"), (NamesShown.NONE, "none"))
        self._names = Segmented(letters, name="Names shown as")
        self._names.chosen.connect(self.names)
        self._voices = Segmented(((False, "as recorded"), (True, "changed")), name="Voices")
        self._voices.chosen.connect(self.voices)
        self._burned = Segmented(((False, "not looked at"), (True, "covered")), name=_BURNED)
        self._burned.chosen.connect(self.burned)
        self._burned.setToolTip(
            f"Names and numbers that cameras write into their pictures ({keys.shown('reel.burned')})"
        )
        rows = (("user", "Names shown as", self._names), ("volume", "Voices", self._voices))
        for icon, words, widget in (*rows, ("eye-off", _BURNED, self._burned)):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(IconLabel(icon, 18))
            row.addWidget(label(words))
            row.addStretch()
            row.addWidget(widget)
            self._column.addLayout(row)
        self._spoken = label(_PREVIEW, Type.DETAIL, "text2", wrap=True)
        self._column.addWidget(self._spoken)
        self._states = QVBoxLayout()
        self._states.setSpacing(6)
        self._column.addLayout(self._states)
        self._faces = keys.wear(Button("Find and decide on faces", icon="face-id", look=Look.DEFAULT), "reel.faces")
        self._faces.clicked.connect(self.faces)
        self._column.addWidget(self._faces, 0, Qt.AlignmentFlag.AlignLeft)
        self.error = ErrorNote()
        self._column.addWidget(self.error)

    def show_clip(self, clip: Clip | None, leads: tuple[tuple[str, str], ...]) -> None:
        """The chosen clip, and the clips (id, words) that answers may lead to. None: none is chosen."""
        other = (clip.id if clip else "") != (self._clip.id if self._clip else "")
        self._clip = clip
        self._of_clip.setVisible(clip is not None)
        self._more.setVisible(clip is not None)
        self.heading.setText("This clip" if clip is not None else "No clip is chosen")
        if clip is None:
            return
        card = clip.kind is ClipKind.CARD
        self.heading.setText("This title card" if card else "This clip")
        self.choice.setVisible(not card)
        self.ways.setVisible(not card and bool(clip.question))
        for name, (entry, box) in self._fields.items():
            shown = name in (_OF_CARD if card else _OF_FOOTAGE)
            box.setVisible(shown and (name != "hold" or card or bool(clip.question)))
            value = str(round(clip.hold / 1e6)) if name == "hold" else str(getattr(clip, name))
            if other:
                entry.reset(value)
            else:
                entry.show(value)
        self.ways.show_branches(clip.branches, leads)

    def show_reel(self, reel: Reel) -> None:
        self._names.choose(reel.names)
        self._voices.choose(reel.voices)
        self._burned.choose(reel.burned)
        self._spoken.setVisible(reel.voices)

    def show_states(self, states: tuple[State, ...]) -> None:
        """What holds of the whole reel."""
        while (item := self._states.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for state in states:
            if tag_width(state.words, state.icon) <= _TAG_ROOM:
                self._states.addWidget(Tag(state.words, state.tone, state.icon), 0, Qt.AlignmentFlag.AlignLeft)
                continue
            whole = ErrorNote()  # a reason may be long: it goes on in a second line, and pushes nothing out of sight
            whole.say(state.words, state.tone)
            self._states.addWidget(whole)

    def go(self, field: str) -> None:
        """Bring the cursor into a field of the chosen clip."""
        if self._clip is not None and self._fields[field][1].isVisibleTo(self):
            focus_field([entry for entry, _box in self._fields.values()], field)

    def field(self, name: str) -> Entry:
        return self._fields[name][0]
