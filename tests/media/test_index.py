"""The frame index: exact for any pattern of pts, edit lists and starts below 0 included."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import Micros, TimeModel, TimeRange, Utc, pts_to_micros
from reviewer.media.camera import CameraTimes, DeckCamera, DeckPart
from reviewer.media.index import FrameIndex, origin, probe
from tests.media.footage import START, clip, pattern
from tests.media.structures import encoded

HERO = Path(__file__).parents[3] / "shared/data/recordings/hero5-trimmed.mp4"


def index_of(pts: list[int], time_base: Fraction, origin: int = 0, last: int = 1) -> FrameIndex:
    numbers = np.array(pts, dtype=np.int64)
    one = np.zeros(1, dtype=np.int64)
    return FrameIndex(numbers, one, one, one, time_base, origin, pts[-1] + last, 64, 48, 0, Fraction(1), "h264", None)


PTS = st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=60, unique=True).map(sorted)
BASES = st.sampled_from(
    [Fraction(1, 30), Fraction(1001, 30000), Fraction(1, 90000), Fraction(1, 15360), Fraction(1, 1000)]
)


@given(PTS, BASES, st.integers(-(10**6), 10**6), st.integers(-(10**13), 10**15))
def test_the_newest_frame_that_is_due_is_chosen(pts: list[int], base: Fraction, origin: int, stream: int) -> None:
    index = index_of(pts, base, origin)
    due = [i for i, p in enumerate(pts) if pts_to_micros(p - origin, base) <= stream]
    assert index.at(Micros(stream)) == (due[-1] if due else -1)


@given(PTS, BASES, st.integers(-200_000, 200_000), st.integers(0, 59), st.integers(-2, 2))
def test_frames_are_chosen_by_their_own_utc_whatever_the_drift(
    pts: list[int], base: Fraction, drift: int, which: int, beside: int
) -> None:
    index = index_of(pts, base)
    model = TimeModel(START, Micros(0), drift)
    times = CameraTimes(
        DeckCamera("a", (DeckPart(lambda: io.BytesIO, model, TimeRange(Utc(0), Utc(1 << 60)), index=index),))
    )
    at = Utc(model.to_utc(index.time(which % len(pts))) + beside)
    due = [i for i in range(len(pts)) if model.to_utc(index.time(i)) <= at]
    assert times.frame_at(0, at) == (due[-1] if due else -1)


@given(PTS, BASES, st.integers(-(10**6), 10**6), st.integers(0, 59))
def test_a_frame_stands_from_its_own_time_until_the_next_ones(
    pts: list[int], base: Fraction, origin: int, which: int
) -> None:
    index = index_of(pts, base, origin)
    frame = which % len(pts)
    first, following = index.time(frame), index.until(frame)
    assert first <= following
    assert index.at(Micros(first - 1)) < frame
    if first < following:  # at more than a million frames a second several share one microsecond
        assert index.at(first) == index.at(Micros(following - 1)) == frame
    assert index.place(pts[frame]) == frame


RATES = st.sampled_from([-16_000, -4000, -1000, -250, -100, 100, 250, 1000, 3000, 16_000])  # thousandths


@given(PTS, BASES, RATES, st.integers(-200_000, 200_000), st.integers(0, 10**9))
def test_at_any_rate_and_either_way_frames_follow_the_clock(
    pts: list[int], base: Fraction, rate: int, drift: int, began: int
) -> None:
    index = index_of(pts, base)
    model = TimeModel(START, Micros(0), drift)
    ticks = [Utc(START + began + tick * 16_667 * rate // 1000) for tick in range(50)]
    chosen = [index.at(model.to_stream(at)) for at in ticks]
    assert chosen == sorted(chosen, reverse=rate < 0)
    for at, frame in zip(ticks, chosen, strict=True):
        stream = model.to_stream(at)
        assert frame < 0 or index.time(frame) <= stream
        assert frame + 1 == len(index) or stream < index.time(frame + 1)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(1, 7), min_size=5, max_size=25),
    st.integers(0, 2),
    st.integers(-6, 9),
    st.sampled_from(["mp4", "mov", "matroska", "mpegts"]),
    st.booleans(),
)
def test_any_start_and_any_gaps_are_the_files_own_times(
    gaps: list[int], b_frames: int, shift: int, container: str, edit_list: bool
) -> None:
    muxing = {} if edit_list else {"use_editlist": "0"}
    if shift < 0:
        muxing["avoid_negative_ts"] = "disabled"
    options = {"g": "7", "bf": str(b_frames), "preset": "ultrafast"}
    if container in ("matroska", "mpegts"):
        muxing, shift = {}, abs(shift)  # nothing lies before 0 there
    data = encoded(pattern(gaps), "libx264", options, container=container, muxing=muxing, shift=shift)
    frames = probe(io.BytesIO(data)).frames
    assert frames is not None
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.video[0]
        shown = [f.pts for f in file.decode(stream)]
        start = origin(file, frames.time_base)
    assert frames.pts.tolist() == shown
    assert [frames.time(i) for i in range(len(frames))] == [pts_to_micros(p - start, frames.time_base) for p in shown]
    assert [frames.at(frames.time(i)) for i in range(len(frames))] == list(range(len(frames)))
    assert all(frames.key(i) <= i for i in range(len(frames)))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=5, max_size=25), st.integers(0, 2), st.integers(-4, 9))
def test_an_index_lists_what_decoding_gives(gaps: list[int], b_frames: int, shift: int) -> None:
    data = clip(pattern(gaps), b_frames=b_frames, shift=shift, gop=7)
    frames = probe(io.BytesIO(data)).frames
    assert frames is not None
    with av.open(io.BytesIO(data)) as file:
        assert frames.pts.tolist() == [f.pts for f in file.decode(video=0)]


def test_an_edit_list_cuts_frames_off_and_their_key_stays_known() -> None:
    frames = probe(io.BytesIO(clip(shift=-7, b_frames=2, gop=10))).frames
    assert frames is not None
    assert len(frames) == 53
    assert frames.time(0) == 0
    assert frames.keys.tolist()[:2] == [0, 3]
    assert frames.key_pts[0] < 0


@pytest.mark.parametrize("container", ["mp4", "mov", "matroska", "mpegts", "avi"])
def test_containers_with_a_timeline_of_their_own_start_at_zero(container: str) -> None:
    info = probe(io.BytesIO(clip(container=container)))
    assert info.frames is not None
    assert len(info.frames) == 60
    assert info.frames.time(0) == 0
    assert abs(info.duration - 2_400_000) <= 40_000


def test_sound_and_size_are_known() -> None:
    info = probe(io.BytesIO(clip(tone=True)))
    assert info.sound is not None
    assert (info.sound.codec, info.sound.rate, info.sound.channels) == ("aac", 48_000, 1)
    assert info.frames is not None
    assert (info.frames.width, info.frames.height, info.frames.codec) == (160, 90, "h264")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not footage\n" * 100,
        clip()[:400],
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
    ],
    ids=["empty", "text", "cut off", "playlist", "list of files"],
)
def test_what_is_no_footage_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableMedia) as refused:
        probe(io.BytesIO(data), "notes.mp4")
    assert refused.value.message.startswith("notes.mp4")
    assert refused.value.next_step


def test_a_gopro_file_is_read_without_help() -> None:
    if not HERO.exists():
        pytest.skip("the sample recording is not here")
    with HERO.open("rb") as raw:
        info = probe(raw)
    assert info.frames is not None
    assert len(info.frames) == 48
    assert any("MET" in stream.handler for stream in info.data)
