"""Clips for the bench: each frame carries the barcode of its own time, so what a picture shows can be read off it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np

from reviewer.demo.barcode import paint
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart

START = Utc(1_781_379_737_000_000)


@dataclass(frozen=True, slots=True)
class Clip:
    """How a camera records: picture size, frames a second (0: variable), B-frames, frames from key to key, and how many
    µs after `START` it starts."""

    name: str
    width: int
    height: int
    rate: int = 30
    b_frames: int = 0
    gop: int = 60
    offset: int = 0


FOUR = (
    Clip("one", 1920, 1080),
    Clip("two", 1920, 1080, b_frames=2, gop=90, offset=12_345),
    Clip("three", 1280, 720, rate=25, offset=7_000),
    Clip("four", 1280, 720, rate=0, gop=45, offset=3_333),
)
NINE = (
    *(Clip(f"hd{i}", 1920, 1080, offset=i * 3_001) for i in range(6)),
    *(Clip(f"p{i}", 1280, 720) for i in range(3)),
)
TICKS = 90_000


def make(clip: Clip, folder: Path, seconds: float, number: int) -> Path:
    """Write a clip as MP4 if it is not there yet."""
    path = folder / f"{clip.name}-{clip.width}-{clip.rate}-{clip.b_frames}-{clip.gop}-{seconds:g}.mp4"
    if path.exists():
        return path
    made = path.with_suffix(".part")
    rng = np.random.default_rng(number)
    coarse = rng.integers(30, 220, (clip.height // 8 + 48, clip.width // 8 + 48, 3), dtype=np.uint8)
    ground = coarse.repeat(8, axis=0).repeat(8, axis=1)
    grain = rng.integers(0, 10, (clip.height, clip.width, 3), dtype=np.uint8)
    with av.open(str(made), "w", format="mp4") as container:
        options = {"preset": "veryfast", "crf": "25", "bf": str(clip.b_frames), "g": str(clip.gop)}
        options |= {"keyint_min": str(clip.gop), "sc_threshold": "0"}
        stream = container.add_stream("libx264", rate=clip.rate or 30, options=options)
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS)
        for n, pts in enumerate(times(clip, seconds, rng)):
            y, x = (3 * n) % 320, (5 * n) % 320
            image = ground[y : y + clip.height, x : x + clip.width] + np.roll(grain, 31 * n, axis=1)
            paint(image, Utc(START + clip.offset + pts * SECOND // TICKS), number + 1)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = pts, Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    made.rename(path)
    return path


def times(clip: Clip, seconds: float, rng: np.random.Generator) -> list[int]:
    """The pts of every frame, in 1/90000 s."""
    if clip.rate:
        return [n * TICKS // clip.rate for n in range(int(seconds * clip.rate))]
    steps = rng.choice([3000, 3000, 3003, 4500, 6000], int(seconds * 30))  # a phone's: mostly 30 a second, then fewer
    at = np.concatenate([[0], np.cumsum(steps)])
    return [int(t) for t in at if t < seconds * TICKS]


def deck_camera(clip: Clip, path: Path, seconds: float) -> DeckCamera:
    start = Utc(START + clip.offset)
    span = TimeRange(start, Utc(start + int(seconds * SECOND)))
    part = DeckPart(partial(partial, open, path, "rb"), TimeModel(start, Micros(12_000)), span)
    return DeckCamera(clip.name, (part,))
