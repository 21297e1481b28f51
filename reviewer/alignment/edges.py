"""Where sounds set in, at every lag near the right one: what echoes cannot pull away.

What a room adds comes after the direct sound, so a sound's rise marks the direct way though its loudest moment may not:
what ears go by too (the precedence effect, Wallach et al. 1949). Rises in 16 bands, every 2.5 ms, in the windows that
agree on the line; four ways to look, added up.
"""

from __future__ import annotations

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
REACH = 80 * RATE // 1000  # samples to each side
_MOST = 100  # windows

Samples = NDArray[np.int16]
Frames = NDArray[np.float32]
Spectra = NDArray[np.complex64]
Floats = NDArray[np.float64]


def rises(
    one: Samples, other: Samples, starts: NDArray[np.int64], long: int, base: int, turns: NDArray[np.float64]
) -> Floats:
    """How alike the rises are at each lag from `base` − `REACH` to `base` + `REACH` samples, in deviations of what they
    are anywhere. The windows begin at `starts` (samples of the one); `turns` is by how much each is to be later, in
    samples, for the drift."""
    chosen = np.unique(np.linspace(0, len(starts) - 1, min(_MOST, len(starts))).round().astype(np.int64))
    first = _levels(one, starts[chosen], long)
    second = _levels(other, starts[chosen] + base, long)
    size = 1 << (first.shape[1] - 1).bit_length()
    hertz = np.fft.rfftfreq(size)
    moved = np.exp(2j * np.pi * hertz * turns[chosen][:, None] / _HOP).astype(np.complex64)
    found = np.zeros(2 * REACH + 1)
    for rise in _RISES:
        whole = (_crossed(_risen(first, rise), _risen(second, rise), size) * moved).sum(axis=0)
        for smooth in _SMOOTH:
            found += _laid_out(whole * np.exp(-2 * (np.pi * smooth * hertz) ** 2), size)
    return found / (len(_RISES) * len(_SMOOTH))


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


def _laid_out(spectrum: NDArray[np.complexfloating], size: int) -> Floats:
    """The correlation near 0 at every sample between its frames (band-limited), in deviations of all of it."""
    alike = np.fft.irfft(spectrum, size)
    middle = float(np.median(alike))
    spread = float(np.median(np.abs(alike - middle))) * 1.4826 + 1e-12
    fine = np.fft.irfft(spectrum, size * _HOP) * _HOP
    near: Floats = (np.concatenate([fine[-REACH:], fine[: REACH + 1]]) - middle) / spread
    return near
