"""Fields of a form that is written field by field: each knows what stands in the case and what was typed over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from reviewer.ui.fields import line, mark_invalid
from reviewer.ui.fonts import Type, font

LINE = 20  # px: of a paragraph


class Paragraph(QPlainTextEdit):
    """Some lines of text; Tab leaves it, and `left` says so."""

    left = Signal()

    def __init__(self, lines: int = 3) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFont(font(Type.BODY))
        self.setFixedHeight(lines * LINE + 16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def chooser(choices: Sequence[str], *, typed: bool = True) -> QComboBox:
    """One of a few, or with `typed` whatever else is typed."""
    made = QComboBox()
    made.setEditable(typed)
    made.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    made.setFont(font(Type.BODY))
    made.setFixedHeight(32)
    made.setMinimumWidth(40)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    inside = made.lineEdit()
    if inside is not None:
        inside.setFont(font(Type.BODY))
        inside.setPlaceholderText("choose, or type")
    made.addItems(list(choices))
    made.setCurrentIndex(-1)
    return made


class Entry(QObject):
    """One field. `left(name)`: the person has gone on, and what stands here is not what was shown."""

    left = Signal(str)

    def __init__(self, name: str, widget: QWidget) -> None:
        super().__init__(widget)
        self.name, self.widget = name, widget
        self.shown = ""
        self._example = widget.placeholderText() if isinstance(widget, QLineEdit | QPlainTextEdit) else ""
        if isinstance(widget, Paragraph):
            widget.left.connect(self._gone_on)
        elif isinstance(widget, QLineEdit):
            widget.editingFinished.connect(self._gone_on)
        elif isinstance(widget, QComboBox):
            widget.activated.connect(lambda _at: self._gone_on())
            inside = widget.lineEdit()
            if inside is not None:
                inside.editingFinished.connect(self._gone_on)

    @property
    def typed(self) -> str:
        widget = self.widget
        if isinstance(widget, QComboBox):
            return widget.currentText()
        return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else _text(widget)

    @property
    def changed(self) -> bool:
        """Whether somebody typed something else than what stands in the case."""
        return self.typed.strip() != self.shown.strip()

    def show(self, value: str) -> None:
        """What stands in the case now. What is being typed stays, and is said to replace what its author saw."""
        if not self.changed:
            self.put(value)
            self.shown = value

    def put(self, value: str) -> None:
        """Write it into the field, whatever was typed there."""
        widget = self.widget
        if self.typed == value:
            return
        if isinstance(widget, QComboBox):
            widget.setCurrentIndex(widget.findText(value))
            inside = widget.lineEdit()
            if inside is not None:
                inside.setText(value)
                inside.setCursorPosition(0)
        elif isinstance(widget, QPlainTextEdit):
            widget.setPlainText(value)
        elif isinstance(widget, QLineEdit):
            widget.setText(value)
            widget.setCursorPosition(0)

    def reset(self, value: str) -> None:
        """Show this, and forget what was typed."""
        self.shown = value
        self.put(value)
        self.mark(invalid=False)

    def mark(self, *, invalid: bool) -> None:
        """Draw it as not understood, or not."""
        mark_invalid(self.widget, invalid)

    def set_read_only(self, read_only: bool) -> None:
        widget = self.widget
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            widget.setReadOnly(read_only)
            # An example of what to type is none for whoever reads: it would look like what is known.
            widget.setPlaceholderText("" if read_only else self._example)
        else:
            widget.setEnabled(not read_only)

    def _gone_on(self) -> None:
        if self.changed:
            self.left.emit(self.name)


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QLineEdit) else ""


def entry(name: str, placeholder: str = "") -> Entry:
    """A field of one line."""
    return Entry(name, line(placeholder))


def focus_field(entries: Sequence[Entry], name: str) -> None:
    """Bring the cursor into a field."""
    found = next((each for each in entries if each.name == name), None)
    if found is not None:
        found.widget.setFocus()
