from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.review.faces import Step, face_of, head_words
from reviewer.ui.review.frame import Lens, fit
from reviewer.ui.review.tile import Tile
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review.samples import NOW, ZONE, at, cameras, picture

MARK = (7, 201, 113)  # a colour (B, G, R) that nothing of ours has


def marked(width: int, height: int, state: TileState = TileState.PLAYING) -> TilePicture:
    """A picture of nothing but MARK, with a white pixel in its top left corner."""
    image = np.empty((height, width, 4), np.uint8)
    image[:] = (*MARK, 255)
    image[0, 0, :3] = 255
    return TilePicture(state, image, 0, 0, NOW, Utc(NOW + 40_000))


def pixels(tile: Tile) -> np.ndarray:
    grabbed = tile.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(grabbed.constBits(), np.uint8)
    return flat.reshape(grabbed.height(), grabbed.bytesPerLine() // 4, 4)[:, : grabbed.width(), :3].copy()


def has_mark(tile: Tile) -> bool:
    return bool((pixels(tile) == np.array(MARK)).all(axis=-1).any())


@pytest.fixture
def tile(qtbot: QtBot) -> Tile:
    made = Tile(cameras(1)[0], ZONE)
    qtbot.addWidget(made)
    apply_theme(made, ThemeName.DARK)
    made.resize(640, 416)
    made.show()
    return made


def shown(tile: Tile, state: TileState, note: str = "") -> Tile:
    tile.show_picture(picture(state, (320, 180), late=140, note=note), NOW, playing=True)
    return tile


def test_every_state_is_reachable_and_says_something_of_its_own(tile: Tile) -> None:
    said = {state: shown(tile, state).words for state in TileState}
    assert all(said.values()), said
    assert len(set(said.values())) == len(TileState), said


def test_every_state_without_a_picture_has_an_icon_words_and_most_a_next_step() -> None:
    steps: dict[TileState, Step | None] = {}
    for state in TileState:
        face = face_of(cameras(4)[3], state, NOW, ZONE)
        if face is not None:
            assert face.icon and face.headline and face.detail
            steps[state] = face.next.step if face.next else None
    assert steps == {
        TileState.NOT_STARTED: Step.GO_TO,
        TileState.ENDED: Step.GO_TO,
        TileState.GAP: Step.GO_TO,
        TileState.NOT_DOWNLOADED: Step.FETCH_FIRST,
        TileState.CORRUPT: Step.FETCH_AGAIN,
        TileState.UNREADABLE: Step.ASK_CUSTODIAN,
        TileState.NO_PERMISSION: Step.ASK_SUPERVISOR,
        TileState.OPENING: None,
        TileState.COVERED: None,
    }


@pytest.mark.parametrize("name", list(ThemeName))
def test_no_state_is_plain_black(tile: Tile, name: ThemeName) -> None:
    apply_theme(tile, name)
    for state in set(TileState) - {TileState.PLAYING, TileState.LATE, TileState.STILL}:
        inside = shown(tile, state).picture_rect
        area = pixels(tile)[inside.top() : inside.bottom(), inside.left() : inside.right()]
        assert len(np.unique(area.reshape(-1, 3), axis=0)) > 5, state


def test_late_says_by_how_much(tile: Tile) -> None:
    assert shown(tile, TileState.LATE).words == "Late 140 ms"


def test_the_silent_buffer_and_a_damaged_frame_are_said(tile: Tile) -> None:
    camera = tile.camera
    words = head_words(camera, TileState.PLAYING, at("22:39:20"), 0, True)
    assert words is not None and words.words == "Buffer, silent"
    damaged = head_words(camera, TileState.PLAYING, NOW, 0, True, "This frame is damaged.")
    assert damaged is not None and damaged.words == "This frame is damaged"


def test_a_gap_says_from_when_to_when_and_its_button_goes_there(qtbot: QtBot) -> None:
    tile = Tile(cameras(4)[3], ZONE)
    qtbot.addWidget(tile)
    tile.resize(400, 300)
    shown(tile, TileState.GAP)
    assert tile.face is not None
    assert tile.face.detail == "Stopped 22:41:12, starts again 22:44:02"
    assert tile.next_button.text() == "Go to 22:44:02"
    with qtbot.waitSignal(tile.step_asked) as asked:
        tile.next_button.click()
    key, step = asked.args
    assert (key, step.step, step.at) == ("rec-4", Step.GO_TO, at("22:44:02"))


def test_fetching_asks_for_the_part_that_is_missing(qtbot: QtBot) -> None:
    tile = Tile(cameras(5)[4], ZONE)
    qtbot.addWidget(tile)
    shown(tile, TileState.NOT_DOWNLOADED)
    assert tile.face is not None
    assert (tile.face.detail, tile.face.fraction) == ("63 % · about 2 min left", 0.63)
    with qtbot.waitSignal(tile.step_asked) as asked:
        tile.next_button.click()
    assert (asked.args[1].step, asked.args[1].part) == (Step.FETCH_FIRST, 1)


def test_the_picture_stands_on_its_own_pixels_uncropped_with_nothing_on_it(tile: Tile) -> None:
    size = tile.device_size()
    tile.show_picture(marked(size.width(), size.height()), NOW, playing=True)
    room, seen = tile.picture_rect, pixels(tile)
    area = seen[room.top() : room.bottom() + 1, room.left() : room.right() + 1]
    assert (area[0, 0] == 255).all()
    area[0, 0] = MARK
    assert (area == np.array(MARK)).all()


def test_another_shape_is_letterboxed_on_black(tile: Tile) -> None:
    tile.show_picture(marked(200, 200), NOW, playing=True)
    room, seen = tile.picture_rect, pixels(tile)
    assert (seen[room.center().y(), room.left() + 1] == 0).all()
    assert (seen[room.center().y(), room.center().x()] == MARK).all()


def test_a_covered_tile_shows_no_pixel_of_the_picture_and_lets_go_of_it(tile: Tile) -> None:
    frame = marked(640, 360)
    tile.show_picture(frame, NOW, playing=True)
    assert has_mark(tile) and tile.painted is frame
    tile.cover("The session is locked.")
    assert not has_mark(tile)
    assert tile.painted is None and tile.words == "Picture covered"
    tile.resize(700, 500)  # painting again for any reason brings nothing back
    assert not has_mark(tile)


@pytest.mark.parametrize("state", [TileState.COVERED, TileState.NO_PERMISSION, TileState.CORRUPT])
def test_an_image_handed_in_beside_such_a_state_is_not_painted(tile: Tile, state: TileState) -> None:
    tile.show_picture(marked(640, 360, state), NOW, playing=True)
    assert not has_mark(tile) and tile.painted is None


def test_only_the_picture_is_painted_again_and_only_for_a_new_frame(tile: Tile, qtbot: QtBot) -> None:
    qtbot.waitExposed(tile)
    first = picture(TileState.PLAYING, (320, 180))
    assert tile.show_picture(first, NOW, playing=True) is True
    assert tile.show_picture(first, NOW, playing=True) is False


def test_the_buffer_is_not_copied(tile: Tile) -> None:
    frame = marked(*_size(tile))
    tile.show_picture(frame, NOW, playing=True)
    tile.grab()
    assert frame.image is not None
    frame.image[:] = (1, 2, 3, 255)  # the decoder would not do this; that it shows proves there is one buffer
    room = tile.picture_rect
    assert (pixels(tile)[room.center().y(), room.center().x()] == (1, 2, 3)).all()


def _size(tile: Tile) -> tuple[int, int]:
    return tile.device_size().width(), tile.device_size().height()


def test_a_lens_zooms_and_asks_the_decoder_for_more_pixels(tile: Tile, qtbot: QtBot) -> None:
    before = tile.device_size()
    with qtbot.waitSignal(tile.resized):
        tile.set_lens(Lens(zoom=2))
    assert tile.device_size().width() == 2 * before.width()
    moved = Lens(zoom=2).moved(-9, 9)
    assert (moved.x, moved.y) == (0.25, 0.75)  # never beyond the picture's edge


def test_light_changes_what_is_seen_not_the_frame(tile: Tile) -> None:
    frame = marked(*_size(tile))
    tile.show_picture(frame, NOW, playing=True)
    tile.set_lens(Lens(light=2))
    assert not has_mark(tile)
    assert frame.image is not None and tuple(frame.image[5, 5, :3]) == MARK


def test_hands(tile: Tile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.focus_asked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    with qtbot.waitSignal(tile.full_asked):
        qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    sound = next(b for b in tile.findChildren(type(tile.next_button)) if b.accessibleName() == "Hear camera 1")
    with qtbot.waitSignal(tile.hear_asked):
        qtbot.mouseClick(sound, Qt.MouseButton.LeftButton)
    tile.set_heard(True)
    assert sound.accessibleName() == "Mute camera 1"


@pytest.mark.parametrize(("wide", "high"), [(640, 360), (360, 640), (1, 500), (333, 77)])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_fit_keeps_the_shape_inside_the_room(wide: int, high: int, ratio: float) -> None:
    room = QRect(10, 20, 401, 303)
    found = fit(wide, high, room, ratio)
    slack = 1.0
    assert found.left() >= room.left() - slack and found.right() <= room.left() + room.width() + slack
    assert found.top() >= room.top() - slack and found.bottom() <= room.top() + room.height() + slack
    assert abs(found.width() * high - found.height() * wide) <= max(wide, high) * 2


def test_it_is_said_to_a_screen_reader(tile: Tile) -> None:
    shown(tile, TileState.CORRUPT)
    assert tile.accessibleName() == "Camera 1, Ofc. A. Niemi 2214, Corrupt: not shown"
