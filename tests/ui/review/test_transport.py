from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.cameras import carrying
from reviewer.ui.review.speeds import RATES
from reviewer.ui.review.transport import Transport
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import samples
from tests.ui.review.samples import NOW, ZONE, at


@pytest.fixture
def transport(qtbot: QtBot) -> Transport:
    made = Transport(ZONE, KeyTable(PreferenceStore()))
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(1536, 52)
    made.show()
    return made


def test_the_main_clock_shows_both_times_and_names_the_offset(transport: Transport) -> None:
    transport.clock.show_time(NOW)
    assert transport.clock.local == "22:42:17.48"
    assert transport.clock.utc == "19:42:17.48 UTC"
    width = transport.clock.width()
    transport.clock.show_time(Utc(NOW + 3_111_111))
    assert transport.clock.width() == width


def test_the_two_numbers_are_said_apart(transport: Transport) -> None:
    sync = transport.sync
    sync.show_apart(Micros(9_000), Micros(33_366))
    assert sync.words == "Players apart 9 ms · within 1 frame"
    sync.show_apart(Micros(140_000), Micros(33_366))
    assert sync.words == "Players apart 140 ms · 5 frames"
    sync.show_apart(None, Micros(0))
    assert sync.words == "Players apart – · fewer than two play"
    sync.show_carry(carrying(samples.cameras(4)))
    assert "± 0.48 s (camera 3)" in [w.text() for w in sync.findChildren(type(sync._carry))]


@pytest.mark.parametrize(
    ("rate", "words", "said"),
    [
        (500, "0.5×", "Speed 0.5× forwards"),
        (100, "0.1×", "Speed 0.1× forwards"),
        (-16000, "16×", "Speed 16× backwards"),
    ],
)
def test_the_speed_says_how_fast_and_which_way(transport: Transport, rate: int, words: str, said: str) -> None:
    transport.show_rate(rate)
    now = transport.speed.now
    assert (now.text(), now.accessibleName()) == (words, said)
    assert transport.speed.slower.isEnabled() is (rate != 100)
    assert transport.speed.faster.isEnabled() is (rate != -16000)


def test_every_speed_in_either_direction_is_in_the_sheet(transport: Transport, qtbot: QtBot) -> None:
    asked: list[int] = []
    transport.rate_chosen.connect(asked.append)
    transport.show_rate(1000)
    qtbot.mouseClick(transport.speed.now, Qt.MouseButton.LeftButton)
    sheet = transport.speed.sheet
    assert sheet.isVisible() and (sheet.ways.value, sheet.sizes.value) == (1, 1000)
    for rate in RATES:
        qtbot.mouseClick(sheet.sizes.segment(rate), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(sheet.ways.segment(-1), Qt.MouseButton.LeftButton)
    assert asked == [*RATES, -RATES[-1]]
    qtbot.keyClick(sheet.sizes.segment(1000), Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_shuttle_springs_back(transport: Transport, qtbot: QtBot) -> None:
    strip = transport.shuttle
    pulled: list[int] = []
    strip.pulled.connect(pulled.append)
    middle, y = strip.width() // 2, strip.height() // 2
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(strip, left, pos=QPoint(middle, y))
    for x in (middle + 8, strip.width() - 2, middle + 2, 2):
        qtbot.mouseMove(strip, QPoint(x, y))
    assert pulled == [0, 100, 16000, 0, -16000]
    with qtbot.waitSignal(strip.let_go):
        qtbot.mouseRelease(strip, left, pos=QPoint(2, y))
    transport.grab()


def test_further_is_faster_and_both_sides_are_alike(transport: Transport) -> None:
    strip = transport.shuttle
    middle = strip.width() / 2
    rates = [strip.rate_at(middle + away) for away in range(strip.width() // 2)]
    assert rates == sorted(rates) and set(rates) == {0, *RATES}
    assert [-strip.rate_at(middle - away) for away in range(strip.width() // 2)] == rates


def test_the_wheel_on_the_shuttle_goes_by_frames(transport: Transport, qtbot: QtBot) -> None:
    asked: list[str] = []
    transport.command.connect(asked.append)
    place = QPointF(transport.shuttle.rect().center())
    none, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    for turned in (-120, 120):
        wheel = QWheelEvent(place, place, QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, none, phase, False)
        QApplication.sendEvent(transport.shuttle, wheel)
    assert asked == ["frame.forward", "frame.back"]


def test_buttons_ask(transport: Transport, qtbot: QtBot) -> None:
    asked: list[str] = []
    transport.command.connect(asked.append)
    for button in (transport.bookmark, transport.speed.faster, transport.speed.slower, transport.sound, transport.film):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == ["bookmark.add", "speed.faster", "speed.slower", "sound.panel", "film.toggle"]


def test_who_is_heard_and_why_there_is_silence(transport: Transport) -> None:
    transport.show_sound("1 + 3", "")
    assert transport.sound.accessibleName() == "Sound: 1 + 3" and "1 + 3" in transport.sound.toolTip()
    transport.show_sound("1 + 3", "No sound backwards.")
    assert transport.sound.toolTip() == transport.sound.accessibleDescription() == "No sound backwards."


def test_loop_without_a_range_says_why_not(transport: Transport) -> None:
    assert not transport.loop.isEnabled() and "I for its start" in transport.loop.toolTip()
    transport.show_loop(TimeRange(at("22:42:02"), at("22:42:31")), on=True)
    assert transport.loop.isEnabled() and transport.loop.text() == "Loop 29 s" and transport.loop.isChecked()


@pytest.mark.parametrize("width", [1216, 1302, 1536, 1856])
def test_nothing_is_cut_at_any_width(transport: Transport, width: int) -> None:
    transport.show_loop(TimeRange(at("22:42:02"), at("22:42:31")), on=True)
    transport.show_sound("1 + 2 + 3", "")
    transport.show_rate(-1250)
    transport.sync.show_apart(Micros(140_000), Micros(33_366))
    transport.sync.show_carry(carrying(samples.cameras(9)))
    transport.resize(width, 52)
    transport.grab()
    parts = (transport.clock, transport.play, transport.shuttle, transport.speed, transport.loop, transport.bookmark)
    for part in (*parts, transport.sound, transport.sync, transport.film):
        assert part.width() >= part.sizeHint().width(), part
        assert part.geometry().right() < width
    assert transport.loop.accessibleName() == "Loop 29 s" and transport.bookmark.accessibleName() == "Bookmark"
