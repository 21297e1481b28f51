"""Waveform peaks at every zoom: a pyramid over what `media/waveform` measured, drawn without a loop over pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from reviewer.domain.timebase import SECOND, Utc
from reviewer.ui.review.axis import TimeAxis

_FACTOR = 4
_BAR, _PITCH = 2, 3  # device pixels
_FULL, _TOP = 32768, 255


class Peaks:
    """Loudness of one part. `pairs` is int16 n×2 (lowest, highest), `per_second` pairs a second from `start` on."""

    def __init__(self, start: Utc, per_second: float, pairs: NDArray[np.int16]) -> None:
        self.start, self._every = start, SECOND / per_second
        # One byte a value: 12 h of 9 cameras are 26 MB with all their levels.
        loud = np.abs(pairs.astype(np.int32)).max(axis=1) * _TOP // _FULL if len(pairs) else np.zeros(0, np.int32)
        self.end = Utc(start + round(len(loud) * self._every))
        self._levels = [loud.astype(np.uint8)]
        while len(self._levels[-1]) > _FACTOR:
            finer = self._levels[-1]
            whole = np.pad(finer, (0, -len(finer) % _FACTOR))
            self._levels.append(whole.reshape(-1, _FACTOR).max(axis=1))

    def place(self, start: Utc, per_second: float) -> None:
        """Where it lies by another clock."""
        self.start, self._every = start, SECOND / per_second
        self.end = Utc(start + round(len(self._levels[0]) * self._every))

    def columns(self, axis: TimeAxis, first: float, count: int, step: float) -> NDArray[np.float32]:
        """The loudest value (0–1) under each of `count` columns, each `step` px wide, from pixel `first` on; −1 where
        there is none of this part."""
        edges = axis.window.start + (first + step * np.arange(count + 1)) * axis.per_pixel
        per_column = step * axis.per_pixel / self._every
        level = int(np.clip(np.log(max(per_column, 1)) / np.log(_FACTOR), 0, len(self._levels) - 1))
        values = self._levels[level]
        if not len(values):
            return np.full(count, -1, np.float32)
        index = np.floor((edges - self.start) / (self._every * _FACTOR**level)).astype(np.int64)
        low = np.clip(index[:-1], 0, len(values) - 1)
        # reduceat gives the value at `low` itself where a column is narrower than a value.
        loudest = np.maximum.reduceat(values[: low[-1] + 1] if len(low) else values, low)
        if len(low):
            loudest[-1] = values[low[-1] : max(low[-1], int(index[-1])) + 1].max()
        outside = (index[1:] < 0) | (index[:-1] >= len(values))
        return np.where(outside, -1, loudest / np.float32(_TOP)).astype(np.float32)


def loudness(parts: Iterable[Peaks], axis: TimeAxis, first: float, count: int, step: float) -> NDArray[np.float32]:
    """The same of all parts of a camera that are in view."""
    found = np.full(count, -1, np.float32)
    for peaks in parts:
        if peaks.start < axis.window.end and peaks.end > axis.window.start:
            np.maximum(found, peaks.columns(axis, first, count, step), out=found)
    return found


def bars(loudness: NDArray[np.float32], width: int, height: int, color: QColor) -> QImage:
    """Bars around the middle line, 2 px of every 3, as a transparent image of device pixels. One bar a value, none for
    a negative one."""
    column = np.minimum(np.arange(width) // _PITCH, len(loudness) - 1)
    gap = np.arange(width) % _PITCH >= _BAR
    loud = np.maximum(loudness, 0) ** 0.6  # the power lets quiet speech be seen beside a horn
    half = np.where(loudness < 0, -1, np.maximum(0.5, loud * height / 2))[column]
    half[gap] = -1
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
