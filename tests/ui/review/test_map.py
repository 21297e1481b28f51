"""The map as a person uses it: real tiles from the real process, tracks to click, no marker without a fix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from reviewer import config
from reviewer.domain.timebase import SECOND, Utc
from reviewer.domain.track import Fix, Track
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_tiles import TILE_PX, TileProcess
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.map_view import MapView, round_metres
from reviewer.ui.theme import DARK, ThemeName, apply_theme

START = Utc(1_781_379_600_000_000)
VIEWS = st.builds(
    MapView,
    st.floats(0.1, 0.9),
    st.floats(0.1, 0.9),
    st.floats(3, 19),
    st.integers(50, 2000),
    st.integers(50, 2000),
)


def _walk(number: int, seconds: range, lat: float = 60.1688) -> MapTrack:
    fixes = tuple(Fix(Utc(START + s * SECOND), lat, 24.943 + s * 2e-5, accuracy=5.0) for s in seconds)
    return MapTrack(number, f"Officer {number}", Track(fixes, "test"))


@pytest.fixture(scope="module")
def tiles() -> Iterator[TileProcess]:
    process = TileProcess(config.resource("maps", "helsinki.pmtiles"))
    yield process
    process.close()


@pytest.fixture
def review_map(qtbot: QtBot, tiles: TileProcess) -> ReviewMap:
    made = ReviewMap(tiles, Bridge())
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(404, 252)
    made.show()
    return made


def _count(picture: QImage, color: QColor) -> int:
    wanted = color.rgb()
    return sum(picture.pixel(x, y) == wanted for x in range(picture.width()) for y in range(picture.height()))


def _picture(shown: ReviewMap) -> QImage:
    return shown.canvas.grab().toImage()


def test_streets_are_drawn_by_the_process(review_map: ReviewMap, qtbot: QtBot) -> None:
    review_map.set_tracks([_walk(1, range(30))])
    qtbot.waitUntil(lambda: review_map.canvas.complete, timeout=30_000)
    assert len({_picture(review_map).pixel(x, 120) for x in range(404)}) > 8


def test_no_fix_means_no_marker_and_a_word(review_map: ReviewMap) -> None:
    review_map.set_tracks([_walk(1, range(30)), MapTrack(5, "Nobody", Track((), "test"))])
    review_map.show_at(Utc(START + 10 * SECOND))
    assert "5: no GPS fix" in review_map.canvas.accessibleDescription()
    assert not _count(_picture(review_map), DARK.officer(5))
    assert _count(_picture(review_map), DARK.officer(1)) > 100


def test_before_the_first_fix_and_long_after_the_last_are_said(review_map: ReviewMap) -> None:
    review_map.set_tracks([_walk(1, range(30))])
    review_map.show_at(Utc(START - SECOND))
    assert "1: no fix yet" in review_map.canvas.accessibleDescription()
    review_map.show_at(Utc(START + 94 * SECOND))
    assert "1: last fix 65 s old" in review_map.canvas.accessibleDescription()


def test_a_click_on_a_track_goes_to_that_time(review_map: ReviewMap, qtbot: QtBot) -> None:
    track = _walk(2, range(60))
    review_map.set_tracks([track])
    x, y = track.pixels(review_map.canvas.view)[40]
    with qtbot.waitSignal(review_map.went_to) as went:
        qtbot.mouseClick(review_map.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert went.args[0] == pytest.approx(START + 40 * SECOND, abs=SECOND)  # between two fixes, to the pixel


def test_a_click_beside_goes_nowhere_and_a_drag_moves_the_map(review_map: ReviewMap, qtbot: QtBot) -> None:
    review_map.set_tracks([_walk(2, range(60))])
    review_map.follow.setChecked(True)
    before = review_map.canvas.view
    with qtbot.assertNotEmitted(review_map.went_to):
        qtbot.mouseClick(review_map.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 20))
        qtbot.mousePress(review_map.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
        qtbot.mouseMove(review_map.canvas, QPoint(260, 150))
        qtbot.mouseRelease(review_map.canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 150))
    assert review_map.canvas.view.to_px(before.x, before.y) == pytest.approx((202 + 60, 114 + 30), abs=3)
    assert not review_map.follow.isChecked()


def test_follow_keeps_the_officers_in_view(review_map: ReviewMap) -> None:
    review_map.set_tracks([_walk(1, range(200))])
    review_map.canvas.zoom(2)
    review_map.follow.setChecked(True)
    for second in range(0, 200, 5):
        review_map.show_at(Utc(START + second * SECOND))
        position = _walk(1, range(200)).track.position(Utc(START + second * SECOND))
        assert position is not None
        from reviewer.maps.mercator import to_unit

        assert review_map.canvas.view.contains(*to_unit(position.lat, position.lon), 0.3)


def test_without_an_archive_tracks_are_still_shown(qtbot: QtBot) -> None:
    bare = ReviewMap(None, Bridge())
    qtbot.addWidget(bare)
    bare.resize(404, 252)
    bare.set_tracks([_walk(1, range(30))])
    bare.show_at(Utc(START + 3 * SECOND))
    apply_theme(bare, ThemeName.DARK)
    bare.show()
    assert _count(_picture(bare), DARK.officer(1)) > 100
    assert bare.canvas.complete


def test_a_tile_in_the_process_is_whole(tiles: TileProcess) -> None:
    drawn = tiles.draw((16, 37309, 18970), "light").result(30)
    assert len(drawn.pixels) == TILE_PX * TILE_PX * 4


@given(VIEWS, st.floats(0, 50), st.floats(0, 50), st.floats(-3, 3))
def test_zooming_keeps_the_place_under_the_pointer(view: MapView, px: float, py: float, steps: float) -> None:
    place = view.to_world(px, py)
    assert view.zoomed(steps, px, py).to_px(*place) == pytest.approx((px, py), abs=0.01)


@given(st.floats(1, 1e7))
def test_scale_lengths_are_round_and_fit(at_most: float) -> None:
    metres = round_metres(at_most)
    assert metres <= at_most
    assert str(metres)[0] in "125"
    assert metres * 2.6 > at_most
