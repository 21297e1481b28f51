"""Where a mask's region and the grid of its blocks lie on a copy's frame, from the plan's words alone.

The grid hangs on the rectangle around the region and its margin, in the original's pixels: blocks of equal size, none
smaller than 16 pixels or than an eighth of the rectangle's smaller side (`domain/redaction.MaskStyle`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewer.domain.drawing import ALL
from reviewer.domain.redaction import MaskShape, MaskStyle, Region

Plane = NDArray[np.uint8]
Numbers = NDArray[np.floating[Any]]
_BLOCK, _PARTS = 16, 8
_BLEEDS = 3  # pixels of a coded plane so near to a mask's edge may have some of what lies beside it
_UNITS = 8  # a block is looked at in so many steps across


@dataclass(frozen=True, slots=True)
class Place:
    """A region on a picture whose original has `width` × `height` pixels: the rectangle around it and its margin, in
    the original's pixels, as the mask's grid lies."""

    region: Region
    style: MaskStyle
    width: int
    height: int

    @property
    def margin(self) -> int:
        """Pixels of the original that are hidden around a region: 1/480 of the longer side, 2 at least."""
        return max(2, round(max(self.width, self.height) / 480))

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """Left, right, top, bottom."""
        xs = [spot.x * self.width / ALL for spot in self.region.points]
        ys = [spot.y * self.height / ALL for spot in self.region.points]
        more = self.margin
        left, right = max(0, int(min(xs) // 1) - more), min(self.width, -int(-max(xs) // 1) + more)
        top, bottom = max(0, int(min(ys) // 1) - more), min(self.height, -int(-max(ys) // 1) + more)
        return left, right, top, bottom

    def drawn(self, onto: Plane, scale: tuple[float, float], more: float, at: tuple[int, int] = (0, 0)) -> None:
        """Paint 255 where the region and `more` pixels of the original around it lie, on a picture that is `scale` of
        the original's size across and down, and begins at `at` (x, y) of itself."""
        across, down = scale
        xs = [spot.x * self.width / ALL - at[0] / across for spot in self.region.points]
        ys = [spot.y * self.height / ALL - at[1] / down for spot in self.region.points]
        if self.region.shape is MaskShape.BOX:
            one = int(np.floor((min(xs) - more) * across)), int(np.floor((min(ys) - more) * down))
            two = int(np.ceil((max(xs) + more) * across)) - 1, int(np.ceil((max(ys) + more) * down)) - 1
            if two[0] >= one[0] and two[1] >= one[1]:
                cv2.rectangle(onto, one, two, 255, -1)
            return
        fine = 16.0
        if self.region.shape is MaskShape.ELLIPSE:
            middle = (min(xs) + max(xs)) / 2 * across, (min(ys) + max(ys)) / 2 * down
            half = ((max(xs) - min(xs)) / 2 + more) * across, ((max(ys) - min(ys)) / 2 + more) * down
            if min(half) > 0:
                at = round((middle[0] - 0.5) * fine), round((middle[1] - 0.5) * fine)
                cv2.ellipse(onto, at, (round(half[0] * fine), round(half[1] * fine)), 0, 0, 360, 255, -1, 8, 4)
            return
        corners = [((x * across - 0.5) * fine, (y * down - 0.5) * fine) for x, y in zip(xs, ys, strict=True)]
        shape = np.array(np.round(corners), np.int32).reshape(-1, 1, 2)
        cv2.fillPoly(onto, [shape], 255, 8, 4)
        wide = round(more * 2 * max(across, down))
        if wide > 0:
            cv2.polylines(onto, [shape], isClosed=True, color=255, thickness=wide, lineType=8, shift=4)


