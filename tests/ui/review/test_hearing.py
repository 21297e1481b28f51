"""One camera, or a mix: who is heard, how loud, and what the panel says of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.media.mixer import SoundState
from reviewer.services.preferences import SoundLevel
from reviewer.ui.review.hearing import Hearing, decibels, heard_words
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW

KEY = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1366, 720)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitUntil(made.screen.isActiveWindow)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    return made


def hearing(stage: Stage) -> Hearing:
    return stage.screen.hearing


def test_shift_hears_one_and_ctrl_shift_adds(stage: Stage) -> None:
    QTest.keyClick(stage.screen, KEY.Key_2, SHIFT)
    QTest.keyClick(stage.screen, KEY.Key_3, CTRL | SHIFT)
    assert stage.playback.levels == {"rec-2": 1.0, "rec-3": 1.0}
    assert heard_words(hearing(stage)) == "2 + 3" == stage.screen.transport.sound.text()
    tile = stage.screen.wall.tile("rec-3")
    assert tile is not None and tile._heard
    assert stage.screen.timeline._scene.heard == {"rec-2", "rec-3"}
    QTest.keyClick(stage.screen, KEY.Key_2, CTRL | SHIFT)
    assert stage.playback.levels == {"rec-3": 1.0}
    QTest.keyClick(stage.screen, KEY.Key_3, SHIFT)
    assert stage.playback.levels == {} and heard_words(hearing(stage)) == "None"


def test_mute_keeps_the_mix(stage: Stage) -> None:
    hearing(stage).mix("rec-1")
    hearing(stage).mix("rec-2")
    QTest.keyClick(stage.screen, KEY.Key_M)
    assert stage.playback.levels == {} and heard_words(hearing(stage)) == "Muted"
    QTest.keyClick(stage.screen, KEY.Key_M)
    assert set(stage.playback.levels) == {"rec-1", "rec-2"}


def test_levels_go_by_key_and_are_said(stage: Stage, qtbot: QtBot) -> None:
    hearing(stage).hear("rec-1")
    with qtbot.waitSignal(hearing(stage).said) as said:
        QTest.keyClick(stage.screen, KEY.Key_Down, CTRL)
    assert said.args == ["Camera 1: 90 %, −0.9 dB"]
    for _ in range(15):
        QTest.keyClick(stage.screen, KEY.Key_Up, CTRL)
    assert stage.playback.levels == {"rec-1": 2.0}


def test_solo_hears_one_of_the_mix_and_then_all_again(stage: Stage) -> None:
    hearing(stage).mix("rec-1")
    hearing(stage).mix("rec-2")
    QTest.keyClick(stage.screen, KEY.Key_A, SHIFT)
    assert set(stage.playback.levels) == {"rec-1"}
    QTest.keyClick(stage.screen, KEY.Key_A, SHIFT)
    assert set(stage.playback.levels) == {"rec-1", "rec-2"}


def test_who_left_the_wall_is_silent_until_back(stage: Stage) -> None:
    hearing(stage).mix("rec-1")
    hearing(stage).mix("rec-2")
    stage.screen.wall.choose(["rec-1", "rec-3"])
    assert set(stage.playback.levels) == {"rec-1"}
    stage.screen.wall.choose(["rec-1", "rec-2"])
    assert set(stage.playback.levels) == {"rec-1", "rec-2"}


def test_the_panel_by_keys(stage: Stage, qtbot: QtBot) -> None:
    panel = stage.screen.sounds
    hearing(stage).hear("rec-1")
    QTest.keyClick(stage.screen, KEY.Key_A)
    assert panel.isVisible() and set(panel.rows) == {"rec-1", "rec-2", "rec-3", "rec-4"}
    slider = panel.rows["rec-1"].slider
    assert slider.hasFocus()
    QTest.keyClick(slider, KEY.Key_Right)
    assert stage.playback.levels == {"rec-1": 1.05} and panel.rows["rec-1"].level.text() == "+0.4 dB"
    QTest.keyClick(slider, KEY.Key_L)  # the picture's keys go on
    assert stage.playback.playing
    qtbot.mouseClick(panel.rows["rec-2"].heard, Qt.MouseButton.LeftButton)
    assert set(stage.playback.levels) == {"rec-1", "rec-2"}
    qtbot.mouseClick(panel.rows["rec-2"].alone, Qt.MouseButton.LeftButton)
    assert set(stage.playback.levels) == {"rec-2"}
    panel.grab()
    QTest.keyClick(slider, KEY.Key_Escape)
    assert not panel.isVisible()


def test_silence_is_said_in_words(stage: Stage) -> None:
    hearing(stage).hear("rec-1")
    stage.screen.sounds.toggle()
    stage.playback.sound_state = SoundState(("rec-1",), False, "No sound: there is no sound device here.")
    stage.screen._ticks = 0
    stage.screen.tick()
    assert stage.screen.sounds.state.text() == "No sound: there is no sound device here."
    assert stage.screen.transport.sound.toolTip() == "No sound: there is no sound device here."
    hearing(stage).mute()
    stage.screen._ticks = 0
    stage.screen.tick()
    assert stage.screen.sounds.state.text() == "All are muted. M brings them back."


LEVELS = st.lists(
    st.builds(SoundLevel, st.sampled_from([f"rec-{n}" for n in range(1, 5)]), st.integers(0, 200), st.booleans()),
    unique_by=lambda level: level.recording,
)


def test_a_mix_comes_back_as_it_was(stage: Stage) -> None:
    @given(LEVELS)
    def back(levels: list[SoundLevel]) -> None:
        hearing(stage).restore(levels)
        assert hearing(stage).levels == tuple(levels)
        wanted = {each.recording: each.percent / 100 for each in levels if each.on and each.percent}
        assert stage.playback.levels == wanted

    back()


@pytest.mark.parametrize(
    ("percent", "words"), [(200, "+6.0 dB"), (100, "0 dB"), (50, "−6.0 dB"), (1, "−40.0 dB"), (0, "silent")]
)
def test_levels_in_decibels(percent: int, words: str) -> None:
    assert decibels(percent) == words
