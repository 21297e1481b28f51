"""A small recording, and good copies of it as PyAV makes them, for whoever wants to spoil one."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.packet import Packet
from numpy.typing import NDArray

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import Keyframe, Mask, MaskShape, MaskStyle, Redaction, SoundEdit, SoundWay, Target
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera, DeckPart
from reviewer.media.masking import hide_planes

START = Utc(1_781_379_737_000_000)
KEY = "korhonen-1873"
WIDE, HIGH, RATE, FRAMES = 640, 360, 25, 75
SOUND = 48_000
Picture = NDArray[np.uint8]
Sound = NDArray[np.float32]


def at(seconds: float) -> Utc:
    """A stated time of the recording."""
    return Utc(START + round(seconds * SECOND))


@cache
def picture(n: int) -> Picture:
    """Frame n, h×w×3: a rough wall that pans, and a rough face that walks by."""
    wall = _rough(1, WIDE + 160, HIGH, 9, 40)[:, n : n + WIDE]
    made = wall.copy()
    left, top = face(n)
    made[top : top + 80, left : left + 60] = _rough(2, 60, 80, 3, 60)
    return made


def face(n: int) -> tuple[int, int]:
    """Its left and upper edge; it is 60 × 80."""
    return 120 + 4 * n, 100 + n


@cache
def _rough(seed: int, wide: int, high: int, size: int, strength: int) -> Picture:
    noise = np.random.default_rng(seed).normal(0, 1, (high, wide, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), size / 3)
    made: Picture = np.clip(soft / soft.std() * strength + 120, 0, 255).astype(np.uint8)
    return made


@cache
def speech() -> Sound:
    """Something like speech: noise in syllables through a few resonances, mono, as long as the pictures."""
    count = FRAMES * SOUND // RATE
    noise = np.random.default_rng(5).normal(0, 1, count)
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(count, 1 / SOUND)
    shape = sum(np.exp(-(((hertz - middle) / 120) ** 2)) for middle in (220, 700, 1400, 2600))
    found = np.fft.irfft(spectrum * shape, count)
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(count) / SOUND)
    made: Sound = (found / np.abs(found).max() * 0.6 * syllables).astype(np.float32)
    return made


@dataclass
class Making:
    """How a copy is made. Each field that is not its default is a leak, or another way of coding."""

    crf: int = 23
    preset: str = "veryfast"
    shows: Callable[[int], int] = lambda n: n  # which frame stands as the n-th
    masked_as: Callable[[int], int] = lambda n: n  # whose masks it has; −1 for none
    leaves_out: Callable[[int], bool] = lambda n: False
    hears: Callable[[Sound], Sound] = lambda sound: sound
    options: dict[str, str] = field(default_factory=dict)


@cache
def recording() -> bytes:
    """The original: H.264 and AAC in MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"crf": "16", "preset": "veryfast", "g": "25"})
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        voice = file.add_stream("aac", rate=SOUND, layout="mono")
        for n in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture(n), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        _voice(file, voice, speech())
    return out.getvalue()


def camera() -> DeckCamera:
    """The recording in stated time."""
    span = TimeRange(START, Utc(START + FRAMES * SECOND // RATE))
    part = DeckPart(partial(partial, io.BytesIO, recording()), TimeModel(START, Micros(1000)), span)
    return DeckCamera(KEY, (part,))


def mask(
    style: MaskStyle = MaskStyle.PIXELATE,
    shape: MaskShape = MaskShape.BOX,
    *,
    first: int = 10,
    last: int = 60,
    number: int = 1,
) -> Mask:
    """Over the face, on frames `first` to `last`."""
    frames = tuple(Keyframe(at(n / RATE), _corners(n, shape)) for n in (first, last))
    span = at(first / RATE), at((last + 1) / RATE)
    return Mask(f"m{number}", "r", KEY, Target.FACE, shape, style, *span, frames, number=number)


def _corners(n: int, shape: MaskShape) -> tuple[Spot, ...]:
    left, top = face(n)
    one, two = (left - 6, top - 6), (left + 66, top + 86)
    places = (one, two) if shape is not MaskShape.POLYGON else (one, (two[0], one[1]), two, (one[0], two[1]))
    return tuple(Spot(x * ALL // WIDE, y * ALL // HIGH) for x, y in places)


def edit(way: SoundWay, first: float, last: float) -> SoundEdit:
    """A stretch of the sound, in seconds."""
    return SoundEdit("s1", "r", KEY, at(first), at(last), way, number=1)


def plan(masks: Sequence[Mask] = (), sounds: Sequence[SoundEdit] = (), *, sound: bool = True) -> RenderPlan:
    """All of the recording, as recorded."""
    return RenderPlan(
        Purpose.DISCLOSURE, redaction=Redaction(tuple(masks), tuple(sounds)), sound=sound, recording=KEY, crf=23
    )


@cache
def _originals() -> tuple[Picture, ...]:
    with av.open(io.BytesIO(recording()), "r") as file:
        return tuple(np.asarray(frame.to_ndarray(), np.uint8) for frame in file.decode(video=0))


def make(path: Path, wanted: RenderPlan, how: Making | None = None) -> Path:
    """A copy by this plan, as a good renderer would make it where `how` is not given."""
    how = how or Making()
    coding = {"crf": str(how.crf), "preset": how.preset, "flags": "+bitexact"}
    muxing = {"movflags": "+faststart", "fflags": "+bitexact"} | how.options
    with av.open(path, "w", format="mp4", options=muxing) as file:
        stream = file.add_stream("libx264", rate=RATE, options=coding)
        stream.width, stream.height, stream.pix_fmt = WIDE, HIGH, "yuv420p"
        voice = file.add_stream("aac", rate=SOUND, layout="mono", options={"flags": "+bitexact"})
        for n in range(FRAMES):
            if how.leaves_out(n):
                continue
            frame = av.VideoFrame.from_ndarray(_originals()[how.shows(n)], format="yuv420p")
            whose = how.masked_as(n)
            if whose >= 0:
                hide_planes(frame, wanted.redaction.regions(KEY, at(whose / RATE)), 11)
            frame.pts, frame.time_base = n, Fraction(1, RATE)
            _mux(file, stream.encode(frame))
        _mux(file, stream.encode(None))
        if wanted.sound:
            _voice(file, voice, how.hears(speech().copy()))
    return path


def _mux(file: av.container.OutputContainer, packets: Sequence[Packet[Any]]) -> None:
    """Without the encoder's notes (SEI, NAL type 6), which stand before the picture in Annex B."""
    for packet in packets:
        units = bytes(packet).split(b"\0\0\1")
        kept = [unit.rstrip(b"\0") for unit in units if unit.rstrip(b"\0") and unit[0] & 31 != 6]
        bare = Packet(b"".join(b"\0\0\0\1" + unit for unit in kept))
        bare.pts, bare.dts, bare.time_base, bare.stream = packet.pts, packet.dts, packet.time_base, packet.stream
        bare.duration = packet.duration
        bare.is_keyframe = packet.is_keyframe
        file.mux(bare)


def _voice(file: av.container.OutputContainer, voice: av.AudioStream, sound: Sound) -> None:
    for start in range(0, len(sound), 1024):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], format="fltp", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = start, SOUND, Fraction(1, SOUND)
        file.mux(voice.encode(frame))
    file.mux(voice.encode(None))
