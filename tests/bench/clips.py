"""Clips for the bench: each frame carries the barcode of its own time, so what a picture shows can be read off it.

A few sources are encoded, and several cameras show the same one, each with its own start: the barcode says the time
within the source, counted from `START`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from reviewer.demo.barcode import paint, strip_height
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart, ProxyChunk

START = Utc(1_781_379_737_000_000)
TICKS = 90_000
LENGTH = 70.0  # s of every source
SHORT_LENGTH = 12.0  # s, for --quick
FOLDER = Path(tempfile.gettempdir()) / "reviewer-bench"
_VERSION = 3
_SOUND_RATE = 48_000
_CLICK = 0.004  # s


@dataclass(frozen=True, slots=True)
class Source:
    """How a camera records: picture size, frames a second (0: variable), B-frames, frames from key to key, Mbit/s."""

    name: str
    width: int
    height: int
    mbit: float
    rate: int = 30
    b_frames: int = 0
    gop: int = 60
    sound: str = "aac"
    plain: bool = False  # a still ground, hardly any sound: as few bytes as can be

    @property
    def suffix(self) -> str:
        return ".mov" if self.sound.startswith("pcm") else ".mp4"


HD = Source("hd", 1920, 1080, 6.0)
HD_B = Source("hd-b", 1920, 1080, 5.0, b_frames=2, gop=120)
HD_25 = Source("hd-25", 1920, 1080, 6.0, rate=25, b_frames=2, gop=75)
SMALL = Source("small", 1280, 720, 3.0)
PHONE = Source("phone", 1280, 720, 3.0, rate=0, gop=90)
CLICKS = Source("clicks", 640, 360, 1.0, gop=30, sound="pcm_s16le")
CLICKS_AAC = Source("clicks-aac", 640, 360, 1.0, gop=30)


@dataclass(frozen=True, slots=True)
class Clip:
    """A camera: what it recorded, and how many µs after `START` its recording begins."""

    name: str
    source: Source
    shift: int = 0

    @property
    def start(self) -> Utc:
        return Utc(START + self.shift)


_APART = 370_001  # µs between the starts of two cameras: keys do not fall together, nor do frames
NINE = (
    *(Clip(f"hd{i}", HD_B if i % 2 else HD, i * _APART) for i in range(6)),
    *(Clip(f"small{i}", SMALL, (6 + i) * _APART) for i in range(3)),
)
FOUR = NINE[:4]  # 1080p30, GOP 60 and 120
MIXED = (
    Clip("hd", HD),
    Clip("hd-b", HD_B, 12_345),
    Clip("hd-25", HD_25, 7_000),
    Clip("phone", PHONE, 3_333),
)


def common(clips: Iterable[Clip], length: float) -> TimeRange:
    """When all of them roll."""
    starts = [clip.start for clip in clips]
    return TimeRange(max(starts), Utc(min(starts) + int(length * SECOND)))


@cache
def pts_of(source: Source, length: float) -> NDArray[np.int64]:
    """The pts of every frame, in 1/90000 s."""
    if source.rate:
        return np.arange(int(length * source.rate), dtype=np.int64) * TICKS // source.rate
    steps = np.random.default_rng(5).choice([3000, 3000, 3003, 4500, 6000], int(length * 30))  # mostly 30 a second
    at = np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)
    return at[at < length * TICKS]


@cache
def micros_of(source: Source, length: float) -> NDArray[np.int64]:
    """The time of every frame within its source, µs: what its barcode says, less `START`."""
    return pts_of(source, length) * SECOND // TICKS


def make(source: Source, length: float, folder: Path = FOLDER) -> Path:
    """Encode a source if it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.name}-{length:g}-v{_VERSION}{source.suffix}"
    if path.exists():
        return path
    made = path.with_name(f"{os.getpid()}-{path.name}.part")  # several runs may make the same one
    with av.open(str(made), "w", format=source.suffix[1:]) as container:
        picture, sound = _streams(container, source)
        heard = _sound(sound, length)
        for n, image in enumerate(_images(source, length)):
            pts = int(pts_of(source, length)[n])
            frame = av.VideoFrame.from_ndarray(image, format="yuv420p")
            frame.pts, frame.time_base = pts, Fraction(1, TICKS)
            container.mux(picture.encode(frame))
            while heard and heard[0].pts * TICKS <= pts * _SOUND_RATE:
                container.mux(sound.encode(heard.pop(0)))
        for each in heard:
            container.mux(sound.encode(each))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))
    made.rename(path)
    return path


