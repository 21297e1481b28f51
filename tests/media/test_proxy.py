"""Proxies: each is the very frame it claims to be, in the original's colours and turn, and any is decoded at once."""

from __future__ import annotations

import io
import os
import random
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial
from typing import BinaryIO

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.demo import barcode
from reviewer.domain.errors import IntegrityError, UnreadableMedia
from reviewer.domain.timebase import Utc
from reviewer.media import proxy_process
from reviewer.media.proxy import PROXY_GOP, PROXY_SIZE, ProxyMaker, Run, proxy_index, proxy_size
from reviewer.media.proxy_process import At, Done, Message, ProxyProcess, Ready
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler, matrix
from tests.media.footage import clip, pattern

SIZES = ((320, 180), (854, 480), (1280, 720), (360, 640), (720, 576))


@cache
def coded(
    pts: tuple[int, ...],
    size: tuple[int, int] = (640, 360),
    *,
    gop: int = 12,
    b_frames: int = 0,
    shift: int = 0,
    turn: int = 0,
    pix: str = "yuv420p",
    marks: tuple[int, int, int] | None = None,
) -> bytes:
    """A clip whose n-th frame has the barcode of time n; turned by so many degrees clockwise for showing."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"avoid_negative_ts": "disabled"} if shift < 0 else {}) as file:
        coding = {"preset": "ultrafast", "g": str(gop), "keyint_min": "1", "bf": str(b_frames), "b-adapt": "0"}
        stream = file.add_stream("libx264", rate=25, options=coding | {"qp": "12"})
        stream.width, stream.height, stream.pix_fmt = *size, pix
        context = stream.codec_context
        context.time_base = Fraction(1, 25)
        if marks is not None:
            context.color_primaries, context.color_trc, context.colorspace = marks
        if pix.startswith("yuvj"):
            context.color_range = ColorRange.JPEG
        if turn:
            stream.set_display_rotation(-turn)
        for n, at in enumerate(pts):
            frame = av.VideoFrame.from_ndarray(scene(n, size), format="rgb24").reformat(format=pix)
            frame.pts, frame.time_base = at, Fraction(1, 25)
            _mux(file, stream.encode(frame), shift)
        _mux(file, stream.encode(None), shift)
    return out.getvalue()


def _mux(file: av.container.OutputContainer, packets: list[av.Packet], shift: int) -> None:
    for packet in packets:
        packet.pts, packet.dts = (packet.pts or 0) + shift, (packet.dts or 0) + shift
        file.mux(packet)


def scene(n: int, size: tuple[int, int]) -> np.ndarray:
    """Soft colours that wander, and the barcode of time n."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    waves = [np.sin(x / 41 + n / 3), np.sin(y / 37 - n / 5), np.sin((x + y) / 53 + n / 7)]
    image = np.ascontiguousarray(np.stack([128 + 90 * w for w in waves], axis=2).astype(np.uint8))
    barcode.paint(image, Utc(n), 1)
    return image


def proxies(data: bytes, spans: list[tuple[int, int]] | None = None) -> list[Run]:
    reader = PartReader(io.BytesIO(data))
    try:
        maker = ProxyMaker(reader)
        return [run for first, count in spans or [(0, maker.frames)] for run in maker.make(first, count)]
    finally:
        reader.close()


def decoded(run: Run, n: int, reader: PartReader | None = None) -> av.VideoFrame:
    """Frame n of a run, by a seek."""
    mine = reader or PartReader(io.BytesIO(run.data), proxy_index(run.count))
    try:
        mine.seek(n)
        for _ in range(PROXY_GOP + 2):
            for place, frame in mine.advance():
                if place == n:
                    return frame
    finally:
        if reader is None:
            mine.close()
    raise AssertionError(f"frame {n} did not come")


def shown(frame: av.VideoFrame, tile: tuple[int, int] | None = None) -> np.ndarray:
    scaler = Scaler()
    return scaler.picture(scaler.shrink(frame, tile))


