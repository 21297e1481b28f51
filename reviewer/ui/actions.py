"""The keys of the program, bound to what they do (`action_table`): how they are remapped, when they rest.

Letter keys rest while a text field has the focus and Esc leaves the field; a list keeps its arrows and a button that
Tab reached keeps Space and Enter. Keys of another screen never fire: a shortcut lives on its screen, which is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from reviewer.domain.errors import ReviewerError
from reviewer.ui.action_table import CLOCKS
from reviewer.ui.action_table import COMMANDS as COMMANDS
from reviewer.ui.action_table import Command as Command
from reviewer.ui.action_table import Where as Where
from reviewer.ui.buttons import Button
from reviewer.ui.preferences import Preferences, PreferenceStore

_BY_ID = {c.id: c for c in COMMANDS}

_SHOWN = {
    "Return": "↵",
    "Enter": "↵",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
    "Escape": "Esc",
    "Esc": "Esc",
    "-": "−",
}


def _split(key: str) -> tuple[list[str], str]:
    """What is held, and the key itself; the plus key ends a sequence as in "Ctrl++"."""
    if key == "+" or key.endswith("++"):
        return [part for part in key[:-1].split("+") if part], "+"
    *held, last = key.split("+")
    return held, last


def shown(key: str) -> str:
    """A key as it stands on a key cap: "Ctrl+Return" is "Ctrl ↵". "" stays ""."""
    held, last = _split(key)
    return " ".join((*held, _SHOWN.get(last, last)))


class KeyTaken(ReviewerError):
    """Another command has that key where this one would hold."""


class _Focus(Enum):
    OTHER = 0
    TEXT = 1
    LIST = 2
    BUTTON = 3


_ARROWS = {"Left", "Right", "Up", "Down", "Home", "End", "PgUp", "PgDown"}
_EDITING = _ARROWS | {"Backspace", "Del"} | set("ACVXYZ")
_PRESSING = {"Space", "Return", "Enter"}
_FUNCTION = re.compile(r"F\d+")


def is_text(widget: QWidget | None) -> bool:
    """Whether what is typed goes into this widget."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)


def _focus(widget: QWidget | None) -> _Focus:
    if is_text(widget):
        return _Focus.TEXT
    if isinstance(widget, QAbstractButton | QComboBox):
        return _Focus.BUTTON
    if isinstance(widget, QAbstractItemView | QAbstractSlider):
        return _Focus.LIST
    return _Focus.OTHER


def _rests(key: str, focus: _Focus) -> bool:
    """Whether the focused widget needs this key (portable words) for itself."""
    if focus is _Focus.OTHER or not key:
        return False
    held, last = _split(key)
    ctrl, alt = "Ctrl" in held, bool({"Alt", "Meta"} & set(held))
    if focus is _Focus.TEXT:
        if ctrl:
            return last in _EDITING
        return not alt and last != "Esc" and not _FUNCTION.fullmatch(last)
    own = _ARROWS if focus is _Focus.LIST else _ARROWS | _PRESSING
    return not ctrl and not alt and last in own


