"""What a copy will not have of a recording's sound, while the recording is played: the same silence, tone and changed
voice as a render's (`masked_sound`), on samples on their way from the decoder to the ring.

What is hidden stands in each file's own time, as its footage does, so that no other clock moves it. A changed voice
needs what lies around it: there, samples go on about a fifth of a second after they came, which is less than the feed
is ahead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reviewer.domain.redaction import SoundWay
from reviewer.domain.timebase import SECOND, Micros, TimeModel
from reviewer.media.masked_sound import CONTEXT, change_voice, mute, tone
from reviewer.media.sound_line import SoundPart
from reviewer.media.sound_ring import RATE, Samples, Stretch

LEAD = 4800
"""Samples before the first that is wanted: a voice there is changed from what lies around it, too."""
_PIECE = 9600  # samples whose voice is changed at once: ten ms of a core
_BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class HiddenSound:
    """[begin, end) of a part's own time is not to be heard as it was recorded. `way` None: it is withheld, nothing of
    it is in the copy."""

    part: int
    begin: Micros
    end: Micros
    way: SoundWay | None


@dataclass(frozen=True, slots=True)
class SoundVeil:
    """What of one camera is hidden. `voices`: all of it is another voice. `seed`: which; the copy's is another one,
    which nobody knows."""

    hidden: tuple[HiddenSound, ...] = ()
    voices: bool = False
    seed: int = 0

    @property
    def changes_voices(self) -> bool:
        return self.voices or any(each.way is SoundWay.VOICE for each in self.hidden)


BARE = SoundVeil()
"""As it was recorded."""


class VeiledSound:
    """Takes the samples of a `SoundLine`, gives them veiled from the LEADth on. `axis`: the line's first sample is the
    sound of its base; `parts` as the line has them. For one thread."""

    def __init__(self, veil: SoundVeil, axis: Stretch, parts: Sequence[SoundPart | None]) -> None:
        self._veil = veil
        self._places = [None if part is None else _Place(axis, part.model) for part in parts]
        self._ends = [None if part is None else axis.position(part.range.end) for part in parts]
        self._spans = [(low, high, each.way) for each in veil.hidden for low, high in self._span(each)]
        self._voiced = [(low, high) for low, high, way in self._spans if way is SoundWay.VOICE]
        self._first_origin = next((place.origin for place in self._places if place is not None), 0)
        self._given = 0
        self._lead, self._over = LEAD, False
        self._around: Samples = np.zeros((CONTEXT, 2), np.float32)  # from CONTEXT before what is given next

    def feed(self, samples: Samples | None) -> Samples | None:
        """Those that can be given now, in order; what comes may be written to. None in: no more come. None out: no more
        are to be had."""
        if samples is not None:
            found = self._voices(samples, over=False) if self._veil.changes_voices else samples
        elif self._over or not self._veil.changes_voices:
            return None
        else:
            self._over = True
            found = self._voices(np.zeros((CONTEXT, 2), np.float32), over=True)
        found = self._hushed(found)
        cut = min(self._lead, len(found))
        self._lead -= cut
        return found[cut:]

    def _voices(self, samples: Samples, *, over: bool) -> Samples:
        """What of these and those before it can be said of how they sound, voices changed."""
        self._around = np.concatenate([self._around, samples])
        count = len(self._around) - 2 * CONTEXT
        if count < (1 if over else _PIECE):
            return np.zeros((0, 2), np.float32)
        plain = self._around[CONTEXT : CONTEXT + count].copy()
        for low, high, at in self._to_change(self._given, self._given + count):
            here = low - self._given
            around = self._around[here : high - self._given + 2 * CONTEXT]
            plain[here : high - self._given] = change_voice(around, at - CONTEXT, self._veil.seed)[CONTEXT:-CONTEXT]
        self._around = self._around[count:]
        return plain

    def _hushed(self, samples: Samples) -> Samples:
        """Tones, then silence: nothing is heard over it."""
        first = self._given
        self._given += len(samples)
        for low, high, way in self._spans:
            if way is SoundWay.TONE:
                tone(samples, low - first, high - first, first - self._first_origin)
        for low, high, way in self._spans:
            if way is SoundWay.MUTE:
                mute(samples, low - first, high - first)
            elif way is None:
                samples[max(0, low - first) : max(0, high - first)] = 0
        return samples

    def _to_change(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """From where to where another voice is heard, cut where parts meet, and which of the part's own samples the
        first is: by that a voice drifts."""
        ranges = [(first, last)] if self._veil.voices else self._voiced
        at = first
        while at < last:
            part = next((n for n, end in enumerate(self._ends) if end is not None and end > at), None)
            end = self._ends[part] if part is not None else None
            until = last if end is None else min(last, end)
            place = self._places[part] if part is not None else None
            for low, high in ranges:
                low, high = max(at, low), min(until, high)
                if low < high:
                    yield low, high, low - (place.origin if place is not None else 0)
            at = until

    def _span(self, hidden: HiddenSound) -> Iterator[tuple[int, int]]:
        place = self._places[hidden.part] if 0 <= hidden.part < len(self._places) else None
        if place is not None:
            yield place.sample(hidden.begin), place.sample(Micros(hidden.end + 1)) + 1


class _Place:
    """Where a part's own samples stand on the axis."""

    def __init__(self, axis: Stretch, model: TimeModel) -> None:
        self._first = (model.start - axis.base) * RATE / SECOND
        self._pace = 1 + model.drift_ppb / _BILLION
        self.origin = round(self._first)

    def sample(self, at: Micros) -> int:
        """The last one that begins at this time of the part or before."""
        if self._pace == 1:
            return self.origin + at * RATE // SECOND
        return math.floor(self._first + at * self._pace * RATE / SECOND)
