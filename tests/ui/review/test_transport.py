from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.ui.actions import KeyTable
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.cameras import carrying
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
    assert "± 0.24 s (camera 3)" in [w.text() for w in sync.findChildren(type(sync._carry))]


@pytest.mark.parametrize(("at_rate", "lit"), [(500, "0.5×"), (4000, "4×"), (-1000, "−1×")])
def test_the_speed_that_is_set_is_lit(transport: Transport, at_rate: int, lit: str) -> None:
    transport.show_rate(at_rate)
    assert transport.speed.segment(abs(at_rate)).isChecked()
    assert transport.speed.segment(abs(at_rate)).text() == lit


def test_speed_and_zoom_ask(transport: Transport, qtbot: QtBot) -> None:
    with qtbot.waitSignal(transport.rate_chosen) as rate:
        qtbot.mouseClick(transport.speed.segment(2000), Qt.MouseButton.LeftButton)
    assert rate.args == [2000]
    with qtbot.waitSignal(transport.command) as command:
        qtbot.mouseClick(transport.bookmark, Qt.MouseButton.LeftButton)
    assert command.args == ["bookmark.add"]


def test_loop_without_a_range_says_why_not(transport: Transport) -> None:
    assert not transport.loop.isEnabled() and "I for its start" in transport.loop.toolTip()
    transport.show_loop(TimeRange(at("22:42:02"), at("22:42:31")), on=True)
    assert transport.loop.isEnabled() and transport.loop.text() == "Loop 29 s" and transport.loop.isChecked()


@pytest.mark.parametrize("width", [1216, 1302, 1536, 1856])
def test_nothing_is_cut_at_any_width(transport: Transport, width: int) -> None:
    transport.show_loop(TimeRange(at("22:42:02"), at("22:42:31")), on=True)
    transport.sync.show_apart(Micros(140_000), Micros(33_366))
    transport.sync.show_carry(carrying(samples.cameras(9)))
    transport.resize(width, 52)
    transport.grab()
    for part in (transport.clock, transport.play, transport.speed, transport.loop, transport.bookmark, transport.sync):
        assert part.width() >= part.sizeHint().width(), part
        assert part.geometry().right() < width
    assert transport.loop.accessibleName() == "Loop 29 s" and transport.bookmark.accessibleName() == "Bookmark"
