"""What the windows of two recordings' waves say together: the drift, and how many agree.

Between two cameras every echo of the one meets every echo of the other, so the correlation of one window is a bundle of
peaks around the true lag; which is the highest is chance. But the bundle is the same as long as nobody moves. So the
windows are laid over each other by the whole bundle, each against that of the others: a drift good to a part of 10^-7
even where no window shows the direct sound, and a test that unrelated sound does not pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.alignment.waves import RATE, Laid

FEWEST = 6  # windows
MOST_DRIFT = 1.2e-4  # two clocks of ± 50 ppm, and a little
_POOL = 8  # samples: 1 ms
_LOUD = 15.0  # deviations above which a window counts no more for being louder
_BUNDLE = 30 * RATE // 1000  # samples to each side of the centre: what windows are compared by
_AGREE = 4  # samples: as far as a window may be off the line, half a millisecond
_RIVALS = 12 * RATE // 1000  # samples to each side that could have been the best as well
_SIZE = 2048  # samples around the centre that are kept: 128 ms to each side

Floats = NDArray[np.float64]
Spectra = NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class Rough:
    """Where the windows' energy lines up best: `lag` in samples from the base at the middle `pivot` (samples of the
    one), `drift` (a ratio), `height` over everything else in deviations."""

    lag: float
    drift: float
    pivot: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What the windows agree on: `drift` with its σ at `pivot`, σ of their lags' mean (`scatter`, samples), which of
    them `agree`; `chance`: log10 of how likely unrelated windows were to agree so."""

    drift: float
    drift_sigma: float
    scatter: float
    agree: NDArray[np.bool_]
    chance: float
    rough: Rough
    rows: Rows


def rough(laid: Laid) -> Rough:
    """The line of the energy, over all drifts."""
    pivot = float(laid.at.mean())
    times = laid.at - pivot
    span = max(float(np.ptp(laid.at)), RATE)
    count = laid.alike.shape[1] // _POOL
    energy = laid.alike[:, : count * _POOL].reshape(len(times), count, _POOL)
    energy = np.minimum((energy**2).mean(axis=2), _LOUD**2) ** 0.5
    energy -= np.median(energy, axis=1, keepdims=True)
    best: tuple[float, float, float] = (-np.inf, 0.0, 0.0)
    most = int(MOST_DRIFT * span / (2 * _POOL))
    for turn in range(-most, most + 1):
        drift = turn * 2 * _POOL / span
        shifts = np.round(times * drift / _POOL).astype(np.int64)
        edge = int(np.abs(shifts).max()) if len(shifts) else 0
        line = np.zeros(count - 2 * edge, np.float32)
        for row, shift in zip(energy, shifts, strict=True):
            line += row[edge + shift : count - edge + shift]
        line = np.convolve(line, (0.25, 0.5, 1.0, 0.5, 0.25), "same")
        spread = float(np.median(np.abs(line - np.median(line)))) * 1.4826 + 1e-9
        top = int(np.argmax(line))
        height = float(line[top] - np.median(line)) / spread
        if line[top] > best[0]:
            best = (float(line[top]), drift, (top + edge + 0.5) * _POOL - laid.reach)
            found = Rough(best[2], drift, pivot, height)
    return found


def line(laid: Laid) -> Line | None:
    """The line and its drift; None if there are too few windows, or too few agree, to say anything."""
    if len(laid.at) < FEWEST:
        return None
    start = rough(laid)
    rows = Rows(laid, start)
    drift = _sharpest(rows, start.drift)
    agree = np.ones(len(laid.at), bool)
    for _ in range(3):
        off, agree = rows.against_bundle(drift, agree)
        if np.count_nonzero(agree) < FEWEST:
            return None
        turn, sigma, scatter = _slope(rows.times[agree], off[agree], laid)
        drift += turn
    return Line(drift, sigma, scatter, agree, _chance(len(agree), int(agree.sum())), start, rows)


