"""The window: doors, bars, themes, panes, the keys sheet, and the lock that covers everything."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import WrongPassphrase
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button
from reviewer.ui.chrome import StatusItem, StatusLine
from reviewer.ui.elided import Elided
from reviewer.ui.idle import IdleWatch
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import Preferences, PreferenceStore, ThemeChoice
from reviewer.ui.reason import Question, ReasonDialog
from reviewer.ui.theme import ThemeName, Tone, theme_of
from reviewer.ui.widgets import KeyCap
from tests.ui.samples import HELSINKI, done, failed, now


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class Page(QWidget):
    """A screen of two panes."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.buttons = (Button("One"), Button("Two"))
        column = QVBoxLayout(self)
        for button in self.buttons:
            pane = QWidget()
            pane.setProperty("pane", True)
            QVBoxLayout(pane).addWidget(button)
            column.addWidget(pane)


class Lockbox:
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Callable[[], Future[object]] = lambda: done(object())

    def __call__(self, passphrase: str) -> Future[object]:
        self.asked.append(passphrase)
        return self.answer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lockbox() -> Lockbox:
    return Lockbox()


@pytest.fixture
def window(
    qtbot: QtBot, keys: KeyTable, preferences: PreferenceStore, bridge: Bridge, clock: Clock, lockbox: Lockbox
) -> MainWindow:
    made = MainWindow(keys=keys, preferences=preferences, bridge=bridge, unlock=lockbox, idle=IdleWatch(15, clock))
    qtbot.addWidget(made)
    made.add_screen("queue", Page(), words="Queue", icon="inbox")
    made.add_screen("review", Page(), words="Review", icon="layout-grid", theme=ThemeName.DARK, picture=True)
    made.show_shell("Inv. K. Salo 0417")
    made.set_place("CR-2026-0142", "Aleksanterinkatu, 13 Jun 2026")
    made.set_reason("complaint")
    made.set_log_health("Log writing")
    made.show_screen("queue")
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def said(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_every_door_leads_somewhere_and_by_key_too(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.screen_changed) as changed:
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert changed.args == ["review"]
    qtbot.mouseClick(window.rail._doors["queue"], Qt.MouseButton.LeftButton)
    assert window.current == "queue"
    assert window.rail._doors["queue"].isChecked()
    assert set(window.rail._doors) == {"queue", "review", "keys"}


def test_a_closed_door_says_why_and_stays_closed(qtbot: QtBot, window: MainWindow) -> None:
    window.set_door("review", False, "Open a case in the queue first.")
    assert window.rail._doors["review"].toolTip() == "Open a case in the queue first."
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current == "queue"


def test_reason_and_log_health_stand_above_in_review_and_health_below_elsewhere(window: MainWindow) -> None:
    window.set_status("queue", [StatusItem("cloud-download", "Store reached")], "All times local")
    assert window.status.words == "Log writing · Store reached"
    assert not window.top._health.isVisible()
    window.show_screen("review")
    assert window.top._health.isVisible()
    assert window.top._reason.words == "Viewing for: complaint"
    assert "CR-2026-0142" in said(window.top)
    window.set_log_health("Log stopped: the disk is full", Tone.STOP)
    assert window.top._health.words == "Log stopped: the disk is full"


def test_a_full_status_line_cuts_what_stands_last(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    items = [StatusItem("eye", f"Thing {n} that is true now and takes a while to say") for n in range(1, 5)]
    line.resize(3_000, 26)
    line.show()
    line.say(items, "4 of 4 recordings verified")
    said = line.findChildren(Elided)

    def whole() -> list[bool]:
        return [each.shown == each.text() for each in said]

    qtbot.waitUntil(lambda: all(whole()))
    line.resize(1_200, 26)
    qtbot.waitUntil(lambda: whole()[0] and not whole()[3] and whole() == sorted(whole(), reverse=True))
    assert said[3].shown.endswith("…") and "takes a while to say" in said[3].toolTip()


def test_the_bars_wear_the_screens_theme_and_a_preference_can_force_one(
    window: MainWindow, preferences: PreferenceStore
) -> None:
    assert theme_of(window.top).name is ThemeName.LIGHT
    window.show_screen("review")
    assert theme_of(window.top).name is ThemeName.DARK
    preferences.set(Preferences(theme=ThemeChoice.LIGHT))
    assert theme_of(window.top).name is ThemeName.LIGHT
    assert theme_of(window.stack.currentWidget()).name is ThemeName.LIGHT


def test_f6_goes_round_the_panes_and_the_rail(qtbot: QtBot, window: MainWindow) -> None:
    page = window.stack.currentWidget()
    assert isinstance(page, Page)
    seen = []
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        seen.append(window.focusWidget())
    assert seen == [page.buttons[0], page.buttons[1], window.rail._doors["queue"], page.buttons[0]]


def test_the_ring_shows_where_the_keyboard_is(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.ring.around is window.focusWidget()
    window.lock("asked")
    assert window.ring.around is window.lock_page._passphrase.line


def test_f1_opens_the_keys_beside_the_screen_and_esc_closes_them(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.sheet.isVisible()
    words = said(window.sheet)
    assert "Bookmark" in words
    assert "Focus camera 1 to 9" in words
    assert window.stack.currentWidget().isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.sheet.isVisible()


def test_no_key_is_cut_in_the_sheet(qtbot: QtBot, window: MainWindow) -> None:
    window.toggle_keys()
    caps = window.sheet.findChildren(KeyCap)
    area = window.sheet.findChild(QScrollArea)
    assert isinstance(area, QScrollArea) and len(caps) > 100
    inside = area.viewport()
    qtbot.waitUntil(lambda: all(c.mapTo(inside, c.rect().topRight()).x() < inside.width() for c in caps))


def test_the_sheet_shows_a_remapped_key(window: MainWindow, keys: KeyTable) -> None:
    keys.remap("bookmark.add", ";")
    assert window.sheet._caps["bookmark.add"].accessibleName() == "Key ;"


def test_lock_covers_everything_and_asks_for_the_passphrase(qtbot: QtBot, window: MainWindow, lockbox: Lockbox) -> None:
    page = window.stack.currentWidget()
    dialog = ReasonDialog(Question.of_case("CR-2026-0142", 4), (), zone=HELSINKI, now=now, parent=window)
    dialog.open()
    covered_when_told: list[bool] = []
    window.locked.connect(lambda _why: covered_when_told.append(window.is_locked))
    with qtbot.waitSignal(window.locked) as locked:
        window.lock("asked")
    assert locked.args == ["asked"]
    assert covered_when_told == [False]  # who plays stops before the picture goes
    assert window.is_locked
    assert not page.isVisible()
    assert not window.top.isVisible()
    assert not dialog.isVisible()
    assert window.windowTitle() == "Reviewer"
    field = window.lock_page._passphrase.line
    qtbot.waitUntil(lambda: field.hasFocus())
    qtbot.keyClicks(field, "secret")
    with qtbot.waitSignal(window.unlocked):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert lockbox.asked == ["secret"]
    assert page.isVisible()
    assert field.text() == ""


def test_ctrl_l_locks_and_no_key_reaches_what_is_covered(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.is_locked
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.current == "queue"
    assert not window.sheet.isVisible()
    with qtbot.assertNotEmitted(window.locked):
        window.lock("asked")


def test_whoever_finds_it_locked_logs_off_by_a_key_that_does_nothing_before(qtbot: QtBot, window: MainWindow) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    with qtbot.assertNotEmitted(window.log_off):
        qtbot.keyClick(window, Qt.Key.Key_L, held)
    window.lock("asked")
    assert window.lock_page.off._key == "Ctrl Shift L"
    with qtbot.waitSignal(window.log_off):
        qtbot.keyClick(window.lock_page._passphrase.line, Qt.Key.Key_L, held)


def test_a_wrong_passphrase_keeps_it_locked_and_says_so(qtbot: QtBot, window: MainWindow, lockbox: Lockbox) -> None:
    lockbox.answer = lambda: failed(WrongPassphrase("That passphrase does not open the key.", "4 tries left."))
    window.lock("asked")
    window.lock_page._passphrase.line.setText("wrong")
    window.lock_page.submit()
    qtbot.waitUntil(window.lock_page._error.isVisible)
    assert window.is_locked
    assert window.lock_page._error.words == "That passphrase does not open the key. 4 tries left."


def test_nobody_at_the_keys_locks_after_a_warning(qtbot: QtBot, window: MainWindow, clock: Clock) -> None:
    clock.at = 14.5 * 60
    window.idle.check()
    assert window.status.words == "Nobody at the keys: locks in 31 s"
    handle = window.windowHandle()
    QTest.mouseMove(handle, QPoint(200, 200))
    assert window.status.words == "Log writing"
    clock.at += 15 * 60
    with qtbot.waitSignal(window.locked) as locked:
        window.idle.check()
    assert locked.args == ["idle"]
    assert "Locked after 15 min" in said(window.lock_page)


def test_a_person_may_shorten_the_idle_time(window: MainWindow, preferences: PreferenceStore, clock: Clock) -> None:
    preferences.set(Preferences(idle_minutes=2))
    clock.at = 119
    window.idle.check()
    assert not window.is_locked
    clock.at = 120
    window.idle.check()
    assert window.is_locked


def test_before_log_on_only_the_door_is_to_be_seen(qtbot: QtBot, window: MainWindow) -> None:
    door = QLineEdit()
    window.set_login(door)
    window.show_login()
    assert door.isVisible()
    assert not window.shell.isVisible()
    with qtbot.assertNotEmitted(window.locked):
        window.lock("asked")


def test_a_screen_of_another_session_takes_the_old_ones_place(window: MainWindow) -> None:
    other = Page()
    window.add_screen("queue", other, words="Queue", icon="inbox")
    window.show_screen("queue")
    assert window.stack.currentWidget() is other
    assert len(window.rail._doors) == 3


def test_closing_is_told_once(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closing):
        window.close()
