"""Two instants side by side, by keys and buttons: what is held, what is told as shown, how far apart the two lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.camera import TilePicture
from reviewer.services.playback import HeldPicture
from reviewer.services.still import NotOnScreen
from reviewer.ui.review.comparing import apart_words
from reviewer.ui.review.wall_layout import WallLayout
from tests.ui.review import samples
from tests.ui.review.fakes import FakeStills, Stage, make_stage
from tests.ui.review.samples import NOW

KEY = Qt.Key
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def stills() -> FakeStills:
    return FakeStills()


@pytest.fixture
def stage(qtbot: QtBot, stills: FakeStills) -> Stage:
    made = make_stage(stills=stills)
    qtbot.addWidget(made.screen)
    made.screen.resize(1536, 930)
    made.screen.show()
    made.screen.activateWindow()
    qtbot.waitActive(made.screen)
    made.screen.open_at(NOW)
    made.screen.setFocus()
    qtbot.waitUntil(lambda: len(made.screen.wall.painted()) >= 3)
    return made


def full_size(seed: int = 1) -> TilePicture:
    return samples.picture(TileState.PLAYING, (1920, 1080), seed=seed)


def test_c_holds_the_instant_and_c_again_lets_it_go(qtbot: QtBot, stage: Stage, stills: FakeStills) -> None:
    screen = stage.screen
    shown = screen.wall.painted()["rec-1"]
    QTest.keyClick(screen, KEY.Key_C)
    ((key, asked),) = stills.wanted
    assert key == "rec-1" and asked is shown
    held = stage.playback.compared
    assert (
        held is not None and held.key == "rec-1" and held.picture.image is not shown.image
    )  # the decoder's own moves on
    assert np.array_equal(held.picture.image, shown.image)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: screen.wall.layout_now is WallLayout.COMPARE)
    original = full_size()
    stills.originals[-1].set_result(original)
    qtbot.waitUntil(lambda: stage.playback.compared is not None and stage.playback.compared.picture is original)
    qtbot.waitUntil(lambda: stage.playback.told[-1].held is not None)
    assert stage.playback.told[-1].held.picture is original  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: stage.playback.held_size[0] > 100)
    qtbot.waitUntil(lambda: screen.wall.tools.compare.accessibleName() == "End compare")
    QTest.keyClick(screen, KEY.Key_C)
    assert stage.playback.compared is None
    qtbot.waitUntil(lambda: screen.wall.layout_now is WallLayout.FOCUS)
    qtbot.waitUntil(lambda: stage.playback.told[-1].held is None)


def test_what_is_not_the_original_is_not_held_but_fetched(qtbot: QtBot, stage: Stage, stills: FakeStills) -> None:
    for made, picture in tuple(stage.playback._made.items()):
        stage.playback._made[made] = replace(picture, fidelity=Fidelity.PROXY, image=picture.image)
    qtbot.waitUntil(lambda: stage.screen.wall.painted()["rec-1"].fidelity is Fidelity.PROXY)
    QTest.keyClick(stage.screen, KEY.Key_C)
    assert stage.playback.compared is not None and stage.playback.compared.picture.image is None
    qtbot.waitUntil(lambda: stage.screen.wall._held.tile is not None)
    tile = stage.screen.wall._held.tile
    assert tile is not None and tile.face is not None
    assert tile.face.detail == "Its original frame is being fetched"
    stills.originals[-1].set_exception(UnreadableMedia("This frame is damaged.", "Choose another."))
    qtbot.waitUntil(lambda: tile.state is TileState.UNREADABLE)
    assert tile.face.detail == "This frame is damaged. Choose another."


@pytest.mark.parametrize("way", [KEY.Key_Escape, KEY.Key_0, KEY.Key_G])
def test_leaving_by_any_key_lets_go(qtbot: QtBot, stage: Stage, way: Qt.Key) -> None:
    QTest.keyClick(stage.screen, KEY.Key_C)
    qtbot.waitUntil(lambda: stage.screen.wall.layout_now is WallLayout.COMPARE)
    QTest.keyClick(stage.screen, way)
    assert stage.playback.compared is None


def test_an_original_that_comes_too_late_is_not_held(qtbot: QtBot, stage: Stage, stills: FakeStills) -> None:
    QTest.keyClick(stage.screen, KEY.Key_C)
    QTest.keyClick(stage.screen, KEY.Key_C)
    stills.originals[-1].set_result(full_size())
    stage.screen.tick()
    qtbot.wait(20)
    assert stage.playback.compared is None


def test_another_instant_instead_and_the_two_exchanged(qtbot: QtBot, stage: Stage, stills: FakeStills) -> None:
    screen = stage.screen
    QTest.keyClick(screen, KEY.Key_C)
    first = full_size()
    stills.originals[-1].set_result(first)
    qtbot.waitUntil(lambda: stage.playback.compared is not None and stage.playback.compared.picture is first)
    QTest.keyClick(screen, KEY.Key_C, SHIFT)
    assert len(stills.wanted) == 2 and stage.playback.compared.picture is not first  # type: ignore[union-attr]
    second = replace(full_size(2), at=Utc(NOW + SECOND), until=Utc(NOW + 2 * SECOND))
    stills.originals[-1].set_result(second)
    qtbot.waitUntil(lambda: stage.playback.compared is not None and stage.playback.compared.picture is second)
    QTest.keyClick(screen, KEY.Key_C, ALT)
    assert len(stills.wanted) == 3 and ("seek", second.at) in stage.playback.calls


def test_a_refusal_is_said_and_nothing_is_held(qtbot: QtBot, stage: Stage, stills: FakeStills) -> None:
    said: list[str] = []
    stage.screen.status_changed.connect(lambda items, _right: said.append(" · ".join(i.words for i in items)))

    def refuse(_key: str, _picture: TilePicture) -> None:
        raise NotOnScreen

    stage.screen.picture.comparing._fetch = refuse  # type: ignore[assignment]
    QTest.keyClick(stage.screen, KEY.Key_C)
    assert stage.playback.compared is None and said[-1].startswith("The log does not say yet")
    stage.screen.wall.focus("rec-4")  # in a gap
    QTest.keyClick(stage.screen, KEY.Key_C)
    assert said[-1].startswith("The focused camera shows no picture.")


def test_locking_covers_the_held_picture_in_the_same_call(qtbot: QtBot, stage: Stage) -> None:
    QTest.keyClick(stage.screen, KEY.Key_C)
    qtbot.waitUntil(lambda: stage.screen.wall.painted_held() is not None)
    stage.screen.lock()
    assert stage.screen.wall.painted_held() is None and stage.playback.held_size == (0, 0)


CAMERAS = {c.key: c for c in samples.cameras(9)}


@pytest.mark.parametrize(
    ("other", "micros", "words"),
    [
        ("rec-1", 0, "The same frame"),
        ("rec-1", 4_100_400, "4.100 s later"),
        ("rec-1", -33_366, "0.033 s earlier"),
        ("rec-2", 4_100_000, "4.10 s later ± 51 ms"),
        ("rec-2", 20_000, "Which came first cannot be decided (± 51 ms)"),
        ("rec-3", -4_130_000, "4.1 s earlier ± 0.48 s"),
        ("rec-9", 8_100_000, "8 s later ± 8.00 s"),
        ("rec-9", 7_900_000, "Which came first cannot be decided (± 8.00 s)"),
    ],
)
def test_how_far_apart_two_pictures_are_no_closer_than_their_clocks_carry(other: str, micros: int, words: str) -> None:
    held = HeldPicture("rec-1", samples.picture(TileState.PLAYING, (64, 36)))
    assert apart_words(CAMERAS, held, (other, Utc(NOW + micros))) == words


def test_two_cameras_that_were_aligned_with_each_other_are_surer_than_each_alone() -> None:
    held = HeldPicture("rec-1", samples.picture(TileState.PLAYING, (64, 36)))
    later = ("rec-9", Utc(NOW + 120_000))
    assert apart_words(CAMERAS, held, later).startswith("Which came first cannot be decided")
    said = apart_words(CAMERAS, held, later, joint=lambda _one, _other, _at: Micros(12_000))
    assert said == "0.12 s later ± 24 ms"
