"""A way to look at a picture stays inside the picture, and comes back from a file as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.lens import ALL, GAMMAS, NEAREST, WHOLE, CameraLens, Lens

LENSES = st.builds(
    Lens,
    st.integers(WHOLE, NEAREST),
    st.integers(0, ALL),
    st.integers(0, ALL),
    st.sampled_from((0, 90, 180, 270)),
    st.integers(-100, 100),
    st.integers(-100, 100),
    st.sampled_from(GAMMAS),
)
POINT = st.floats(0, 1)


@given(LENSES)
def test_it_comes_back_from_a_file(lens: Lens) -> None:
    kept = CameraLens("rec-1", lens)
    assert decode(CameraLens, json.loads(json.dumps(encode(kept)))) == kept


@pytest.mark.parametrize(
    "wrong", [{"zoom": 999}, {"zoom": 16_001}, {"x": -1}, {"turn": 45}, {"brightness": 101}, {"gamma": 0}]
)
def test_a_file_that_says_something_else_is_not_believed(wrong: dict[str, int]) -> None:
    with pytest.raises(MalformedDocument, match="is not a way to look at a picture"):
        decode(CameraLens, {"recording": "rec-1", "lens": wrong})


@given(LENSES, st.integers(0, 40_000), POINT, POINT)
def test_no_zoom_leaves_the_picture(lens: Lens, zoom: int, x: float, y: float) -> None:
    near = lens.nearer(zoom, (x, y))
    half = ALL * WHOLE / near.zoom / 2
    assert WHOLE <= near.zoom <= NEAREST
    for middle in (near.x, near.y):
        assert half - 1 <= middle <= ALL - half + 1


@given(st.integers(WHOLE, NEAREST), st.integers(WHOLE, NEAREST), POINT, POINT)
def test_the_point_under_the_pointer_stays_where_it_is(first: int, then: int, x: float, y: float) -> None:
    before = Lens().nearer(max(first, then) // 2 + WHOLE, (x, y))
    after = before.nearer(then, (x, y))
    for point, old, new in ((x, before.x, after.x), (y, before.y, after.y)):
        free = ALL * WHOLE / after.zoom / 2 + 2 < new < ALL - ALL * WHOLE / after.zoom / 2 - 2
        if free:  # away from the edges
            assert abs((point * ALL - old) * before.zoom - (point * ALL - new) * after.zoom) <= 2 * NEAREST


@given(LENSES)
def test_four_quarter_turns_are_none(lens: Lens) -> None:
    assert lens.turned().turned().turned().turned() == lens
    assert lens.turned().turn == (lens.turn + 90) % 360


def test_a_turn_keeps_the_same_point_in_the_middle() -> None:
    upper_left = Lens(4_000, ALL // 4, ALL // 8)
    turned = upper_left.turned()
    assert (turned.x, turned.y) == (ALL - ALL // 8, ALL // 4)  # the upper left corner has come to the upper right


def test_light_goes_in_steps_and_no_further_than_it_can() -> None:
    lens = Lens()
    for _ in range(30):
        lens = lens.lit(brightness=10, contrast=-10, gamma=1)
    assert (lens.brightness, lens.contrast, lens.gamma) == (100, -100, 400)
    assert lens.adjusted and not lens.zoomed
    assert Lens(gamma=101).lit(brightness=1).gamma == 101
    assert not Lens(zoom=2_000).adjusted


def test_the_whole_picture_again_keeps_its_light() -> None:
    lens = Lens(3_000, 1, 2, 90, 10, 20, 80)
    assert lens.whole() == Lens(turn=90, brightness=10, contrast=20, gamma=80)
