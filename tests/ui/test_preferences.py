"""Preferences: kept whole, tolerant of damage, in effect at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import (
    LONGEST_IDLE,
    Preferences,
    PreferenceStore,
    PreferencesUnreadable,
    ThemeChoice,
    read,
    write,
)
from reviewer.ui.preferences_screen import PreferencesScreen

MINE = Preferences(ThemeChoice.DARK, 5, "Europe/Helsinki", {"bookmark.add": "Y"}, {"review": "AAE="}, "/mnt/papers")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "users" / "k.salo" / "preferences.json"
    write(path, MINE)
    assert read(path) == MINE
    assert [p.name for p in path.parent.iterdir()] == ["preferences.json"]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read(tmp_path / "none.json") == Preferences()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"theme": "pink"}',
        '{"sync_cap_kb": "much"}',
        '{"cache_limit_gb": 1.5}',
        '{"idle_minutes": "soon"}',
        '{"idle_minutes": true}',
    ],
)
def test_a_damaged_file_is_said_and_the_defaults_hold(tmp_path: Path, qapp: object, text: str) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PreferencesUnreadable) as said:
        read(path)
    assert said.value.next_step
    store = PreferenceStore(path)
    assert store.now == Preferences()
    assert store.problem is not None


def test_no_file_makes_a_session_lock_later_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "preferences.json"
    path.write_text(json.dumps({"idle_minutes": 600, "keys": {"x": 3, "lock": "Ctrl+K"}, "new": 1}), encoding="utf-8")
    assert read(path).idle_minutes == LONGEST_IDLE
    assert read(path).keys == {"lock": "Ctrl+K"}


def test_whoever_logs_on_brings_their_own_file(qtbot: QtBot, tmp_path: Path) -> None:
    write(tmp_path / "mine.json", MINE)
    store = PreferenceStore()
    with qtbot.waitSignal(store.changed):
        store.open(tmp_path / "mine.json")
    assert store.now == MINE
    store.open(None)
    assert store.now == Preferences()
    store.set(MINE)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.json"]


def test_a_disk_that_refuses_is_told_and_the_choice_holds(qtbot: QtBot, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = PreferenceStore()
    store._path = blocked / "preferences.json"
    with qtbot.waitSignal(store.failed) as failed:
        store.set(MINE)
    assert isinstance(failed.args[0], ReviewerError)
    assert store.now == MINE


@pytest.fixture
def screen(qtbot: QtBot, preferences: PreferenceStore, keys: KeyTable) -> PreferencesScreen:
    made = PreferencesScreen(preferences, keys)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_each_choice_takes_effect_at_once(
    qtbot: QtBot, screen: PreferencesScreen, preferences: PreferenceStore
) -> None:
    qtbot.mouseClick(screen.theme.segment(ThemeChoice.DARK), Qt.MouseButton.LeftButton)
    screen.idle.setValue(99)
    screen.zone.setCurrentIndex(screen.zone.findData("Europe/Helsinki"))
    assert preferences.now == Preferences(ThemeChoice.DARK, LONGEST_IDLE, "Europe/Helsinki")


def test_where_stills_go_is_chosen_and_taken_back(
    screen: PreferencesScreen, preferences: PreferenceStore, tmp_path: Path
) -> None:
    default = preferences.now.stills_folder
    assert default.name == "Reviewer"
    assert not screen.stills.default.isVisible()
    dialog = screen.stills.ask()
    dialog.fileSelected.emit(str(tmp_path))
    dialog.reject()
    assert preferences.now.stills_folder == tmp_path
    assert screen.stills.path.accessibleName() == f"Stills go to: {tmp_path}"
    screen.stills.default.click()
    assert preferences.now == Preferences() and preferences.now.stills_folder == default


def test_a_key_is_changed_by_pressing_it(
    qtbot: QtBot, screen: PreferencesScreen, keys: KeyTable, preferences: PreferenceStore
) -> None:
    row = screen.rows["bookmark.add"]
    qtbot.mouseClick(row.field, Qt.MouseButton.LeftButton)
    assert row.field.listening
    qtbot.keyClick(row.field, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert keys.key("bookmark.add") == "Ctrl+J"
    assert row.field.accessibleName() == "Key for Bookmark: Ctrl J"
    assert row.default.isVisible()
    qtbot.mouseClick(row.default, Qt.MouseButton.LeftButton)
    assert preferences.now.keys == {}
    assert not row.default.isVisible()


def test_a_key_that_is_taken_is_said_beside_it(qtbot: QtBot, screen: PreferencesScreen, keys: KeyTable) -> None:
    row = screen.rows["bookmark.add"]
    row.field.setFocus()
    qtbot.keyClick(row.field, Qt.Key.Key_Return)
    qtbot.keyClick(row.field, Qt.Key.Key_L)
    assert row.error.words == "L is the key for “Faster at each press”. Choose another key, or change that one first."
    assert keys.key("bookmark.add") == "B"


def test_the_keys_stand_beside_the_rest_where_both_have_room(qtbot: QtBot, screen: PreferencesScreen) -> None:
    def right_of() -> int:
        return screen.keys.mapTo(screen, QPoint()).x()

    assert right_of() < screen.width() // 2
    screen.resize(1856, 1000)
    qtbot.waitUntil(lambda: right_of() >= screen.width() // 2)
    assert screen.keys.width() > 800
    screen.resize(1000, 700)
    qtbot.waitUntil(lambda: right_of() < screen.width() // 2)


def test_a_key_is_found_by_its_commands_words_its_room_or_itself(screen: PreferencesScreen) -> None:
    def shown() -> set[str]:
        return {command for command, row in screen.rows.items() if not row.isHidden()}

    every = shown()
    screen.keys.search.line.setText("box mask")
    assert "disclose.box" in shown() and len(shown()) < 5
    screen.keys.search.line.setText("reels shift+space")
    assert shown() == {"reel.play_all"}
    screen.keys.search.line.setText("no such thing")
    assert shown() == set() and screen.keys.none.isVisible()
    screen.keys.search.line.setText("")
    assert shown() == every and not screen.keys.none.isVisible()


def test_esc_keeps_the_old_key_and_tab_goes_on(qtbot: QtBot, screen: PreferencesScreen, keys: KeyTable) -> None:
    row = screen.rows["bookmark.add"]
    row.field.setFocus()
    qtbot.keyClick(row.field, Qt.Key.Key_Space)
    qtbot.keyClick(row.field, Qt.Key.Key_Escape)
    assert not row.field.listening
    qtbot.keyClick(row.field, Qt.Key.Key_Space)
    qtbot.keyClick(row.field, Qt.Key.Key_Tab)
    assert not row.field.hasFocus()
    assert keys.key("bookmark.add") == "B"


def test_how_fast_footage_comes_and_how_much_stays_are_set_at_once(
    qtbot: QtBot, preferences: PreferenceStore, keys: KeyTable
) -> None:
    screen = PreferencesScreen(preferences, keys)
    qtbot.addWidget(screen)
    assert (screen.cap.text(), screen.cache.text()) == ("No limit", "No limit")
    screen.cap.setValue(2.5)
    screen.cache.setValue(200)
    assert (preferences.now.sync_cap_kb, preferences.now.cache_limit_gb) == (2500, 200)
    assert (screen.cap.text(), screen.cache.text()) == ("2.5 MB/s", "200 GB")
    assert "What was used longest ago goes first" in screen.cache.accessibleDescription()
