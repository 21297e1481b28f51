"""The transcript beside the pictures: its lines follow the play-head, and a field in which one types along.

Shows what was recorded. `typing_along` does what it asks, keeps the time and moves the play-head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.transcript import LONGEST_LINE
from reviewer.services.transcript import LONGEST_SPEAKER, matching
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fields import line
from reviewer.ui.fonts import Type, font
from reviewer.ui.transcript_lines import LineShown, LinesView
from reviewer.ui.widgets import EmptyState, ErrorNote, label, surface

_HINTS = (
    ("transcript.play", "play"),
    ("transcript.back", "2 s back"),
    ("transcript.on", "on"),
    ("transcript.slower", "slower"),
    ("transcript.faster", "faster"),
    ("transcript.start", "line begins here"),
)


@dataclass(frozen=True, slots=True)
class TranscriptShown:
    """One in the list: `words` name it, `why` says why its lines are not shown ("" where they are)."""

    id: str
    words: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed. `changes` is the line it replaces, None for a new one."""

    text: str
    speaker: str
    changes: LineShown | None = None


class TranscriptPanel(QWidget):
    """`chosen(id)` of a transcript; `begun`: a new one is wanted; `began_line`: the first letter was typed; `typed`
    (Typed): add the line; `went(LineShown)`; `removed(tuple of LineShown)`; `came`: it is in view again; `command` the
    id of a command."""

    chosen = Signal(str)
    begun = Signal()
    began_line = Signal()
    typed = Signal(object)
    went = Signal(object)
    removed = Signal(object)
    came = Signal()
    command = Signal(str)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._rows: Sequence[LineShown] = ()
        self._changes: LineShown | None = None
        self._may = True
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Transcript")
        self.which = QComboBox()
        self.which.setAccessibleName("Which transcript")
        self.which.setMinimumWidth(120)
        self.which.activated.connect(lambda at: self.chosen.emit(str(self.which.itemData(at))))
        self.captions = keys.wear(Button("Captions", icon="badge-cc", height=28), "captions.toggle")
        self.captions.setCheckable(True)
        self.captions.clicked.connect(lambda: self.command.emit("captions.toggle"))
        self.new = IconButton("Begin a transcript of the focused camera", "plus")
        self.new.clicked.connect(self.begun)
        self.search = line("Find in it")
        self.search.setAccessibleName("Find in the transcript")
        self.search.textChanged.connect(lambda _words: self._filter())
        self.lines = LinesView(wide=False)
        self.lines.went.connect(self.went)
        self.lines.edit_asked.connect(self.change)
        self.lines.removed.connect(self.removed)
        self.empty = EmptyState("badge-cc", "No transcript yet", "", button="Type along")
        self.empty.pressed.connect(self.begun)
        self._make_field()
        self._compose()
        self.show_transcripts((), "")

    def _make_field(self) -> None:
        self.speaker = line("Who")
        self.speaker.setMaxLength(LONGEST_SPEAKER)
        self.speaker.setAccessibleName("Who speaks")
        self.text = line("What is said; Enter adds the line")
        self.speaker.returnPressed.connect(self.text.setFocus)
        self.text.setMaxLength(LONGEST_LINE)
        self.text.setAccessibleName("What is said")
        self.text.textEdited.connect(self._edited)
        self.text.returnPressed.connect(self.submit)
        self.begins = label("", Type.DETAIL, "text2")
        self.keep = Button("Keep as it was", look=Look.QUIET, height=28)
        self.keep.clicked.connect(self.clear)
        self.error = ErrorNote()
        self._hints = label("", Type.META, "text3", wrap=True)
        self._keys.follow(self, lambda _command: self._show_hints())
        self._show_hints()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = surface(1, "bottom")
        rows = QVBoxLayout(head)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.which, 1)
        top.addWidget(self.new)
        top.addWidget(self.captions)
        rows.addLayout(top)
        rows.addWidget(self.search)
        column.addWidget(head)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.lines)
        column.addWidget(self._stack, 1)
        column.addWidget(self._field())

    def _field(self) -> QWidget:
        self._editor = surface(2, "top")
        rows = QVBoxLayout(self._editor)
        rows.setContentsMargins(12, 10, 12, 10)
        rows.setSpacing(6)
        first = QHBoxLayout()
        first.setSpacing(8)
        self.speaker.setMaximumWidth(150)
        first.addWidget(self.speaker)
        first.addWidget(self.begins, 1)
        first.addWidget(self.keep)
        rows.addLayout(first)
        rows.addWidget(self.text)
        rows.addWidget(self.error)
        rows.addWidget(self._hints)
        self.keep.hide()
        return self._editor

    def _show_hints(self) -> None:
        found = ((self._keys.shown(command), words) for command, words in _HINTS)
        self._hints.setText(" · ".join(f"{key} {words}" for key, words in found if key))

    # What is shown

    def show_transcripts(self, shown: Sequence[TranscriptShown], chosen: str) -> None:
        """All of the case, and which one is in view."""
        self.which.clear()
        for each in shown:
            self.which.addItem(each.words, each.id)
        self.which.setCurrentIndex(next((i for i, each in enumerate(shown) if each.id == chosen), -1))
        self.which.setEnabled(bool(shown))
        why = next((each.why for each in shown if each.id == chosen), "")
        self._arrange(bool(shown), why)

    def _arrange(self, any_: bool, why: str) -> None:
        empty = not any_ or bool(why) or not self._rows
        if not any_:
            self.empty.say("badge-cc", "No transcript yet", "Type along with the focused camera, or take a file in.")
        elif why:
            self.empty.say("lock", "Not shown", why)
        else:
            self.empty.say("badge-cc", "No line yet", "Play, and type what is said; Enter adds the line.")
        self.empty.button.setVisible(not any_ and self._may)
        self._stack.setCurrentWidget(self.empty if empty else self.lines)
        self._editor.setVisible(any_ and not why and self._may)

    def show_lines(self, rows: Sequence[LineShown], why: str = "") -> None:
        """Its lines, in order."""
        self._rows = rows
        names = dict.fromkeys(row.line.speaker for row in rows if row.line.speaker)
        completer = QCompleter(list(names), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        popup = completer.popup()
        if popup is not None:
            popup.setFont(font(Type.BODY))
        self.speaker.setCompleter(completer)
        self._arrange(self.which.count() > 0, why)
        self._filter()

    def _filter(self) -> None:
        words = self.search.text()
        if not words.strip():
            self.lines.show_lines(self._rows)
            return
        found = {id(each) for each in matching((row.line for row in self._rows), words)}
        self.lines.show_lines([row for row in self._rows if id(row.line) in found])

    def set_may_write(self, may: bool) -> None:
        """Whoever may only read reads."""
        self._may = may
        self.new.setVisible(may)

    def show_captions(self, on: bool) -> None:
        self.captions.setChecked(on)

    # Typing

    def begin(self) -> None:
        """The keyboard goes to the field."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _edited(self, words: str) -> None:
        self.error.clear()
        if words and self._changes is None:
            self.began_line.emit()
        elif not words and self._changes is None:
            self.show_begin("")

    def show_begin(self, words: str) -> None:
        """When the line that is being typed begins; "" while none is."""
        self.begins.setText(f"begins {words}" if words else "")

    def change(self, shown: LineShown) -> None:
        """Write a line anew. Its time stays."""
        if not self._may:
            return
        self._changes = shown
        self.speaker.setText(shown.line.speaker)
        self.text.setText(" ".join(shown.line.text.split()))
        self.begins.setText(f"changes {shown.time}")
        self.keep.show()
        self.begin()

    @property
    def changes(self) -> LineShown | None:
        return self._changes

    def submit(self) -> None:
        """Hand the line over. Nothing is cleared before the entry is written."""
        text = self.text.text().strip()
        if text:
            self.typed.emit(Typed(text, self.speaker.text().strip(), self._changes))

    def taken(self) -> None:
        """The line is in the log. Who spoke stays: they often go on."""
        self._changes = None
        self.text.clear()
        self.show_begin("")
        self.keep.hide()
        self.error.clear()

    def say(self, error: ReviewerError) -> None:
        """It was not written; the words are kept."""
        self.error.say(error)

    def clear(self) -> None:
        """Nothing is being typed any more."""
        self.taken()
        self.speaker.clear()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.came.emit()
