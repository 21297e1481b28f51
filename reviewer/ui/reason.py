"""Why are you viewing this? (screen 09): asked, and written to the log, before any picture is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import Utc
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import ErrorNote, label

_WIDTH = 560


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer. A closed one (`open` False) says in `detail` why it is closed. `note_needed`: say why in words."""

    value: str
    words: str
    detail: str
    open: bool = True
    note_needed: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, about what, and where the way back leads."""

    title: str
    about: str
    back: str

    @staticmethod
    def of_case(case: str, cameras: int) -> Question:
        said = f"{case} · {count(cameras, 'camera')}. {_WRITTEN}"
        return Question("Why are you viewing this?", said, "Back to queue")

    @staticmethod
    def of_restricted(who: str, restricted: str) -> Question:
        why = f": {restricted.rstrip('.')}" if restricted else ""
        said = f"{who} · restricted{why}. You are asked each time. {_WRITTEN}"
        return Question("Why are you viewing this restricted recording?", said, "Leave it covered")


_WRITTEN = "Your answer is written to the log before any picture is shown."


class _Choice(QAbstractButton):
    """A radio button in a card: what, and who said so or why not."""

    def __init__(self, reason: Reason, parent: QWidget) -> None:
        super().__init__(parent)
        self.reason = reason
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setText(reason.words)
        self.setAccessibleName(reason.words)
        self.setAccessibleDescription(reason.detail)
        self.setEnabled(reason.open)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH - 56, 54)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Enter starts viewing from anywhere in the dialog.
            event.ignore()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: object) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, able = self.isChecked(), self.isEnabled()
        edge = theme.color("ink" if chosen else "edge" if able else "line")
        painter.setPen(QPen(edge, 2 if chosen else 1))
        hover = able and self.underMouse()
        painter.setBrush(theme.color("bg3" if chosen else "bg2" if hover else "bg1"))
        inset = 1.0 if chosen else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        dot = QRectF(15, self.height() / 2 - 8, 16, 16)
        painter.setPen(QPen(theme.color("ink" if chosen else "edge"), 1))
        painter.setBrush(theme.color("ink") if chosen else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        if chosen:
            painter.setBrush(theme.color("on_ink"))
            painter.drawEllipse(dot.center(), 3, 3)
        painter.setFont(font(Type.STRONG))
        painter.setPen(theme.color("text" if able else "text3"))
        painter.drawText(QRectF(44, 9, self.width() - 56, 18), Qt.AlignmentFlag.AlignVCenter, self.reason.words)
        painter.setFont(font(Type.DETAIL))
        painter.setPen(theme.color("text2" if able else "text3"))
        painter.drawText(QRectF(44, 28, self.width() - 56, 16), Qt.AlignmentFlag.AlignVCenter, self.reason.detail)


class _Note(QPlainTextEdit):
    """Enter goes on, Shift Enter makes a new line."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.entered.emit()
            event.accept()
            return
        super().keyPressEvent(event)


class ReasonDialog(QDialog):
    """Open it with `open()`. `answered(value, note)` when a person starts viewing, `back()` when they do not.

    The answer is not final until the log has it: the caller records it and then calls `accept()`, or `refuse(error)`.
    """

    answered = Signal(str, str)
    back = Signal()

    def __init__(
        self,
        question: Question,
        reasons: Sequence[Reason],
        *,
        zone: Zone,
        now: Callable[[], Utc],
        theme: ThemeName = ThemeName.DARK,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._zone, self._now = zone, now
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setModal(True)
        self.setWindowTitle(question.title)
        self.setFixedWidth(_WIDTH)
        self._lay_out(question, reasons)
        first = next((b for b in self._group.buttons() if b.isEnabled()), None)
        if first is not None:
            first.setChecked(True)
        self._group.buttonToggled.connect(lambda *_: self._settle())
        self._note.textChanged.connect(self._settle)
        apply_theme(self, theme)
        self._settle()
        (first or self._back).setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self, question: Question, reasons: Sequence[Reason]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(0)
        column.addWidget(label(question.title, Type.TITLE, wrap=True))
        column.addSpacing(4)
        column.addWidget(label(question.about, Type.BODY, "text2", wrap=True))
        column.addSpacing(16)
        self._group = QButtonGroup(self)
        for at, reason in enumerate(reasons):
            choice = _Choice(reason, self)
            self._group.addButton(choice, at)
            column.addWidget(choice)
            column.addSpacing(8)
        self._note = _Note()
        self._note.entered.connect(self.submit)
        self._note.setFont(font(Type.BODY))
        self._note.setTabChangesFocus(True)
        self._note.setFixedHeight(60)
        column.addWidget(labelled(_note_words(reasons), self._note))
        self._error = ErrorNote()
        column.addSpacing(8)
        column.addWidget(self._error)
        column.addSpacing(8)
        column.addLayout(self._foot(question.back))

    def _foot(self, back: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._when = label(self._zone.both(self._now()), Type.DETAIL, "text2", wrap=True)
        row.addWidget(self._when, 1)
        self._back = Button(back, key="Esc")
        self._start = Button("Start viewing", key="↵", look=Look.PRIMARY)
        self._back.clicked.connect(self.reject)
        self._start.clicked.connect(self.submit)
        row.addWidget(self._back)
        row.addWidget(self._start)
        return row

    @property
    def chosen(self) -> Reason | None:
        button = self._group.checkedButton()
        return button.reason if isinstance(button, _Choice) and button.isEnabled() else None

    @property
    def note(self) -> str:
        return self._note.toPlainText().strip()

    def _missing(self) -> str:
        reason = self.chosen
        if reason is None:
            return "No reason is open to you. Ask your supervisor."
        return "Say why in the note." if reason.note_needed and not self.note else ""

    def _settle(self) -> None:
        why = self._missing()
        self._start.set_enabled(not why, why)
        self._error.clear()
        self._when.setText(why or self._zone.both(self._now()))

    def submit(self) -> None:
        reason = self.chosen
        if reason is None or self._missing():
            return
        self._start.set_enabled(False, "The answer is being written to the log.")
        self.answered.emit(reason.value, self.note)

    def refuse(self, error: ReviewerError) -> None:
        """The log could not take the answer: nothing is shown, and the dialog stays."""
        self._settle()
        self._error.say(error)

    def reject(self) -> None:
        super().reject()
        self.back.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
            event.accept()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


def _note_words(reasons: Sequence[Reason]) -> str:
    needed = all(reason.note_needed for reason in reasons)
    return "Say why" if needed else "Note (may be left empty)"
