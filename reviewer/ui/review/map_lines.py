"""Many lines at once: arrays of ends become one QPainterPath through QDataStream, with no Python object for a point;
dashes are cut in numpy, by the length of the whole line, so that they stay where they are while the map moves.

Qt draws a path of lines of two points each some ten times as fast as one long polyline of the same width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

Floats = NDArray[np.float64]
_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])  # as QDataStream has it: 0 begins, 1 is a line to


def path_of(lines: Floats) -> QPainterPath:
    """n x 4 (x, y, x, y) as one path."""
    elements = np.zeros(2 * len(lines), _ELEMENT)
    elements["kind"][1::2] = 1
    elements["x"], elements["y"] = lines[:, ::2].ravel(), lines[:, 1::2].ravel()
    head, tail = np.array([len(elements)], ">i4").tobytes(), bytes(8)  # how many; where it began, and how it is filled
    path = QPainterPath()
    stream = QDataStream(QByteArray(head + elements.tobytes() + tail))
    stream >> path
    return path


def longer(lines: Floats, by: float) -> Floats:
    """Each line longer at both ends, so that lines that meet at an angle leave no notch."""
    step = lines[:, 2:] - lines[:, :2]
    length = np.hypot(step[:, 0], step[:, 1])[:, None]
    reach = np.divide(step * by, length, out=np.zeros_like(step), where=length > 0)
    return np.concatenate((lines[:, :2] - reach, lines[:, 2:] + reach), axis=1)


def dashed(lines: Floats, along: Floats, pattern: tuple[float, ...]) -> Floats:
    """The pieces of lines that a pattern of dash and gap lengths (px) leaves. `along` is how long the whole line was up
    to each."""
    period, dash = sum(pattern), np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    first = np.floor(along / period).astype(np.int64)
    count = np.floor((along + dash) / period).astype(np.int64) - first + 1
    which = np.repeat(np.arange(len(lines)), count)
    turn = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count - first, count)
    pieces, at = [], 0.0
    for on, off in zip(pattern[::2], pattern[1::2], strict=True):
        start = np.maximum(turn * period + at - along[which], 0.0)
        end = np.minimum(turn * period + at + on - along[which], dash[which])
        there = end > start
        pieces.append(_cut(lines[which[there]], start[there], end[there], dash[which[there]]))
        at += on + off
    return np.concatenate(pieces)


def _cut(lines: Floats, start: Floats, end: Floats, length: Floats) -> Floats:
    step = (lines[:, 2:] - lines[:, :2]) / length[:, None]
    return np.concatenate((lines[:, :2] + step * start[:, None], lines[:, :2] + step * end[:, None]), axis=1)


def draw_lines(painter: QPainter, lines: Floats, color: QColor, width: float) -> None:
    """n x 4 px."""
    if len(lines):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.BevelJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path_of(lines))


def joined(points: Floats) -> Floats:
    """n x 2 points as the n - 1 lines between them."""
    return np.concatenate((points[:-1], points[1:]), axis=1)


def arrow(at: QPointF, angle: float, size: float) -> QPolygonF:
    """A chevron that points along `angle` (radians, clockwise from the right)."""
    c, s = np.cos(angle), np.sin(angle)
    corners = ((size, 0.0), (-size, -size), (-size * 0.35, 0.0), (-size, size))
    return QPolygonF([QPointF(at.x() + x * c - y * s, at.y() + x * s + y * c) for x, y in corners])
