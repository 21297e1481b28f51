"""A decoded frame made small: kept as YUV at the tile's size, turned into BGRA when it is to be shown.

YUV takes 1.5 bytes a pixel where BGRA takes 4, so a cache of the same size reaches 2.7 times as far back, and scaling
in two steps costs no more than in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from reviewer.media.camera import Image
from reviewer.media.index import clockwise

Size = tuple[int, int]  # width, height in device pixels

_HD = 720  # H.273 is silent about unmarked video; by custom it is BT.709 from this many lines on, BT.601 below
_UNMARKED = 2
_STEP = 16
_ROUND_FROM = 128
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
}


@dataclass(eq=False, slots=True)
class Shot:
    """One frame at a tile's size: `tile` is the size that was asked for, `small` the YUV picture, `image` the BGRA one
    while it is near the clock."""

    tile: Size | None
    small: av.VideoFrame
    matrix: Colorspace
    turn: int
    image: Image | None = None
    damaged: bool = False

    @property
    def bytes(self) -> int:
        return self.small.width * self.small.height * 3 // 2


class Scaler:
    """Scales for one thread: the libswscale contexts are kept from frame to frame."""

    def __init__(self) -> None:
        self._down = VideoReformatter()
        self._colour = VideoReformatter()

    def shrink(self, frame: av.VideoFrame, tile: Size | None, aspect: Fraction = Fraction(1)) -> Shot:
        """A decoded frame at a tile's size, or at its own for None. Never larger than the original."""
        turn = clockwise(frame)
        small = self.to_size(frame, fit((frame.width, frame.height), tile, aspect, turn))
        return Shot(tile, small, matrix(frame), turn, damaged=bool(frame.is_corrupt))

    def to_size(self, frame: av.VideoFrame, size: Size) -> av.VideoFrame:
        """A decoded frame as YUV 4:2:0 of limited range in exactly this size."""
        return self._down.reformat(
            frame,
            *size,
            "yuv420p",
            interpolation=Interpolation.FAST_BILINEAR,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def picture(self, shot: Shot) -> Image:
        """The BGRA picture of a shot, made once."""
        image = shot.image
        if image is None:
            image = shot.image = self._bgra(shot)
        return image

    def _bgra(self, shot: Shot) -> Image:
        small = shot.small
        frame = self._colour.reformat(
            small,
            format="bgra",
            src_colorspace=shot.matrix,
            src_color_range=ColorRange.MPEG,
            interpolation=to_bgra(small.width),
            threads=1,
        )
        return turned(to_array(frame), shot.turn)


def to_bgra(width: int) -> Interpolation:
    """How to turn YUV of this width into BGRA. libswscale's quick converter goes in steps of eight pixels and leaves
    what is over unwritten: the right edge would show whatever lay in that memory. The exact one (four times slower)
    writes every pixel."""
    exact = Interpolation.FAST_BILINEAR | Interpolation.ACCURATE_RND
    return Interpolation.FAST_BILINEAR if width % 8 == 0 else exact


@lru_cache(maxsize=256)
def fit(size: Size, tile: Size | None, aspect: Fraction, turn: int) -> Size:
    """The coded picture's size, before turning, that fills a tile without cropping: even numbers, at least 2. Widths
    are whole steps of 16 where that costs little of the tile: libswscale converts those ten times faster."""
    width, height = size
    if tile is None:
        return max(2, width & ~1), max(2, height & ~1)
    shown = Fraction(width) * aspect, Fraction(height)
    room = tile if turn % 180 == 0 else (tile[1], tile[0])
    scale = min(Fraction(room[0]) / shown[0], Fraction(room[1]) / shown[1], Fraction(1))
    wide = int(shown[0] * scale)
    if scale < 1 and wide >= _ROUND_FROM:
        scale = Fraction(wide // _STEP * _STEP) / shown[0]
    return _even(shown[0] * scale, max(2, room[0])), _even(shown[1] * scale, max(2, room[1]))


def _even(length: Fraction, room: int) -> int:
    """The nearest even number that does not leave the room."""
    return max(2, min(2 * round(length / 2), room & ~1))


def matrix(frame: av.VideoFrame) -> Colorspace:
    """By which matrix a frame's YUV becomes RGB."""
    unmarked = Colorspace.ITU709 if frame.height >= _HD else Colorspace.ITU601
    return _MATRICES.get(int(frame.colorspace), unmarked)


def to_array(frame: av.VideoFrame) -> Image:
    """A BGRA frame as h×w×4, without a copy where its rows have no padding."""
    rows = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(frame.height, frame.planes[0].line_size)
    image: Image = np.ascontiguousarray(rows[:, : frame.width * 4]).reshape(frame.height, frame.width, 4)
    return image


def turned(image: Image, turn: int) -> Image:
    """A picture turned clockwise by a multiple of 90°."""
    return np.ascontiguousarray(np.rot90(image, -turn // 90)) if turn else image
