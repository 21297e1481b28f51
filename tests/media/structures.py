"""Clips for the tests of index, reader and hardware: every structure of pictures, and files of unusual tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import av
import numpy as np

from tests.media.footage import drawn

SIZE = (160, 96)

_X264 = "keyint=24:min-keyint=24:scenecut=0:b-adapt=0"
STRUCTURES = {  # name: (encoder, its options, whether frames may be left out)
    "no b-frames": ("libx264", {"x264-params": f"{_X264}:bframes=0"}, True),
    "b-frames": ("libx264", {"x264-params": f"{_X264}:bframes=2"}, True),
    "b-pyramid": ("libx264", {"x264-params": f"{_X264}:bframes=5:b-pyramid=normal:ref=4:direct=temporal"}, True),
    "strict b-pyramid": ("libx264", {"x264-params": f"{_X264}:bframes=7:b-pyramid=strict:weightb=1"}, True),
    "open gop": ("libx264", {"x264-params": f"{_X264}:bframes=3:open-gop=1"}, True),
    "bit by bit": ("libx264", {"x264-params": "keyint=12:intra-refresh=1:bframes=0"}, True),
    "interlaced": ("libx264", {"x264-params": f"{_X264}:interlaced=1:bframes=2"}, True),
    "hevc": ("libx265", {"x265-params": f"{_X264}:bframes=4:log-level=none:pools=1"}, True),
    "hevc in layers": (
        "libx265",
        {"x265-params": f"{_X264}:bframes=4:temporal-layers=2:log-level=none:pools=1"},
        False,
    ),
    "mpeg-4": ("mpeg4", {"g": "12", "bf": "2"}, True),
}


@cache
def movie(structure: str, container: str = "mp4", frames: int = 60) -> bytes:
    """A clip of one of STRUCTURES."""
    encoder, options, _ = STRUCTURES[structure]
    return encoded(tuple(range(frames)), encoder, dict(options), container=container)


def encoded(
    pts: Sequence[int],
    encoder: str,
    options: dict[str, str],
    *,
    container: str = "mp4",
    muxing: dict[str, str] | None = None,
    shift: int = 0,
    sound: bool = False,
    sound_first: bool = False,
) -> bytes:
    """Frames at `pts`, in 1/25 s; every packet moved by `shift`."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=muxing or {}) as file:
        tone = file.add_stream("aac", rate=48_000, layout="mono") if sound and sound_first else None
        stream: Any = file.add_stream(encoder, rate=25, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if encoder == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        if sound and not sound_first:
            tone = file.add_stream("aac", rate=48_000, layout="mono")
        for n, at in enumerate([*pts, None]):
            frame = None
            if at is not None:
                frame = av.VideoFrame.from_ndarray(drawn(n, SIZE), format="rgb24").reformat(format=stream.pix_fmt)
                frame.pts, frame.time_base = at, Fraction(1, 25)
            for packet in stream.encode(frame):
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                file.mux(packet)
        if tone is not None:
            _silence(file, tone, (pts[-1] + 1) * 48_000 // 25)
    return out.getvalue()


def _silence(file: av.container.OutputContainer, tone: av.AudioStream, samples: int) -> None:
    for start in range(0, samples, 1024):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = start, 48_000, Fraction(1, 48_000)
        file.mux(tone.encode(frame))
    file.mux(tone.encode(None))


def remarked(data: bytes, key: Callable[[int, bool], bool]) -> bytes:
    """The same packets with other marks of what is a key: key(n, whether it was)."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="mp4") as file:
        stream = file.add_stream_from_template(source.streams.video[0])
        for n, packet in enumerate(p for p in source.demux(video=0) if p.size):
            packet.is_keyframe = key(n, packet.is_keyframe)
            packet.stream = stream
            file.mux(packet)
    return out.getvalue()


def box(data: bytes, kind: bytes, nth: int = 0) -> int:
    """Where the content of the n-th box of a kind begins."""
    at = -1
    for _ in range(nth + 1):
        at = data.index(kind, at + 1)
    return at + 4


def patched(data: bytes, at: int, new: bytes) -> bytes:
    """`data` with `new` written over it."""
    return data[:at] + new + data[at + len(new) :]


def planes(frame: av.VideoFrame) -> np.ndarray[Any, np.dtype[Any]]:
    """A frame's samples, to be kept."""
    return np.array(frame.to_ndarray())


@cache
def decoded(data: bytes) -> tuple[np.ndarray[Any, np.dtype[Any]], ...]:
    """Every frame of a plain decode."""
    with av.open(io.BytesIO(data)) as file:
        return tuple(planes(frame) for frame in file.decode(video=0))
