"""The planes of decoded frames as arrays, and parts of them. Nothing is copied."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from reviewer.media.framing import Box

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
_FULL = 2  # AVCOL_RANGE_JPEG


def planes_of(frame: av.VideoFrame) -> Planes:
    """Luma h×w and chroma of half that each way, uint8, of a frame in 4:2:0; views of its memory."""
    high, wide = frame.height, frame.width
    half = (high + 1) // 2, (wide + 1) // 2
    return _plane(frame, 0, (high, wide)), _plane(frame, 1, half), _plane(frame, 2, half)


def _plane(frame: av.VideoFrame, number: int, size: tuple[int, int]) -> Plane:
    plane = frame.planes[number]
    rows: Plane = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: size[0], : size[1]]


def cut(planes: Planes, box: Box) -> Planes:
    """What of a picture stands in a box, whose numbers are even."""
    luma, one, two = planes
    rows, columns = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
    down, across = (slice(each.start // 2, (each.stop + 1) // 2) for each in (rows, columns))
    return luma[rows, columns], one[down, across], two[down, across]


def unturned(planes: Planes, turn: int) -> Planes:
    """A picture that was turned clockwise by `turn` degrees, as the recording has it."""
    if not turn:
        return planes
    luma, one, two = (np.ascontiguousarray(np.rot90(plane, turn // 90)) for plane in planes)
    return luma, one, two
