from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.lens import CameraLens, Lens
from reviewer.domain.tile import TileState
from reviewer.services.playback import HeldPicture
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import IconButton
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.review.wall_bar import WallBar
from reviewer.ui.review.wall_layout import SMALLEST, WallLayout, wall_rects
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import samples
from tests.ui.review.samples import NOW, ZONE


def make(qtbot: QtBot, count: int = 4, size: tuple[int, int] = (1132, 632)) -> VideoWall:
    wall = VideoWall(ZONE)
    qtbot.addWidget(wall)
    apply_theme(wall, ThemeName.DARK)
    wall.set_cameras(samples.cameras(count))
    wall.resize(*size)
    wall.show()
    return wall


def show(wall: VideoWall) -> None:
    sizes = {key: (size.width(), size.height()) for key, size in wall.sizes().items()}
    wall.show_pictures(samples.pictures(sizes), NOW, playing=True)


@given(st.sampled_from(list(WallLayout)), st.integers(0, 12), st.integers(700, 3000), st.integers(360, 1600))
def test_tiles_lie_inside_the_wall_and_never_over_each_other(
    layout: WallLayout, count: int, width: int, height: int
) -> None:
    area = QRect(4, 40, width, height)
    found = wall_rects(layout, area, count if layout is WallLayout.COMPARE else min(count, layout.page))
    assert len(found.tiles) == min(count, layout.page) or layout is WallLayout.COMPARE
    for tile in found.tiles:
        assert area.contains(tile)
    for one, other in combinations(found.tiles, 2):
        assert not one.intersects(other)
    if found.tools is not None:
        assert not any(found.tools.intersects(tile) for tile in found.tiles)
    if found.held is not None:
        assert area.contains(found.held) and not any(found.held.intersects(tile) for tile in found.tiles)


@pytest.mark.parametrize("count", [2, 4, 6, 9])
def test_in_the_smallest_window_every_tile_can_still_be_read(count: int) -> None:
    area = QRect(4, 40, 808, 364)  # 1280 × 760, less the bars, the column and the lanes
    for tile in wall_rects(WallLayout.FOCUS, area, count).tiles:
        assert tile.width() >= 130 and tile.height() >= SMALLEST[1]


def test_the_focused_tile_is_the_largest_and_follows_the_number_keys(qtbot: QtBot) -> None:
    wall = make(qtbot)
    for number in (3, 1, 4):
        with qtbot.waitSignal(wall.focus_changed) as changed:
            wall.focus_number(number)
        assert changed.args == [f"rec-{number}"]
        areas = {c.key: wall.tile(c.key).width() * wall.tile(c.key).height() for c in wall.cameras}  # type: ignore[union-attr]
        assert max(areas, key=lambda k: areas[k]) == f"rec-{number}"


def test_layouts_go_round_and_back(qtbot: QtBot) -> None:
    wall = make(qtbot)
    seen = []
    for _ in range(3):
        wall.next_layout()
        seen.append(wall.layout_now)
    assert seen == [WallLayout.TWO, WallLayout.THREE, WallLayout.FOCUS]
    wall.set_layout(WallLayout.FULL)
    assert [c.key for c in wall.on_page] == ["rec-1"]
    wall.back()
    assert wall.layout_now is WallLayout.FOCUS
    wall.back()
    assert wall.layout_now is WallLayout.TWO


def test_sizes_are_told_in_device_pixels_once_things_rest(qtbot: QtBot) -> None:
    wall = make(qtbot)
    with qtbot.waitSignal(wall.sizes_changed) as told:
        wall.resize(1400, 800)
        wall.resize(1500, 800)
    sizes: dict[str, QSize] = told.args[0]
    assert set(sizes) == {"rec-1", "rec-2", "rec-3", "rec-4"}
    tile = wall.tile("rec-1")
    assert tile is not None and sizes["rec-1"] == tile.picture_rect.size() * wall.devicePixelRatioF()


def test_more_than_nine_cameras_come_in_pages(qtbot: QtBot) -> None:
    wall = make(qtbot, 12)
    wall.set_layout(WallLayout.THREE)
    assert [c.number for c in wall.on_page] == list(range(1, 10))
    wall.bar.page_turned.emit(1)
    assert [c.number for c in wall.on_page] == [10, 11, 12]
    assert wall.focused == "rec-10"
    wall.focus_number(2)  # the number keys go by pages of nine too
    assert wall.focused == "rec-11"
    assert set(wall.sizes()) == {"rec-10", "rec-11", "rec-12"}


def test_four_to_a_page_in_two_by_two(qtbot: QtBot) -> None:
    wall = make(qtbot, 9)
    wall.set_layout(WallLayout.TWO)
    wall.focus_number(6)
    assert [c.number for c in wall.on_page] == [5, 6, 7, 8]


