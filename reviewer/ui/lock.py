"""The locked state: it covers everything, and asks for the passphrase of whoever is logged on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import PassphraseField, labelled, mark_invalid
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.widgets import ErrorNote, label

_WIDTH = 400


class LockPage(QWidget):
    """`unlock(passphrase)` answers with a Future; one that fails with a ReviewerError is shown in place."""

    unlocked = Signal()
    log_off = Signal()

    def __init__(self, unlock: Callable[[str], Future[object]], bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unlock, self._bridge = unlock, bridge
        self._busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        outer = QVBoxLayout(self)
        outer.addStretch()
        outer.addWidget(self._box(), 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch()

    def _box(self) -> QWidget:
        box = QWidget()
        box.setFixedWidth(_WIDTH)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(IconLabel("lock", 28, "text2"))
        column.addSpacing(12)
        self._title = label("Locked", Type.TITLE)
        self._words = label("", Type.BODY, "text2", wrap=True)
        self._passphrase = PassphraseField()
        self._row = labelled("Passphrase for your signing key", self._passphrase)
        self._error = ErrorNote()
        self._button = Button("Unlock", key="↵", look=Look.PRIMARY, height=40)
        self.off = Button("Log off", icon="logout", look=Look.QUIET, height=40)
        for widget, space in ((self._title, 4), (self._words, 24), (self._row, 8), (self._error, 12)):
            column.addWidget(widget)
            column.addSpacing(space)
        row = QHBoxLayout()
        row.addWidget(self._button)
        row.addStretch()
        row.addWidget(self.off)
        column.addLayout(row)
        self._passphrase.entered.connect(self.submit)
        self._passphrase.edited.connect(self._edited)
        self._button.clicked.connect(self.submit)
        self.off.clicked.connect(self.log_off)
        return box

    def cover(self, person: str, why: str) -> None:
        """Say who is locked and why ("Locked after 15 min", "Locked"), with an empty field."""
        self._title.setText(why)
        self._words.setText(
            f"{person} is logged on. Everything is covered; nothing is counted as watched. Downloads go on."
        )
        self._passphrase.forget()
        self._edited()

    def take_focus(self) -> None:
        self._passphrase.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edited(self) -> None:
        self._error.clear()
        mark_invalid(self._passphrase.line, False)
        ready = bool(self._passphrase.text) and not self._busy
        self._button.set_enabled(ready, "Type your passphrase first.")

    def submit(self) -> None:
        if self._busy or not self._passphrase.text:
            return
        self._set_busy(True)
        self._bridge.watch(self._unlock(self._passphrase.text), self._opened, self._refused, self)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._passphrase.setEnabled(not busy)
        self._button.set_words("Opening your key …" if busy else "Unlock")
        self._button.set_enabled(not busy, "Opening a key is made slow on purpose.")

    def _opened(self, _result: object) -> None:
        self._set_busy(False)
        self._passphrase.forget()
        self.unlocked.emit()

    def _refused(self, error: ReviewerError) -> None:
        self._set_busy(False)
        self._error.say(error)
        mark_invalid(self._passphrase.line, True)
        self.take_focus()
        self._passphrase.line.selectAll()
