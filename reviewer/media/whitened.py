"""Waves without what can be foretold of them: horns, hums and the pitch of two voices that happen to be near each other
are alike by their few strongest frequencies; whether one was made of the other shows in all the rest.

Linear prediction (Makhoul, Linear prediction: a tutorial review, Proc. IEEE 63 (4), 1975): of each piece of one wave
the filter is computed that leaves least of it, and both go through that same filter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]
EVERY = 6
"""One of so many samples is kept (48 kHz → 8 kHz): speech lies below 4 kHz."""
_ORDER = 24
_AROUND = 200  # samples more on both sides, of which the filter is computed too
_TAPS = 12 * 2 * EVERY + 1
_EDGE = 0.45 / EVERY  # where the low-pass is half, in turns a sample
_FLOOR = 1e-6  # −60 dB of noise: an infinitely sharp filter says nothing
_TINY = 1e-12
_BETWEEN = np.abs(np.subtract.outer(np.arange(_ORDER), np.arange(_ORDER)))


def thinned(wave: NDArray[np.float32]) -> Wave:
    """Mono at 48 kHz → every `EVERY`th sample of it, without what lies too high for that."""
    at = np.arange(_TAPS) - _TAPS // 2
    low = 2 * _EDGE * np.sinc(2 * _EDGE * at) * np.hanning(_TAPS)
    if len(wave) < _TAPS:
        return np.asarray(wave[::EVERY], np.float64)
    return np.asarray(np.convolve(wave.astype(np.float64), low / low.sum(), "same")[::EVERY])


def foretelling(wave: Wave, first: int, last: int) -> Wave:
    """The filter that leaves least of the samples `first` to before `last`, and of some around them."""
    piece = wave[max(0, first - _AROUND) : last + _AROUND]
    piece = piece * np.hanning(len(piece))
    same = np.array([float(piece[lag:] @ piece[: len(piece) - lag]) for lag in range(_ORDER + 1)])
    same[0] = same[0] * (1 + _FLOOR) + _TINY
    told = np.linalg.solve(same[_BETWEEN], same[1:])
    return np.concatenate([[1.0], -told])


def rest(wave: Wave, first: int, last: int, told: Wave) -> NDArray[np.float32]:
    """What a filter leaves of the samples `first` to before `last`."""
    begin = max(0, first - _ORDER)
    return np.convolve(wave[begin:last], told)[first - begin : last - begin].astype(np.float32)
