"""An index out of the sample tables is, wherever there is one, the index that demuxing gives."""

from __future__ import annotations

import io
import pickle
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.media import packets
from reviewer.media.container import open_container, video_stream
from reviewer.media.index import FrameIndex, build_index
from reviewer.media.packets import Packets, demuxed, listed
from reviewer.media.sample_tables import read_samples
from tests.media.footage import clip, pattern
from tests.media.structures import STRUCTURES, box, encoded, movie, patched, remarked

RECORDINGS = sorted((Path(__file__).parents[3] / "shared/data/recordings").glob("*.mp4"))


class Watched(io.BytesIO):
    """Counts what is read."""

    taken = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        return data


class NotListed(Exception):
    """Demuxing would have to tell."""


def not_listed(*_: object) -> Packets:
    raise NotListed


def index_of(data: bytes, instead: str, of: Callable[..., Packets | None]) -> FrameIndex | None:
    with open_container(raw := io.BytesIO(data)) as container, pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"reviewer.media.index.{instead}", of)
        try:
            return build_index(container, raw)
        except (NotListed, UnreadableMedia):
            return None


def both_ways(data: bytes) -> tuple[FrameIndex | None, FrameIndex | None]:
    """What the tables say and what demuxing says, each if it does."""
    return index_of(data, "demuxed", not_listed), index_of(data, "listed", lambda *_: None)


def equal(one: FrameIndex | None, other: FrameIndex | None) -> bool:
    """Every field, whatever it is."""
    if one is None or other is None:
        return False
    fields = [(getattr(one, name), getattr(other, name)) for name in FrameIndex.__dataclass_fields__]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in fields)


GAPS = st.lists(st.sampled_from([1, 1, 1, 2, 3, 9]), min_size=0, max_size=30)
MUXING = st.sampled_from(
    [
        {},
        {"movflags": "negative_cts_offsets"},
        {"movflags": "frag_keyframe+empty_moov"},
        {"use_editlist": "0"},
        {"avoid_negative_ts": "disabled"},
        {"avoid_negative_ts": "disabled", "use_editlist": "0"},
    ]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    encoder = draw(st.sampled_from(["libx264", "libx264", "libx265", "mpeg4", "mjpeg"]))
    b_frames = 0 if encoder == "mjpeg" else draw(st.integers(0, 3))
    gop = draw(st.integers(1, 12))
    own = f"keyint={gop}:min-keyint={gop}:bframes={b_frames}:b-adapt=0:scenecut=0"
    options = {
        "libx264": {"preset": "ultrafast", "x264-params": own},
        "libx265": {"preset": "ultrafast", "x265-params": own + ":log-level=none:pools=1"},
    }.get(encoder, {"g": str(gop), "bf": str(b_frames)})
    gaps = draw(GAPS)
    if encoder == "libx265":
        gaps = [*gaps, 1, 1, 1, 1, 1]  # the muxer does not take what x265 makes of one or two frames
    return encoded(
        pattern(gaps),
        encoder,
        options,
        container=draw(st.sampled_from(["mp4", "mov"])),
        muxing=draw(MUXING),
        shift=draw(st.integers(-9, 9)),
        sound=draw(st.booleans()),
        sound_first=draw(st.booleans()),
    )


@settings(max_examples=40, deadline=None)
@given(files())
def test_the_tables_give_what_demuxing_gives(data: bytes) -> None:
    quick, slow = both_ways(data)
    assert quick is None or equal(quick, slow)


@settings(max_examples=40, deadline=None)
@given(files(), st.data())
def test_edit_lists_of_every_kind_give_what_demuxing_gives(data: bytes, draw: st.DataObject) -> None:
    at = data.find(b"elst") + 4
    if at < 4 or data[at]:
        return
    (count,) = struct.unpack_from(">I", data, at + 4)
    for edit in range(count):
        row = draw.draw(st.tuples(st.integers(0, 3000), st.integers(-1, 20_000)))
        data = patched(data, at + 8 + 12 * edit, struct.pack(">Ii", *row))
    quick, slow = both_ways(data)
    assert quick is None or equal(quick, slow)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_head_is_never_believed_more_than_demuxing(draw: st.DataObject) -> None:
    data = clip(b_frames=2, tone=True)
    head = box(data, b"moov")
    for at in draw.draw(st.lists(st.integers(head, len(data) - 1), min_size=1, max_size=4)):
        data = patched(data, at, bytes([draw.draw(st.integers(0, 255))]))
    try:
        quick, slow = both_ways(data)
    except UnreadableMedia:
        return
    assert quick is None or (slow is not None and np.array_equal(quick.pts, slow.pts))


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda p: p.name)
def test_real_recordings_give_what_demuxing_gives(path: Path) -> None:
    quick, slow = both_ways(path.read_bytes())
    assert quick is not None
    assert equal(quick, slow)


@pytest.mark.parametrize("structure", [s for s in STRUCTURES if s != "hevc in layers"])
@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_ordinary_files_are_listed(structure: str, container: str) -> None:
    quick, slow = both_ways(movie(structure, container))
    assert quick is not None
    assert equal(quick, slow)


