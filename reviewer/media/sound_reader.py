"""The sound of one file, from a place in it on: runs of 48 kHz stereo, each with the stream time of its first sample.

Footage comes from outside: packets that cannot be decoded are left out and counted, and what is no number is silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from av.packet import Packet

from reviewer.domain.errors import ReviewerError, UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros, pts_to_micros
from reviewer.media.container import only, open_container
from reviewer.media.index import origin
from reviewer.media.sound_ring import RATE, Samples

SOUND_ERRORS = (FFmpegError, OSError, ValueError, EOFError, ArithmeticError, LookupError, MemoryError, ReviewerError)
_BEFORE = Micros(100_000)  # decoding starts so much earlier: the first frames after a seek are not whole
_JUMP = 40_000  # µs: the file's own times go elsewhere at once
_APART = 5_000  # µs: … or have come so far apart from the samples that were counted
_STEADY = 16  # frames over which that is averaged: recorders write times that tremble
_LOUDEST = 4.0  # times full scale, in floating-point sound

Run = tuple[Micros | None, Samples]  # the stream time of the first sample, None where it follows the ones before


class SoundReader:
    """Reads a file's first sound stream; for one thread. Owns `raw`. Raises UnreadableMedia if there is no sound, and
    any of SOUND_ERRORS while reading."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.damaged = 0
        try:
            self._container = open_container(raw)
        except BaseException:
            raw.close()
            raise
        try:
            if not self._container.streams.audio:
                raise UnreadableMedia("This camera recorded no sound.", "")
            self._stream = self._container.streams.audio[0]
            only(self._container, self._stream)
            self._time_base = self._stream.time_base or Fraction(1, RATE)
            self._origin = origin(self._container, self._time_base)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._container.close()
        self._raw.close()

    def runs(self, at: Micros) -> Iterator[Run]:
        """From a little before `at` on. A packet that gives nothing gives an empty run, so that whoever asks can look
        up in between."""
        self._seek(Micros(at - _BEFORE))
        run: _Run | None = None
        for packet in self._container.demux(self._stream):
            given = False
            for frame in self._decoded(packet):
                if not frame.samples or frame.sample_rate <= 0:
                    continue
                if run is None or not run.goes_on(frame, self._time(frame)):
                    run = _Run(frame, self._time(frame) or Micros(0))
                for piece in run.feed(frame):
                    given = True
                    yield piece
            if not given:
                yield None, np.zeros((0, 2), np.float32)
        if run is not None:
            yield from run.feed(None)

    def _seek(self, at: Micros) -> None:
        pts = int(Fraction(max(0, at), SECOND) / self._time_base) + self._origin
        for place in (pts, self._origin, self._stream.start_time or 0):
            with suppress(FFmpegError, OverflowError):
                self._container.seek(place, stream=self._stream)
                return

    def _decoded(self, packet: Packet[Any]) -> list[AudioFrame]:
        try:
            return list(self._stream.decode(packet))
        except (FFmpegError, ValueError):
            self.damaged += 1
            return []

    def _time(self, frame: AudioFrame) -> Micros | None:
        if frame.pts is None:
            return None
        return pts_to_micros(frame.pts - self._origin, frame.time_base or self._time_base)


class _Run:
    """One unbroken run of frames of one kind."""

    def __init__(self, frame: AudioFrame, start: Micros) -> None:
        self._kind = _kind(frame)
        self._start: Micros | None = start
        self._expected = Fraction(start)
        self._apart = 0.0
        layout = "mono" if frame.layout.nb_channels == 1 else "stereo"  # FFmpeg would play one channel 3 dB softer
        self._resampler = av.AudioResampler("flt", layout, RATE)

    def goes_on(self, frame: AudioFrame, at: Micros | None) -> bool:
        """Whether a frame follows the ones before."""
        if at is not None:
            apart = float(at - self._expected)
            self._apart += (apart - self._apart) / _STEADY
            if abs(apart) > _JUMP or abs(self._apart) > _APART:
                return False
        return _kind(frame) == self._kind

    def feed(self, frame: AudioFrame | None) -> Iterator[Run]:
        """A frame in (None: no more), samples out."""
        if frame is not None:
            self._expected += Fraction(frame.samples * SECOND, frame.sample_rate)
            frame.pts = None
        for even in self._resampler.resample(frame):
            start, self._start = self._start, None
            samples = np.asarray(even.to_ndarray(), np.float32).reshape(-1, even.layout.nb_channels)
            yield start, _plain(samples)


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _plain(found: Samples) -> Samples:
    """Two channels, and numbers only."""
    samples = np.repeat(found, 2, axis=1) if found.shape[1] == 1 else found.copy()
    np.nan_to_num(samples, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(samples, -_LOUDEST, _LOUDEST, out=samples)
