"""A copy's sound, stretch by stretch, beside the originals. In a process apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import BinaryIO

import av
import numpy as np
from av.error import FFmpegError

from reviewer.domain.redaction import SoundWay
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import SECOND, Micros, TimeRange
from reviewer.media import apart
from reviewer.media.camera import CameraTimes
from reviewer.media.container import only, open_container
from reviewer.media.copy_check_said import Tally
from reviewer.media.copy_check_sound import (
    GUARD,
    LAGS,
    RATE,
    Sound,
    Span,
    another_voice,
    first_sample,
    is_heard,
    is_silent,
    only_a_tone,
    unlike,
)
from reviewer.media.index import origin
from reviewer.media.schedule import Heard, sound

PIECE = 20 * RATE
_BEFORE = SECOND // 5  # decoding begins so much earlier: the first frames after a seek are not whole
_MANY = 4  # windows one after the other that are not the recording's


class Hearing:
    """Looks at one piece of the file's sound after the other; `tally` hears what is wrong. `length` of the file in
    samples."""

    def __init__(self, plan: RenderPlan, times: Mapping[str, CameraTimes], length: int, tally: Tally) -> None:
        self._plan, self._times, self._tally = plan, times, tally
        self.heard = [h for h in sound(plan, times) if _has_sound(times, h)]
        pairs = ((edit, heard) for edit in plan.redaction.sounds for heard in self.heard)
        found = ((edit, self._in_file(heard, edit.range, edit.recording)) for edit, heard in pairs)
        self._edits = [(edit, span) for edit, span in found if span is not None]
        self.spans = tuple(self._spans(length))
        self._run = 0

    def _in_file(self, heard: Heard, stated: TimeRange, recording: str) -> tuple[int, int] | None:
        """The samples of the file in which a stretch of stated time is heard."""
        if heard.recording != recording:
            return None
        model = self._times[recording].camera.parts[heard.part].model
        shift = heard.begin - heard.stream
        begin = max(heard.begin, Micros(model.to_stream(stated.start) + shift))
        end = min(heard.end, Micros(model.to_stream(stated.end) + shift))
        return (first_sample(begin), first_sample(end)) if begin < end else None

    def _spans(self, length: int) -> Iterator[Span]:
        """Every sample of the file is in one of these: muted, a tone, another voice, as recorded, or nothing at all."""
        marks = {0, length}
        for _, span in self._edits:
            marks |= set(span)
        for heard in self.heard:
            marks |= {first_sample(heard.begin), first_sample(heard.end)}
        cuts = sorted(min(max(mark, 0), length) for mark in marks)
        for first, last in pairwise(cuts):
            if first < last:
                yield self._span(first, last)

    def _span(self, first: int, last: int) -> Span:
        here = [edit for edit, (begin, end) in self._edits if begin <= first and last <= end]
        for way in (SoundWay.MUTE, SoundWay.TONE):
            named = next((edit.name for edit in here if edit.way is way), None)
            if named is not None:
                return Span(first, last, way, named)
        if not self.over(first, last):
            return Span(first, last, SoundWay.MUTE)
        voices = [edit.name for edit in here if edit.way is SoundWay.VOICE]
        if voices or self._plan.voices:
            return Span(first, last, SoundWay.VOICE, voices[0] if voices else "")
        return Span(first, last, None)

    def over(self, first: int, last: int) -> list[Heard]:
        """What is heard in all of these samples."""
        return [h for h in self.heard if first_sample(h.begin) <= first and last <= first_sample(h.end)]

    def look(self, span: Span, first: int, copy: Sound) -> None:
        """n×channels of the file, from its sample `first` on, all within a span."""
        at = Micros(first * SECOND // RATE)
        if span.way is SoundWay.MUTE:
            self._silence(span, first, copy, at)
        elif span.way is SoundWay.TONE:
            self._tone(span, first, copy, at)
        elif span.way is SoundWay.VOICE:
            mono = np.asarray(copy.mean(axis=1), np.float32)
            named = f"{span.name} changes a voice" if span.name else "voices are changed"
            for heard in self.over(span.first, span.last):
                if not another_voice(mono, self._original(heard, first, len(copy), LAGS[SoundWay.VOICE])):
                    self._tally.frame(f"The voice is the recording’s own where {named}, in {{}}.", at, "place")
        else:
            self._plain(span, first, copy, at)

    def _silence(self, span: Span, first: int, copy: Sound, at: Micros) -> None:
        if span.name:
            if not is_silent(copy):
                self._tally.frame(f"Sound is heard where {span.name} mutes it, in {{}}.", at, "place")
            return
        begin, end = max(first, span.first + GUARD), min(first + len(copy), span.last - GUARD)
        if begin < end and not is_silent(copy[begin - first : end - first]):
            self._tally.frame("Sound is heard where there is none to be, in {}.", at, "place")

    def _tone(self, span: Span, first: int, copy: Sound, at: Micros) -> None:
        """Beside what is muted, silence may reach into it; the recording's own wave may not."""
        before = GUARD if self._is_muted(span.first - 1) else 0
        after = GUARD if self._is_muted(span.last) else 0
        begin = max(0, span.first + before - first)
        end = max(begin, min(len(copy), span.last - after - first))
        good = only_a_tone(copy[begin:end])
        lag = LAGS[SoundWay.VOICE]
        for piece, place in ((copy[:begin], first), (copy[end:], first + end)):
            mono = np.asarray(piece.mean(axis=1), np.float32)
            for heard in self.over(span.first, span.last) if len(piece) else ():
                good = good and not is_heard(mono, self._original(heard, place, len(piece), lag))
        if not good:
            self._tally.frame(f"More than a tone is heard where {span.name} is, in {{}}.", at, "place")

    def _is_muted(self, sample: int) -> bool:
        return any(each.way is SoundWay.MUTE and each.first <= sample < each.last for each in self.spans)

    def _plain(self, span: Span, first: int, copy: Sound, at: Micros) -> None:
        lag = LAGS[None]
        mixed = np.zeros(len(copy) + 2 * lag, np.float32)
        for heard in self.over(span.first, span.last):
            mixed += self._original(heard, first, len(copy), lag)
        edge = GUARD if len(copy) > 4 * GUARD else 0  # beside what is muted, silence reaches further
        inner = np.asarray(copy.mean(axis=1), np.float32)[edge : len(copy) - edge]
        wrong = unlike(inner, mixed[edge : len(mixed) - edge])
        for each in wrong:
            self._run = self._run + 1 if each else 0
            if self._run == _MANY:
                self._tally.frame("The sound is not the recording’s in {}.", at, "place")

    def _original(self, heard: Heard, first: int, count: int, lag: int) -> Sound:
        """What a part lets hear in these samples of the file, and `lag` more at both ends; mono."""
        shift = heard.stream - heard.begin
        start = (first - lag) + round(shift * RATE / SECOND)
        times = self._times[heard.recording]
        with apart.reading(times.camera.parts[heard.part].open()) as raw:
            return read_wave(raw, start, count + 2 * lag)


