"""Forms of the recordings screen: what is signed there, with its reason. They sign nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.custodian_source import KeyState
from reviewer.ui.fields import PassphraseField, labelled, line, mark_invalid
from reviewer.ui.fonts import Type, font
from reviewer.ui.widgets import Card, ErrorNote, label, strong

_SHORTEST = 3  # letters of a reason


def note(words: str) -> QPlainTextEdit:
    """A field of some lines; Tab leaves it."""
    made = QPlainTextEdit()
    made.setPlaceholderText(words)
    made.setTabChangesFocus(True)
    made.setFont(font(Type.BODY))
    made.setFixedHeight(64)
    return made


class KeyBox(Card):
    """Asks for the custody key. `opening` carries its file and the passphrase; the field is empty afterwards."""

    opening = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Custody key")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(strong("Custody key"))
        column.addWidget(
            label("It opens what you assign. Forgotten when you lock or log off.", Type.DETAIL, "text2", wrap=True)
        )
        self.file = line("custody.json")
        self._file = labelled("Key file", self.file)
        column.addWidget(self._file)
        self.passphrase = PassphraseField()
        column.addWidget(labelled("Passphrase for the custody key", self.passphrase))
        self.error = ErrorNote()
        column.addWidget(self.error)
        self.button = Button("Open the key", icon="key")
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.passphrase.entered.connect(self.submit)
        self.passphrase.edited.connect(self._settle)
        self.file.textChanged.connect(lambda _text: self._settle())
        self.button.clicked.connect(self.submit)
        self._busy = False

    def show_state(self, state: KeyState) -> None:
        """Shown only while the key is wanted and not open."""
        self.setVisible(state.wanted and not state.opened)
        if not self.file.text():
            self.file.setText(state.file)
        self._settle()

    def _settle(self) -> None:
        self.error.clear()
        mark_invalid(self.passphrase.line, False)
        ready = bool(self.passphrase.text) and bool(self.file.text().strip()) and not self._busy
        self.button.set_enabled(ready, "Name the key’s file and type its passphrase.")

    def submit(self) -> None:
        if self.button.isEnabled():
            self._busy = True
            self.button.set_enabled(False, "Opening a key is made slow on purpose.")
            self.opening.emit(self.file.text().strip(), self.passphrase.text)

    def opened(self) -> None:
        self._busy = False
        self.passphrase.forget()
        self._settle()

    def refuse(self, error: ReviewerError) -> None:
        self.opened()
        self.error.say(error)
        mark_invalid(self.passphrase.line, True)
        self.passphrase.line.setFocus(Qt.FocusReason.OtherFocusReason)


class Form(QWidget):
    """A page with a heading, fields, what is missing, and Sign. `signed` carries what is to be signed, `back` nothing.

    It stays as it is until `taken` says that it was done, or `refuse` why not."""

    signed = Signal(object)
    back = Signal()

    def __init__(self, keys: KeyTable, button: str, icon: str = "signature") -> None:
        super().__init__()
        self.key = KeyState()
        self._busy = False
        self._words = button
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(17, 16, 16, 16)
        self.column.setSpacing(10)
        self.heading = label("", Type.PANEL, wrap=True)
        self.said = label("", Type.BODY, "text2", wrap=True)
        self.column.addWidget(self.heading)
        self.column.addWidget(self.said)
        self.box = KeyBox()
        self.error = ErrorNote()
        self.missing = label("", Type.DETAIL, "text2", wrap=True)
        self.sign = keys.wear(Button(button, icon=icon, look=Look.PRIMARY, height=36), "recordings.sign")
        self.give_up = Button("Back", look=Look.QUIET, height=36)
        self.give_up.setToolTip(f"Nothing is signed ({keys.shown('recordings.back')})")
        self.sign.clicked.connect(self.submit)
        self.give_up.clicked.connect(self.back)

    def finish_layout(self) -> None:
        """Below the fields of the form: the key, what went wrong, what is missing, Sign."""
        for widget in (self.box, self.error, self.missing):
            self.column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.sign)
        row.addStretch()
        row.addWidget(self.give_up)
        self.column.addLayout(row)
        self.column.addStretch(1)

    def watch(self, *fields: QLineEdit | QPlainTextEdit | Choice) -> None:
        """What is missing is said anew whenever one of these changes."""
        for field in fields:
            if isinstance(field, Choice):
                field.currentIndexChanged.connect(lambda _at: self.settle())
            elif isinstance(field, QLineEdit):
                field.textChanged.connect(lambda _text: self.settle())
            else:
                field.textChanged.connect(self.settle)

    def show_key(self, state: KeyState) -> None:
        """How the custody key stands now."""
        self.key = state
        self.box.show_state(state)
        self.settle()

    def lacks(self) -> str:
        """What is still missing, as a sentence; "" for nothing."""
        return ""

    def made(self) -> object:
        """What is to be signed."""
        return None

    def settle(self) -> None:
        lacking = "" if self._busy else self.lacks() or self._lacks_key()
        self.missing.setText(lacking)
        self.missing.setVisible(bool(lacking))
        self.sign.set_enabled(not lacking and not self._busy, lacking or "It is being signed.")
        self.error.clear()

    def _lacks_key(self) -> str:
        return "Open the custody key above." if self.key.wanted and not self.key.opened else ""

    def submit(self) -> None:
        """Sign, if nothing is missing."""
        if self._busy or self.lacks() or self._lacks_key():
            return
        what = self.made()
        self._busy = True
        self.settle()
        self.sign.set_words("Signing …")
        self.signed.emit(what)

    def taken(self) -> None:
        """It was done, or nothing of it is to be done any more."""
        self._busy = False
        self.sign.set_words(self._words)
        self.settle()

    def refuse(self, error: ReviewerError) -> None:
        """It was not done. What was typed stays."""
        self.taken()
        self.error.say(error)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do, with its reason: `what` is "take_off", "hand_over", "release" or "withdraw"."""

    what: str
    case: str = ""
    recordings: tuple[str, ...] = ()
    user: str = ""
    to: str = ""
    reason: str = ""