class KeyTable(QObject):
    """Binds commands to callbacks, follows remaps, and lets keys rest. One a program; preferences hold the remaps."""

    changed = Signal(str)  # command id

    def __init__(self, preferences: PreferenceStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._bound: list[tuple[str, QShortcut]] = []
        self._buttons: list[tuple[str, Button]] = []
        self._followers: list[tuple[QObject, Callable[[str], object]]] = []
        self._state = _Focus.OTHER
        self._known = dict(preferences.now.keys)
        self._agreed: dict[str, Command] = {}  # what the open case's agency says of commands
        preferences.changed.connect(self._follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    def key(self, command: str) -> str:
        """The key of a command now, in portable words; "" if it has none. Raises KeyError for no such command."""
        return self._preferences.now.keys.get(command, self.command(command).key)

    def command(self, command: str) -> Command:
        """Its words and its default key, as the agency of the open case has them. Raises KeyError for no such
        command."""
        return self._agreed.get(command) or _BY_ID[command]

    def agree(self, commands: Iterable[Command]) -> None:
        """An agency's own words and default keys for some commands, instead of those that were agreed before; () for
        none. A key that another command has is not taken: that command then has none until a person gives it one."""
        before, self._agreed = self._agreed, {each.id: each for each in commands}
        for id_, each in tuple(self._agreed.items()):
            if each.key and self.taken_by(id_, each.key) is not None:
                self._agreed[id_] = replace(each, key="")
        for id_ in before.keys() | self._agreed.keys():
            self._refresh(id_)

    def shown(self, command: str) -> str:
        """The key as a key cap shows it."""
        return shown(self.key(command))

    def is_remapped(self, command: str) -> bool:
        return command in self._preferences.now.keys

    def taken_by(self, command: str, key: str) -> Command | None:
        """Which other command has `key` where `command` holds."""
        wanted = QKeySequence(key).toString()
        mine = _BY_ID[command].where
        for other in COMMANDS:
            meets = mine is other.where or Where.EVERYWHERE in (mine, other.where)
            if other.id != command and meets and wanted and QKeySequence(self.key(other.id)).toString() == wanted:
                return other
        return None

    def remap(self, command: str, key: str) -> None:
        """Give a command another key ("" for none). Raises KeyTaken, and then nothing has changed."""
        portable = QKeySequence(key).toString()
        if portable in {"Esc", "Tab", "Shift+Tab", "Backtab"}:
            raise KeyTaken(f"{shown(portable)} leaves a field or moves the focus.", "Choose another key.")
        taken = self.taken_by(command, portable)
        if taken is not None:
            raise KeyTaken(
                f"{shown(portable)} is the key for “{self.command(taken.id).words}”.",
                "Choose another key, or change that one first.",
            )
        default = QKeySequence(self.command(command).key).toString()
        self._store(command, None if portable == default else portable)

    def reset(self, command: str) -> None:
        """Back to the default. Raises KeyTaken if another command has taken it meanwhile."""
        self.remap(command, self.command(command).key)

    def reset_all(self) -> None:
        self._preferences.set(replace(self._preferences.now, keys={}))

    def reload(self) -> None:
        """Other preferences are in force: every key and cap as they have it."""
        for command in COMMANDS:
            self._refresh(command.id)

    def _store(self, command: str, key: str | None) -> None:
        keys = {k: v for k, v in self._preferences.now.keys.items() if k != command}
        if key is not None:
            keys[command] = key
        self._preferences.set(replace(self._preferences.now, keys=keys))

    def _follow(self, now: Preferences) -> None:
        """Whatever changed the preferences: a remap here, or another person's file at log-on."""
        before, self._known = self._known, dict(now.keys)
        for command in before.keys() | now.keys.keys():
            if command in _BY_ID and before.get(command) != now.keys.get(command):
                self._refresh(command)

    def _refresh(self, command: str) -> None:
        self._forget_gone()
        for id_, shortcut in self._bound:
            if id_ == command:
                shortcut.setKey(QKeySequence(self.key(command)))
        for id_, button in self._buttons:
            if id_ == command:
                button.set_key(self.shown(command))
        self._rest()
        self.changed.emit(command)
        self._tell(command)

    def bind(self, on: QWidget, command: str, callback: Callable[[], object]) -> QShortcut:
        """Call `callback` when the command's key is pressed while `on` is to be seen in the active window."""
        shortcut = QShortcut(QKeySequence(self.key(command)), on)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(_BY_ID[command].group in _REPEATING and command not in _ONCE)
        shortcut.activated.connect(lambda: callback() and None)
        self._bound.append((command, shortcut))
        self._rest_if_needed(shortcut)
        return shortcut

    def wear(self, button: Button, command: str) -> Button:
        """Let a button show the command's key, also after a remap."""
        button.set_key(self.shown(command))
        self._buttons.append((command, button))
        return button

    def follow(self, owner: QObject, told: Callable[[str], object]) -> None:
        """Tell of each command whose key changes, for as long as `owner` is there. A function that is only connected
        would outlive it: the signal of a table that the function knows holds both, and no collector sees that."""
        self._followers.append((owner, told))

    def _tell(self, command: str) -> None:
        self._forget_gone()
        for _owner, told in (*self._followers,):
            told(command)

    def _forget_gone(self) -> None:
        self._bound = [b for b in self._bound if isValid(b[1])]
        self._buttons = [b for b in self._buttons if isValid(b[1])]
        self._followers = [f for f in self._followers if isValid(f[0])]

    def _focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and isValid(old) and is_text(old):
            old.removeEventFilter(self)
        if now is not None and is_text(now):
            now.installEventFilter(self)
        self._state = _focus(now)
        self._forget_gone()
        self._rest()

    def _rest(self) -> None:
        for _id, shortcut in self._bound:
            if isValid(shortcut):
                self._rest_if_needed(shortcut)

    def _rest_if_needed(self, shortcut: QShortcut) -> None:
        shortcut.setEnabled(not _rests(shortcut.key().toString(), self._state))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves a text field for the pane it stands in. A dialog's Esc stays the dialog's."""
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):
            return False
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Escape or not isinstance(watched, QWidget):
            return False
        if isinstance(watched.window(), QDialog):
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            leave(watched)
        return True


_REPEATING = {"Playing", "Marks", "Picture", "Clocks"}
_ONCE = {
    *(c.id for c in CLOCKS if not c.id.startswith(("clocks.frame", "clocks.ms"))),
    "look.turn",
    "look.whole",
    "look.reset",
    "compare.toggle",
    "compare.again",
    "compare.swap",
    "still.save",
    "still.all",
    "play.toggle",
    "play.turn",
    "play.slower",
    "play.stop",
    "play.faster",
    "second.who",
    "bookmark.add",
    "note.sign",
    "note.write",
    "loop.toggle",
    "range.in",
    "range.out",
    "range.clear",
}


def leave(field: QWidget) -> None:
    """Give the focus from a field to the pane it stands in (a widget with the property "pane"), else to nobody."""
    at = field.parentWidget()
    while at is not None and not at.property("pane"):
        at = at.parentWidget()
    if at is None:
        field.clearFocus()
    else:
        at.setFocus(Qt.FocusReason.OtherFocusReason)