class Rows:
    """The windows' correlations as spectra, so that each can be shifted by parts of a sample: what is near the rough
    line, whose lag `centre` is at column 0 (and around the end)."""

    def __init__(self, laid: Laid, start: Rough) -> None:
        self.times = laid.at - start.pivot
        self.centre = round(start.lag)
        self.size = _SIZE
        loud = np.abs(laid.alike).max(axis=1, keepdims=True)
        width = laid.alike.shape[1]
        self._shifts = np.round(self.times * start.drift)
        columns = np.fft.fftfreq(_SIZE, 1 / _SIZE).astype(np.int64) + self.centre + laid.reach
        rows = np.zeros((len(self.times), _SIZE), np.float32)
        for row, (alike, shift) in enumerate(zip(laid.alike, self._shifts, strict=True)):
            wanted = columns + int(shift)
            kept = (wanted >= 0) & (wanted < width)
            rows[row, kept] = alike[wanted[kept]]
        rows /= np.sqrt(1 + (loud / np.float32(_LOUD)) ** 2)
        self.spectra = np.fft.rfft(rows).astype(np.complex64)
        self.turn = (2j * np.pi * np.fft.rfftfreq(_SIZE)).astype(np.complex64)
        at = np.arange(_SIZE)
        away = np.minimum(at, _SIZE - at)
        self._taper = np.clip((1.5 * _BUNDLE - away) / (0.5 * _BUNDLE), 0, 1).astype(np.float32)

    def straight(self, drift: float) -> Spectra:
        """Each window's spectrum with the drift taken out."""
        rest = (self.times * drift - self._shifts).astype(np.float32)
        turned: Spectra = self.spectra * np.exp(self.turn * rest[:, None])
        return turned

    def bundle(self, straight: Spectra) -> Floats:
        """The mean of windows, tapered around the centre."""
        mean: Floats = np.fft.irfft(straight.mean(axis=0), self.size) * self._taper
        return mean

    def whole_bundle(self, drift: float, agree: NDArray[np.bool_]) -> Floats:
        """The mean of the windows that agree, 128 ms to each side of the centre, which is in the middle (element
        `size` / 2)."""
        mean: Floats = np.fft.irfft(self.straight(drift)[agree].mean(axis=0), self.size)
        return np.fft.fftshift(mean)

    def against_bundle(self, drift: float, agree: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_]]:
        """How far each window is off the others' bundle, in samples, and whether it is of that bundle at all: nowhere
        else it fits better."""
        straight = self.straight(drift)
        waves = np.fft.irfft(straight, self.size).astype(np.float32) * self._taper
        spectra = np.fft.rfft(waves)
        total = spectra[agree].sum(axis=0)
        others = total - spectra * agree[:, None]
        fit = np.fft.irfft(np.conj(others) * spectra, self.size)
        near = np.concatenate([fit[:, -_RIVALS:], fit[:, : _RIVALS + 1]], axis=1)
        top = np.argmax(near, axis=1)
        inside = np.clip(top, 1, near.shape[1] - 2)
        row = np.arange(len(near))
        left, middle, right = near[row, inside - 1], near[row, inside], near[row, inside + 1]
        bend = left - 2 * middle + right
        off = inside - _RIVALS + 0.5 * (left - right) / np.where(np.abs(bend) < 1e-12, 1e-12, bend)
        return off.astype(np.float64), np.abs(off) <= _AGREE


def _sharpest(rows: Rows, drift: float) -> float:
    """The drift around this one at which the windows add up to the sharpest bundle."""
    span = max(float(np.ptp(rows.times)), RATE)
    for width, step in ((4.0, 0.125), (0.15, 0.03)):  # ms at the ends of the recording
        turns = np.arange(-width, width + step / 2, step) * RATE / 1000 / (span / 2)
        straight = rows.straight(drift + turns[0])
        on = np.exp(rows.turn * (rows.times * (turns[1] - turns[0])).astype(np.float32)[:, None])
        sums = []
        for _ in turns:
            sums.append(float((rows.bundle(straight) ** 2).sum()))
            straight *= on
        drift += float(turns[int(np.argmax(sums))])
    return drift


def _slope(times: Floats, off: Floats, laid: Laid) -> tuple[float, float, float]:
    """Robust line through the windows' deviations: slope, its σ, and the σ of its middle, both with the windows'
    overlap taken into account."""
    weights = np.ones(len(times))
    for _ in range(5):
        middle, mean = np.average(times, weights=weights), np.average(off, weights=weights)
        square = np.average((times - middle) ** 2, weights=weights) + 1e-9
        slope = np.average((times - middle) * (off - mean), weights=weights) / square
        rest = off - mean - slope * (times - middle)
        spread = max(float(np.median(np.abs(rest))) * 1.4826, 0.02)
        weights = 1 / np.maximum(1.0, np.abs(rest) / (2 * spread))
    alone = max(2.0, float(weights.sum()) * min(1.0, 1.3 * laid.step / laid.long))
    return float(slope), float(spread / np.sqrt(square * alone)), float(spread / np.sqrt(alone))


def _chance(windows: int, on_line: int) -> float:
    """log10 of the chance that so many of the windows fall within the line's width by themselves (Chernoff bound)."""
    share, alone = on_line / windows, (2 * _AGREE + 1) / (2 * _RIVALS + 1)
    if share <= alone:
        return 0.0
    nats = share * np.log(share / alone)
    if share < 1:
        nats += (1 - share) * np.log((1 - share) / (1 - alone))
    return float(-windows * nats / np.log(10))