class ActForm(Form):
    """An act on a case or on recordings: who, whom to, and why."""

    def __init__(self, keys: KeyTable, button: str, *, who: str = "", to: str = "", needs_key: bool = True) -> None:
        super().__init__(keys, button)
        self._needs_key = needs_key
        self._act = Act("")
        self.who, self.to = Choice([("Choose", "")]), Choice([("Choose", "")])
        self.reason = note("Why, in plain words")
        for said, field in ((who, self.who), (to, self.to)):
            made = labelled(said, field)
            made.setVisible(bool(said))
            self.column.addWidget(made)
        self._asks = (bool(who), bool(to))
        self.column.addWidget(labelled("Reason", self.reason))
        self.finish_layout()
        self.watch(self.who, self.to, self.reason)

    def begin(
        self,
        act: Act,
        heading: str,
        said: str,
        who: Sequence[tuple[str, str]] = (),
        to: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Ask for what is missing in this act."""
        self._act = act
        self.heading.setText(heading)
        self.said.setText(said)
        self.who.show_choices([("Choose", ""), *who] if len(who) != 1 else list(who))
        self.to.show_choices([("Choose", ""), *to])
        self.reason.clear()
        self.taken()
        asked: Callable[[], object] = self.who.setFocus if self._asks[0] and len(who) != 1 else self.reason.setFocus
        asked()

    def show_key(self, state: KeyState) -> None:
        super().show_key(state if self._needs_key else KeyState())

    def lacks(self) -> str:
        if self._asks[0] and not self.who.value:
            return "Choose who."
        if self._asks[1] and not self.to.value:
            return "Choose to whom."
        return reason_lacks(self.reason)

    def made(self) -> Act:
        act = self._act
        reason = self.reason.toPlainText().strip()
        return Act(act.what, act.case, act.recordings, self.who.value or "", self.to.value or "", reason)


def reason_lacks(field: QPlainTextEdit) -> str:
    return "" if len(field.toPlainText().strip()) >= _SHORTEST else "Say why."
