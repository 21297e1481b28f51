"""What a person knows of a camera's clock: how far it is off, how sure that is, how it is known. Signs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Micros
from reviewer.ui.actions import KeyTable, leave
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import labelled, line
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_words import NotALength, typed_length
from reviewer.ui.widgets import ErrorNote, strong


@dataclass(frozen=True, slots=True)
class OffsetDraft:
    """`offset` is added to the camera's signed clock; `sigma` one standard deviation, half the ± that was typed."""

    recording: str
    offset: Micros
    sigma: Micros
    why: str


class OffsetForm(QWidget):
    """`stated` carries an OffsetDraft. It stays until `taken`, or says why not."""

    stated = Signal(object)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera: ReviewCamera | None = None
        self._title = strong("")
        self.off, self.margin, self.why = line("−37.2"), line("0.5"), line("Seen against the station’s clock")
        self.sign = Button("Sign and state", look=Look.PRIMARY, key="↵", height=28)
        self.cancel = Button("Close", look=Look.QUIET, height=28)
        self.error = ErrorNote()
        self.sign.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.close_form)
        for field in (self.off, self.margin, self.why):
            field.returnPressed.connect(self.submit)
        self._compose()

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(6)
        column.addWidget(self._title)
        figures = QHBoxLayout()
        figures.setSpacing(8)
        figures.addWidget(labelled("Add to its clock, in seconds", self.off), 2)
        figures.addWidget(labelled("± seconds", self.margin), 1)
        column.addLayout(figures)
        column.addWidget(labelled("How this is known", self.why))
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.cancel)
        row.addWidget(self.sign)
        column.addLayout(row)

    def ask(self, camera: ReviewCamera) -> None:
        """For this camera; what was typed for another is dropped."""
        if self._camera is None or self._camera.key != camera.key:
            self._clear()
        self._camera = camera
        self._title.setText(f"Camera {camera.number}, {camera.short_name}: a known offset")
        self.show()
        self.off.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def submit(self) -> None:
        """Hand it over, or say what is wrong beside it."""
        if self._camera is None:
            return
        try:
            draft = OffsetDraft(self._camera.key, typed_length(self.off.text()), self._sigma(), self.why.text().strip())
        except ReviewerError as wrong:
            self.say(wrong)
            return
        if not draft.why:
            self.say(ReviewerError("How this is known is missing.", "Say what the clock was compared with."))
            return
        self.error.clear()
        self.stated.emit(draft)

    def _sigma(self) -> Micros:
        margin = typed_length(self.margin.text())
        if margin <= 0:
            raise NotALength("The ± is missing.", "Type how sure that is: 0.5 for half a second either way.")
        return Micros(max(1, margin // COVERAGE))

    def say(self, error: ReviewerError) -> None:
        """It was not written; the words are kept."""
        self.error.say(error)

    def taken(self) -> None:
        """The entry is in the log."""
        self._clear()
        self.close_form()

    def close_form(self) -> None:
        for field in (self.off, self.margin, self.why):
            if field.hasFocus():
                leave(field)
        self.hide()

    def _clear(self) -> None:
        for field in (self.off, self.margin, self.why):
            QLineEdit.clear(field)
        self.error.clear()
