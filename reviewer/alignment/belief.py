"""Which lag is believed, and how far: every lag near the right one is weighed by what speaks for it.

Two things speak, and neither is enough. The bundle of echoes (`alignment/profile`) shows the direct sound to a tenth of
a millisecond where there is little echo, and in a room whichever pair of echoes happened to add up best. Where sounds
set in (`alignment/edges`) is blunt, but rooms do not pull it away. A lag for which both speak wins. If several do so
nearly as well, or it is blunt, or the windows are few so that nothing stands out, the belief is wide, and so is σ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Fitted by greatest likelihood of the truth on the tuning set and on what was reported before (TUNING and HELD_OUT of
# tests/bench/align_pairs): a height of h deviations is worth w·log(1 + h/s), w/s for each deviation while there are
# few, less and less where there are many, because what pulls a high peak aside is echoes and not chance.
_RISES = (54.0, 57.0)
_BUNDLE = (10.3, 14.5)
_NEAR = np.array([0.0545, 0.2442, 0.4026, 0.2442, 0.0545])  # a Gauss curve of one sample: the power of a peak
_TAIL = 0.023  # of the belief, at each side, is left out: what lies in between is ± 2 σ of a Gauss curve

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Belief:
    """`lag`: the middle of the belief, in samples from the middle of what was given; `doubt`: a quarter of the
    stretch that holds 95 % of it, which would be the standard deviation of a Gauss curve, in samples."""

    lag: float
    doubt: float


def power(bundle: Floats) -> Floats:
    """The bundle's own height at each lag, in deviations, 0 where it is like anywhere: whichever way round a microphone
    is, and whichever half of a wave is the higher."""
    spread = float(np.median(np.abs(bundle))) * 1.4826 + 1e-12
    found: Floats = np.maximum(0.0, np.sqrt(np.convolve((bundle / spread) ** 2, _NEAR, "same")) - 1)
    return found


def believed(rises: Floats, bundle: Floats | None = None) -> Belief:
    """What is to be believed of lags −n to n samples, of which these say how high they stand out (2n + 1 each)."""
    gained = worth(rises, *_RISES)
    return weighed(gained if bundle is None else gained + worth(bundle, *_BUNDLE))


def worth(height: Floats, weight: float, scale: float) -> Floats:
    """The logarithm of what a height speaks for a lag."""
    gained: Floats = weight * np.log1p(np.maximum(height, 0.0) / scale)
    return gained


def weighed(gained: Floats) -> Belief:
    """The belief where lags −n to n are worth so much."""
    share = np.exp(gained - gained.max())
    held = np.cumsum(share) / share.sum()
    low, middle, high = np.interp((_TAIL, 0.5, 1 - _TAIL), held, np.arange(len(held)) + 0.5)
    return Belief(float(middle) - len(held) // 2, float(high - low) / 4)
