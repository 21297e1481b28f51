"""Where a mark is written: what it says of which allegation, the words, its kind, whose footage it is on, and "Sign and
add". It signs nothing itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from reviewer.domain.annotation import MOMENT, Bookmark
from reviewer.domain.case import Stance
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange
from reviewer.services.annotation import Speaks
from reviewer.ui.action_notes import KINDS
from reviewer.ui.actions import KeyTable, leave
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import place
from reviewer.ui.review.marked import Marked, Saying
from reviewer.ui.review.note_choices import (
    CameraChoice,
    OneOf,
    allegations_to_choose,
    kinds_to_choose,
    stance_row,
)
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, label

_TEXT, _LOW_OPEN, _LOW_TEXT = 56, 46, 32
_SIGNS = {"+": Stance.FOR, "-": Stance.AGAINST, "−": Stance.AGAINST, "?": Stance.UNDECIDED}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person signs: the words, the kind, the cameras (their keys, none for all), what it says of an allegation.
    `changes` is the bookmark it replaces the words of, or None for a new one; `instead` the exhibit that it was until
    now ("" for none)."""

    kind: str
    text: str
    cameras: tuple[str, ...] = ()
    speaks: Speaks | None = None
    changes: Bookmark | None = None
    instead: str = ""


class NoteText(QPlainTextEdit):
    """`sign_typed` carries the Stance of +, − or ? where there is nothing yet and `signs` are taken."""

    sign_typed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.signs = False
        self.setPlaceholderText("What is seen or heard, in plain words")
        self.setAccessibleName("What is seen or heard")
        self.setTabChangesFocus(True)
        self.setFont(font(Type.BODY))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stance = _SIGNS.get(event.text())
        if stance is not None and self.signs and self.document().isEmpty():
            self.sign_typed.emit(stance)
            return
        super().keyPressEvent(event)