def test_cameras_are_chosen_in_the_menu_and_never_none(qtbot: QtBot) -> None:
    wall = make(qtbot)
    wall.bar.menu.aboutToShow.emit()
    with qtbot.waitSignal(wall.chosen_changed) as chosen:
        wall.bar.menu.actions()[1].trigger()
    assert chosen.args == [("rec-1", "rec-3", "rec-4")]
    assert wall.bar.cameras_button.text() == "Cameras: 3 of 4"
    wall.choose(())
    assert len(wall.cameras) == 3
    wall.focus_number(2)  # a number key brings its camera back
    assert wall.focused == "rec-2" and len(wall.cameras) == 4


def test_a_case_comes_with_the_cameras_that_are_chosen_or_with_all(qtbot: QtBot) -> None:
    wall, cameras = VideoWall(ZONE), samples.cameras(6)
    qtbot.addWidget(wall)
    wall.set_cameras(cameras[:5], [cameras[1].key, cameras[3].key, "gone"])
    assert wall.cameras == (cameras[1], cameras[3]) and wall.focused == cameras[1].key
    wall.set_cameras(cameras)  # one more is here
    assert wall.cameras == (cameras[1], cameras[3], cameras[5])
    other = VideoWall(ZONE)
    qtbot.addWidget(other)
    other.set_cameras(cameras, ["gone"])
    assert other.cameras == tuple(cameras)


def test_what_was_painted_is_what_is_told(qtbot: QtBot) -> None:
    wall = make(qtbot)
    qtbot.waitExposed(wall)
    QApplication.processEvents()
    assert wall.painted() == {}
    show(wall)
    # at this time camera 4 has no footage
    assert set(wall.painted()) == {"rec-1", "rec-2", "rec-3"}
    assert wall.painted()["rec-3"].state is TileState.LATE


def test_a_hidden_window_paints_nothing_and_tells_nothing(qtbot: QtBot) -> None:
    wall = make(qtbot)
    wall.hide()
    show(wall)
    assert wall.painted() == {}


def test_covering_takes_every_picture_away_those_on_other_pages_too(qtbot: QtBot) -> None:
    wall = make(qtbot, 9)
    wall.set_layout(WallLayout.THREE)
    show(wall)
    wall.set_layout(WallLayout.TWO)
    hidden = [wall.tile(c.key) for c in wall.cameras if c not in wall.on_page]
    assert all(t is not None and t.painted is None for t in hidden)
    wall.cover("The log disk is full.")
    assert wall.painted() == {}
    assert {wall.tile(c.key).state for c in wall.cameras} == {TileState.COVERED}  # type: ignore[union-attr]


def test_a_camera_without_a_picture_from_the_engine_is_covered_or_not_assigned(qtbot: QtBot) -> None:
    wall = make(qtbot, 9)
    wall.set_layout(WallLayout.THREE)
    wall.show_pictures({}, NOW, playing=False)
    states = {c.number: wall.tile(c.key).state for c in wall.cameras}  # type: ignore[union-attr]
    assert states[7] is TileState.NO_PERMISSION and states[1] is TileState.COVERED


def test_each_camera_has_a_lens_of_its_own_and_keeps_it(qtbot: QtBot) -> None:
    wall = make(qtbot)
    before = wall.sizes()
    wall.looking.look("rec-1", Lens(zoom=2_000))
    assert wall.tools.zoom.text() == "2×"
    assert wall.sizes()["rec-1"].width() > 1.9 * before["rec-1"].width() - 40
    assert wall.sizes()["rec-2"] == before["rec-2"]
    wall.focus_number(2)
    assert wall.tools.zoom.text() == "1×"
    wall.focus_number(1)
    assert wall.tools.zoom.text() == "2×"
    assert wall.lenses() == (CameraLens("rec-1", Lens(zoom=2_000)),)


def test_lenses_come_back_and_those_that_are_not_remembered_are_plain(qtbot: QtBot) -> None:
    wall = make(qtbot)
    wall.looking.look("rec-1", Lens(zoom=2_000))
    turned = CameraLens("rec-2", Lens(turn=90, gamma=160))
    wall.set_lenses((turned, CameraLens("rec-77", Lens(turn=180))))
    assert wall.tile("rec-1").lens == Lens() and wall.tile("rec-2").lens == turned.lens  # type: ignore[union-attr]
    assert turned in wall.lenses()


def test_many_that_are_looked_at_nearer_share_the_memory(qtbot: QtBot) -> None:
    wall = make(qtbot, 9, (1800, 1000))
    wall.set_layout(WallLayout.THREE)
    for camera in wall.cameras:
        wall.looking.look(camera.key, Lens(zoom=16_000))
    sizes = wall.sizes().values()
    assert sum(s.width() * s.height() for s in sizes) <= 3.1 * 1920 * 1080


# -- a held instant --------------------------------------------------------------------------------------------------


def compare(wall: VideoWall, held: HeldPicture | None) -> None:
    sizes = {key: (size.width(), size.height()) for key, size in wall.sizes().items()}
    wall.show_pictures(samples.pictures(sizes), NOW, playing=True, held=held)
    QApplication.processEvents()


HELD = HeldPicture("rec-1", samples.picture(TileState.PLAYING, (640, 360)))


