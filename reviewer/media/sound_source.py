"""The sound of one part, decoded from an instant on: blocks of 48 kHz stereo with the UTC of their first sample."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Drained
from av.error import FFmpegError
from av.filter import Graph
from numpy.typing import NDArray

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.timebase import SECOND, Micros, Utc, pts_to_micros
from reviewer.media.camera import DeckPart
from reviewer.media.clock import NORMAL
from reviewer.media.container import only, open_container
from reviewer.media.index import origin

Samples = NDArray[np.float32]  # n×2
RATE = 48_000
_JUMP = 20_000  # µs: a jump in the sound's own times larger than this starts a new block


class SoundSource:
    """Reads one part's first sound stream. Raises UnreadableMedia if it has none."""

    def __init__(self, part: DeckPart) -> None:
        self._model = part.model
        self._raw = part.open()
        try:
            self._container = open_container(self._raw)
            if not self._container.streams.audio:
                self._container.close()
                raise UnreadableMedia("This camera recorded no sound.", "")
        except BaseException:
            self._raw.close()
            raise
        self._stream = self._container.streams.audio[0]
        only(self._container, self._stream)
        self._time_base = self._stream.time_base or Fraction(1, RATE)
        self._origin = origin(self._container, self._time_base)

    def close(self) -> None:
        self._container.close()
        self._raw.close()

    def blocks(self, at: Utc, rate: int) -> Iterator[tuple[Utc, Samples]]:
        """From `at` on, at a rate in thousandths with the pitch kept: one sample is rate/1000/48000 s of footage. The
        first block may begin a little before `at`."""
        stream_time = self._model.to_stream(at)
        pts = int(Fraction(max(0, stream_time), SECOND) / self._time_base) + self._origin
        self._container.seek(pts, stream=self._stream)
        tempo: _Tempo | None = None
        for frame in self._container.decode(self._stream):
            start = self._time(frame)
            if start + _length(frame) <= stream_time:
                continue
            if tempo is None or abs(start - tempo.expected) > _JUMP:
                tempo = _Tempo(start, rate)
            for place, samples in tempo.feed(frame):
                yield self._model.to_utc(place), samples

    def _time(self, frame: AudioFrame) -> Micros:
        pts = frame.pts if frame.pts is not None else 0
        return pts_to_micros(pts - self._origin, frame.time_base or self._time_base)


class _Tempo:
    """One unbroken stretch: to 48 kHz stereo, and through libavfilter's atempo where the rate is not 1x."""

    def __init__(self, start: Micros, rate: int) -> None:
        self.expected: int = start
        self._start = start
        self._rate = rate
        self._given = 0
        self._resampler = av.AudioResampler("flt", "stereo", RATE)
        self._graph = None if rate == NORMAL else _atempo(rate)

    def feed(self, frame: AudioFrame) -> Iterator[tuple[Micros, Samples]]:
        self.expected += _length(frame)
        for even in self._resampler.resample(frame):
            for out in self._through(even):
                samples = np.ascontiguousarray(out.to_ndarray(), dtype=np.float32).reshape(-1, 2)
                place = Micros(self._start + self._given * SECOND * self._rate // (RATE * NORMAL))
                self._given += len(samples)
                yield place, samples

    def _through(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        if self._graph is None:
            yield frame
            return
        frame.pts = None
        self._graph.push(frame)
        while True:
            try:
                yield cast(AudioFrame, self._graph.pull())
            except (NothingYet, Drained):
                return


def _atempo(rate: int) -> Graph:
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=Fraction(1, RATE))
    tempo = graph.add("atempo", f"{rate / NORMAL:.3f}")
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    return graph


def _length(frame: AudioFrame) -> int:
    return frame.samples * SECOND // max(1, frame.sample_rate)


SOUND_ERRORS = (FFmpegError, OSError, ValueError, EOFError)
