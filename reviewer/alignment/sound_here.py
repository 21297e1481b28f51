"""How far two cameras' sound lies apart at one place: what the residual view says beside its two waveforms.

The cross-correlation of a few seconds, whitened (GCC-PHAT: Knapp and Carter 1976, "The generalized correlation method
for estimation of time delay"). It is a look at one place, not a measurement of the clocks: `alignment/sound` does that
over whole recordings. It says nothing where no peak stands out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.belief import power, weighed, worth
from reviewer.domain.timebase import SECOND, Micros

RATE = 8_000
_LOW, _HIGH = 150, 3_400  # Hz: below is wind and handling, above is what codecs leave out
_CLEAR = 12.0  # times the median of what else there is, for a peak to be believed
_AROUND = RATE // 100  # samples on both sides of the peak that belong to it
_PEAK = (7.6, 1.42)  # what a height is worth (`alignment/belief`), fitted on 1,100 stretches of the tuning set
_FLOOR = Micros(600)
_QUIET = 30  # of 32,768: less loud than this is silence


@dataclass(frozen=True, slots=True)
class Lag:
    """`later` by so much; 19 of 20 are off by less than `limit`: an echo may have been taken for the direct sound, and
    of several sounds each has a way of its own."""

    later: Micros
    limit: Micros


def lag_here(one: NDArray[np.int16], other: NDArray[np.int16], most: Micros) -> Lag | None:
    """How much later the same sound lies in `other` than in `one` (8 kHz, the same stretch of time), within ± `most`;
    None where it cannot be told."""
    count = min(len(one), len(other))
    reach = min(count // 2, most * RATE // SECOND + 1)
    if count < RATE // 2 or is_silent(one) or is_silent(other):
        return None
    size = 1 << (2 * count - 1).bit_length()
    taper = np.hanning(count)
    first = np.fft.rfft(one[:count] * taper, size)
    second = np.fft.rfft(other[:count] * taper, size)
    cross = second * np.conj(first)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    cross = np.where((hertz > _LOW) & (hertz < _HIGH), cross / (np.abs(cross) + 1e-9), 0)
    whole = np.fft.irfft(cross, size)
    near = np.concatenate([whole[-reach:], whole[: reach + 1]])
    best = int(np.argmax(near))
    rest = np.abs(np.delete(near, np.arange(max(0, best - _AROUND), min(len(near), best + _AROUND + 1))))
    if not len(rest) or near[best] < _CLEAR * float(np.median(rest)):
        return None
    found = weighed(worth(power(near), *_PEAK))
    limit = float(np.hypot(_FLOOR, 2 * found.doubt * SECOND / RATE))
    return Lag(Micros(round(found.lag * SECOND / RATE)), Micros(round(limit)))


def is_silent(samples: NDArray[np.int16]) -> bool:
    """Whether there is nothing to hear."""
    return not len(samples) or float(np.sqrt(np.mean(np.square(samples.astype(np.float64))))) < _QUIET
