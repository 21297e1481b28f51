"""What is painted is what is read, at any size, through noise, scaling and compression; else nothing is read."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.demo.barcode import Reading, paint, read, strip_height
from reviewer.domain.timebase import Utc

UTC = Utc(1_781_379_737_480_123)
SIZES = st.tuples(st.integers(240, 1920), st.integers(135, 1080))
TIMES = st.integers(0, (1 << 52) - 1).map(Utc)
CAMERAS = st.integers(1, 15)


def picture(width: int, height: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(max_examples=60, deadline=None)
@given(TIMES, CAMERAS, SIZES)
def test_any_time_and_camera_at_any_size(utc: Utc, camera: int, size: tuple[int, int]) -> None:
    image = picture(*size)
    paint(image, utc, camera)
    assert read(image) == Reading(utc, camera)
    assert read(image[:, :, 0]) == Reading(utc, camera)
    assert read(np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])) == Reading(utc, camera)


@settings(max_examples=60, deadline=None)
@given(TIMES, CAMERAS, st.integers(240, 1920), st.sampled_from([(1920, 1080), (1280, 720)]), st.integers(0, 9))
def test_scaled_down_with_noise(utc: Utc, camera: int, width: int, source: tuple[int, int], seed: int) -> None:
    image = np.full((source[1], source[0], 3), 90, np.uint8)
    paint(image, utc, camera)
    small = cv2.resize(image, (width, round(width * 9 / 16)), interpolation=cv2.INTER_LINEAR)
    noisy = small + np.random.default_rng(seed).normal(0, 18, small.shape)
    assert read(noisy.clip(0, 255).astype(np.uint8)) == Reading(utc, camera)


@pytest.mark.parametrize("target", [(240, 135), (256, 144), (427, 240), (640, 360), (961, 541)])
@pytest.mark.parametrize("scaler", ["FAST_BILINEAR", "BILINEAR", "BICUBIC", "POINT"])
def test_through_h264_and_the_scalers_of_players(target: tuple[int, int], scaler: str) -> None:
    image = np.full((720, 1280, 3), 70, np.uint8)
    image[200:500, 300:900] = (30, 160, 220)
    times = [Utc(UTC + i * 33_367) for i in range(6)]
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(30), options={"preset": "ultrafast", "crf": "34"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for each in times:
            paint(image, each, 7)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as container:
        frames = container.decode(video=0)
        seen = [
            read(frame.reformat(*target, format="bgra", interpolation=scaler).to_ndarray(format="bgra"))
            for frame in frames
        ]
    assert seen == [Reading(each, 7) for each in times]


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_read_where_nothing_is(seed: int) -> None:
    assert read(picture(320, 180, seed)) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 37), st.integers(0, 1))
def test_a_damaged_cell_is_noticed(column: int, row: int) -> None:
    image = np.full((1080, 1920, 3), 90, np.uint8)
    paint(image, UTC, 3)
    strip, cell = strip_height(1080), 1920 // 40
    top = 1080 - strip + row * (strip // 2)
    spot = image[top : top + strip // 2, column * cell : (column + 1) * cell]
    spot[:] = 255 - spot
    assert read(image) is None


def test_a_blend_of_two_frames_is_no_reading() -> None:
    one, other = (np.full((360, 640, 3), 90, np.uint8) for _ in range(2))
    paint(one, UTC, 1)
    paint(other, Utc(UTC + 33_333), 1)
    assert read(((one.astype(int) + other) // 2).astype(np.uint8)) is None


@pytest.mark.parametrize(("utc", "camera"), [(-1, 1), (1 << 52, 1), (0, 0), (0, 16)])
def test_what_does_not_fit_is_refused(utc: int, camera: int) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        paint(np.zeros((135, 240, 3), np.uint8), Utc(utc), camera)


def test_too_small_or_black_is_no_reading() -> None:
    assert read(np.zeros((40, 60, 3), np.uint8)) is None
    assert read(np.zeros((135, 240, 4), np.uint8)) is None