def _streams(container: av.container.OutputContainer, source: Source) -> tuple[av.VideoStream, av.AudioStream]:
    bits = int(source.mbit * 1e6)
    options = {"preset": "veryfast", "bf": str(source.b_frames), "g": str(source.gop), "sc_threshold": "0"}
    options |= {"keyint_min": str(source.gop)}
    options |= (
        {"crf": "40", "preset": "slower"} if source.plain else {"maxrate": str(bits * 3 // 2), "bufsize": str(bits * 2)}
    )
    picture = container.add_stream("libx264", rate=source.rate or 30, options=options)
    picture.width, picture.height, picture.pix_fmt, picture.bit_rate = (
        source.width,
        source.height,
        "yuv420p",
        0 if source.plain else bits,
    )
    picture.codec_context.time_base = Fraction(1, TICKS)
    sound = container.add_stream(source.sound, rate=_SOUND_RATE, layout="mono")
    if source.plain:
        sound.bit_rate = 12_000
    return picture, sound


def _images(source: Source, length: float) -> Iterable[NDArray[np.uint8]]:
    """Frames as yuv420p (3h/2 × w): a patterned ground that moves under grain, and the barcode."""
    rng = np.random.default_rng(sum(source.name.encode()))
    height, width = source.height, source.width
    coarse = rng.integers(30, 215, (height // 8 + 48, width // 8 + 48), dtype=np.uint8)
    ground = coarse.repeat(8, axis=0).repeat(8, axis=1)
    colour = rng.integers(90, 160, (height // 16 + 24, width // 16 + 24), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    grain = [rng.integers(0, 12 - 11 * source.plain, (height, width), dtype=np.uint8) for _ in range(5)]
    if source.plain:
        ground[:], colour[:] = 120, 128
    strip, micros = strip_height(height), micros_of(source, length)
    for n, at in enumerate(micros):
        y, x = (0, 0) if source.plain else ((2 * n) % 320, (4 * n) % 320)
        image = np.empty((height * 3 // 2, width), np.uint8)
        np.add(ground[y : y + height, x : x + width], grain[n % 5], out=image[:height])
        paint(image[:height], Utc(START + int(at)), 1)
        chroma = image[height:].reshape(2, height // 2, width // 2)
        chroma[:] = colour[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2]
        chroma[:, -(strip // 2 + 1) :] = 128
        yield image


def _sound(stream: av.AudioStream, length: float) -> list[av.AudioFrame]:
    """A quiet hum, and a click at every whole second."""
    samples = (np.sin(np.arange(int(length * _SOUND_RATE)) * (2 * np.pi * 220 / _SOUND_RATE)) * 40).astype(np.int16)
    click = np.arange(int(_CLICK * _SOUND_RATE))
    for second in range(1, int(length)):
        at = second * _SOUND_RATE
        samples[at : at + len(click)] = (np.cos(click * (2 * np.pi * 3000 / _SOUND_RATE)) * 24_000).astype(np.int16)
    frames = []
    for at in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + 1024].copy(), format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = at, _SOUND_RATE, Fraction(1, _SOUND_RATE)
        frames.append(frame)
    return frames


def paths_of(clips: Iterable[Clip], length: float) -> list[Path]:
    """The files of these cameras, made if need be."""
    return [make(clip.source, length) for clip in clips]


def deck_camera(clip: Clip, length: float, proxies: tuple[ProxyChunk, ...] | None = None) -> DeckCamera:
    """A camera for the deck. Its source can be pickled."""
    reader = partial(open, make(clip.source, length), "rb")
    span = TimeRange(clip.start, Utc(clip.start + int(length * SECOND)))
    given = (lambda: proxies) if proxies is not None else None
    return DeckCamera(
        clip.name, (DeckPart(lambda: reader, TimeModel(clip.start, Micros(12_000)), span, proxies=given),)
    )