@pytest.mark.parametrize("shift", [0, 5])
@pytest.mark.parametrize("sound", [False, True])
def test_starts_and_sound_change_nothing(shift: int, sound: bool) -> None:
    quick, slow = both_ways(encoded(range(40), "libx264", {"bf": "2"}, shift=shift, sound=sound))
    assert quick is not None
    assert equal(quick, slow)


def test_tables_in_front_are_listed_too(tmp_path: Path) -> None:
    out = str(tmp_path / "front.mp4")
    with (
        av.open(io.BytesIO(movie("b-frames"))) as source,
        av.open(out, "w", options={"movflags": "faststart"}) as file,
    ):
        stream = file.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                file.mux(packet)
    data = (tmp_path / "front.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    quick, slow = both_ways(data)
    assert quick is not None
    assert equal(quick, slow)


def test_an_index_needs_little_of_the_file() -> None:
    data = encoded(range(900), "libx264", {"g": "30", "qp": "1", "preset": "ultrafast"})
    raw = Watched(data)
    with open_container(raw) as container:
        opening = raw.taken
        index = build_index(container, raw)
    assert len(index) == 900
    assert raw.taken - opening < len(data) / 3


@pytest.mark.parametrize(
    "key",
    [lambda n, was: was and n % 48 == 0, lambda n, was: was or n % 7 == 3, lambda n, _: n == 0],
    ids=["every other", "too many", "the first only"],
)
def test_tables_that_name_other_keys_than_the_pictures_are_found_out(key: Callable[[int, bool], bool]) -> None:
    data = remarked(movie("b-frames"), key)
    quick, _ = both_ways(data)
    assert quick is None


HUGE = b"\xff\xff\xff\xff"


@pytest.mark.parametrize(
    ("kind", "at", "new"),
    [
        (b"stsz", 8, HUGE),
        (b"stsz", 4, b"\x00\x00\x00\x01" + HUGE),
        (b"stts", 4, HUGE),
        (b"stts", 8, HUGE),
        (b"ctts", 4, HUGE),
        (b"ctts", 8, b"\x7f\xff\xff\xff"),
        (b"stss", 4, HUGE),
        (b"stss", 8, HUGE),
        (b"stsc", 4, HUGE),
        (b"stsc", 12, HUGE),
        (b"stco", 4, HUGE),
        (b"stco", 8, HUGE),
        (b"stsd", 4, b"\x00\x00\x00\x02"),
        (b"stbl", 0, HUGE),
        (b"stsz", -8, b"\x00\x00\x00\x00"),
        (b"stsz", -8, b"\x00\x00\x00\x01"),
        (b"stsz", -8, b"\x00\x00\x00\x09"),
        (b"stss", -4, b"stts"),
        (b"stss", -4, b"sbgp"),
        (b"mvhd", -4, b"mvex"),
        (b"tkhd", 12, HUGE),
        (b"ftyp", -8, b"\x00\x00\x00\x00"),
        (b"mdat", -4, b"moof"),
        (b"mdat", -4, b"moov"),
    ],
)
def test_hostile_tables_cost_neither_memory_nor_time(kind: bytes, at: int, new: bytes) -> None:
    data = clip(b_frames=2)
    hostile = patched(data, box(data, kind) + at, new)
    tracemalloc.start()
    try:
        assert read_samples(io.BytesIO(hostile), 1) is None
        assert tracemalloc.get_traced_memory()[1] < 4 * len(data)
    finally:
        tracemalloc.stop()


def test_samples_of_one_size_cannot_be_more_than_the_file_holds() -> None:
    data = clip(b_frames=2)
    (count,) = struct.unpack_from(">I", data, box(data, b"stsz") + 8)
    hostile = patched(data, box(data, b"stsz") + 4, struct.pack(">II", len(data), count))
    assert read_samples(io.BytesIO(hostile), 1) is None


@pytest.mark.parametrize("end", [0, 7, 100, -1, -200])
def test_a_file_cut_short_is_no_list(end: int) -> None:
    assert read_samples(io.BytesIO(clip()[:end]), 1) is None


def test_reading_leaves_the_reader_where_it_was() -> None:
    raw = io.BytesIO(clip())
    raw.seek(33)
    samples = read_samples(raw, 1)
    assert samples is not None
    assert len(samples) == 60
    assert raw.tell() == 33


def test_an_index_crosses_to_another_process() -> None:
    with open_container(raw := io.BytesIO(clip(b_frames=2, tone=True))) as container:
        index = build_index(container, raw)
    data = pickle.dumps(index)
    assert equal(pickle.loads(data), index)  # noqa: S301 - made one line above
    assert len(data) < 8 * len(index) + 2000


def test_both_ways_give_a_first_picture_and_rows_of_one_length() -> None:
    with open_container(raw := io.BytesIO(clip(b_frames=2))) as container:
        stream = video_stream(container)
        assert stream is not None
        for read in (lambda: listed(container, stream, raw), lambda: demuxed(container, stream)):
            found = read()
            assert isinstance(found, Packets)
            assert found.picture is not None
            assert {len(getattr(found, name)) for name in ("pts", "dts", "duration", "key", "shown")} == {60}
            packets.rewind(container, stream)
