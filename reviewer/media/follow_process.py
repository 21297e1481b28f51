"""In a process apart: one region followed through the frames of one part.

The position comes from CSRT (Lukežič et al., Discriminative Correlation Filter with Channel and Spatial Reliability,
CVPR 2017, in opencv-contrib). It tells no usable measure of how right it is, so two others are asked on every frame,
and the lower one counts:

- looks: what lies in the box now against what a person marked and what was seen while it was sure. Colours
  (Bhattacharyya distance of histograms) and, where there is a pattern at all, normalised correlation.
- motion: points in the box are followed to this frame and back again (forward-backward error, Kalal et al., ICPR 2010).
  Where CSRT went has to be where they went.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
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

Box = tuple[float, float, float, float]
"""Left, top, width, height: of the recorded picture's width and height, 0 to 1."""
Seen = tuple[int, float, float, float, float, int]
"""A frame's place in its part, the box there, how sure of 1000."""

LOST = 250
"""Below this it is not the same any more."""
_SIDE = 48  # pixels of the region's smaller side that following needs at most
_WIDEST = 1280
_CHUNK = 48  # frames that are kept to go through them backwards
_PATCH = 32
_KEPT = 8  # looks that are remembered beside the marked one
_CERTAIN = 0.8  # of 1: such a look is worth remembering
_FLAT = 6.0  # standard deviation of a patch below which there is no pattern to correlate

_Pixels = NDArray[np.uint8]
_Floats = NDArray[np.float32]


def read_path(source: Source, index: FrameIndex, first: int, last: int, box: Box) -> Iterator[Seen]:
    """Where the box of frame `first` goes, frame by frame up to `last` or back to it, each in its order of going.
    Frames that cannot be decoded are left out. Ends early, without saying why, when the box has left the picture."""
    cv2.setNumThreads(1)  # others play footage meanwhile
    scaler = _Scaler(index.width, index.height, box)
    with closing(PartReader(apart.reading(source()), index)) as reader:
        frames = _onward(reader, scaler, first, last) if last >= first else _back(reader, scaler, first, last)
        hunt: _Hunt | None = None
        for place, picture, damaged in frames:
            if hunt is None:
                hunt = _Hunt(picture, box)
                continue
            found, sure = hunt.step(picture)
            if found is None:
                return
            yield place, *found, min(sure, LOST) if damaged else sure


_Small = tuple[int, _Pixels, bool]  # place, picture, whether it is damaged


def _onward(reader: PartReader, scaler: _Scaler, first: int, last: int) -> Iterator[_Small]:
    reader.seek(first, first)
    while reader.next <= last:
        for place, frame in reader.advance():
            if first <= place <= last:
                yield place, scaler.small(frame), bool(frame.is_corrupt)


def _back(reader: PartReader, scaler: _Scaler, first: int, last: int) -> Iterator[_Small]:
    """From `first` down to `last`, decoded in runs that fit into memory."""
    end = first + 1
    while end > last:
        begin = max(last, reader.index.key(end - 1), end - _CHUNK)
        yield from reversed(list(_onward(reader, scaler, begin, end - 1)))
        end = begin


class _Scaler:
    """Frames as BGR, as small as the region allows."""

    def __init__(self, width: int, height: int, box: Box) -> None:
        side = max(1.0, min(box[2] * width, box[3] * height))
        share = min(1.0, _SIDE / side)
        if width * share > _WIDEST:
            share = max(_WIDEST / width, min(share, 20 / side))
        self._size = max(16, round(width * share / 16) * 16), max(16, round(height * share / 2) * 2)
        self._reformatter = VideoReformatter()

    def small(self, frame: av.VideoFrame) -> _Pixels:
        wide, high = self._size
        made = self._reformatter.reformat(frame, wide, high, "bgr24", interpolation=Interpolation.FAST_BILINEAR)
        return np.asarray(made.to_ndarray(), np.uint8)


@dataclass(frozen=True, slots=True)
class _Look:
    """What lies in a box: colours (a histogram, sum 1), pattern (grey values, mean 0) and how much of one it is."""

    colours: _Floats
    pattern: _Floats
    spread: float


