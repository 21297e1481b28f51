"""Where sounds set in, to the millisecond: the offset that echoes cannot pull away.

What a room adds comes after the direct sound, so a sound's rise marks the direct way though its loudest moment may not:
what ears go by too (the precedence effect, Wallach et al. 1949). Rises in 16 bands, every 2.5 ms, in the windows that
agree on the line; one correlation over all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.onsets import bands
from reviewer.alignment.waves import RATE

_HOP = 20  # samples: 2.5 ms
_FRAME = 64
_BANDS = 16
_RISES = (2, 4)  # frames to each side
_SMOOTH = (0.0, 2.0)  # frames
_LOUDEST = 4.0  # times a band's mean rise: one bang is no more than that
_QUIET = 500.0  # power of a band that says nothing
_SEARCH = 80 * RATE // 1000 // _HOP  # frames to each side
_FOLDS = 8
_MOST = 100  # windows

Samples = NDArray[np.int16]
Frames = NDArray[np.float32]
Spectra = NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class Edges:
    """`lag` in samples from the base: the middle of four ways to look; `spread` of these, and `scatter`: what leaving
    out windows does (jackknife: Efron 1982); `height`: the peak over everything else in deviations."""

    lag: float
    spread: float
    scatter: float
    height: float


def refine(
    one: Samples, other: Samples, starts: NDArray[np.int64], long: int, base: int, turns: NDArray[np.float64]
) -> Edges:
    """Compare the windows that begin at `starts` (samples of the one); `turns` is by how much each is to be later, in
    samples, for the drift."""
    chosen = np.unique(np.linspace(0, len(starts) - 1, min(_MOST, len(starts))).round().astype(np.int64))
    first = _levels(one, starts[chosen], long)
    second = _levels(other, starts[chosen] + base, long)
    size = 1 << (first.shape[1] - 1).bit_length()
    moved = np.exp(2j * np.pi * np.fft.rfftfreq(size) * turns[chosen][:, None] / _HOP).astype(np.complex64)
    found = []
    for rise in _RISES:
        rows = _crossed(_risen(first, rise), _risen(second, rise), size) * moved
        found += [_looked(rows, size, smooth) for smooth in _SMOOTH]
    lags, scatters, heights = np.array(found).T
    spread = float(np.ptp(np.sort(lags)[1:-1])) + 0.25 * float(np.ptp(lags))
    return Edges(float(np.median(lags)) * _HOP, spread * _HOP, float(np.median(scatters)) * _HOP, float(heights[2]))


def _levels(samples: Samples, starts: NDArray[np.int64], long: int) -> Frames:
    """Windows × frames × bands: the logarithm of the power."""
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    weights = bands(_FRAME, _BANDS)
    levels = []
    for start in starts:
        frames = np.lib.stride_tricks.sliding_window_view(samples[start : start + long], _FRAME)[::_HOP]
        spectrum = np.fft.rfft(frames * window)
        levels.append(np.log((spectrum.real**2 + spectrum.imag**2) @ weights + np.float32(_QUIET)))
    return np.stack(levels)


def _risen(levels: Frames, rise: int) -> Frames:
    """How much louder than just before; each band with mean 0 and variance 1."""
    risen = np.zeros_like(levels)
    risen[:, rise:-rise] = np.maximum(0, levels[:, 2 * rise :] - levels[:, : -2 * rise])
    np.minimum(risen, np.float32(_LOUDEST) * risen.mean(axis=(0, 1)), out=risen)
    risen -= risen.mean(axis=(0, 1))
    risen /= risen.std(axis=(0, 1)) + np.float32(1e-6)
    return risen


def _crossed(first: Frames, second: Frames, size: int) -> Spectra:
    """Each window's cross spectrum over all bands, half-whitened."""
    rows = np.zeros((len(first), size // 2 + 1), np.complex64)
    for row, (a, b) in enumerate(zip(first, second, strict=True)):
        cross = (np.conj(np.fft.rfft(a, size, axis=0)) * np.fft.rfft(b, size, axis=0)).sum(axis=1)
        rows[row] = cross / (np.sqrt(np.abs(cross)) + np.float32(1e-6))
    return rows


def _looked(rows: Spectra, size: int, smooth: float) -> tuple[float, float, float]:
    """Lag in frames, its scatter, the peak's height."""
    rows = rows * np.exp(-2 * (np.pi * smooth * np.fft.rfftfreq(size)) ** 2).astype(np.float32)
    whole = rows.sum(axis=0)
    lag, height = _peak(whole, size)
    folds = min(_FOLDS, len(rows))
    left_out = np.array([_peak(whole - rows[fold::folds].sum(axis=0), size)[0] for fold in range(folds)])
    return lag, float(np.sqrt((folds - 1) / folds * ((left_out - left_out.mean()) ** 2).sum())), height


def _peak(spectrum: NDArray[np.complexfloating], size: int) -> tuple[float, float]:
    """Place of the highest value near 0 in parts of a frame (parabola), and how high it is."""
    alike = np.fft.irfft(spectrum, size)
    near = np.concatenate([alike[-_SEARCH - 1 :], alike[: _SEARCH + 2]])
    top = 1 + int(np.argmax(near[1:-1]))
    left, middle, right = near[top - 1 : top + 2]
    bend = left - 2 * middle + right
    spread = float(np.median(np.abs(alike - np.median(alike)))) * 1.4826 + 1e-12
    part = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return top - 1 - _SEARCH + float(part), float(middle) / spread