def _has_sound(times: Mapping[str, CameraTimes], heard: Heard) -> bool:
    index = times[heard.recording].indexes[heard.part]
    return index is not None and index.sound is not None


def read_wave(raw: BinaryIO, start: int, count: int) -> Sound:
    """A file's sound from its sample `start` (48 kHz, from stream time 0) on, its channels' mean; silence where there
    is none."""
    found = np.zeros(count, np.float32)
    for first, run in runs(raw, Micros(max(0, start) * SECOND // RATE - _BEFORE), start + count):
        low, high = max(start, first), min(start + count, first + len(run))
        if low < high:
            found[low - start : high - start] = run[low - first : high - first].mean(axis=1)
    return found


def runs(raw: BinaryIO, since: Micros, until: int) -> Iterator[tuple[int, Sound]]:
    """n×channels at 48 kHz with the sample that each begins at, from about `since` to past the sample `until`."""
    with open_container(raw) as container, suppress(FFmpegError):
        stream = container.streams.audio[0]
        only(container, stream)
        base = stream.time_base or Fraction(1, RATE)
        zero = origin(container, base)
        if since > 0:
            with suppress(FFmpegError):
                container.seek(int(Fraction(since, SECOND) / base) + zero, stream=stream)
        resampler: av.AudioResampler | None = None
        place: int | None = None
        for frame in container.decode(stream):
            apart.alive()
            if frame.pts is not None:
                at = round((frame.pts - zero) * base * RATE)
                place = at if place is None or abs(at - place) > RATE // 100 else place
            resampler = resampler or av.AudioResampler("fltp", frame.layout.name, RATE)
            frame.pts = None
            for even in resampler.resample(frame):
                samples = np.asarray(even.to_ndarray(), np.float32).T
                yield place or 0, samples
                place = (place or 0) + len(samples)
            if place is not None and place >= until:
                return
