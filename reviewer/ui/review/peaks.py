"""Waveform peaks at every zoom: a pyramid over what `media/waveform` measured, drawn without a loop over pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from reviewer.domain.timebase import SECOND, Utc
from reviewer.ui.review.axis import TimeAxis

_FACTOR = 4
_BAR, _PITCH = 2, 3  # device pixels
_FULL = 32768.0


class Peaks:
    """Loudness of one part. `pairs` is int16 n×2 (lowest, highest), `per_second` pairs a second from `start` on."""

    def __init__(self, start: Utc, per_second: float, pairs: NDArray[np.int16]) -> None:
        self.start, self._every = start, SECOND / per_second
        loud = np.abs(pairs.astype(np.float32)).max(axis=1) / _FULL if len(pairs) else np.zeros(0, np.float32)
        self._levels = [loud]
        while len(self._levels[-1]) > _FACTOR:
            finer = self._levels[-1]
            whole = np.pad(finer, (0, -len(finer) % _FACTOR))
            self._levels.append(whole.reshape(-1, _FACTOR).max(axis=1))

    def columns(self, axis: TimeAxis, first: float, count: int, step: float) -> NDArray[np.float32]:
        """The loudest value (0–1) under each of `count` columns, each `step` px wide, from pixel `first` on."""
        edges = axis.window.start + (first + step * np.arange(count + 1)) * axis.per_pixel
        per_column = step * axis.per_pixel / self._every
        level = int(np.clip(np.log(max(per_column, 1)) / np.log(_FACTOR), 0, len(self._levels) - 1))
        values = self._levels[level]
        if not len(values):
            return np.zeros(count, np.float32)
        index = np.floor((edges - self.start) / (self._every * _FACTOR**level)).astype(np.int64)
        low = np.clip(index[:-1], 0, len(values) - 1)
        # reduceat gives the value at `low` itself where a column is narrower than a value.
        loudest = np.maximum.reduceat(values, low)
        if len(low):
            loudest[-1] = values[low[-1] : max(low[-1], int(index[-1])) + 1].max()
        outside = (index[1:] < 0) | (index[:-1] >= len(values))
        return np.where(outside, 0, loudest).astype(np.float32)


def bars(loudness: NDArray[np.float32], width: int, height: int, color: QColor) -> QImage:
    """Bars around the middle line, 2 px of every 3, as a transparent image of device pixels. One bar a value."""
    column = np.minimum(np.arange(width) // _PITCH, len(loudness) - 1)
    gap = np.arange(width) % _PITCH >= _BAR
    half = np.maximum(0.5, loudness**0.6 * height / 2)[column]  # the power lets quiet speech be seen beside a horn
    half[gap] = 0
    rows = np.abs(np.arange(height) + 0.5 - height / 2)[:, None]
    alpha = color.alpha()
    red, green, blue = (v * alpha // 255 for v in (color.red(), color.green(), color.blue()))
    value = np.uint32(alpha << 24 | red << 16 | green << 8 | blue)
    pixels = np.ascontiguousarray(np.where(rows <= half[None, :], value, np.uint32(0)))
    return QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def bar_count(width: int) -> int:
    return -(-width // _PITCH)


def bar_pitch() -> int:
    """Device pixels from one bar to the next."""
    return _PITCH
