"""Where in another recording the same sounds begin: a search over every offset at once, good to some 10 ms.

What is compared is when sounds set in, in 24 bands, 100 times a second: loudness, automatic gain, a room's tail and a
codec change that little. (Log-onset features: after Klapuri 1999; the correlation is done over FFTs, half-whitened.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8_000
STEP = 80  # samples between two frames: 10 ms
PER_SECOND = RATE // STEP
_FRAME = 256
_BANDS = 24
_LOWEST, _HIGHEST = 150.0, 3_700.0  # Hz
_CHUNK = 4_096  # frames at a time
_QUIET = 2_000.0  # power below which a band of a frame says nothing: the rounding of 16 bits is near 8
_LOUDEST = 4.0  # times the mean onset: one bang is no more than that
_LEAST_OVERLAP = 10 * PER_SECOND
_SMEARS = (1, 3, 9, 27)  # frames: what drift makes of a peak over a long time
_FALSE_NEAR = 30  # frames around a peak that belong to it

Samples = NDArray[np.int16]
Features = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Place:
    """A possible offset: `lag` in frames (the other's minus the one's), how far above all others in standard
    deviations, over how many frames it was smeared."""

    lag: int
    height: float
    smear: int


def onsets(samples: Samples) -> Features:
    """Frames × bands: how much louder than just before, 0 where not, each band with mean 0 and variance 1."""
    frames = max(0, (len(samples) - _FRAME) // STEP + 1)
    levels = np.empty((frames, _BANDS), np.float32)
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    weights = bands(_FRAME, _BANDS)
    view = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::STEP] if frames else np.empty((0, _FRAME))
    for begin in range(0, frames, _CHUNK):
        spectrum = np.fft.rfft(view[begin : begin + _CHUNK] * window)
        power = spectrum.real**2 + spectrum.imag**2
        levels[begin : begin + _CHUNK] = np.log(power @ weights + np.float32(_QUIET))
    return _risen(levels)


def bands(frame: int, count: int) -> NDArray[np.float32]:
    """Bins × bands: triangles, evenly over the mel scale (O'Shaughnessy 1987)."""
    hertz = np.fft.rfftfreq(frame, 1 / RATE)
    edges = 700 * np.expm1(np.linspace(np.log1p(_LOWEST / 700), np.log1p(_HIGHEST / 700), count + 2))
    rising = (hertz[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz[:, None]) / (edges[2:] - edges[1:-1])
    weights: NDArray[np.float32] = np.clip(np.minimum(rising, falling), 0, None).astype(np.float32)
    return weights


def _risen(levels: Features) -> Features:
    risen = np.zeros_like(levels)
    if len(levels) < 8:
        return risen
    np.subtract(levels[3:] + levels[2:-1], levels[1:-2] + levels[:-3], out=risen[2:-1])
    np.maximum(risen, 0, out=risen)
    mean = risen.mean(axis=0)
    np.minimum(risen, _LOUDEST * mean, out=risen)
    risen -= risen.mean(axis=0)
    risen /= risen.std(axis=0) + np.float32(1e-6)
    return risen


def correlated(one: Features, other: Features) -> tuple[NDArray[np.float32], int]:
    """How alike they are at every offset: element i is for an offset of i − the returned zero frames, in standard
    deviations of all; offsets that leave less than 10 s of overlap are 0."""
    size = 1 << max(1, len(one) + len(other) - 1).bit_length()
    if size * 3 // 4 >= len(one) + len(other):
        size = size * 3 // 4
    together = np.zeros(size // 2 + 1, np.complex64)
    for band in range(_BANDS):
        spectrum = np.conj(np.fft.rfft(one[:, band], size))
        together += spectrum * np.fft.rfft(other[:, band], size)
    strength = np.sqrt(np.abs(together))
    together /= strength + np.float32(1e-9) * strength.max() + np.float32(1e-30)
    alike = np.fft.irfft(together, size).astype(np.float32)
    lags = np.arange(-len(one) + 1, len(other))
    alike = alike[lags]  # negative offsets are at the end
    shared = np.minimum(len(one), len(other) - lags) - np.maximum(0, -lags)
    alike /= np.sqrt(np.maximum(shared, 1)).astype(np.float32)
    alike[shared < _LEAST_OVERLAP] = 0
    return alike, len(one) - 1


def places(alike: NDArray[np.float32], zero: int, most: int) -> list[Place]:
    """The offsets that stand out, the highest first."""
    found: list[Place] = []
    for smear in _SMEARS:
        if len(alike) < 10 * smear:
            break
        smooth = np.convolve(alike, np.full(smear, 1 / smear, np.float32), "same") if smear > 1 else alike
        inside = smooth[smooth != 0]
        if not len(inside):
            break
        spread = float(np.median(np.abs(inside))) * 1.4826 + 1e-12
        rest = smooth / np.float32(spread)
        for _ in range(most):
            top = int(np.argmax(rest))
            found.append(Place(top - zero, float(rest[top]), smear))
            rest[max(0, top - _FALSE_NEAR) : top + _FALSE_NEAR + 1] = -np.inf
    kept: list[Place] = []
    for each in sorted(found, key=lambda place: -place.height):
        if all(abs(each.lag - other.lag) > _FALSE_NEAR for other in kept):
            kept.append(each)
    return kept[:most]
