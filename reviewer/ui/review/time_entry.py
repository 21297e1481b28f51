"""T: type a time, local or UTC, over the main clock. Enter goes there, Esc or leaving the field closes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from reviewer.domain.timebase import Utc
from reviewer.ui.actions import leave
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.clocks import NotATime, typed
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card, ErrorNote


class _Field(QLineEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class TimeEntry(Card):
    """`entered` carries the Utc that was typed."""

    entered = Signal(object)

    def __init__(self, zone: Zone, now: Callable[[], Utc], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone, self._now = zone, now
        self.field = _Field()
        self.field.setPlaceholderText("22:44:02, or 19:44:02 UTC")
        self.field.setAccessibleName("Time to go to, local or UTC")
        self.field.setFont(font(Type.SECTION))
        self.field.returnPressed.connect(self._submit)
        self.field.left.connect(self.hide)
        self.error = ErrorNote()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 8)
        column.setSpacing(4)
        column.addWidget(self.field)
        column.addWidget(self.error)
        self.hide()

    def ask(self) -> None:
        self.field.clear()
        self.error.clear()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _submit(self) -> None:
        try:
            at = typed(self._zone, self.field.text(), self._now())
        except NotATime as wrong:
            self.error.say(wrong)
            return
        leave(self.field)  # or Qt gives the focus to some button, and Space and the arrows are that button's
        self.hide()
        self.entered.emit(at)