class _Hunt:
    """One region, from frame to frame; boxes in pixels inside, in shares outside."""

    def __init__(self, start: _Pixels, box: Box) -> None:
        self._high, self._wide = start.shape[:2]
        x, y, w, h = box
        self._box: Box = x * self._wide, y * self._high, w * self._wide, h * self._high
        self._tracker = cv2.TrackerCSRT.create()
        self._tracker.init(start, tuple(round(v) for v in self._box))
        self._grey = _grey(start)
        self._marked = _look(start, self._box)
        self._looks: list[_Look] = []

    def step(self, frame: _Pixels) -> tuple[Box | None, int]:
        """Where it is on the next frame, None if outside the picture; and how sure."""
        ok, found = self._tracker.update(frame)
        grey, before, sure = _grey(frame), self._box, 0.0
        if ok:
            x, y, w, h = found
            self._box = float(x), float(y), float(w), float(h)
        if _outside(self._box, self._wide, self._high):
            return None, 0
        if ok:
            look = _look(frame, self._box)
            sure = min(self._looks_right(look), _moved_right(self._grey, grey, before, self._box))
            if sure > _CERTAIN:
                self._remember(look)
        self._grey = grey
        return _shares(self._box, self._wide, self._high), round(1000 * sure)

    def _looks_right(self, look: _Look) -> float:
        return max(_alike(look, each) for each in (self._marked, *self._looks))

    def _remember(self, look: _Look) -> None:
        """A look that none before was quite like; the oldest goes."""
        if self._looks_right(look) < 0.9:
            self._looks = [*self._looks[-_KEPT + 1 :], look]


def _look(frame: _Pixels, box: Box) -> _Look:
    """Of the ellipse within the box: the corners belong to what is behind."""
    x, y, w, h = box
    cut = cv2.getRectSubPix(frame, (max(4, round(w)), max(4, round(h))), (x + w / 2, y + h / 2))
    patch = cv2.resize(cut, (_PATCH, _PATCH), interpolation=cv2.INTER_AREA)
    counted = cv2.calcHist([patch], [0, 1, 2], _ELLIPSE, [8, 8, 8], [0, 256, 0, 256, 0, 256])
    colours = counted.reshape(-1).astype(np.float32)
    pattern = _grey(patch)[_ELLIPSE > 0].astype(np.float32)
    return _Look(colours / max(1.0, float(colours.sum())), pattern - pattern.mean(), float(pattern.std()))


def _grey(picture: Any) -> _Pixels:  # noqa: ANN401 - cv2's pictures
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _ellipse() -> _Pixels:
    mask = np.zeros((_PATCH, _PATCH), np.uint8)
    cv2.ellipse(mask, (_PATCH // 2, _PATCH // 2), (_PATCH // 2 - 2, _PATCH // 2 - 2), 0, 0, 360, 255, -1)
    return mask


_ELLIPSE = _ellipse()


def _alike(a: _Look, b: _Look) -> float:
    """0 to 1."""
    overlap = float(np.sqrt(a.colours * b.colours).sum())  # 1 − d² of the Bhattacharyya distance d
    by_colour = _between(overlap, 0.35, 0.75)
    if min(a.spread, b.spread) < _FLAT:
        return by_colour
    correlation = float((a.pattern * b.pattern).mean()) / (a.spread * b.spread)
    return float((by_colour * _between(correlation, 0.0, 0.6)) ** 0.5)


def _moved_right(before: _Pixels, now: _Pixels, old: Box, new: Box) -> float:
    """Whether the points in the old box went where the new one is. 1 where there are too few to tell by."""
    x, y, w, h = (round(v) for v in old)
    mask = np.zeros_like(before)
    mask[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = 255
    points = cv2.goodFeaturesToTrack(before, 40, 0.02, 2, mask=mask)
    if points is None or len(points) < 6:
        return 1.0
    there, ok = _flown(before, now, points)
    back, ok_back = _flown(now, before, there)
    good = (np.linalg.norm((back - points).reshape(-1, 2), axis=1) < 1.0) & ok & ok_back
    if good.sum() < 5:
        return 0.6  # nothing can be followed there and back: a blur, a flash
    moved = np.median((there - points).reshape(-1, 2)[good], axis=0)
    went = np.array([new[0] + new[2] / 2 - old[0] - old[2] / 2, new[1] + new[3] / 2 - old[1] - old[3] / 2])
    apart_by = float(np.linalg.norm(moved - went)) / max(4.0, min(old[2], old[3]))
    return 1 - _between(apart_by, 0.1, 0.5)


def _flown(one: _Pixels, other: _Pixels, points: Any) -> tuple[Any, NDArray[np.bool_]]:  # noqa: ANN401 - cv2's points
    there, ok, _error = cv2.calcOpticalFlowPyrLK(one, other, points, points.copy(), winSize=(11, 11), maxLevel=3)
    return there, np.asarray(ok).reshape(-1) > 0


def _between(value: float, low: float, high: float) -> float:
    """0 at `low` and below, 1 at `high` and above."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _outside(box: Box, wide: int, high: int) -> bool:
    """Whether less than a third of it is in the picture."""
    x, y, w, h = box
    inside = max(0.0, min(x + w, wide) - max(x, 0)) * max(0.0, min(y + h, high) - max(y, 0))
    return w <= 0 or h <= 0 or inside < w * h / 3


def _shares(box: Box, wide: int, high: int) -> Box:
    x, y, w, h = box
    return x / wide, y / high, w / wide, h / high