class Look:
    """One region of one plane: copy and original, made coarse so that a block is some 8 steps wide. `covered`: where
    another mask lies over it (uint8, the plane's size), or None. `half`: a chroma plane."""

    def __init__(self, copy: Plane, original: Plane, place: Place, covered: Plane | None, *, half: bool) -> None:
        left, right, top, bottom = place.rectangle
        self.style, self.half = place.style, half
        high, wide = copy.shape
        sizes = (place.width + 1) // 2 if half else place.width, (place.height + 1) // 2 if half else place.height
        if half:
            left, right, top, bottom = left // 2, (right + 1) // 2, top // 2, (bottom + 1) // 2
        across, down = wide / sizes[0], high / sizes[1]
        self.scale = min(1.0, across, down)
        length = right - left, bottom - top
        columns, rows = (_edges(each, length, half) for each in length)
        x0, x1 = int(np.ceil(left * across)), int(right * across)
        y0, y1 = int(np.ceil(top * down)), int(bottom * down)
        block = min((right - left) * across / (len(columns) - 1), (bottom - top) * down / (len(rows) - 1))
        self.step = max(1, int(block // _UNITS))
        self.wide, self.high = max(0, (x1 - x0) // self.step), max(0, (y1 - y0) // self.step)
        self.empty = self.wide < 2 or self.high < 2
        if self.empty:
            return
        box = slice(y0, y0 + self.high * self.step), slice(x0, x0 + self.wide * self.step)
        self.copy, self.original = self._coarse(copy[box]), self._coarse(original[box])
        self.kept = self._inside(place, box, (high, wide), covered)
        self.across = Line(columns * across + left * across - x0, self.wide, self.step, self.style, across)
        self.down = Line(rows * down + top * down - y0, self.high, self.step, self.style, down)

    def _coarse(self, plane: Plane) -> Numbers:
        if self.step == 1:
            return plane.astype(np.float32)
        size = self.wide, self.high
        return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)

    def _inside(
        self, place: Place, box: tuple[slice, slice], size: tuple[int, int], covered: Plane | None
    ) -> NDArray[np.bool_]:
        """Steps that lie wholly within the region, and under no other mask."""
        sheet = np.zeros((self.high * self.step, self.wide * self.step), np.uint8)
        scale = size[1] / place.width, size[0] / place.height
        place.drawn(sheet, scale, 0, (box[1].start, box[0].start))
        bleeds = round(_BLEEDS - place.margin * min(scale))
        if bleeds > 0:
            around = np.ones((2 * bleeds + 1, 2 * bleeds + 1), np.uint8)
            sheet = np.asarray(cv2.erode(sheet, around), np.uint8)
        if covered is not None:
            sheet[covered[box] > 0] = 0
        whole = sheet.reshape(self.high, self.step, self.wide, self.step).min(axis=(1, 3))
        return np.asarray(whole > 0)


@dataclass(slots=True)
class Line:
    """How steps across (or down) lie in the grid: `member` n × cells, 1 where a step is in that cell; `place` −1 to 1
    within it; `clear` of the edges between blocks."""

    member: Numbers
    place: Numbers
    clear: NDArray[np.bool_]

    def __init__(self, edges: NDArray[np.float64], count: int, step: int, style: MaskStyle, scale: float) -> None:
        middles = (np.arange(count) + 0.5) * step
        inner = edges[1:-1]
        if style is MaskStyle.SOLID:
            inner = edges[:0]
        elif style is MaskStyle.BLUR:
            inner = (edges[:-1] + edges[1:]) / 2
        cell = np.searchsorted(inner, middles)
        self.member = np.zeros((count, len(inner) + 1), np.float32)
        self.member[np.arange(count), cell] = 1
        begin = np.concatenate([[0.0], inner])[cell]
        end = np.concatenate([inner, [count * step]])[cell]
        self.place = (2 * (middles - begin) / np.maximum(end - begin, 1) - 1).astype(np.float32)
        self.clear = np.ones(count, np.bool_)
        if style is MaskStyle.PIXELATE and len(inner):
            ringing = 1.0 if scale > 0.99 else 1.5
            away = np.abs(middles[:, None] - inner[None, :]).min(axis=1)
            self.clear = away >= step / 2 + ringing


def _edges(length: int, sides: tuple[int, int], half: bool) -> NDArray[np.float64]:
    """Where blocks begin and end along a side of this length, in the original's pixels."""
    size = max(_BLOCK // 2 if half else _BLOCK, -(-min(sides) // _PARTS))
    return np.linspace(0, length, max(1, length // size) + 1).astype(np.int64).astype(np.float64)
