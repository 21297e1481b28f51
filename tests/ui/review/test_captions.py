"""Captions: a row below the picture, never on it; only where there is a transcript; gone when they are turned off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.transcript import Line
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.caption_row import Caption, caption_height, fitted
from reviewer.ui.review.captions import Captions
from reviewer.ui.review.tile_chrome import FOOT, HEAD, tile_rects
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import Zone
from tests.ui.review.samples import cameras

AT = Utc(1_781_380_934_900_000)


@pytest.mark.parametrize("size", [QSize(862, 537), QSize(252, 200), QSize(430, 160), QSize(1300, 300)])
def test_the_row_lies_below_the_picture_and_covers_nothing(size: QSize) -> None:
    with_row, without = tile_rects(size, captioned=True), tile_rects(size)
    pieces = (with_row.head, with_row.picture, with_row.caption, with_row.clock)
    for i, one in enumerate(pieces):
        assert one.isValid()
        for other in pieces[i + 1 :]:
            assert not one.intersects(other), (size, one, other)
    assert with_row.caption.height() == caption_height(size.width() - 4)
    assert without.caption.isEmpty()
    assert with_row.head.height() == HEAD and (with_row.beside or with_row.clock.height() == FOOT)


def test_names_and_words_of_two_directions_keep_to_themselves() -> None:
    words = Caption("ارجع!\nالآن", "Niemi").words
    assert words == "\u2068Niemi\u2069: \u2068ارجع! الآن\u2069"
    assert Caption("", "Niemi").words == ""


def test_what_does_not_fit_ends_in_dots(qapp: QApplication) -> None:
    box = QRectF(0, 0, 300, 32)
    assert fitted("short", font(Type.META), box) == "short"
    cut = fitted("word " * 2_000, font(Type.META), box)
    assert cut.endswith("…") and len(cut) < 200


@pytest.fixture
def wall(qtbot: QtBot) -> VideoWall:
    made = VideoWall(Zone())
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.set_cameras(cameras(2))
    made.show()
    qtbot.waitExposed(made)
    return made


def test_only_cameras_with_a_transcript_have_a_row(wall: VideoWall) -> None:
    one, other = (each.key for each in wall.cameras)
    said = Line("k", 0, Micros(0), Micros(1), "Step back.", "Niemi")
    captions = Captions(wall, lambda key, at: said if (key, at) == (one, AT) else None, lambda key: key == one)
    tile, silent = wall.tile(one), wall.tile(other)
    assert tile is not None and silent is not None
    whole = tile.picture_rect
    captions.tick(AT)
    assert tile.picture_rect == whole  # off
    captions.toggle()
    captions._ticks = 0
    captions.tick(AT)
    assert tile._caption == Caption("Step back.", "Niemi")
    assert tile.picture_rect.height() < whole.height()
    assert silent._caption is None
    captions._ticks = 0
    captions.tick(Utc(AT + 1))
    assert tile._caption == Caption()  # silence keeps the row: the picture does not jump
    wall.grab()
    captions.toggle()
    assert tile._caption is None and tile.picture_rect == whole


def test_a_new_size_of_the_picture_is_told(wall: VideoWall, qtbot: QtBot) -> None:
    one = wall.cameras[0].key
    captions = Captions(wall, lambda _key, _at: None, lambda key: key == one)
    with qtbot.waitSignal(wall.sizes_changed):
        captions.set_on(True)
        captions.tick(AT)
