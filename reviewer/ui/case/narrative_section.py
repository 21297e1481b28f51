"""One section of the case's story: title, text with references, who wrote it last, and what was written over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.reference import Reference, Target
from reviewer.services.narrative import Section
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.case.reference_edit import Offers, ReferenceEdit
from reviewer.ui.fields import line
from reviewer.ui.fonts import Type, font
from reviewer.ui.widgets import Card, ErrorNote, label, set_tone

_IDLE_MS = 3_000  # without typing: then it is written
_NOT_YET = "Not written to the log yet"


@dataclass(frozen=True, slots=True)
class SectionShown:
    """`by` says who wrote it last and when. `lost`: a text that was written over unseen, with `lost_words` for it."""

    section: Section
    by: str = ""
    lost: str = ""
    lost_words: str = ""


class SectionCard(Card):
    """`written(id, fields, seen)`: write these fields; `moved(id, by)`; `withdrawn(id)`; `followed(Reference, Target)`;
    `entered(ReferenceEdit)`: the keyboard is in its text."""

    written = Signal(str, object, object)
    moved = Signal(str, int)
    withdrawn = Signal(str)
    followed = Signal(object, object)

    def __init__(self, id_: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.id = id_
        self._seen = {"title": "", "text": ""}
        self._meanwhile = self._lost = ""
        self._by = ""
        self.title = line("Title of the section")
        self.title.setFont(font(Type.SECTION))
        self.title.setAccessibleName("Title of the section")
        self.text = ReferenceEdit("Text of the section", "What happened. @ names an exhibit or a time", grows=True)
        self._state = label("", Type.META, "text2")
        self._note = ErrorNote()
        self._below = Button("Add it below", look=Look.QUIET, height=28)
        self._below.clicked.connect(self._add_below)
        self.up, self.down = IconButton("Move up", "chevron-up"), IconButton("Move down", "chevron-down")
        self._remove = IconButton("Withdraw the section", "trash")
        self.up.clicked.connect(lambda: self.moved.emit(self.id, -1))
        self.down.clicked.connect(lambda: self.moved.emit(self.id, 1))
        self._remove.clicked.connect(lambda: self.withdrawn.emit(self.id))
        self._idle = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._idle.timeout.connect(self.write)
        self.title.textEdited.connect(lambda _words: self._edited())
        self.title.editingFinished.connect(self.write)
        self.text.edited.connect(self._edited)
        self.text.left.connect(self.write)
        self.text.followed.connect(self.followed)
        self._compose()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        for button in (self.up, self.down, self._remove):
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(self._state)
        note = QHBoxLayout()
        note.setSpacing(8)
        note.addWidget(self._note, 1)
        note.addWidget(self._below)
        column.addLayout(note)
        self._below.hide()

    def show_section(self, shown: SectionShown, *, first: bool, last: bool) -> None:
        """As it stands now. What somebody is writing here stays; that it was written by another one meanwhile is
        said."""
        section = shown.section
        self._by, self._lost, self._meanwhile = shown.by, shown.lost, ""
        if not self.dirty:
            self.title.setText(section.title)
            self.text.set_stored(section.text)
            self._seen = {"title": section.title, "text": section.text}
        elif section.text != self._seen["text"]:
            self._meanwhile = section.text
        self.up.setEnabled(not first)
        self.down.setEnabled(not last)
        self._say(shown.lost_words)

    def _say(self, lost_words: str = "") -> None:
        self._state.setText(_NOT_YET if self.dirty else self._by)
        set_tone(self._state, "warn" if self.dirty else "text2")
        if self._meanwhile:
            self._note.say(f"{self._by}, while you wrote. What you write stands in its place; the log keeps theirs.")
        else:
            self._note.say(lost_words)
        self._below.setVisible(bool(self._meanwhile or self._lost))

    def set_case(self, resolve: Callable[[Reference], Target | None], offers: Offers) -> None:
        self.text.set_case(resolve, offers)

    def set_may_write(self, may: bool) -> None:
        """Whoever may only read reads, and follows what is cited."""
        for field in (self.title, self.text):
            field.setReadOnly(not may)
        for button in (self.up, self.down, self._remove, self._below):
            button.setVisible(may and (button is not self._below or bool(self._meanwhile or self._lost)))

    @property
    def fields(self) -> dict[str, str]:
        """As they stand in the fields, as they would be recorded."""
        return {"title": self.title.text().strip(), "text": self.text.stored.strip()}

    @property
    def dirty(self) -> bool:
        """Whether something here is in no entry yet."""
        return self.fields != self._seen

    @property
    def seen(self) -> dict[str, str]:
        return self._seen

    def write(self) -> None:
        """Now, if there is something to write."""
        self._idle.stop()
        if self.dirty:
            fields = {name: value for name, value in self.fields.items() if value != self._seen[name]}
            self.written.emit(self.id, fields, dict(self._seen))

    def recorded(self, fields: dict[str, str]) -> None:
        """These are in the log now."""
        self._seen |= fields
        self._meanwhile = ""
        self._say()

    def _edited(self) -> None:
        self._say()
        self._idle.start()

    def _add_below(self) -> None:
        """The other text too, for a person to put together."""
        other = self._meanwhile or self._lost
        self.text.set_stored(f"{self.text.stored.rstrip()}\n\n{other}".strip())
        self._edited()
        self.write()
