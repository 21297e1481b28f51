"""Scaling writes every pixel of every size: nothing of another frame's memory ever stands in a picture."""

from __future__ import annotations

import av
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.media.scale import Scaler

GREY = (100, 128, 128)


def _plain(width: int, height: int) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, GREY, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _soil(width: int, height: int) -> None:
    """Leave noise in the memory that the next pictures of this size are given."""
    noise = np.random.default_rng(width * height)
    for layout in ("bgra", "yuv420p"):
        for soiled in [av.VideoFrame(width, height, layout) for _ in range(6)]:
            for plane in soiled.planes:
                plane.update(noise.integers(0, 255, plane.buffer_size, np.uint8).tobytes())


@given(st.integers(1, 500), st.integers(1, 300))
@settings(max_examples=80, deadline=None)
def test_a_plain_frame_is_plain_to_its_last_column(half_width: int, half_height: int) -> None:
    tile = (2 * half_width, 2 * half_height)
    shot = Scaler().shrink(_plain(1280, 720), tile)
    _soil(shot.small.width, shot.small.height)
    image = Scaler().picture(shot)
    assert image.shape[1] <= max(2, tile[0])
    assert np.ptp(image[:, :, :3].astype(int), axis=(0, 1)).max() <= 3


def test_the_width_that_showed_it() -> None:
    for width in (852, 194, 250, 854):
        shot = Scaler().shrink(_plain(width, 480), None)
        for _ in range(4):
            _soil(width, 480)
            shot.image = None
            assert np.ptp(Scaler().picture(shot)[:, :, :3].astype(int), axis=(0, 1)).max() <= 3
