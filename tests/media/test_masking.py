"""What stands where something is hidden: a few coarse numbers at most, and every pixel of the region."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import MaskShape, MaskStyle, Region
from reviewer.media.masking import BLOCK, LEVELS, PARTS, SOLID_BGR, SOLID_YUV, hide_image, hide_planes, patch_of, turned
from reviewer.media.render_encode import planes

WIDE, HIGH = 320, 180
ROUGH = (MaskStyle.PIXELATE, MaskStyle.BLUR)
places = st.integers(-200_000, 1_200_000)
spots = st.builds(Spot, places, places)


def frame(seed: int = 1, low: int = 16, high: int = 235) -> av.VideoFrame:
    made = av.VideoFrame(WIDE, HIGH, "yuv420p")
    random = np.random.default_rng(seed)
    for plane in planes(made):
        plane[:] = random.integers(low, high, plane.shape)
    return made


def region(shape: MaskShape, *points: tuple[float, float]) -> Region:
    return Region(shape, tuple(Spot(round(x * ALL), round(y * ALL)) for x, y in points))


BOX = region(MaskShape.BOX, (0.2, 0.2), (0.7, 0.9))


def inside(shape: Region) -> np.ndarray:
    """Which pixels' middles a region covers, by its own definition."""
    x, y = np.meshgrid((np.arange(WIDE) + 0.5) * ALL / WIDE, (np.arange(HIGH) + 0.5) * ALL / HIGH)
    xs, ys = [s.x for s in shape.points], [s.y for s in shape.points]
    if shape.shape is MaskShape.BOX:
        return (x >= min(xs)) & (x <= max(xs)) & (y >= min(ys)) & (y <= max(ys))
    if shape.shape is MaskShape.ELLIPSE:
        a, b = max(1, max(xs) - min(xs)) / 2, max(1, max(ys) - min(ys)) / 2
        return ((x - (min(xs) + a)) / a) ** 2 + ((y - (min(ys) + b)) / b) ** 2 <= 1
    found = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(
        zip(xs, ys, strict=True), zip(xs[1:] + xs[:1], ys[1:] + ys[:1], strict=True), strict=True
    ):
        if y0 != y1:
            crossing = (y0 > y) != (y1 > y)
            found ^= crossing & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return found


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([MaskShape.BOX, MaskShape.ELLIPSE]), st.tuples(spots, spots))
def test_every_pixel_of_a_box_and_an_ellipse_is_hidden(shape: MaskShape, points: tuple[Spot, Spot]) -> None:
    covers(Region(shape, points))


@settings(deadline=None, max_examples=150)
@given(st.tuples(spots, spots, spots))
def test_every_pixel_of_a_triangle_is_hidden(points: tuple[Spot, ...]) -> None:
    covers(Region(MaskShape.POLYGON, points))