def test_a_held_instant_stands_beside_the_focused_camera_with_its_own_clock(qtbot: QtBot) -> None:
    wall = make(qtbot, 9)
    wall.set_layout(WallLayout.THREE)
    qtbot.waitExposed(wall)
    compare(wall, HELD)
    assert wall.layout_now is WallLayout.COMPARE and wall.layout_to_keep is WallLayout.THREE
    assert [c.key for c in wall.on_page][:2] == ["rec-1", "rec-2"]  # the others below, as many as can be read
    compare(wall, HELD)
    painted = wall.painted_held()
    assert painted is not None and painted.key == "rec-1" and painted.picture is HELD.picture
    held, live = wall._held.tile, wall.tile("rec-1")
    assert held is not None and live is not None
    assert held.words == "Held 22:42:17.480" and live.words == "Now 22:42:17.480"
    assert not held.geometry().intersects(live.geometry()) and wall.held_size() == live.device_size()
    wall.focus_number(2)  # another camera beside the held one
    compare(wall, HELD)
    assert wall.on_page[0].key == "rec-2" and wall.painted_held() is not None
    assert wall.tile("rec-2").words.startswith("Now") and wall.tile("rec-1").words == "Playing"  # type: ignore[union-attr]
    compare(wall, None)
    assert wall.layout_now is WallLayout.THREE and wall.held_size() == QSize(0, 0)


def test_both_of_one_camera_are_looked_at_alike(qtbot: QtBot) -> None:
    wall = make(qtbot)
    compare(wall, HELD)
    wall.looking.look("rec-1", Lens(zoom=4_000))
    assert wall._held.tile is not None and wall._held.tile.lens == Lens(zoom=4_000)
    with qtbot.waitSignal(wall._held.tile.looked) as looked:
        qtbot.mouseDClick(wall._held.tile, Qt.MouseButton.LeftButton, pos=wall._held.tile.picture_rect.center())
    assert looked.args == ["rec-1", Lens()] and wall.tile("rec-1").lens == Lens()  # type: ignore[union-attr]


@pytest.mark.parametrize("way", ["back", "layout", "next", "button"])
def test_leaving_the_comparison_lets_the_held_picture_go(qtbot: QtBot, way: str) -> None:
    wall = make(qtbot)
    compare(wall, HELD)
    tile = wall._held.tile
    assert tile is not None
    with qtbot.waitSignal(wall.let_go_asked):
        if way == "button":
            close = next(b for b in tile.findChildren(IconButton) if b.accessibleName() == "Let the held picture go")
            qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
        else:
            {"back": wall.back, "layout": lambda: wall.set_layout(WallLayout.TWO), "next": wall.next_layout}[way]()
    assert wall.painted_held() is None and tile.painted is None


def test_covering_takes_the_held_picture_away(qtbot: QtBot) -> None:
    wall = make(qtbot)
    compare(wall, HELD)
    compare(wall, HELD)
    tile = wall._held.tile
    wall.cover("The session is locked.")
    assert wall.painted_held() is None and tile is not None and tile.state is TileState.COVERED


def test_one_picture_alone_leaves_the_held_one_unseen_until_it_is_back(qtbot: QtBot) -> None:
    wall = make(qtbot)
    compare(wall, HELD)
    wall.set_layout(WallLayout.FULL)
    compare(wall, HELD)
    assert wall.painted_held() is None and wall.held_size() == QSize(0, 0)
    wall.back()
    compare(wall, HELD)
    assert wall.painted_held() is not None


def test_a_layout_that_was_kept_never_waits_for_something_held(qtbot: QtBot) -> None:
    wall = make(qtbot)
    wall.set_layout(WallLayout.COMPARE)
    assert wall.layout_now is WallLayout.FOCUS


def test_the_menu_has_every_tool_with_its_key(qtbot: QtBot, keys: KeyTable) -> None:
    wall = make(qtbot)
    wall.menu.wear(keys)
    wall.menu.fill()
    words = [a.text() for a in wall.menu.actions() if not a.isSeparator()]
    assert "Turn the picture a quarter\tQ" in words and len(words) == 17
    with qtbot.waitSignal(wall.command_asked) as asked:
        wall.menu.actions()[0].trigger()
    assert asked.args == ["look.nearer"]


@pytest.mark.parametrize("width", [800, 890, 1100])
def test_with_nine_cameras_the_bars_hint_goes_before_any_word_of_what_can_be_pressed(qtbot: QtBot, width: int) -> None:
    bar, every = WallBar(), samples.cameras(9)
    qtbot.addWidget(bar)
    bar.rolling.set_key("Alt R")
    bar.show_cameras(every, frozenset(c.key for c in every))
    bar.show_page(every, 0, 1)
    bar.resize(width, 40)
    bar.show()
    whole = (bar.layouts, bar.cameras_button, bar.rolling)
    qtbot.waitUntil(lambda: all(each.width() >= each.sizeHint().width() for each in whole))
    assert bar._hint.isVisible() is (width == 1100)
