"""What of a picture is painted, pixel by pixel: fast and untouched at rest, the right part when looked at nearer."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QSize
from PySide6.QtGui import QImage, QPainter

from reviewer.domain.lens import ALL, Lens
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.ui.review.frame import Frame
from reviewer.ui.review.framing import MOST_PIXELS, dragged, framing, panned, pinched, wanted_size, wheeled
from reviewer.ui.review.tones import lit, tones
from tests.domain.test_lens import LENSES
from tests.ui.review.samples import NOW

ROOM = QRect(0, 0, 160, 90)


def numbered(width: int, height: int) -> NDArray[np.uint8]:
    """A picture whose every pixel says where it is: blue its column, green its row."""
    image = np.zeros((height, width, 4), np.uint8)
    image[..., 0] = np.arange(width)[None, :] % 256
    image[..., 1] = np.arange(height)[:, None] % 256
    image[..., 3] = 255
    return image


def painted(image: NDArray[np.uint8], lens: Lens = Lens(), room: QRect = ROOM) -> NDArray[np.uint8]:  # noqa: B008 - frozen
    frame = Frame()
    frame.lens = lens
    frame.take(TilePicture(TileState.PLAYING, image, 0, 0, NOW, Utc(NOW + 1)))
    canvas = QImage(room.size(), QImage.Format.Format_RGB32)
    canvas.fill(0xFF00FF)
    painter = QPainter(canvas)
    frame.paint(painter, room)
    painter.end()
    flat = np.frombuffer(canvas.constBits(), np.uint8).reshape(room.height(), canvas.bytesPerLine())
    return flat[:, : room.width() * 4].reshape(room.height(), room.width(), 4)[..., :3].copy()


def test_as_it_is_it_is_painted_pixel_by_pixel() -> None:
    image = numbered(160, 90)
    assert np.array_equal(painted(image), image[..., :3])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turned_pixel_by_pixel(turn: int) -> None:
    size = (90, 160) if turn % 180 else (160, 90)
    image = numbered(*size)
    assert np.array_equal(painted(image, Lens(turn=turn)), np.rot90(image, -turn // 90)[..., :3])


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0, 0), (1, 1), (0.3, 0.8)])
def test_nearer_shows_that_very_part_of_a_picture_that_was_decoded_larger(turn: int, x: float, y: float) -> None:
    size = (180, 320) if turn % 180 else (320, 180)
    image = numbered(*size)
    lens = Lens(turn=turn).nearer(2_000).centred(x, y)
    left, top = round(lens.x / ALL * 320 - 80), round(lens.y / ALL * 180 - 45)
    expected = np.rot90(image, -turn // 90)[top : top + 90, left : left + 160, :3]
    assert np.array_equal(painted(image, lens), expected)


def test_nearer_than_there_are_pixels_shows_the_same_part_larger() -> None:
    image = np.zeros((90, 160, 4), np.uint8)
    image[45:, 80:] = 200  # the lower right quarter
    seen = painted(image, Lens(2_000, ALL * 3 // 4, ALL * 3 // 4))
    assert (seen[2:, 2:] == 200).all()


def test_a_narrow_picture_fills_its_room_once_it_is_near_enough() -> None:
    portrait = np.full((90, 51, 4), 200, np.uint8)
    assert (painted(portrait)[:, :40] == 0).all()
    assert (painted(portrait, Lens(4_000)) == 200).all()


@given(LENSES, st.integers(2, 400), st.integers(2, 400), st.sampled_from((1.0, 1.25, 2.0)))
def test_what_is_seen_lies_in_the_picture_and_in_the_room(lens: Lens, width: int, height: int, ratio: float) -> None:
    view = framing((width, height), ROOM, ratio, lens)
    slack = 1.0
    assert -slack <= view.target.left() and view.target.right() <= ROOM.width() + slack
    assert -slack <= view.target.top() and view.target.bottom() <= ROOM.height() + slack
    assert view.source.left() >= 0 and view.source.right() <= width + 1e-6
    assert view.source.top() >= 0 and view.source.bottom() <= height + 1e-6
    for origin, seen in zip(view.origin, view.seen, strict=True):
        assert origin >= 0 and origin + seen <= 1 + 1e-9
    if not lens.zoomed:
        assert view.seen == (1, 1)


@given(LENSES, st.floats(0, 159), st.floats(0, 89), st.integers(-1200, 1200))
def test_the_wheel_keeps_the_point_under_the_pointer(lens: Lens, x: float, y: float, turned: int) -> None:
    view = framing((1600, 900), ROOM, 1.0, lens)
    at = QPointF(x, y)
    near = wheeled(lens, view, at, turned)
    after = framing((1600, 900), ROOM, 1.0, near)
    free = all(o > 0.001 and o + s < 0.999 for o, s in zip(after.origin, after.seen, strict=True))
    if free:
        for before, now, seen in zip(view.point(at), after.point(at), after.seen, strict=True):
            assert abs(before - now) <= 2 * seen / 90 + 1e-5


def test_a_drag_pulls_the_picture_along_and_stops_at_its_edge() -> None:
    lens = Lens(4_000)
    view = framing((640, 360), ROOM, 1.0, lens)
    pulled = dragged(lens, view, QPointF(16, 0))
    assert pulled.x == ALL // 2 - round(16 / 640 * ALL) and pulled.y == lens.y
    assert dragged(lens, view, QPointF(9e5, 9e5)) == Lens(4_000, ALL // 8, ALL // 8)
    right = panned(lens, view, 0.5, 0)
    assert right.x == ALL // 2 + ALL // 8
    narrow = framing((90, 360), ROOM, 1.0, lens)  # all of its width is in view: it only moves down
    assert panned(lens, narrow, 0.5, 0.5).x == ALL // 2


def test_nearly_the_whole_picture_is_the_whole_picture() -> None:
    view = framing((640, 360), ROOM, 1.0, Lens(1_200))
    assert pinched(Lens(1_200), view, QPointF(3, 3), 1 / 1.18) == Lens()


def test_a_zoomed_tile_wants_more_pixels_as_far_as_memory_goes() -> None:
    assert wanted_size(QSize(160, 90), 1.0, Lens()) == QSize(160, 90)
    assert wanted_size(QSize(160, 90), 2.0, Lens(2_500)) == QSize(800, 450)
    assert wanted_size(QSize(160, 90), 1.0, Lens(turn=90)) == QSize(90, 160)
    most = wanted_size(QSize(862, 484), 1.0, Lens(16_000))
    assert most.width() * most.height() <= MOST_PIXELS * 1.01
    assert wanted_size(QSize(3840, 2160), 1.0, Lens(2_000)) == QSize(3840, 2160)  # a large screen has what it shows


@pytest.mark.parametrize(("width", "height"), [(160, 90), (144, 82), (145, 82), (160, 91)])
@pytest.mark.parametrize("zoom", [1, 4])
def test_what_the_decoder_made_for_this_room_is_not_scaled_again(width: int, height: int, zoom: int) -> None:
    """It makes widths in steps of 16, and even numbers."""
    made = (ROOM.width() * (zoom - 1) + width, ROOM.height() * (zoom - 1) + height)
    view = framing(made, ROOM, 1.0, Lens(zoom * 1000))
    assert view.exact and view.source.size() == view.target.size()


def test_neutral_tones_change_nothing_and_each_does_what_it_says() -> None:
    plain = np.arange(256, dtype=np.uint8)
    assert np.array_equal(tones(0, 0, 100), plain)
    assert (tones(20, 0, 100).astype(int) >= plain).all() and tones(20, 0, 100)[128] > 140
    assert tones(0, 50, 100)[64] < 40 and tones(0, 50, 100)[192] > 216
    assert tones(0, 0, 200)[64] > 120 and tones(0, 0, 200)[255] == 255
    assert tones(-100, 0, 100)[127] == 0


@given(st.integers(-100, 100), st.integers(-100, 100), st.sampled_from((25, 63, 160, 400)))
def test_tones_never_turn_light_into_dark(brightness: int, contrast: int, gamma: int) -> None:
    assert (np.diff(tones(brightness, contrast, gamma).astype(int)) >= 0).all()


def test_another_light_is_put_on_a_copy() -> None:
    image = numbered(160, 90)
    before = image.copy()
    lens = Lens(brightness=20, gamma=160)
    table = tones(20, 0, 160)
    assert np.array_equal(lit(image, lens)[..., :3], table[image[..., :3]])
    seen = painted(image, lens)
    assert np.array_equal(seen, table[before[..., :3]]) and np.array_equal(image, before)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_all_at_once_is_what_each_does(turn: int) -> None:
    size = (180, 320) if turn % 180 else (320, 180)
    image = numbered(*size)
    lens = Lens(2_000, ALL // 3, ALL // 3, turn, 10, 20, 80)
    table = tones(10, 20, 80)
    assert np.array_equal(painted(image, lens), table[painted(image, Lens(2_000, ALL // 3, ALL // 3, turn))])


def test_a_picture_as_it_is_costs_no_more_than_laying_it_down() -> None:
    """Another light costs more; that shows the plain way is another one. Ratios of one run, not times."""
    image, room = numbered(862, 484), QRect(0, 0, 862, 484)

    def cost(lens: Lens) -> float:
        start = time.thread_time()
        painted(image, lens, room)
        return time.thread_time() - start

    turns = [(cost(Lens()), cost(Lens(gamma=160))) for _ in range(25)]  # in turns: what else runs meets both
    assert min(plain for plain, _ in turns) < min(lit for _, lit in turns)
