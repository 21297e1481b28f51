"""Where a mark is written: its kind, whose footage it is on, the words, and "Sign and add". It signs nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from reviewer.domain.annotation import MOMENT, Bookmark
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.clocks import place
from reviewer.ui.review.kinds import kinds
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, label


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person signs: the words, the kind, whether it is on the focused camera alone. `changes` is the bookmark it
    replaces the words of, or None for a new one."""

    kind: str
    text: str
    one_camera: bool
    changes: Bookmark | None = None


class AnnotationEditor(QWidget):
    """`signed` carries a Draft. It stays as it is until `taken` says that the entry is written, or `say` why not."""

    signed = Signal(object)

    def __init__(self, zone: Zone, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._changes: Bookmark | None = None
        self._place: TimeRange | None = None
        self._camera: int | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "2")
        self.setProperty("border", "top")
        self.kind = Segmented([(kind.id, kind.words) for kind in kinds()], name="Kind")
        for kind in kinds():
            self.kind.segment(kind.id).setToolTip(kind.words)
        self.icons = Segmented([(kind.id, "", kind.icon) for kind in kinds()], name="Kind")
        for kind in kinds():
            self.icons.segment(kind.id).setToolTip(kind.words)
            self.icons.segment(kind.id).setAccessibleName(kind.words)
        self.kind.chosen.connect(self.icons.choose)
        self.icons.chosen.connect(self.kind.choose)
        self.scope = Segmented([(True, "Camera 1"), (False, "All cameras")], name="On which cameras")
        self.scope.chosen.connect(lambda _one: self._say_place())
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText("What is seen or heard, in plain words")
        self.text.setAccessibleName("What is seen or heard")
        self.text.setTabChangesFocus(True)
        self.text.setFont(font(Type.BODY))
        self.text.setFixedHeight(56)
        self._where = label("", Type.DETAIL, "text2")
        self.cancel = Button("Keep as it was", look=Look.QUIET, height=28)
        self.cancel.clicked.connect(self.clear)
        self.sign = keys.wear(Button("Sign and add", look=Look.PRIMARY, height=28), "note.sign")
        self.sign.clicked.connect(self.submit)
        self._error = ErrorNote()
        self._compose()
        self.clear()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.kind)
        column.addWidget(self.icons)
        column.addWidget(self.text)
        column.addWidget(self._error)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.scope)
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.sign)
        column.addWidget(self._where)
        column.addLayout(row)

    @property
    def where(self) -> str:
        return self._where.text()

    @property
    def error(self) -> str:
        return self._error.words

    def show_place(self, at: TimeRange, camera: int | None) -> None:
        """Where the mark will be: the play-head's moment or the chosen range, and the focused camera's number."""
        if (at, camera) != (self._place, self._camera):
            self._place, self._camera = at, camera
            self.scope.set_words(True, f"Camera {camera}" if camera is not None else "No camera")
            self._say_place()

    def _say_place(self) -> None:
        if self._place is None:
            return
        on = f"camera {self._camera}" if self.scope.value and self._camera is not None else "all cameras"
        changing = "Changes the mark at " if self._changes else ""
        self._where.setText(f"{changing}{place(self._zone, self._changes.at if self._changes else self._place)} · {on}")

    def begin(self) -> None:
        """Take the keyboard."""
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def change(self, bookmark: Bookmark) -> None:
        """Write the words of a mark anew. The old ones stay in the log."""
        self._changes = bookmark
        self.kind.choose(bookmark.kind)
        self.icons.choose(bookmark.kind)
        self.text.setPlainText(bookmark.text)
        self.sign.set_words("Sign and change")
        self.cancel.show()
        self.scope.hide()
        self._say_place()
        self.begin()

    def submit(self) -> None:
        """Hand the draft over. Nothing is cleared before the entry is written."""
        kind = self.kind.value
        if isinstance(kind, str):
            self.sign.set_enabled(False, "Being written to the log")
            self.signed.emit(Draft(kind, self.text.toPlainText().strip(), bool(self.scope.value), self._changes))

    def taken(self) -> None:
        """The entry is in the log."""
        self.clear()

    def say(self, error: ReviewerError) -> None:
        """It was not written; the words are kept."""
        self._error.say(error)
        self.sign.set_enabled(True)

    def clear(self) -> None:
        """Empty, for a new mark."""
        self._changes = None
        self.text.clear()
        self.kind.choose(MOMENT)
        self.icons.choose(MOMENT)
        self.sign.set_words("Sign and add")
        self.sign.set_enabled(True)
        self.cancel.hide()
        self.scope.show()
        self._error.clear()
        self._say_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fits = self.kind.sizeHint().width() <= self.width() - 24
        self.kind.setVisible(fits)
        self.icons.setVisible(not fits)
