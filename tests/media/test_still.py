"""A still is the original frame: exact and full size."""

from __future__ import annotations

import av
import numpy as np
import pytest

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import Utc
from reviewer.media.still import original, originals
from tests.media.footage import START, camera, clip, drawn, part


def test_a_still_is_the_frame_of_that_instant_at_full_size() -> None:
    cam = camera(part(clip(b_frames=2)), part(clip(), Utc(START + 5_000_000)))
    for at, number, frame in ((0, 0, 0), (1_210_000, 0, 30), (5_000_000, 1, 0), (7_399_999, 1, 59)):
        still = original(cam, Utc(START + at))
        assert still.image.shape == (90, 160, 4)
        assert still.part == number
        assert still.at == START + number * 5_000_000 + frame * 40_000
        wanted = drawn(frame, (160, 90))
        blue = still.image[8:-8, 8:-8, 2].astype(int) - wanted[8:-8, 8:-8, 0]
        assert abs(blue).mean() < 12


def test_many_stills_are_those_that_one_by_one_gives() -> None:
    cam = camera(part(clip(b_frames=2)), part(clip(), Utc(START + 5_000_000)))
    ats = [Utc(START + at) for at in (7_399_999, 0, 1_210_000, 1_210_000, 5_000_000, *range(0, 2_000_000, 130_000))]
    found = dict(originals(cam, ats))
    assert sorted(found) == list(range(len(ats)))
    for n, at in enumerate(ats):
        alone = original(cam, at)
        assert (found[n].part, found[n].pts, found[n].at) == (alone.part, alone.pts, alone.at)
        assert np.array_equal(found[n].image, alone.image)


def test_one_that_is_missing_is_said() -> None:
    cam = camera(part(clip()))
    with pytest.raises(UnreadableMedia, match="no picture of this camera"):
        list(originals(cam, [START, Utc(START + 9_000_000)]))


def test_where_there_is_no_picture_it_says_so() -> None:
    cam = camera(part(clip()), part(clip(), Utc(START + 5_000_000)))
    for at in (-1, 3_000_000, 9_000_000):
        with pytest.raises(UnreadableMedia, match="no picture of this camera"):
            original(cam, Utc(START + at))


def test_colours_are_those_that_were_recorded() -> None:
    """libav's own conversion to RGB is the reference: both ways agree to a few levels."""
    still = original(camera(part(clip())), START)
    reference = next(av.open(part(clip()).open()).decode(video=0)).to_ndarray(format="bgra")
    assert abs(still.image.astype(int) - reference).mean() < 6
