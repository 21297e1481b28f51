"""Sound at another pace with its pitch kept: WSOLA (Verhelst and Roelands, 1993).

Windows of the sound are laid over each other nearer or farther apart, each moved a little to where it fits the one
before. FFmpeg's `atempo` does the same, but lets a window wander: at 0.5x a clap was heard up to 22 ms from where it
belongs, here 8 ms; and at 2x it lost 20 of 75 clicks of 2 ms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reviewer.media.clock import NORMAL
from reviewer.media.sound_ring import Samples

_WINDOW = 1440  # 30 ms: two to three periods of a low voice
_HALF = _WINDOW // 2
_HOP = _WINDOW // 4  # four windows lie over each other: at 2x with two, a shot between them would not be heard
_REACH = 288  # 6 ms: a period of 83 Hz lies within one reach to either side
_LEAN = 120  # 2.5 ms: what a window fits on to came into the one before at its end, so too early if slow, late if fast
_COARSE = 4  # where it fits is first looked for among every fourth sample
_HOME = 0.4

Line = NDArray[np.float32]


class Stretcher:
    """Feeds on samples at 1x and gives those at `rate` (thousandths, 500 to 2000): the n-th that comes out belongs to
    the n·rate/1000-th that went in. At 1x they are the same ones."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._input = np.zeros((_HALF + _REACH + _LEAN, 2), np.float32)  # before the first sample there is silence
        self._start = -len(self._input)  # number of the first sample that is kept
        bell = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)
        self._window = (bell * 2 * _HOP / _WINDOW).astype(np.float32)[:, None]
        self._tail = np.zeros((_WINDOW, 2), np.float32)
        self._number = 0  # of the window that comes next; its middle belongs to output number · _HOP
        self._before: int | None = None  # where the last window began

    def feed(self, samples: Samples) -> Samples:
        """More of the sound; gives what is ready."""
        if self._rate == NORMAL:
            return samples
        self._input = np.concatenate([self._input, samples])
        given = []
        while (ready := self._next()) is not None:
            given.append(ready)
        self._forget()
        return np.concatenate(given) if given else np.zeros((0, 2), np.float32)

    def _next(self) -> Samples | None:
        home = self._home(self._number)
        follows = home if self._before is None else self._before + _HOP  # what comes next by itself
        if max(home + _REACH, follows) + _WINDOW > self._start + len(self._input):
            return None
        at = home if self._before is None else home + self._fit(home, follows)
        self._tail += self._take(at, _WINDOW) * self._window
        out = self._tail[:_HOP].copy()
        self._tail[:-_HOP] = self._tail[_HOP:]
        self._tail[-_HOP:] = 0
        self._before = at
        self._number += 1
        return out if self._number > _HALF // _HOP else out[:0]  # what lies before the first sample

    def _home(self, number: int) -> int:
        lean = _LEAN if self._rate < NORMAL else -_LEAN
        return round(number * _HOP * self._rate / NORMAL) - _HALF - lean

    def _take(self, start: int, count: int) -> Samples:
        return self._input[start - self._start : start - self._start + count]

    def _fit(self, home: int, follows: int) -> int:
        """By how much the window moves so that it goes on where the last one ended. What the last one had only at its
        edge, and hardly let be heard, has little to say in it: else the first faint trace of a clap would draw all of
        it there."""
        wanted = self._take(follows, _WINDOW).sum(axis=1)
        wanted[:-_HOP] *= self._window[_HOP:, 0]
        wanted[-_HOP:] = 0
        if not wanted.any():
            return 0
        there = self._take(home - _REACH, _WINDOW + 2 * _REACH).sum(axis=1)
        coarse = _COARSE * _likeness(_thin(wanted), _thin(there), _REACH / _COARSE) - _REACH
        low, high = max(-_REACH, coarse - _COARSE), min(_REACH, coarse + _COARSE)
        near = there[low + _REACH : high + _REACH + _WINDOW]
        return low + _likeness(wanted, near, 0.0)

    def _forget(self) -> None:
        keep = self._home(self._number) - _REACH
        if self._before is not None:
            keep = min(keep, self._before + _HOP)
        self._input = self._input[max(0, keep - self._start) :]
        self._start = max(self._start, keep)


def _thin(line: Line) -> Line:
    thin: Line = line[: len(line) // _COARSE * _COARSE].reshape(-1, _COARSE).sum(axis=1)
    return thin


def _likeness(wanted: Line, there: Line, reach: float) -> int:
    """Where in `there` the sound is most like `wanted`; a little rather in the middle, if `reach` says how far that
    is."""
    score = np.correlate(there, wanted, "valid")
    power = np.concatenate([[0.0], np.cumsum(np.square(there, dtype=np.float64))])
    score = score / np.sqrt(np.maximum(power[len(wanted) :] - power[: -len(wanted)], 1e-9))
    if reach:
        away = (np.arange(len(score)) - reach) / reach
        score = score - _HOME * np.abs(score) * away**2
    return int(np.argmax(score))
