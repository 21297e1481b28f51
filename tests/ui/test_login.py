"""The door: health and banner before any secret, an error in place, nothing blocked while the key is opened."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import WrongPassphrase
from reviewer.domain.roster import Banner
from reviewer.ui.bridge import Bridge
from reviewer.ui.login import Door, HealthLine, LoginScreen
from reviewer.ui.theme import Tone
from tests.ui.samples import NOW, now, zone

BANNER = Banner("Only people the agency has <named> may use it.\n\nEverything is logged.", 4, NOW)
WRONG = WrongPassphrase("That passphrase does not open the key.", "4 tries left, then locked until released.")


class Keyring:
    """Answers a log-on when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers: list[Future[object]] = []

    def __call__(self, name: str, passphrase: str) -> Future[object]:
        self.asked.append((name, passphrase))
        self.answers.append(Future())
        return self.answers[-1]


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def make(qtbot: QtBot, bridge: Bridge, keyring: Keyring) -> Callable[..., LoginScreen]:
    def made(banner: Banner | None = BANNER) -> LoginScreen:
        screen = LoginScreen(
            Door("Helsinki Example Police", "IA-04", banner),
            keyring,
            bridge=bridge,
            zone=zone,
            now=now,
            health=[HealthLine("Roster 31 expires 30 Sep 2026"), HealthLine("Store not reached.", Tone.WARN)],
        )
        qtbot.addWidget(screen)
        screen.resize(1366, 768)
        screen.show()
        qtbot.waitUntil(screen.isActiveWindow)
        return screen

    return made


def fill(qtbot: QtBot, screen: LoginScreen) -> None:
    qtbot.keyClicks(screen._name, "K. Salo")
    qtbot.keyClicks(screen._passphrase.line, "correct horse")
    screen._read.setChecked(True)


def said(screen: LoginScreen) -> str:
    return " ".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def test_health_and_banner_are_there_before_any_secret(make: Callable[..., LoginScreen]) -> None:
    words = said(make())
    for expected in ("Roster 31", "Store not reached.", "workstation IA-04", "version 4", "local (11:02 UTC)"):
        assert expected in words
    assert "&lt;named&gt;" in words  # the agency's text is text, not markup


def test_log_on_waits_for_name_passphrase_and_the_box_and_says_so(
    qtbot: QtBot, make: Callable[..., LoginScreen], keyring: Keyring
) -> None:
    screen = make()
    assert screen._name.hasFocus()
    assert screen._button.toolTip() == "Type your name or badge first."
    qtbot.keyClicks(screen._name, "0417")
    qtbot.keyClick(screen._name, Qt.Key.Key_Return)
    assert screen._passphrase.line.hasFocus()
    qtbot.keyClicks(screen._passphrase.line, "secret")
    qtbot.keyClick(screen._passphrase.line, Qt.Key.Key_Return)
    assert not keyring.asked
    assert screen._why.text() == "Tick that you have read the text."
    screen._read.setChecked(True)
    qtbot.keyClick(screen._passphrase.line, Qt.Key.Key_Return)
    assert keyring.asked == [("0417", "secret")]


def test_while_the_key_is_opened_the_screen_says_so_and_asks_once(
    qtbot: QtBot, make: Callable[..., LoginScreen], keyring: Keyring
) -> None:
    screen = make()
    fill(qtbot, screen)
    screen.submit()
    screen.submit()
    assert len(keyring.asked) == 1
    assert screen._button.accessibleName() == "Opening your key …"
    assert not screen._button.isEnabled()
    with qtbot.waitSignal(screen.logged_on) as logged_on:
        keyring.answers[0].set_result("session")
    assert logged_on.args == ["session"]
    assert screen._passphrase.text == ""
    assert not screen._read.isChecked()


def test_a_wrong_passphrase_is_said_in_place_with_the_tries_left(
    qtbot: QtBot, make: Callable[..., LoginScreen], keyring: Keyring
) -> None:
    screen = make()
    fill(qtbot, screen)
    screen.submit()
    keyring.answers[0].set_exception(WRONG)
    qtbot.waitUntil(screen._error.isVisible)
    assert screen._error.words == str(WRONG)
    assert screen._passphrase.line.hasFocus()
    assert screen._passphrase.line.property("invalid") is True
    qtbot.keyClicks(screen._passphrase.line, "x")  # what was typed is selected: typing replaces it
    assert screen._passphrase.text == "x"
    assert not screen._error.isVisible()


def test_the_passphrase_is_covered_until_asked(qtbot: QtBot, make: Callable[..., LoginScreen]) -> None:
    screen = make()
    field = screen._passphrase
    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    qtbot.mouseClick(field._eye, Qt.MouseButton.LeftButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Normal
    assert field._eye.accessibleName() == "Hide the passphrase"
    screen.reset()
    assert field.line.echoMode() is QLineEdit.EchoMode.Password


def test_tab_goes_down_the_form(qtbot: QtBot, make: Callable[..., LoginScreen]) -> None:
    screen = make()
    fill(qtbot, screen)
    screen._name.setFocus()
    order = []
    for _ in range(4):
        at = screen.focusWidget()
        qtbot.keyClick(at, Qt.Key.Key_Tab)
        order.append(screen.focusWidget())
    assert order == [screen._passphrase.line, screen._passphrase._eye, screen._read, screen._button]


def test_a_machine_without_a_roster_says_what_to_do(make: Callable[..., LoginScreen]) -> None:
    screen = make(None)
    assert screen._why.text() == "This machine has no roster. Ask the custodian."
