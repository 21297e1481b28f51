"""Whether what no mask hides is the recording's own frame: this one, in its place, and not the one before or after.

Copy and original are compared a few pixels at a time (a square of 4 on full pictures), which evens out most of the
codec's noise and keeps whatever a person would see. A square of 8 such places may be APART levels away on average, and
more where the original itself is rough. Of two frames that follow each other in the recording, the copy of each may
not be much nearer to the other than to its own wherever these two differ: a frame that is repeated, left out or swapped
shows there, however little moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Small = NDArray[np.float32]
APART, ROUGH = 8.0, 0.25
_FEWER = 2.0  # levels more for each pixel that a place is smaller than 4: less of the noise evens out
_SQUARE = 8
_MOVED = 14.0  # levels by which two frames differ where something moves
_NEARER = (
    5.0  # times: coded coarsely, a slow movement lags; up to 3.3 was seen at crf 28, 80 for frames that were swapped
)
_FEWEST = 48  # places where something moves, from which the order is told
_FLAT = 6  # levels around a card's ground
_GROUND = 0.55  # of a card is ground at least
_COLOURLESS = 0.9  # of a card's colour is one colour


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """A picture's luma a few pixels at a time, and by how many."""

    luma: Small
    by: int

    @property
    def height(self) -> int:
        return int(np.shape(self.luma)[0])

    @property
    def width(self) -> int:
        return int(np.shape(self.luma)[1])


def shrink(luma: Plane) -> Shrunk:
    """So that detail stays: by 4, by less for small pictures."""
    high, wide = luma.shape
    by = 4 if min(high, wide) >= 480 else 2 if min(high, wide) >= 160 else 1
    cut = luma[: high // by * by, : wide // by * by]
    small = cv2.resize(cut, (wide // by, high // by), interpolation=cv2.INTER_AREA) if by > 1 else cut
    return Shrunk(small.astype(np.float32), by)


def like(copy: Shrunk, original: Shrunk, hidden: Plane | None) -> bool:
    """Whether the copy shows the original wherever it is not `hidden` (uint8, of the small picture's size)."""
    apart: Small = np.abs(copy.luma - original.luma)
    size = max(1, apart.shape[1] // _SQUARE), max(1, apart.shape[0] // _SQUARE)
    means = original.luma
    if hidden is not None:
        seen = (hidden == 0).astype(np.float32)
        share = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
        enough = share > 0.2
        squares = _part(apart * seen, size) / np.maximum(share, 0.2)
    else:
        enough, squares = np.ones((size[1], size[0]), np.bool_), _part(apart, size)
    apart_at_most = APART + _FEWER * (4 - copy.by)
    if not enough.any() or float(squares[enough].max()) <= apart_at_most:
        return True
    middle = _part(means, size)
    rough = np.sqrt(np.maximum(_part(means * means, size) - middle * middle, 0))
    return bool((squares[enough] <= apart_at_most + ROUGH * rough[enough]).all())


def _part(plane: Small, size: tuple[int, int]) -> Small:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def other(copy: Shrunk, own: Shrunk, beside: Shrunk, hidden: Plane | None) -> bool:
    """Whether the copy is nearer to the frame beside its own, where these two differ."""
    if own.luma.shape != beside.luma.shape:
        return False
    moved = cv2.absdiff(own.luma, beside.luma) > _MOVED
    if hidden is not None:
        moved &= hidden == 0
    if int(np.count_nonzero(moved)) < _FEWEST:
        return False
    here = copy.luma[moved]
    own_error = float(((here - own.luma[moved]) ** 2).sum())
    return own_error > _NEARER * float(((here - beside.luma[moved]) ** 2).sum())


def is_card(planes: tuple[Plane, Plane, Plane]) -> bool:
    """Whether a picture is a ground of one colour with words on it, as no footage is."""
    luma, *colours = planes
    ground = np.bincount(luma.reshape(-1) if luma.flags.c_contiguous else luma.ravel(), minlength=256)
    middle = int(ground.argmax())
    around = ground[max(0, middle - _FLAT) : middle + _FLAT + 1].sum()
    if around < _GROUND * luma.size:
        return False
    for plane in colours:
        found = np.bincount(plane.ravel(), minlength=256)
        most = int(found.argmax())
        if found[max(0, most - _FLAT) : most + _FLAT + 1].sum() < _COLOURLESS * plane.size:
            return False
    return True


def moves(one: Shrunk, two: Shrunk, where: NDArray[np.bool_] | None = None) -> bool:
    """Whether a picture that stands still does not, by squares of 4 places (`where` of them)."""
    apart: Small = np.abs(one.luma - two.luma)
    if where is not None:
        apart = apart * where
    return float(_part(apart, (apart.shape[1] // 4 or 1, apart.shape[0] // 4 or 1)).max()) > 2 * APART


def shows(card: Shrunk, footage: Shrunk) -> bool:
    """Whether footage shines through a card: how alike the two are in their detail (correlation over 0.4)."""
    if card.luma.shape != footage.luma.shape:
        resized = cv2.resize(footage.luma, (card.luma.shape[1], card.luma.shape[0]), interpolation=cv2.INTER_AREA)
        footage = Shrunk(np.asarray(resized, np.float32), card.by)
    one, two = (each.luma - cv2.blur(each.luma, (15, 15)) for each in (card, footage))
    has = float((one * one).sum()) * float((two * two).sum())
    return has > 0 and abs(float((one * two).sum())) > 0.4 * np.sqrt(has)
