"""The shape of a part's sound, for the timeline's lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from reviewer.domain.errors import Cancelled
from reviewer.domain.timebase import SECOND, pts_to_micros
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.container import only, open_container
from reviewer.media.index import origin

Peaks = NDArray[np.int16]  # n×2: lowest and highest sample of each bin
_RATE = 8_000  # enough for peaks to look at
_CHUNK = 20  # seconds of sound handed over at a time


def measure(source: Source, per_second: int, cancelled: Callable[[], bool], what: str = "This file") -> Peaks:
    """What `peaks` gives, read in a process apart. Raises DecoderStopped too, and what opening the source raises."""
    pieces = [*apart.pieces(read_peaks, source, per_second, gives=Peaks, what=what, cancelled=cancelled)]
    return np.concatenate(pieces) if pieces else np.zeros((0, 2), np.int16)


def read_peaks(source: Source, per_second: int) -> Iterator[Peaks]:
    """In a process apart: the peaks, piece by piece."""
    with apart.reading(source()) as raw:
        yield from stream_peaks(raw, per_second, lambda: False)


def peaks(raw: BinaryIO, per_second: int, cancelled: Callable[[], bool] = lambda: False) -> Peaks:
    """Lowest and highest sample in each 1/per_second of a part, from stream time 0, all channels mixed; zeros where it
    has no sound, no bins at all without a sound stream. Raises Cancelled, UnreadableMedia."""
    pieces = list(stream_peaks(raw, per_second, cancelled))
    return np.concatenate(pieces) if pieces else np.zeros((0, 2), np.int16)


def stream_peaks(raw: BinaryIO, per_second: int, cancelled: Callable[[], bool]) -> Iterator[Peaks]:
    """The same, piece by piece as it is read."""
    rest, place = np.zeros(0, np.int16), 0  # `place`: samples since stream time 0
    size = _RATE // per_second
    for start, samples in _mono(raw, cancelled):
        hole = max(0, start - place - len(rest))
        early = max(0, place + len(rest) - start) if start < 0 else 0
        rest = np.concatenate([rest, np.zeros(hole, np.int16), samples[early:]])
        if len(rest) >= _CHUNK * _RATE:
            whole = len(rest) // size * size
            yield _bins(rest[:whole], size)
            rest, place = rest[whole:], place + whole
    if len(rest):
        yield _bins(np.concatenate([rest, np.zeros(-len(rest) % size, np.int16)]), size)


def _mono(raw: BinaryIO, cancelled: Callable[[], bool]) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Blocks of 8 kHz mono with the place of their first sample. A sound that breaks off ends there."""
    with open_container(raw) as container, suppress(FFmpegError):
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        only(container, stream)
        time_base = stream.time_base or Fraction(1, _RATE)
        zero = origin(container, time_base)
        resampler = av.AudioResampler("s16", "mono", _RATE)
        place: int | None = None
        for frame in container.decode(stream):
            if cancelled():
                raise Cancelled("Drawing the sound")
            if place is None or frame.pts is None:
                place = 0 if frame.pts is None else pts_to_micros(frame.pts - zero, time_base) * _RATE // SECOND
            for out in resampler.resample(frame):
                samples = out.to_ndarray().reshape(-1).astype(np.int16, copy=False)
                yield place, samples
                place += len(samples)


def _bins(samples: NDArray[np.int16], size: int) -> Peaks:
    shaped = samples.reshape(-1, size)
    return np.stack([shaped.min(axis=1), shaped.max(axis=1)], axis=1)
