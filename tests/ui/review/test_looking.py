"""Looking at a picture otherwise: every tool has a key, a button, an undo; nothing but the look changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.lens import ALL, Lens
from reviewer.domain.tile import TileState
from reviewer.ui.actions import COMMANDS
from reviewer.ui.review import looking as looking_module
from reviewer.ui.review.light_bar import LightBar
from reviewer.ui.review.looking import Looking
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review.fakes import Stage, make_stage
from tests.ui.review.samples import NOW

KEY = Qt.Key
SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    made = make_stage()
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitActive(made.screen)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    qtbot.waitUntil(lambda: len(made.screen.wall.painted()) >= 3)
    return made


def lens(stage: Stage, key: str = "rec-1") -> Lens:
    return stage.screen.wall.looking.lens(key)


@pytest.mark.parametrize(
    ("key", "held", "changed"),
    [
        (KEY.Key_Plus, NONE, Lens(zoom=1_250)),
        (KEY.Key_Q, NONE, Lens(turn=90)),
        (KEY.Key_U, NONE, Lens(brightness=10)),
        (KEY.Key_U, SHIFT, Lens(brightness=-10)),
        (KEY.Key_D, NONE, Lens(contrast=10)),
        (KEY.Key_D, SHIFT, Lens(contrast=-10)),
        (KEY.Key_E, NONE, Lens(gamma=125)),
        (KEY.Key_E, SHIFT, Lens(gamma=80)),
    ],
)
def test_keys_change_the_focused_cameras_look_and_undo_takes_it_back(
    stage: Stage, key: Qt.Key, held: Qt.KeyboardModifier, changed: Lens
) -> None:
    QTest.keyClick(stage.screen, key, held)
    assert lens(stage) == changed and lens(stage, "rec-2") == Lens()
    tile = stage.screen.wall.tile("rec-1")
    assert tile is not None and tile.lens == changed
    QTest.keyClick(stage.screen, KEY.Key_Z, ALT)
    assert lens(stage) == Lens()


def test_pan_whole_and_as_recorded(stage: Stage) -> None:
    for _ in range(7):
        QTest.keyClick(stage.screen, KEY.Key_Plus)
    zoom = lens(stage).zoom
    assert zoom > 4_000
    QTest.keyClick(stage.screen, KEY.Key_Left, CTRL | SHIFT)
    QTest.keyClick(stage.screen, KEY.Key_Down, CTRL | SHIFT)
    assert lens(stage).x < ALL // 2 < lens(stage).y and lens(stage).zoom == zoom
    QTest.keyClick(stage.screen, KEY.Key_Q)
    QTest.keyClick(stage.screen, KEY.Key_E)
    QTest.keyClick(stage.screen, KEY.Key_W)
    assert lens(stage) == Lens(turn=90, gamma=125)
    QTest.keyClick(stage.screen, KEY.Key_W, SHIFT)
    assert lens(stage) == Lens()
    QTest.keyClick(stage.screen, KEY.Key_Z, ALT)
    assert lens(stage) == Lens(turn=90, gamma=125)
    QTest.keyClick(stage.screen, KEY.Key_Minus)
    assert not lens(stage).zoomed


def test_panning_the_whole_picture_does_nothing(stage: Stage) -> None:
    QTest.keyClick(stage.screen, KEY.Key_Left, CTRL | SHIFT)
    assert lens(stage) == Lens() and not stage.screen.wall.looking.can_undo("rec-1")


def test_nearer_asks_the_engine_for_more_pixels_and_the_log_hears_of_the_same_camera(
    qtbot: QtBot, stage: Stage
) -> None:
    before = stage.playback.sizes["rec-1"]
    QTest.keyClick(stage.screen, KEY.Key_Plus)
    QTest.keyClick(stage.screen, KEY.Key_Plus)
    qtbot.waitUntil(lambda: stage.playback.sizes["rec-1"][0] > 1.4 * before[0])
    assert stage.playback.sizes["rec-1"][0] * stage.playback.sizes["rec-1"][1] <= 1920 * 1080
    qtbot.waitUntil(lambda: "rec-1" in stage.playback.told[-1].pictures)


def test_the_wheel_looks_nearer_and_is_undone_as_one(stage: Stage, qtbot: QtBot) -> None:
    tile = stage.screen.wall.tile("rec-1")
    assert tile is not None and tile.state is TileState.PLAYING
    at = QPointF(tile.picture_rect.center())
    no_button = Qt.MouseButton.NoButton
    for _ in range(4):
        event = QWheelEvent(at, at, QPoint(), QPoint(0, 120), no_button, NONE, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(tile, event)
    assert lens(stage).zoom > 2_000
    stage.screen.wall.looking.undo()
    assert lens(stage) == Lens()


def test_what_comes_later_is_a_step_of_its_own(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(looking_module, "monotonic", lambda: now[0])
    looking = Looking(lambda: "a", lambda _key: None)
    for at in (10.0, 10.1, 12.0):
        now[0] = at
        looking.light(brightness=1)
    assert looking.lens("a").brightness == 30
    looking.undo()
    assert looking.lens("a").brightness == 20
    looking.undo()
    assert looking.lens("a") == Lens() and not looking.can_undo("a")
    looking.undo()


def test_without_a_focused_camera_nothing_happens() -> None:
    looking = Looking(lambda: None, lambda _key: None)
    looking.turn()
    looking.pan(1, 0)
    looking.undo()
    assert looking.lenses() == ()


def test_the_tools_do_what_the_keys_do_and_say_how_it_stands(qtbot: QtBot, stage: Stage) -> None:
    tools = stage.screen.wall.tools
    qtbot.mouseClick(tools.nearer, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tools.turn, Qt.MouseButton.LeftButton)
    assert lens(stage) == Lens(1_250, turn=90)
    assert tools.zoom.accessibleName() == "Zoom 1.2×: the whole picture" and tools.turn.accessibleName() == "Turned 90°"
    assert tools.place.isVisible()
    qtbot.mouseClick(tools.place, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert lens(stage).x < ALL // 2
    qtbot.mouseClick(tools.zoom, Qt.MouseButton.LeftButton)
    assert lens(stage) == Lens(turn=90) and not tools.place.isVisible() and not tools.farther.isEnabled()
    qtbot.mouseClick(tools.undo, Qt.MouseButton.LeftButton)
    assert lens(stage).zoom == 1_250


def test_the_sliders_take_the_place_of_the_tools_so_that_nothing_lies_on_the_picture(
    qtbot: QtBot, stage: Stage
) -> None:
    tools = stage.screen.wall.tools
    qtbot.mouseClick(tools.light, Qt.MouseButton.LeftButton)
    assert tools.bar.isVisible() and not tools.nearer.isVisible()
    tools.bar.gamma.setFocus()
    QTest.keyClick(tools.bar.gamma, KEY.Key_Right)
    assert lens(stage) == Lens(gamma=125)
    assert tools.bar.gamma.accessibleName() == "Gamma, 1.25"
    QTest.keyClick(stage.screen, KEY.Key_U)
    assert tools.bar.brightness.value() == 10 and tools.bar.brightness.accessibleName() == "Brightness, +10"
    qtbot.mouseDClick(tools.bar.brightness, Qt.MouseButton.LeftButton)
    assert lens(stage) == Lens(gamma=125)
    qtbot.mouseClick(tools.bar.plain, Qt.MouseButton.LeftButton)
    assert lens(stage) == Lens() and not tools.bar.plain.isEnabled()
    tools.bar.done.emit()
    assert tools.nearer.isVisible()


@pytest.mark.parametrize("width", [340, 520, 700, 1200])
def test_the_tools_fit_however_narrow(qtbot: QtBot, stage: Stage, width: int) -> None:
    tools = stage.screen.wall.tools
    tools.setGeometry(0, 0, width, 40)
    stage.screen.wall.looking.look("rec-1", Lens(2_500, turn=90, gamma=160))
    shown = [b for b in (*tools._buttons, tools.farther, tools.zoom, tools.nearer, tools.undo) if b.isVisible()]
    QApplication.processEvents()
    assert all(b.geometry().right() <= width for b in shown)
    for one, other in zip(sorted(shown, key=lambda b: b.x())[:-1], sorted(shown, key=lambda b: b.x())[1:], strict=True):
        assert one.geometry().right() < other.geometry().left()
    assert all(b.accessibleName() for b in shown)


def test_a_slider_says_where_it_stands_without_telling_anybody(qtbot: QtBot) -> None:
    bar = LightBar()
    qtbot.addWidget(bar)
    with qtbot.assertNotEmitted(bar.chosen):
        bar.show_lens(Lens(brightness=-40, contrast=20, gamma=63))
    assert (bar.brightness.value(), bar.contrast.value()) == (-40, 20)
    assert bar.gamma.accessibleName() == "Gamma, 0.63"
    apply_theme(bar, ThemeName.LIGHT)
    bar.resize(420, 40)
    bar.grab()


def test_every_picture_tool_has_a_key() -> None:
    tools = [c for c in COMMANDS if c.group == "Picture"]
    assert len(tools) == 21 and all(c.key and c.words for c in tools)
