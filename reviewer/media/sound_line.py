"""A camera's sound as one unbroken row of samples on the UTC axis, through all its parts; holes are silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.timebase import TimeModel, TimeRange, Utc
from reviewer.media.clock import NORMAL
from reviewer.media.sound_reader import Run, SoundReader
from reviewer.media.sound_ring import RATE, Samples, Stretch

_PIECE = 4800  # samples of silence at a time
FADE = 240  # 5 ms: at edges, so that nothing clicks
_JOIN = 24  # samples: parts that lie nearer than half a millisecond follow each other without a seam
_BARREN = 5_000  # packets one after another that gave no sound for where it is wanted: none will come
_BILLION = 1_000_000_000

Opened = Callable[[int], SoundReader | None]


@dataclass(frozen=True, slots=True)
class SoundPart:
    """One file of a camera that may have sound: its time model and what of it may be heard."""

    model: TimeModel
    range: TimeRange


class Later(Exception):
    """The part's reader is not there yet."""


class SoundLine:
    """Sample `n` is the sound of `base` + n/48 ms. `opened(part)` gives a part's reader, None where it has no sound, or
    raises Later. `parts` in order of time; None where there is nothing to hear. For one thread."""

    def __init__(self, parts: Sequence[SoundPart | None], base: Utc, opened: Opened) -> None:
        axis = Stretch(0, NORMAL, base, 0, 0)
        self._parts = parts
        self._axis = axis
        self._spans = _spans(axis, parts)
        self._opened = opened
        self._part = -1
        self._runs: Iterator[Run] = iter(())
        self._placing: _Placing | None = None
        self._waiting: tuple[int, Samples] | None = None
        self._dry = False
        self._barren = 0
        self._last = np.zeros(2, np.float32)
        self._quiet = True
        self.given = 0

    @property
    def part(self) -> int:
        """The part that was read last, −1 for none."""
        return self._part

    def more(self) -> Samples | None:
        """The samples that follow, some; None at the camera's end. Raises Later, and what reading raises: calling on
        after that gives silence to the end of the part."""
        part, end = self._here()
        if part is None:
            return None if end is None else self._silence(end)
        if part != self._part:
            self._enter(part)
        if self._dry:
            return self._silence(end)
        if self._waiting is None and not self._fetch():
            self._barren += 1
            self._dry = self._dry or self._barren > _BARREN
            return np.zeros((0, 2), np.float32)
        self._barren = 0
        return self._sound(end or 0)

    def skip(self) -> None:
        """Nothing more is to be had from this part."""
        self._dry = True

    def _here(self) -> tuple[int | None, int | None]:
        """The part at the next sample and where it ends; or None and where the hole ends (None: never)."""
        for number, span in enumerate(self._spans):
            if span is not None and span[1] > self.given:
                return (number, span[1]) if span[0] <= self.given else (None, span[0])
        return None, None

    def _enter(self, part: int) -> None:
        reader, chosen = self._opened(part), self._parts[part]
        self._part, self._waiting, self._placing = part, None, None
        self._dry = reader is None or chosen is None
        if reader is not None and chosen is not None:
            self._runs = reader.runs(chosen.model.to_stream(self._axis.at(self.given)))

    def _fetch(self) -> bool:
        """The next samples with their place, if there are some."""
        try:
            start, samples = next(self._runs)
        except StopIteration:
            self._dry = True
            return False
        except BaseException:
            self._dry = True
            raise
        chosen = self._parts[self._part]
        if start is not None and chosen is not None:
            self._placing = _Placing(self._axis, chosen.model, start)
        if self._placing is None or not len(samples):
            return False
        place, samples = self._placing.place(samples)
        if 0 < abs(self.given - place) <= _JOIN and not self._quiet:
            self._placing.move(self.given - place)
            place = self.given
        if place + len(samples) <= self.given:
            self._quiet = self._quiet or place + len(samples) < self.given - _JOIN
            return False
        self._waiting = place, samples
        return True

    def _sound(self, end: int) -> Samples:
        place, samples = self._waiting or (0, np.zeros((0, 2), np.float32))
        if place > self.given:
            return self._silence(min(place, end))
        self._waiting = None
        return self._give(samples[self.given - place : end - place], seam=place < self.given or self._quiet)

    def _silence(self, end: int | None) -> Samples:
        count = _PIECE if end is None else max(0, min(_PIECE, end - self.given))
        quiet = np.zeros((count, 2), np.float32)
        return self._give(quiet, seam=not self._quiet, quiet=True)

    def _give(self, samples: Samples, *, seam: bool, quiet: bool = False) -> Samples:
        if len(samples):
            samples = glide(self._last, samples) if seam else samples
            self._last = samples[-1].copy()
            self._quiet = quiet
            self.given += len(samples)
        return samples


def _spans(axis: Stretch, parts: Sequence[SoundPart | None]) -> list[tuple[int, int] | None]:
    """Where each part lies. Where two overlap, the later one is heard, as its pictures are shown."""
    spans: list[tuple[int, int] | None] = []
    until: int | None = None
    for part in reversed(parts):
        if part is None:
            spans.append(None)
            continue
        start, end = axis.position(part.range.start), axis.position(part.range.end)
        spans.append((start, end if until is None else min(end, until)))
        until = start
    return spans[::-1]


def glide(last: Samples, samples: Samples) -> Samples:
    """The samples, beginning where the sound stood: a seam without a click. May be written into them."""
    count = min(FADE, len(samples))
    ramp = (np.arange(1, count + 1, dtype=np.float32) / FADE)[:, None]
    samples[:count] = last + (samples[:count] - last) * ramp
    return samples


class _Placing:
    """Where the samples of one run stand on the UTC axis. A camera's clock that drifts stretches them: by cubic
    interpolation (Catmull–Rom)."""

    def __init__(self, axis: Stretch, model: TimeModel, start: int) -> None:
        micros = start * (_BILLION + model.drift_ppb) / _BILLION  # a float: to_utc rounds to whole microseconds
        self._first = (model.start - axis.base + micros) * RATE / 1_000_000
        self._pace = 1 + model.drift_ppb / _BILLION
        self._plain = not model.drift_ppb
        self._place = round(self._first) if self._plain else int(np.ceil(self._first + self._pace))
        self._kept = np.zeros((0, 2), np.float32)
        self._number = 0  # of the first sample that is kept

    def move(self, by: int) -> None:
        """From now on so many samples later."""
        self._first += by
        self._place += by

    def place(self, samples: Samples) -> tuple[int, Samples]:
        """The number on the axis of the first of these, and they."""
        start = self._place
        if self._plain:
            self._place += len(samples)
            return start, samples
        self._kept = np.concatenate([self._kept, samples])
        last = self._number + len(self._kept) - 3
        stop = int(np.floor(self._first + last * self._pace)) + 1
        if stop <= start:
            return start, self._kept[:0]
        where = (np.arange(start, stop, dtype=np.float64) - self._first) / self._pace - self._number
        out = _between(self._kept, where)
        self._place = stop
        keep = max(0, int(np.floor((stop - self._first) / self._pace)) - 1 - self._number)
        self._kept, self._number = self._kept[keep:], self._number + keep
        return start, out


def _between(samples: Samples, where: NDArray[np.float64]) -> Samples:
    whole = np.floor(where).astype(np.int64)
    part = (where - whole).astype(np.float32)[:, None]
    a, b, c, d = (samples[np.clip(whole + n, 0, len(samples) - 1)] for n in (-1, 0, 1, 2))
    out: Samples = b + 0.5 * part * (c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)))
    return out
