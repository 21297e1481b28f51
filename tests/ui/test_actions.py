"""The table of keys: what they are, who may have them, when they rest."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from reviewer.ui.actions import COMMANDS, KeyTable, KeyTaken, Where, shown
from reviewer.ui.buttons import Button
from reviewer.ui.preferences import Preferences, PreferenceStore, write


class Screen(QWidget):
    """A pane with a text field, a list and a button, and every key of the review bound to a counter."""

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.did: Counter[str] = Counter()
        self.field, self.list, self.button = QLineEdit(), QListWidget(), Button("Press")
        self.list.addItems(["one", "two", "three"])
        column = QVBoxLayout(self)
        for widget in (self.field, self.list, self.button):
            column.addWidget(widget)
        for command in COMMANDS:
            if command.where in (Where.REVIEW, Where.EVERYWHERE):
                keys.bind(self, command.id, lambda c=command.id: self.did.update([c]))
        self.button.clicked.connect(lambda: self.did.update(["button"]))


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable) -> Screen:
    made = Screen(keys)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    return made


@pytest.mark.parametrize(
    ("key", "held", "command"),
    [
        (Qt.Key.Key_J, Qt.KeyboardModifier.NoModifier, "play.slower"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "play.toggle"),
        (Qt.Key.Key_Comma, Qt.KeyboardModifier.NoModifier, "frame.back"),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier, "seek.back5"),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier, "seek.forward30"),
        (Qt.Key.Key_3, Qt.KeyboardModifier.NoModifier, "camera.3"),
        (Qt.Key.Key_3, Qt.KeyboardModifier.ShiftModifier, "hear.3"),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier, "redo"),
        (Qt.Key.Key_BracketRight, Qt.KeyboardModifier.NoModifier, "unwatched.next"),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, "note.sign"),
        (Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, "lock"),
        (Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier, "pane.next"),
    ],
)
def test_a_key_does_what_the_table_says(
    qtbot: QtBot, screen: Screen, key: Qt.Key, held: Qt.KeyboardModifier, command: str
) -> None:
    qtbot.keyClick(screen, key, held)
    assert screen.did == {command: 1}


def test_letter_keys_rest_while_a_text_field_has_the_focus_and_esc_leaves_it(qtbot: QtBot, screen: Screen) -> None:
    screen.field.setFocus()
    for key in (Qt.Key.Key_B, Qt.Key.Key_J, Qt.Key.Key_Space, Qt.Key.Key_1, Qt.Key.Key_Left, Qt.Key.Key_Up):
        qtbot.keyClick(screen.field, key)
    qtbot.keyClick(screen.field, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert not screen.did
    # A field keeps the case of what is typed; that letters arrived at all is what matters here.
    assert screen.field.text().lower() == "bj 1"
    qtbot.keyClick(screen.field, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(screen.field, Qt.Key.Key_F1)
    assert screen.did == {"lock": 1, "help": 1}
    qtbot.keyClick(screen.field, Qt.Key.Key_Escape)
    assert screen.hasFocus()
    qtbot.keyClick(screen, Qt.Key.Key_B)
    assert screen.did["bookmark.add"] == 1


def test_a_list_keeps_its_arrows_and_nothing_else(qtbot: QtBot, screen: Screen) -> None:
    screen.list.setFocus()
    screen.list.setCurrentRow(0)
    qtbot.keyClick(screen.list, Qt.Key.Key_Down)
    assert screen.list.currentRow() == 1
    assert not screen.did
    qtbot.keyClick(screen.list, Qt.Key.Key_B)
    qtbot.keyClick(screen.list, Qt.Key.Key_Space)
    assert screen.did == {"bookmark.add": 1, "play.toggle": 1}


def test_a_button_that_tab_reached_keeps_space_and_a_click_does_not_take_it(qtbot: QtBot, screen: Screen) -> None:
    qtbot.mouseClick(screen.button, Qt.MouseButton.LeftButton)
    assert screen.hasFocus()
    qtbot.keyClick(screen, Qt.Key.Key_Space)
    assert screen.did == {"button": 1, "play.toggle": 1}
    screen.button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(screen.button, Qt.Key.Key_Space)
    qtbot.keyClick(screen.button, Qt.Key.Key_Return)
    assert screen.did == {"button": 3, "play.toggle": 1}


def test_no_two_commands_share_a_key_where_they_meet(keys: KeyTable) -> None:
    assert len({c.id for c in COMMANDS}) == len(COMMANDS)
    assert [c.id for c in COMMANDS if keys.taken_by(c.id, c.key)] == []


def test_a_remap_takes_effect_at_once_and_is_kept(qtbot: QtBot, keys: KeyTable, preferences: PreferenceStore) -> None:
    screen = Screen(keys)
    qtbot.addWidget(screen)
    button = keys.wear(Button("Bookmark"), "bookmark.add")
    qtbot.addWidget(button)
    screen.show()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.setFocus()
    with qtbot.waitSignal(keys.changed):
        keys.remap("bookmark.add", ";")
    qtbot.keyClick(screen, Qt.Key.Key_B)
    qtbot.keyClick(screen, Qt.Key.Key_Semicolon)
    assert screen.did == {"bookmark.add": 1}
    assert preferences.now.keys == {"bookmark.add": ";"}
    assert KeyTable(preferences).shown("bookmark.add") == ";"
    keys.reset("bookmark.add")
    assert preferences.now.keys == {}


def test_a_key_that_is_taken_is_refused_by_name(keys: KeyTable, preferences: PreferenceStore) -> None:
    with pytest.raises(KeyTaken, match="Faster") as refused:
        keys.remap("bookmark.add", "L")
    assert refused.value.next_step
    with pytest.raises(KeyTaken):
        keys.remap("bookmark.add", "Esc")
    assert preferences.now.keys == {}
    # The list's Enter and a key of the review never meet.
    keys.remap("bookmark.add", "Return")


def test_a_key_can_be_taken_away_and_another_command_may_have_it(keys: KeyTable) -> None:
    keys.remap("play.faster", "")
    keys.remap("bookmark.add", "L")
    with pytest.raises(KeyTaken, match="Bookmark"):
        keys.reset("play.faster")
    keys.reset_all()
    assert (keys.key("play.faster"), keys.key("bookmark.add")) == ("L", "B")


@pytest.mark.parametrize(
    ("key", "words"),
    [("Ctrl+Return", "Ctrl ↵"), ("Shift+Left", "Shift ←"), ("+", "+"), ("Ctrl++", "Ctrl +"), (",", ","), ("", "")],
)
def test_keys_are_shown_as_on_the_keyboard(key: str, words: str) -> None:
    assert shown(key) == words


def test_another_persons_keys_hold_once_they_log_on(
    qtbot: QtBot, keys: KeyTable, preferences: PreferenceStore, tmp_path: Path
) -> None:
    path = tmp_path / "preferences.json"
    write(path, Preferences(keys={"bookmark.add": ";"}))
    screen = Screen(keys)
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(screen.isActiveWindow)
    screen.setFocus()
    preferences.open(path)
    qtbot.keyClick(screen, Qt.Key.Key_Semicolon)
    assert screen.did == {"bookmark.add": 1}
    preferences.open(None)
    qtbot.keyClick(screen, Qt.Key.Key_Semicolon)
    assert screen.did == {"bookmark.add": 1}


def test_a_screen_that_is_gone_is_told_of_no_key(qtbot: QtBot) -> None:
    keys, gone = KeyTable(PreferenceStore()), QWidget()
    told: list[str] = []
    keys.follow(gone, told.append)
    keys.remap("play.toggle", "Ctrl+Alt+Shift+F9")
    assert told == ["play.toggle"]
    delete(gone)
    keys.remap("play.toggle", "Ctrl+Alt+Shift+F10")
    assert told == ["play.toggle"]