def covers(hidden: Region) -> None:
    shown = frame(low=100, high=235)
    before = [plane.copy() for plane in planes(shown)]
    hide_planes(shown, [(hidden, MaskStyle.SOLID)], 1)
    meant = inside(hidden)
    chroma = meant.reshape(HIGH // 2, 2, WIDE // 2, 2).any(axis=(1, 3))
    for n, plane in enumerate(planes(shown)):
        assert (plane[meant if n == 0 else chroma] == SOLID_YUV[n]).all()
    patch = patch_of(hidden, WIDE, HIGH)
    untouched = np.ones((HIGH, WIDE), bool)
    untouched[patch.top : patch.bottom, patch.left : patch.right] = False
    assert np.array_equal(planes(shown)[0][untouched], before[0][untouched])


@pytest.mark.parametrize("style", ROUGH)
def test_only_means_of_blocks_are_left(style: MaskStyle) -> None:
    """Pictures whose blocks have the same means cannot be told apart once they are hidden."""
    one, other = frame(1), frame(1)
    patch = patch_of(BOX, WIDE, HIGH)
    high, wide = patch.bottom - patch.top, patch.right - patch.left
    size = max(BLOCK, -(-min(high, wide) // PARTS))
    rows, columns = (np.linspace(0, n, n // size + 1).astype(int) for n in (high, wide))
    luma = planes(other)[0][patch.top : patch.bottom, patch.left : patch.right]
    random = np.random.default_rng(3)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            block = luma[top:bottom, left:right]
            block[:] = random.permutation(block.ravel()).reshape(block.shape)
    assert not np.array_equal(planes(one)[0], planes(other)[0])
    for each in (one, other):
        hide_planes(each, [(BOX, style)], 7)
    assert np.array_equal(planes(one)[0], planes(other)[0])


def test_a_block_has_one_of_few_values_and_colour_one_for_all() -> None:
    values = set()
    for seed in range(40):
        shown = frame(seed, 16 + 4 * seed, 60 + 4 * seed)
        hide_planes(shown, [(BOX, MaskStyle.PIXELATE)], 7)
        patch = patch_of(BOX, WIDE, HIGH)
        values.add(int(planes(shown)[0][patch.top + 4, patch.left + 4]))
        for chroma in planes(shown)[1:]:
            assert len(set(chroma[patch.top // 2 + 1 : patch.bottom // 2 - 1, patch.left // 2 + 1].tolist())) == 1
    assert 2 < len(values) <= LEVELS


def test_another_seed_gives_other_blocks_the_same_seed_the_same() -> None:
    made = []
    for seed in (1, 1, 2):
        shown = frame(5)
        hide_planes(shown, [(BOX, MaskStyle.PIXELATE)], seed)
        made.append(planes(shown)[0].copy())
    assert np.array_equal(made[0], made[1]) and not np.array_equal(made[0], made[2])


@pytest.mark.parametrize("style", ROUGH)
def test_what_stands_in_a_region_hangs_on_no_other_one(style: MaskStyle) -> None:
    """Wherever only it lies, a mask looks the same alone, beside others in any order, and over or under another."""
    near, over = (replace(region(MaskShape.BOX, *c), mask=m) for c, m in ((((0, 0), (0.1, 0.9)), "m2"), (BAND, "m3")))
    mine, beside, across = (replace(BOX, mask="m1"), style), (near, MaskStyle.BLUR), (over, MaskStyle.PIXELATE)
    alone = _shown([mine])
    free = inside(BOX) & ~_grown(inside(over))
    for others in ([beside, mine], [mine, beside], [across, mine], [mine, across], [beside, across, mine]):
        for one, other in zip(alone, _shown(others), strict=True):
            assert np.array_equal(one[free], other[free])
    for one, other in zip(_shown([(over, MaskStyle.PIXELATE)]), _shown([mine, across]), strict=True):
        assert np.array_equal(one[inside(over)], other[inside(over)])  # it is made of the picture, not of what I hid


BAND = ((0.0, 0.5), (1.0, 0.7))


def _grown(mask: np.ndarray) -> np.ndarray:
    """And the pixels around it."""
    found = mask.copy()
    for by in range(-8, 9):
        found |= np.roll(mask, by, 0)
    return found


def _shown(regions: list[tuple[Region, MaskStyle]]) -> list[np.ndarray]:
    """Brightness of the hidden frame, and the hidden picture, for looking at."""
    shown = frame(5)
    hide_planes(shown, regions, 7)
    image = np.random.default_rng(5).integers(0, 255, (HIGH, WIDE, 4)).astype(np.uint8)
    return [planes(shown)[0].copy(), hide_image(image, regions, 7)]


def test_a_region_that_grows_keeps_the_offsets_of_its_blocks() -> None:
    """A block's offset is its row's and its column's: one column more changes none of the others."""
    made = []
    for wide in (160, 176):
        shown = av.VideoFrame(WIDE, HIGH, "yuv420p")
        for plane in planes(shown):
            plane[:] = 90
        patch = Region(MaskShape.BOX, (Spot(100_000, 100_000), Spot(100_000 + wide * ALL // WIDE, 800_000)), "m1")
        hide_planes(shown, [(patch, MaskStyle.PIXELATE)], 7)
        found = patch_of(patch, WIDE, HIGH)
        made.append(planes(shown)[0][found.top : found.bottom, found.left : found.right][8::16, 8::20])
    assert np.array_equal(made[0][:5, :3], made[1][:5, :3])


def test_two_masks_have_offsets_of_their_own() -> None:
    one, two = (_shown([(replace(BOX, mask=name), MaskStyle.PIXELATE)])[0] for name in ("m1", "m2"))
    assert not np.array_equal(one, two)


def test_solid_stands_over_whatever_else_is_hidden() -> None:
    shown = frame()
    hide_planes(shown, [(BOX, MaskStyle.SOLID), (region(MaskShape.BOX, (0, 0), (1, 1)), MaskStyle.BLUR)], 1)
    assert (planes(shown)[0][inside(BOX)] == SOLID_YUV[0]).all()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("style", [*MaskStyle])
def test_a_picture_is_hidden_as_it_was_recorded_however_it_is_turned(style: MaskStyle, turn: int) -> None:
    random = np.random.default_rng(1)
    recorded = random.integers(60, 255, (HIGH, WIDE, 4)).astype(np.uint8)
    image = np.ascontiguousarray(np.rot90(recorded, -turn // 90))
    before = image.copy()
    hidden = hide_image(image, [(BOX, style)], 3, turn)
    assert np.array_equal(image, before)
    back = np.rot90(hidden, turn // 90)
    meant = inside(BOX)
    far = ~np.pad(meant, 6, mode="edge")[6:-6, 6:-6]
    far[int(HIGH * 0.2) - 6 : int(HIGH * 0.9) + 6, int(WIDE * 0.2) - 6 : int(WIDE * 0.7) + 6] = False
    assert np.array_equal(back[far], recorded[far])
    if style is MaskStyle.SOLID:
        assert (back[meant][:, :3] == SOLID_BGR).all()
    assert hide_image(image, [], 3) is image


def test_turning_four_times_is_nothing() -> None:
    found = region(MaskShape.POLYGON, (0.1, 0.2), (0.5, 0.3), (0.4, 0.9))
    again = found
    for _ in range(4):
        again = turned(again, 90)
    assert again == found and turned(turned(found, 180), 180) == found and turned(turned(found, 270), 90) == found


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="nv12"):
        hide_planes(av.VideoFrame(64, 64, "nv12"), [(BOX, MaskStyle.SOLID)], 1)
