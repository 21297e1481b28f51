"""Fields a person types into: a search field with its key, a passphrase that can be shown, a labelled row."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer.ui.buttons import IconButton
from reviewer.ui.fonts import Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.widgets import KeyCap, label


def labelled(words: str, field: QWidget, gap: int = 5) -> QWidget:
    """A field under its label; the label is the field's accessible name."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap)
    above = label(words, Type.LABEL, "text2")
    above.setBuddy(field)
    field.setAccessibleName(words)
    column.addWidget(above)
    column.addWidget(field)
    return box


def line(placeholder: str = "", *, large: bool = False) -> QLineEdit:
    """A one-line field, 32 px high or 40."""
    made = QLineEdit()
    made.setFont(font(Type.BODY))
    made.setPlaceholderText(placeholder)
    made.setFixedHeight(40 if large else 32)
    return made


def check(words: str) -> QCheckBox:
    """A box to tick, with its words."""
    made = QCheckBox(words)
    made.setFont(font(Type.BODY))
    made.setMinimumHeight(28)
    return made


def mark_invalid(field: QWidget, invalid: bool) -> None:
    """Draw a field's border in the stop colour, or not."""
    if bool(field.property("invalid")) == invalid:
        return
    field.setProperty("invalid", invalid)
    field.style().unpolish(field)
    field.style().polish(field)


class SearchField(QWidget):
    """Find by words. The magnifier and the key cap stand inside the field."""

    typed = Signal(str)

    def __init__(self, placeholder: str, key: str, width: int = 280) -> None:
        super().__init__()
        self.setFixedSize(width, 32)
        self.line = line(placeholder)
        self.line.setParent(self)
        self.line.setAccessibleName(placeholder)
        self.line.textChanged.connect(self._changed)
        self._icon = IconLabel("search", 16, "text2", self)
        self._cap = KeyCap(key, self)
        self._cap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusProxy(self.line)
        self._lay_out()

    def set_key(self, key: str) -> None:
        self._cap.show_key(key)
        self._lay_out()

    def focus(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def _changed(self, words: str) -> None:
        self._cap.setVisible(not words)
        self.typed.emit(words)

    def _lay_out(self) -> None:
        cap = self._cap.sizeHint()
        self.line.setGeometry(self.rect())
        self.line.setTextMargins(24, 0, cap.width() + 2, 0)
        self._icon.move(11, 8)
        self._cap.setGeometry(self.width() - cap.width() - 9, 7, cap.width(), cap.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()


class PassphraseField(QWidget):
    """A secret, shown only while asked to. Never in the clipboard's or the system's history."""

    entered = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = line(large=True)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.line.setTextMargins(0, 0, 32, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self._eye = IconButton("Show the passphrase", "eye", height=28)
        self._eye.setParent(self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._reveal)
        self.line.returnPressed.connect(self.entered)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.setFocusProxy(self.line)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    @property
    def text(self) -> str:
        return self.line.text()

    def forget(self) -> None:
        """Empty the field and hide what is typed next."""
        self.line.clear()
        self._eye.setChecked(False)

    def _reveal(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.set_icon("eye-off" if shown else "eye")
        self._eye.set_words("Hide the passphrase" if shown else "Show the passphrase")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._eye.move(self.width() - 28 - 6, (self.height() - 28) // 2)
        self._eye.resize(28, 28)
