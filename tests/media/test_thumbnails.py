"""Thumbnails are key frames at or before the instants asked for, or the very frames where there are proxies."""

from __future__ import annotations

import io
from fractions import Fraction
from functools import cache, partial

import numpy as np
import pytest

from reviewer.domain.errors import Cancelled, UnreadableMedia
from reviewer.domain.timebase import Micros
from reviewer.media.camera import ProxyChunk
from reviewer.media.index import FrameIndex
from reviewer.media.proxy import ProxyMaker
from reviewer.media.reader import PartReader
from reviewer.media.thumbnails import Thumbnail, thumbnails
from tests.media.footage import clip, drawn
from tests.media.hostile import bomb
from tests.services.still_room import turned

SIZE = (160, 90)
FRAME, GOP = 40_000, 12
TIMES = [Micros(t) for t in (0, 100_000, 479_999, 480_000, 1_000_000, 2_390_000, 9_000_000)]


def source(data: bytes) -> partial[io.BytesIO]:
    return partial(io.BytesIO, data)


def made(data: bytes, height: int = 90, index: FrameIndex | None = None, *chunks: ProxyChunk) -> list[Thumbnail]:
    return list(thumbnails(source(data), TIMES, height, index=index, proxies=chunks))  # type: ignore[arg-type]


@cache
def indexed(data: bytes) -> FrameIndex:
    reader = PartReader(io.BytesIO(data))
    reader.close()
    return reader.index


def is_frame(image: np.ndarray, number: int) -> bool:
    """Whether a picture is the clip's n-th and none of its neighbours."""
    size = image.shape[1], image.shape[0]
    away = [abs(image[..., 2::-1].astype(int) - drawn(n, size)).mean() for n in range(60)]
    return int(np.argmin(away)) == number


@pytest.mark.parametrize("known", [False, True], ids=["without index", "with index"])
@pytest.mark.parametrize(
    "data",
    [clip(), clip(b_frames=2), clip(container="matroska"), clip(b_frames=2, container="mpegts"), clip(container="avi")],
    ids=["mp4", "b-frames", "matroska", "mpegts", "avi"],
)
def test_each_is_the_key_frame_at_or_before_its_instant(data: bytes, known: bool) -> None:
    found = made(data, index=indexed(data) if known else None)
    assert [t.asked for t in found] == TIMES
    last = 59 * FRAME
    for each in found:
        key = min(each.asked, last) // (GOP * FRAME) * GOP
        assert abs(each.time - key * FRAME) < 1_000
        assert is_frame(each.image, key)


def test_times_may_come_in_any_order_and_nothing_is_asked_for_twice() -> None:
    found = list(thumbnails(source(clip()), [Micros(1_000_000), Micros(0)], 90))  # type: ignore[arg-type]
    assert [t.time for t in found] == [0, 960_000]
    assert list(thumbnails(source(clip()), [], 90)) == []  # type: ignore[arg-type]


def test_they_are_of_the_height_that_was_asked_for_and_keep_their_shape() -> None:
    for each in made(clip(size=(320, 180)), 48):
        assert each.image.shape[0] in range(44, 49)
        assert abs(each.image.shape[1] / each.image.shape[0] - 16 / 9) < 0.15
        assert each.image.shape[2] == 4
    on_its_side = made(turned(clip(), 90), 48)[0].image
    assert on_its_side.shape[0] in range(44, 49)
    assert on_its_side.shape[1] < on_its_side.shape[0]


def test_what_an_edit_list_cut_off_is_not_shown_as_something_else() -> None:
    data = clip(shift=-7, gop=10)
    for index in (None, indexed(data)):
        found = made(data, index=index)
        assert [t.time // FRAME for t in found] == [3, 3, 3, 3, 23, 43, 43]
        assert all(is_frame(t.image, t.time // FRAME + 7) for t in found)


def test_with_proxies_each_is_the_very_frame() -> None:
    data = clip(b_frames=2)
    index = indexed(data)
    with_proxies = PartReader(io.BytesIO(data))
    chunks = []
    for first, count in ((0, 20), (20, 10)):  # the rest has none
        for run in ProxyMaker(with_proxies).make(first, count):
            chunks.append(ProxyChunk(run.first, run.count, source(run.data)))  # type: ignore[arg-type]
    with_proxies.close()
    found = made(data, 90, index, *chunks)
    assert [t.time // FRAME for t in found] == [0, 2, 11, 12, 25, 48, 48]
    assert [is_frame(t.image, t.time // FRAME) for t in found] == [True] * 7


def test_aspect_and_time_base_are_the_containers_own() -> None:
    (first, *_) = made(clip(rate=24, container="matroska"))
    assert first.time == 0
    assert Fraction(first.image.shape[1], first.image.shape[0]) == Fraction(16, 9)


# -- what is no footage ------------------------------------------------------------------------------------------------


def test_no_footage_is_one_sentence() -> None:
    with pytest.raises(UnreadableMedia, match="cannot be read as footage"):
        made(b"a text" * 1000)


def test_what_breaks_off_gives_what_there_is() -> None:
    data = clip(container="matroska")
    found = made(data[: len(data) * 2 // 3])
    assert {t.time // FRAME for t in found} <= {0, 12, 24, 36, 48}
    assert found[0].time == 0


def test_a_picture_that_claims_more_than_ffmpeg_takes_is_none() -> None:
    assert made(bomb(16_384)) == []


def test_a_cancelled_strip_ends() -> None:
    with pytest.raises(Cancelled):
        list(thumbnails(source(clip()), TIMES, 48, cancelled=lambda: True))  # type: ignore[arg-type]
