"""A short stretch of a part’s sound, to be drawn: 8 kHz, all channels mixed, in stream time; it reads no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from reviewer.domain.timebase import SECOND, Micros, pts_to_micros
from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.container import only, open_container
from reviewer.media.index import origin

RATE = 8_000
Samples = NDArray[np.int16]
_LEAD = 200_000  # µs before the stretch from which it is decoded: a decoder's first block may be silent
_LONGEST = 60 * SECOND


def window(
    source: Source, start: Micros, length: Micros, cancelled: Callable[[], bool], what: str = "This file"
) -> Samples:
    """The sound of [start, start + length) in stream time, silence where there is none, read in a process apart.
    At most a minute. Raises Cancelled, UnreadableMedia, DecoderStopped, and what opening the source raises."""
    return apart.call(read_window, source, start, min(length, _LONGEST), gives=Samples, what=what, cancelled=cancelled)


def read_window(source: Source, start: Micros, length: Micros) -> Samples:
    """In a process apart: the same."""
    with apart.reading(source()) as raw:
        return _cut(raw, start, length)


def _cut(raw: BinaryIO, start: Micros, length: Micros) -> Samples:
    """The same of an open file. A sound that breaks off is silence from there on. Raises UnreadableMedia."""
    first, count = start * RATE // SECOND, length * RATE // SECOND
    found = np.zeros(count, np.int16)
    with open_container(raw) as container, suppress(FFmpegError):
        for place, samples in _from(container, start):
            if place >= first + count:
                break
            low, high = max(place, first), min(place + len(samples), first + count)
            if high > low:
                found[low - first : high - first] = samples[low - place : high - place]
    return found


def _from(container: InputContainer, start: Micros) -> Iterator[tuple[int, Samples]]:
    """Blocks of 8 kHz mono from about `start` on, each with the place of its first sample."""
    if not container.streams.audio:
        return
    stream = container.streams.audio[0]
    only(container, stream)
    time_base = stream.time_base or Fraction(1, RATE)
    zero = origin(container, time_base)
    container.seek(zero + int(Fraction(max(0, start - _LEAD), SECOND) / time_base), stream=stream)
    resampler = av.AudioResampler("s16", "mono", RATE)
    taken = given = begun = 0  # µs of sound taken in, samples given out, place of the first
    for frame in container.decode(stream):
        if frame.pts is not None:
            # The resampler holds some samples back: what it gives next belongs before this frame.
            begun = (pts_to_micros(frame.pts - zero, time_base) - taken) * RATE // SECOND
        taken += frame.samples * SECOND // frame.sample_rate
        for out in resampler.resample(frame):
            samples = out.to_ndarray().reshape(-1).astype(np.int16, copy=False)
            yield begun + given, samples
            given += len(samples)
