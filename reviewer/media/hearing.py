"""A part's sound as it is compared with another's: 8 kHz, all channels mixed, from stream time 0 without holes."""

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

RATE = 8_000
Samples = NDArray[np.int16]
# Time stamps are rounded and jitter; only a step as long as this is a hole in the sound, or sound that comes twice.
_STEP = RATE // 25
_CHUNK = 20 * RATE  # samples handed over at a time
# A part that says its sound begins later than this is not believed: silence for it would fill the memory.
_LONGEST_HOLE = 24 * 3600 * RATE


def hear(source: Source, cancelled: Callable[[], bool], what: str = "This file") -> Iterator[Samples]:
    """The sound, block by block, read in a process apart; nothing without a sound stream. Raises DecoderStopped,
    Cancelled, UnreadableMedia, and what opening the source raises."""
    return apart.pieces(read_sound, source, gives=Samples, what=what, cancelled=cancelled)


def read_sound(source: Source) -> Iterator[Samples]:
    """In a process apart: the same."""
    with apart.reading(source()) as raw:
        yield from stream_sound(raw)


def stream_sound(raw: BinaryIO, cancelled: Callable[[], bool] = lambda: False) -> Iterator[Samples]:
    """Blocks of some 20 s, silence where the stream has holes, nothing from before stream time 0. A sound that breaks
    off ends there. Raises Cancelled, UnreadableMedia."""
    kept: list[Samples] = []
    size = place = 0  # `place`: samples since stream time 0, those in `kept` included
    for start, samples in _mono(raw, cancelled):
        step = start - place
        if step > _LONGEST_HOLE:
            break
        lead = np.zeros(step if step > _STEP or not place else 0, np.int16) if step > 0 else samples[:0]
        fresh = samples[-step:] if step < 0 and (step < -_STEP or not place) else samples
        kept += [lead, fresh]
        size, place = size + len(lead) + len(fresh), place + len(lead) + len(fresh)
        if size >= _CHUNK:
            yield np.concatenate(kept)
            kept, size = [], 0
    if size:
        yield np.concatenate(kept)


def _mono(raw: BinaryIO, cancelled: Callable[[], bool]) -> Iterator[tuple[int, Samples]]:
    """Blocks of 8 kHz mono, each with the place that its time stamp says its first sample has."""
    with open_container(raw) as container, suppress(FFmpegError):
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        only(container, stream)
        time_base = stream.time_base or Fraction(1, RATE)
        zero = origin(container, time_base)
        resampler = av.AudioResampler("s16", "mono", RATE)
        taken = given = begun = 0  # µs of sound taken in since `begun`, samples given out, place of the first
        for frame in container.decode(stream):
            if cancelled():
                raise Cancelled("Comparing the sound")
            if frame.pts is not None:
                # The resampler holds some samples back: what it gives next belongs before this frame.
                stamped = pts_to_micros(frame.pts - zero, time_base)
                begun = (stamped - taken) * RATE // SECOND
            taken += frame.samples * SECOND // frame.sample_rate
            for out in resampler.resample(frame):
                samples = out.to_ndarray().reshape(-1).astype(np.int16, copy=False)
                yield begun + given, samples
                given += len(samples)
