"""The keys of Settings: every command with its key, another one caught from the keyboard, found by words."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import COMMANDS, Command, KeyTable, shown
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import MEDIUM, Type, font
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import Card, ErrorNote, label, strong

_HELD = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr}


class KeyField(QWidget):
    """Press it (or Enter), then the new key. Esc or leaving it keeps the old one, Backspace takes the key away."""

    caught = Signal(str)

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words, self._key, self._listening = words, "", False
        self.setFixedSize(120, 28)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def listening(self) -> bool:
        return self._listening

    def show_key(self, key: str) -> None:
        self._key = key
        self.setAccessibleName(f"Key for {self._words}: {key or 'none'}")
        self._listen(False)

    def _listen(self, on: bool) -> None:
        self._listening = on
        self.update()

    def mousePressEvent(self, _event: object) -> None:
        self._listen(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._listen(False)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._listening:
            # While it listens, every key is for it and none for the program.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._pressed(event):
            return True
        return super().event(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if not self._listening:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self._listen(True)
                return True
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        if key in _HELD:
            return True
        self._listen(False)
        if key == Qt.Key.Key_Backspace:
            self.caught.emit("")
        elif key != Qt.Key.Key_Escape:
            self.caught.emit(QKeySequence(event.keyCombination()).toString())
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("ink" if self._listening else "edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        painter.setFont(font(Type.DETAIL, MEDIUM))
        painter.setPen(theme.color("text2" if self._listening or not self._key else "text"))
        words = "Press a key …" if self._listening else self._key or "none"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class _KeyRow(QWidget):
    def __init__(self, command: Command, keys: KeyTable) -> None:
        super().__init__()
        self._command, self._keys = command, keys
        self.command = command.id
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._words = label(command.words)
        row.addWidget(self._words, 1)
        self._where = label(command.where.value, Type.DETAIL, "text3")
        row.addWidget(self._where)
        self.field = KeyField(command.words)
        self.default = Button(f"Back to {shown(command.key)}", look=Look.QUIET, height=28)
        self.default.setFixedWidth(132)
        row.addWidget(self.default)
        row.addWidget(self.field)
        column.addLayout(row)
        self.error = ErrorNote()
        column.addWidget(self.error)
        self.field.caught.connect(lambda key: self._try(lambda: keys.remap(command.id, key)))
        self.default.clicked.connect(lambda: self._try(lambda: keys.reset(command.id)))
        self.refresh()

    @property
    def spoken(self) -> str:
        """What it is found by."""
        now = self._keys.command(self.command)
        key = self._keys.key(self.command).replace("+", " ")
        return f"{now.words} {now.group} {now.where.value} {key} {self._keys.shown(self.command)}".casefold()

    def _try(self, change: object) -> None:
        self.error.clear()
        try:
            if callable(change):
                change()
        except ReviewerError as error:
            self.error.say(error)

    def refresh(self) -> None:
        now = self._keys.command(self._command.id)
        self._words.setText(now.words)
        self.default.set_words(f"Back to {shown(now.key) or 'none'}")
        self.field.show_key(self._keys.shown(self._command.id))
        retained = self.default.sizePolicy()
        retained.setRetainSizeWhenHidden(True)
        self.default.setSizePolicy(retained)
        self.default.setVisible(self._keys.is_remapped(self._command.id))


class KeyCard(Card):
    """All of them by room; `rows` by command."""

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._keys = keys
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Keys", Type.SECTION), 1)
        self.search = SearchField("Command, room or key", keys.shown("list.find"))
        self.search.typed.connect(self._find)
        head.addWidget(self.search)
        every = Button("All keys back to default", look=Look.QUIET)
        every.clicked.connect(keys.reset_all)
        head.addWidget(every)
        column.addLayout(head)
        column.addSpacing(6)
        about = "Press a key’s field, then the new key. Esc keeps the old one, Backspace takes it away."
        column.addWidget(label(about, Type.BODY, "text2", wrap=True))
        self.rows: dict[str, _KeyRow] = {}
        self._groups: list[tuple[QLabel, tuple[_KeyRow, ...]]] = []
        for group, commands in groupby(COMMANDS, key=lambda c: c.group):
            heading = strong(group)
            heading.setFixedHeight(14 + Type.BODY.line)
            heading.setAlignment(Qt.AlignmentFlag.AlignBottom)
            column.addWidget(heading)
            made = tuple(_KeyRow(command, keys) for command in commands)
            for row in made:
                self.rows[row.command] = row
                column.addWidget(row)
            self._groups.append((heading, made))
        self.none = label("No command, room or key is called so.", Type.BODY, "text2")
        self.none.setFixedHeight(14 + Type.BODY.line)
        self.none.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self.none.hide()
        column.addWidget(self.none)
        column.addStretch()
        keys.follow(self, self._remapped)

    def _remapped(self, command: str) -> None:
        self.rows[command].refresh()
        self.search.set_key(self._keys.shown("list.find"))

    def _find(self, text: str) -> None:
        wanted = text.casefold().replace("+", " ").split()
        for heading, rows in self._groups:
            for row in rows:
                row.setVisible(all(word in row.spoken for word in wanted))
            heading.setVisible(any(not row.isHidden() for row in rows))
        self.none.setVisible(all(row.isHidden() for row in self.rows.values()))