def said(frame: av.VideoFrame, turn: int) -> int | None:
    """What the barcode of a frame says, as the frame is coded."""
    reading = barcode.read(np.ascontiguousarray(np.rot90(shown(frame), turn // 90)))
    return None if reading is None else reading.utc_us


@settings(max_examples=25, deadline=None)
@given(
    gaps=st.lists(st.integers(1, 9), min_size=2, max_size=40),
    size=st.sampled_from(SIZES),
    gop=st.integers(1, 30),
    b_frames=st.integers(0, 3),
    shift=st.integers(-3, 0),
    turn=st.sampled_from((0, 90, 180, 270)),
    chunk=st.integers(1, 25),
    seed=st.integers(0, 99),
)
def test_every_proxy_is_the_frame_it_claims_to_be(
    gaps: list[int],
    size: tuple[int, int],
    gop: int,
    b_frames: int,
    shift: int,
    turn: int,
    chunk: int,
    seed: int,
) -> None:
    data = coded(pattern(gaps), size, gop=gop, b_frames=b_frames, shift=shift, turn=turn)
    original = PartReader(io.BytesIO(data))
    index = original.index
    spans = [(at, min(chunk, len(index) - at)) for at in range(0, len(index), chunk)]
    random.Random(seed).shuffle(spans)  # noqa: S311 - an order to try, no secret
    runs = sorted(proxies(data, spans), key=lambda r: r.first)
    assert [f for r in runs for f in range(r.first, r.first + r.count)] == list(range(len(index)))
    assert all(r.data for r in runs)
    offset = len(gaps) + 1 - len(index)  # frames that the edit list cuts off at the start
    for run in runs:
        for n in range(run.count):
            assert said(decoded(run, n), turn) == run.first + n + offset
    original.close()


def test_an_index_known_beforehand_is_the_one_that_is_read() -> None:
    (run,) = proxies(clip(size=(160, 90)))
    reader = PartReader(io.BytesIO(run.data))
    made, read = proxy_index(run.count), reader.index
    reader.close()
    for name in ("pts", "keys", "key_pts", "key_dts"):
        assert np.array_equal(getattr(made, name), getattr(read, name)), name
    assert (made.time_base, made.origin, made.end, made.codec) == (read.time_base, read.origin, read.end, read.codec)


def test_however_restless_the_pictures_are_their_proxies_stay_small() -> None:
    """Noise, as dark scenes have: at one quantizer for all it would take 127 kB a frame."""
    out, random_ = io.BytesIO(), np.random.default_rng(3)
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for _ in range(120):
            noise = random_.integers(30, 220, (360, 640, 3), dtype=np.uint8)
            _mux(file, stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")), 0)
        _mux(file, stream.encode(None), 0)
    (run,) = proxies(out.getvalue())
    with av.open(io.BytesIO(run.data)) as file:
        sizes = [packet.size for packet in file.demux(video=0) if packet.size]
    assert len(sizes) == run.count == 120
    assert np.mean(sizes[60:]) < 40_000


def test_calm_pictures_are_as_fine_as_they_can_be() -> None:
    data = coded(tuple(range(120)))
    (run,) = proxies(data)
    with av.open(io.BytesIO(data)) as whole, av.open(io.BytesIO(run.data)) as small:
        pairs = zip(whole.decode(video=0), small.decode(video=0), strict=True)
        wrong = [np.mean((a.to_ndarray().astype(float) - b.to_ndarray()) ** 2) for a, b in pairs]
    assert 10 * np.log10(255**2 / max(wrong)) > 38


def test_no_proxy_waits_for_another_frame() -> None:
    (run,) = proxies(clip(size=(160, 90), b_frames=2))
    with av.open(io.BytesIO(run.data)) as file:
        for n, packet in enumerate(p for p in file.demux(video=0) if p.size):
            assert (packet.pts, packet.is_keyframe) == (n, n % PROXY_GOP == 0)
            assert len(packet.decode()) == 1


@pytest.mark.parametrize(
    ("size", "proxy"),
    [
        ((1920, 1080), (640, 360)),
        ((1080, 1920), (360, 640)),
        ((1280, 720), (640, 360)),
        ((854, 480), (640, 360)),
        ((720, 576), (448, 358)),
        ((160, 90), (160, 90)),
        ((322, 182), (320, 180)),
        ((4000, 100), (640, 16)),
        ((6, 6), (6, 6)),
        ((3, 3), (2, 2)),
    ],
)
def test_a_proxy_keeps_the_shape_and_is_never_larger(size: tuple[int, int], proxy: tuple[int, int]) -> None:
    assert proxy_size(*size) == proxy


@given(st.integers(2, 5000), st.integers(2, 5000))
def test_any_size_fits(width: int, height: int) -> None:
    wide, high = proxy_size(width, height)
    room = PROXY_SIZE if width >= height else PROXY_SIZE[::-1]
    assert 2 <= wide <= min(width, room[0]) and 2 <= high <= min(height, room[1])
    assert wide % 2 == high % 2 == 0 and (wide % 8 == 0 or wide < 8)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_proxy_is_made_small_like_the_original(turn: int) -> None:
    data = coded(pattern([1] * 4), (1280, 720), turn=turn)
    (run,) = proxies(data)
    with av.open(io.BytesIO(data)) as file:
        for n, frame in enumerate(file.decode(video=0)):
            proxy, original = shown(decoded(run, n), (400, 400)), shown(frame, (400, 400))
            assert proxy.shape == original.shape
            assert np.abs(proxy.astype(int) - original).mean() < 6  # the barcode's edges, scaled twice


@pytest.mark.parametrize(
    ("size", "pix", "marks"),
    [
        ((1280, 720), "yuv420p", None),
        ((640, 480), "yuv420p", None),
        ((1280, 720), "yuvj420p", None),
        ((640, 360), "yuv420p", (1, 1, 1)),
        ((1280, 720), "yuv420p", (6, 6, 6)),
        ((1280, 720), "yuv420p", (7, 7, 7)),
    ],
)
def test_colours_are_the_originals(size: tuple[int, int], pix: str, marks: tuple[int, int, int] | None) -> None:
    """The same matrix and range: no channel leans one way by more than coding costs."""
    data = coded(pattern([1] * 9), size, pix=pix, marks=marks)
    (run,) = proxies(data)
    with av.open(io.BytesIO(data)) as file:
        for n, frame in enumerate(file.decode(video=0)):
            proxy = decoded(run, n)
            assert matrix(proxy) is matrix(frame)
            scaler = Scaler()
            small = scaler.shrink(frame, None)
            small.small = scaler._down.reformat(small.small, *proxy_size(*size))
            error = shown(proxy).astype(int) - scaler.picture(small)
            strip = barcode.strip_height(error.shape[0]) + 4
            assert np.abs(error[:-strip]).mean() < 2.5
            assert np.abs(error[:-strip].mean(axis=(0, 1))).max() < 1


def test_damaged_frames_have_no_proxy_and_the_rest_keeps_its_number() -> None:
    data = bytearray(coded(pattern([1] * 60), gop=10))
    with av.open(io.BytesIO(bytes(data))) as file:
        packets = [p for p in file.demux(video=0) if p.size]
        places = [(p.pos, p.size) for p in packets]
    for n in (23, 24):
        pos, size = places[n]
        data[pos + 8 : pos + size] = os.urandom(size - 8)
    runs = proxies(bytes(data))
    assert [f for r in runs for f in range(r.first, r.first + r.count)] == list(range(61))
    gone = {f for r in runs if not r.data for f in range(r.first, r.first + r.count)}
    assert 23 in gone and gone <= set(range(23, 30))
    for run in runs:
        for n in range(run.count if run.data else 0):
            if run.first + n < 23 or run.first + n >= 30:
                assert said(decoded(run, n), 0) == run.first + n


def test_a_file_that_breaks_off_ends_its_proxies() -> None:
    data = clip(tuple(range(80)), size=(160, 90), container="matroska")
    whole = PartReader(io.BytesIO(data))
    reader = PartReader(io.BytesIO(data[: len(data) * 2 // 3]), whole.index)
    runs = ProxyMaker(reader).make(0, 999)
    assert runs[0].data and runs[0].count > 20
    assert not runs[-1].data
    assert sum(r.count for r in runs) == 80
    reader.close()
    whole.close()


# -- apart ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def apart() -> Iterator[Callable[[Callable[[], BinaryIO]], ProxyProcess]]:
    made: list[ProxyProcess] = []

    def start(source: Callable[[], BinaryIO]) -> ProxyProcess:
        made.append(ProxyProcess(source, "Ofc. A. Niemi 2214, part 1"))
        return made[-1]

    yield start
    for each in made:
        each.close()


Apart = Callable[[Callable[[], BinaryIO]], ProxyProcess]


def _hear(process: ProxyProcess, kind: type[Message]) -> list[Message]:
    heard: list[Message] = []
    end = time.monotonic() + 60
    while not heard or not isinstance(heard[-1], kind):
        assert time.monotonic() < end
        message = process.poll(0.1)
        if message is not None:
            heard.append(message)
    return heard


def test_made_apart_they_are_the_same(apart: Apart) -> None:
    data = clip(size=(160, 90))
    process = apart(partial(io.BytesIO, data))
    assert _hear(process, Ready) == [Ready(60)]
    process.make(0, 30)
    (first,) = [m for m in _hear(process, Done) if isinstance(m, Run)]
    process.make(30, 30)
    (second,) = [m for m in _hear(process, Done) if isinstance(m, Run)]
    assert [first, second] == proxies(data, [(0, 30), (30, 30)])


def test_held_it_makes_nothing_until_it_may_go_on(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    process = apart(partial(io.BytesIO, clip(tuple(range(250)), size=(160, 90))))
    _hear(process, Ready)
    process.hold()  # before the order, so that it is sure to be heard in between
    process.make(0, 250)
    process.go()
    process.make(0, 250)
    assert [type(m) for m in _hear(process, Done) if not isinstance(m, At)] == [Run, Done]


def _gives(error: Exception) -> BinaryIO:
    raise error


def _aborts() -> BinaryIO:
    os.abort()


def _spins() -> BinaryIO:
    while True:
        pass


def test_a_file_that_is_no_footage_is_a_sentence(apart: Apart) -> None:
    process = apart(partial(io.BytesIO, b"no footage" * 100))
    with pytest.raises(UnreadableMedia, match="part 1 cannot be read as footage"):
        _hear(process, Ready)


def test_a_file_whose_bytes_were_changed_is_told_apart(apart: Apart) -> None:
    process = apart(partial(_gives, IntegrityError("It was changed.", "Fetch it again.")))
    with pytest.raises(IntegrityError, match="It was changed"):
        _hear(process, Ready)


def test_a_crash_costs_the_process(apart: Apart) -> None:
    process = apart(_aborts)
    with pytest.raises(UnreadableMedia, match="crashed its decoder; no proxies of it are made"):
        _hear(process, Ready)


def test_a_hang_is_noticed_by_the_cpu_it_eats(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_process, "_INDEX_LIMIT", 0.3)
    process = apart(_spins)
    with pytest.raises(UnreadableMedia, match="hung its decoder"):
        _hear(process, Ready)


@pytest.mark.parametrize("answer", [b"", b"X", b"R12", b"C123", b'E["x"]', b"Enone"])
def test_what_a_taken_over_process_says_is_never_an_object(apart: Apart, answer: bytes) -> None:
    process = apart(partial(io.BytesIO, clip(size=(160, 90))))
    with pytest.raises(UnreadableMedia, match="does not answer as it should"):
        process._read(answer)