class AnnotationEditor(QWidget):
    """`signed` carries a Draft. It stays as it is until `taken` says that the entry is written, or `say` why not."""

    signed = Signal(object)

    def __init__(self, zone: Zone, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._keys = zone, keys
        self._marked = Marked()
        self._changes: Bookmark | None = None
        self._instead = ""
        self._place: TimeRange | None = None
        self._low = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "2")
        self.setProperty("border", "top")
        self.allegation = OneOf("Which allegation it is about")
        self.stance = stance_row()
        self.kind = OneOf("Kind")
        self.cameras = CameraChoice()
        self.text = NoteText()
        self._where = label("", Type.DETAIL, "text2")
        self.cancel = Button("Keep as it was", look=Look.QUIET, height=28)
        self.cancel.clicked.connect(self.clear)
        self.sign = keys.wear(Button("Sign and add", look=Look.PRIMARY, height=28), "note.sign")
        self.sign.clicked.connect(self.submit)
        self._error = ErrorNote()
        self._compose()
        self._connect()
        self.set_marked(self._marked)
        self.clear()

    def _connect(self) -> None:
        self.allegation.chosen.connect(lambda _value: self._show_stance())
        self.kind.chosen.connect(lambda _value: self._say_place())
        self.cameras.changed.connect(self._say_place)
        self.text.sign_typed.connect(self.choose_stance)
        self.text.textChanged.connect(lambda: self.cameras.hold(not self.text.document().isEmpty()))
        self._keys.changed.connect(self._key_changed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        self._about = QWidget()
        about = _line(self._about)
        about.addWidget(self.allegation, 1)
        about.addWidget(self.stance)
        column.addWidget(self._about)
        column.addWidget(self.text)
        column.addWidget(self._error)
        column.addWidget(self.kind)
        self._on = QWidget()
        on = _line(self._on)
        on.addWidget(label("On", Type.DETAIL, "text2"))
        on.addWidget(self.cameras, 1)
        column.addWidget(self._on)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._where, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.sign)
        column.addLayout(row)

    # What there is to choose from, and where the mark will be

    @property
    def where(self) -> str:
        return self._where.text()

    @property
    def error(self) -> str:
        return self._error.words

    def set_marked(self, marked: Marked) -> None:
        """The agency's kinds, and what is alleged."""
        self._marked = marked
        self._offer_kinds()
        self.allegation.offer(allegations_to_choose(marked.allegations))
        self._arrange()
        self._show_stance()

    def _key_changed(self, command: str) -> None:
        if command.startswith("kind."):
            self._offer_kinds()

    def _offer_kinds(self) -> None:
        keys = [self._keys.shown(f"kind.{n}") for n in range(1, KINDS + 1)]
        kinds = self._marked.tables.kinds
        if self._changes is not None and all(each.id != self._changes.kind for each in kinds):
            kinds = (*kinds, self._marked.kind(self._changes.kind))
        self.kind.offer(kinds_to_choose(kinds, keys))

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        """Those on the wall."""
        self.cameras.offer(cameras)
        self._say_place()

    def show_place(self, at: TimeRange, focused: str | None) -> None:
        """Where the mark will be: the play-head's moment or the chosen range, and the focused camera (its key)."""
        self.cameras.set_focused(focused)
        self._place = at
        self._say_place()

    def _say_place(self) -> None:
        if self._place is None:
            return
        at = place(self._zone, self._changes.at if self._changes else self._place)
        said = f"Changes the mark at {at}" if self._changes else f"{at} · {self.cameras.words}"
        if self._where.text() != said:
            self._where.setText(said)
            self._where.setToolTip(said)

    def _show_stance(self) -> None:
        about = bool(self.allegation.value)
        self.stance.setEnabled(about)
        self.text.signs = about

    def set_low(self, low: bool) -> None:
        """Whether there is little room above: then all but the words waits until somebody writes."""
        if low != self._low:
            self._low = low
            self._arrange()

    @property
    def in_use(self) -> bool:
        """Whether somebody writes, chooses, or changes a mark."""
        focus = QApplication.focusWidget()
        return self._changes is not None or (focus is not None and self.isAncestorOf(focus))

    def _focus_moved(self, _old: QWidget | None, _now: QWidget | None) -> None:
        self._arrange()

    def _arrange(self) -> None:
        open_ = not self._low or self.in_use or bool(self.text.toPlainText())
        self._about.setVisible(open_ and bool(self._marked.allegations))
        self.kind.setVisible(open_)
        self._on.setVisible(open_ and self._changes is None)
        self.text.setFixedHeight(_TEXT if not self._low else _LOW_OPEN if open_ else _LOW_TEXT)
        off, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.text.setVerticalScrollBarPolicy(needed if open_ else off)

    # Writing

    def begin(self) -> None:
        """Take the keyboard."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose_kind(self, id_: str) -> None:
        self.kind.choose(id_)
        self._say_place()

    def choose_allegation(self, number: int) -> None:
        """The n-th of the case; the same again for none."""
        if not 1 <= number <= len(self._marked.allegations):
            return
        wanted = self._marked.allegations[number - 1].id
        self.allegation.choose("" if self.allegation.value == wanted else wanted)
        self._show_stance()

    def choose_stance(self, stance: Stance) -> None:
        """What it says of the allegation; nothing while there is none."""
        if self.stance.isEnabled():
            self.stance.choose(stance)

    def insert_time(self, words: str) -> None:
        """A time into the words, where the cursor is."""
        cursor = self.text.textCursor()
        before = self.text.toPlainText()[: cursor.position()]
        self.text.insertPlainText(f"{'' if not before or before[-1].isspace() else ' '}{words} ")
        self.begin()

    def change(self, bookmark: Bookmark) -> None:
        """Write a mark anew. What stood there stays in the log."""
        self._changes = bookmark
        self._offer_kinds()
        self.kind.choose(bookmark.kind)
        said = self._marked.says(bookmark.id)
        self._show_saying(said[0] if said else None)
        self.text.setPlainText(bookmark.text)
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.sign.set_words("Sign and change")
        self.cancel.show()
        self._arrange()
        self._say_place()
        self.begin()

    def _show_saying(self, saying: Saying | None) -> None:
        self._instead = saying.exhibit if saying is not None else ""
        self.allegation.choose(saying.allegation.id if saying is not None else "")
        if saying is not None and saying.stance is not Stance.SILENT:
            self.stance.choose(saying.stance)
        self._show_stance()

    @property
    def speaks(self) -> Speaks | None:
        """What it says of the chosen allegation."""
        stance = self.stance.value
        if not self.allegation.value or not isinstance(stance, Stance):
            return None
        return Speaks(self.allegation.value, stance)

    def submit(self) -> None:
        """Hand the draft over. Nothing is cleared before the entry is written."""
        if not self.sign.isEnabled():
            return
        self.sign.set_enabled(False, "Being written to the log")
        text, cameras = self.text.toPlainText().strip(), self.cameras.keys
        self.signed.emit(Draft(self.kind.value or MOMENT, text, cameras, self.speaks, self._changes, self._instead))

    def taken(self) -> None:
        """The entry is in the log: the keys play again."""
        self.clear()
        if self.text.hasFocus():
            leave(self.text)

    def say(self, error: ReviewerError) -> None:
        """It was not written; the words are kept."""
        self._error.say(error)
        self.sign.set_enabled(True)

    def clear(self) -> None:
        """Empty, for a new mark. The allegation stays chosen: the next note is often about the same."""
        changed, self._changes, self._instead = self._changes is not None, None, ""
        self.text.clear()
        self._offer_kinds()
        self.kind.choose(MOMENT)
        self.cameras.clear()
        if changed:
            self.allegation.choose("")
        self.stance.choose(Stance.UNDECIDED)
        self._show_stance()
        self.sign.set_words("Sign and add")
        self.sign.set_enabled(True)
        self.cancel.hide()
        self._error.clear()
        self._arrange()
        self._say_place()


def _line(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    return row
