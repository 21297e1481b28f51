"""Two recordings' waves laid over each other, window by window, around an offset that is known to some 10 ms.

Generalised cross-correlation with phase transform (Knapp & Carter 1976): only phases count, so a sharp peak stands
where the direct sound fits, however the rooms and the microphones colour it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 8_000
_LOWEST, _HIGHEST = 150.0, 3_600.0  # Hz
_MOST_WINDOWS = 200
_SILENT = 3.0  # of 16 bits: a standard deviation below it is no sound
_BATCH = 8
_PHASE = 0.85  # 1 is phases only
Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """`at`: middles of the windows, in samples of the one; `alike`: windows × lags, in standard deviations of each
    window; column c is a lag of `base` + c − `reach` samples. `step` samples from window to window, `long` each."""

    at: NDArray[np.float64]
    alike: NDArray[np.float32]
    base: int
    reach: int
    step: int
    long: int


def lay(one: Samples, other: Samples, base: int, reach: int, most: int = _MOST_WINDOWS) -> Laid:
    """Compare around a lag of `base` samples (the other's minus the one's), `reach` to both sides."""
    begin, end = max(0, -base), min(len(one), len(other) - base)
    long = 1 << 15 if end - begin > 100 * RATE else 1 << 14
    starts = _starts(begin, end, long, most)
    step = int(starts[1] - starts[0]) if len(starts) > 1 else long
    at, rows = [], []
    for batch in _batches(starts):
        heard = [k for k in batch if _sounds(one[k : k + long]) and _sounds(other[k + base : k + base + long])]
        if heard:
            pieces = [np.stack([x[k + by : k + by + long] for k in heard]) for x, by in ((one, 0), (other, base))]
            rows.append(_phases(pieces[0], pieces[1], reach))
            at += [k + long / 2 for k in heard]
    alike = np.concatenate(rows) if rows else np.zeros((0, 2 * reach + 1), np.float32)
    return Laid(np.array(at), alike, base, reach, step, long)


def _starts(begin: int, end: int, long: int, most: int) -> NDArray[np.int64]:
    count = min(most, max(0, (end - begin - long) // (long // 2) + 1))
    return np.linspace(begin, end - long, count).astype(np.int64) if count else np.zeros(0, np.int64)


def _batches(starts: NDArray[np.int64]) -> Iterator[list[int]]:
    for first in range(0, len(starts), _BATCH):
        yield [int(k) for k in starts[first : first + _BATCH]]


def _sounds(piece: Samples) -> bool:
    """Something was recorded, in more than half of it."""
    return bool(np.count_nonzero(np.abs(piece[::7]) > 1) * 14 > len(piece)) and float(piece[::5].std()) > _SILENT


def _phases(one: NDArray[np.int16], other: NDArray[np.int16], reach: int) -> NDArray[np.float32]:
    long = one.shape[1]
    window = np.hanning(long).astype(np.float32)
    hertz = np.fft.rfftfreq(long, 1 / RATE)
    low, high = np.clip((hertz - _LOWEST) / 100, 0, 1), np.clip((_HIGHEST - hertz) / 200, 0, 1)
    cross = np.conj(np.fft.rfft(one * window)) * np.fft.rfft(other * window)
    cross *= (low * high).astype(np.float32) / (np.abs(cross) ** np.float32(_PHASE) + np.float32(1e-3))
    whole = np.fft.irfft(cross, long)
    alike = np.concatenate([whole[:, -reach:], whole[:, : reach + 1]], axis=1).astype(np.float32)
    spread = np.median(np.abs(whole), axis=1) * 1.4826 + 1e-9
    return (alike / spread[:, None]).astype(np.float32)
