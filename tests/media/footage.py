"""Small clips for the tests of media/, made on the spot. Every frame differs from its neighbours."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache, partial

import av
import numpy as np

from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart, Image
from reviewer.media.reader import PartReader
from reviewer.media.scale import Scaler

START = Utc(1_781_379_737_000_000)
TICKS = 12_800
WAIT = 20.0  # seconds after which a test gives up waiting


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.ns = 1_000_000_000

    def __call__(self) -> int:
        return self.ns

    def move(self, micros: int) -> None:
        self.ns += micros * 1000


@cache
def clip(
    pts: tuple[int, ...] = tuple(range(60)),
    *,
    rate: int = 25,
    gop: int = 12,
    b_frames: int = 0,
    shift: int = 0,
    container: str = "mp4",
    size: tuple[int, int] = (160, 90),
    tone: bool = False,
) -> bytes:
    """A clip with frames at `pts`, in 1/rate s; `shift` moves every packet by so many, below 0 an edit list cuts them
    off. `tone`: with a 440 Hz sound of the same length."""
    out = io.BytesIO()
    options = {"avoid_negative_ts": "disabled"} if shift < 0 else {}
    with av.open(out, "w", format=container, options=options) as file:
        coding = {"preset": "ultrafast", "g": str(gop), "keyint_min": str(gop), "sc_threshold": "0"}
        stream = file.add_stream("libx264", rate=rate, options=coding | {"bf": str(b_frames), "b-adapt": "0"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, rate)
        sound = file.add_stream("aac", rate=48_000, layout="mono") if tone else None
        for n, at in enumerate(pts):
            frame = av.VideoFrame.from_ndarray(drawn(n, size), format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, rate)
            _mux(file, stream.encode(frame), shift)
        _mux(file, stream.encode(None), shift)
        if sound is not None:
            _tone(file, sound, (pts[-1] + 1) * 48_000 // rate)
    return out.getvalue()


def _mux(file: av.container.OutputContainer, packets: Iterable[av.Packet], shift: int) -> None:
    for packet in packets:
        packet.pts = (packet.pts or 0) + shift
        packet.dts = (packet.dts or 0) + shift
        file.mux(packet)


def _tone(file: av.container.OutputContainer, sound: av.AudioStream, samples: int) -> None:
    wave = np.sin(np.arange(samples) * 2 * np.pi * 440 / 48_000).astype(np.float32) * 0.5
    for start in range(0, samples, 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = start, 48_000, Fraction(1, 48_000)
        file.mux(sound.encode(frame))
    file.mux(sound.encode(None))


def drawn(n: int, size: tuple[int, int]) -> Image:
    """A picture that no other number gives: stripes that wander over a ground that changes."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    grey = ((x * 3 + n * 17) % 256).astype(np.uint8)
    return np.ascontiguousarray(np.stack([grey, ((y * 2 + n * 29) % 256).astype(np.uint8), grey // 2], axis=2))


def plain_decode(data: bytes, tile: tuple[int, int] | None) -> list[Image]:
    """Every frame from start to end as the decoder gives them, made small like the engine does."""
    scaler = Scaler()
    with av.open(io.BytesIO(data)) as file:
        return [scaler.picture(scaler.shrink(frame, tile)) for frame in file.decode(video=0)]


def part(data: bytes, start: Utc = START, seconds: float | None = None) -> DeckPart:
    length = seconds_of(data) if seconds is None else Micros(int(seconds * SECOND))
    span = TimeRange(start, Utc(start + length))
    return DeckPart(partial(partial, io.BytesIO, data), TimeModel(start, Micros(1000)), span)


@cache
def seconds_of(data: bytes) -> Micros:
    reader = PartReader(io.BytesIO(data))
    reader.close()
    return reader.index.duration


def camera(*parts: DeckPart, key: str = "one") -> DeckCamera:
    return DeckCamera(key, tuple(parts))


def same(one: Image | None, other: Image | None) -> bool:
    return one is not None and other is not None and np.array_equal(one, other)


def pattern(gaps: Sequence[int]) -> tuple[int, ...]:
    """pts with these distances."""
    return tuple(int(p) for p in np.concatenate([[0], np.cumsum(gaps)]))
