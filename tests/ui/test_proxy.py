"""Proxies on screen: one quiet item in the status line, a switch in the settings, words in the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain import events as ev
from reviewer.domain.timebase import Micros
from reviewer.services.proxy import ProxyState, ProxyStatus
from reviewer.services.trust import Problem
from reviewer.ui.actions import COMMANDS, KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.chrome import StatusItem
from reviewer.ui.log_words import KINDS, LogKind, did
from reviewer.ui.main_window import MainWindow
from reviewer.ui.preferences import Preferences, PreferenceStore, read, write
from reviewer.ui.preferences_screen import PreferencesScreen
from reviewer.ui.proxy import status_item
from reviewer.ui.theme import Tone
from tests.ui.samples import done

BROKEN = Problem("Ofc. A. Niemi 2214, part 2", "It crashed its decoder.", "Its original is played.")


def status(state: ProxyState, share: float = 0.349, why: str = "", *left_out: Problem) -> ProxyStatus:
    return ProxyStatus(state, Micros(int(share * 1000)), Micros(1000), "Ofc. A. Niemi 2214, part 1", why, left_out)


@pytest.mark.parametrize(
    ("said", "words", "tone"),
    [
        (status(ProxyState.WORKING), "Proxies 34 %", Tone.PLAIN),
        (status(ProxyState.WORKING, 1.0), "Proxies 99 %", Tone.PLAIN),
        (status(ProxyState.PAUSED, 0.34, "on battery"), "Proxies 34 % · paused: on battery", Tone.PLAIN),
        (
            status(ProxyState.STOPPED, 0.34, "Less than 5 GB are free on the disk."),
            "Proxies 34 % · stopped. Less than 5 GB are free on the disk.",
            Tone.WARN,
        ),
        (status(ProxyState.DONE, 1.0, "", BROKEN), "Proxies made · 1 part has none", Tone.PLAIN),
        (status(ProxyState.DONE, 1.0, "", BROKEN, BROKEN), "Proxies made · 2 parts have none", Tone.PLAIN),
    ],
)
def test_the_status_line_says_how_far_and_why_not(said: ProxyStatus, words: str, tone: Tone) -> None:
    item = status_item(said, "Ctrl Shift P")
    assert item is not None
    assert (item.words, item.tone) == (words, tone)
    assert "at rest the original shows" in item.hint
    if said.left_out:
        assert "It crashed its decoder. Its original is played." in item.hint
    if said.state is ProxyState.WORKING:
        assert "Now: Ofc. A. Niemi 2214, part 1." in item.hint
        assert "Ctrl Shift P pauses and goes on." in item.hint


@pytest.mark.parametrize("said", [status(ProxyState.DONE, 1.0), status(ProxyState.OFF)])
def test_where_nothing_is_to_be_said_nothing_is(said: ProxyStatus) -> None:
    assert status_item(said) is None


@pytest.fixture
def window(qtbot: QtBot, keys: KeyTable, preferences: PreferenceStore, bridge: Bridge) -> Iterator[MainWindow]:
    made = MainWindow(keys=keys, preferences=preferences, bridge=bridge, unlock=lambda _p: done(object()))
    qtbot.addWidget(made)
    made.add_screen("queue", QWidget(), words="Queue", icon="inbox")
    made.add_screen("log", QWidget(), words="Log", icon="certificate")
    made.show_shell("Inv. K. Salo 0417")
    made.show_screen("queue")
    made.show()
    yield made
    made.idle.stop()


def test_it_stands_on_every_screen_behind_what_the_screen_says(window: MainWindow) -> None:
    window.set_status("queue", [StatusItem("cloud-download", "Store reached")])
    window.set_work(status_item(status(ProxyState.WORKING)))
    assert window.status.words.endswith("Store reached · Proxies 34 %")
    window.show_screen("log")
    assert window.status.words.endswith("Proxies 34 %")
    shown = [w for w in window.status.findChildren(QWidget) if "scrubbing is immediate" in w.toolTip()]
    assert shown
    assert shown[0].accessibleDescription() == shown[0].toolTip()
    window.set_work(None)
    assert "Proxies" not in window.status.words


def test_the_switch_in_the_settings_is_kept(
    qtbot: QtBot, preferences: PreferenceStore, keys: KeyTable, tmp_path: object
) -> None:
    screen = PreferencesScreen(preferences, keys)
    qtbot.addWidget(screen)
    assert screen.proxies.value is True
    QTest.mouseClick(screen.proxies.segment(False), Qt.MouseButton.LeftButton)
    assert preferences.now == Preferences(proxies=False)
    assert screen.proxies.accessibleName() == "Proxies"
    assert "5 GB of the disk stay free" in screen.proxies.accessibleDescription()


def test_the_choice_is_read_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("home") / "preferences.json"
    for chosen in (False, True):
        write(path, Preferences(proxies=chosen))
        assert read(path).proxies is chosen
    path.write_text("{}")
    assert read(path).proxies is True


def test_there_is_a_key_to_pause() -> None:
    (command,) = (c for c in COMMANDS if c.id == "proxies.pause")
    assert command.key


def test_the_log_has_words_for_them() -> None:
    assert did(ev.ProxiesBegun.KIND) == "Proxies begun"
    assert did(ev.ProxiesMade.KIND) == "Proxies made"
    assert ev.ProxiesMade.KIND not in KINDS[LogKind.VIEWS], "nobody saw anything"
