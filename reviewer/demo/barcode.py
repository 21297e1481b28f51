"""A barcode in the picture that says which instant the frame is of, so a test can read off a screen what is shown.

Two rows of 40 black or white cells along the bottom edge, 6 % of the picture's height. Two columns at each end are for
finding it; the 72 cells between are, row by row, most significant bit first: 52 bits of UTC (µs since 1970), 4 bits of
camera number, 16 bits of CRC-16/XMODEM (polynomial 0x1021) over the seven bytes before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.timebase import Utc

Image = NDArray[np.uint8]

COLUMNS = 40
ROWS = 2
SHARE = 0.06  # of the picture's height
_WHITE, _BLACK = 235, 16  # limited-range video keeps both as they are
_CONTRAST = 40  # of 255; below it there is nothing to read
_UNSURE = (0.4, 0.6)  # a cell between black and white, as in a blend of two frames
_LEFT = np.array([[1, 0], [0, 1]], dtype=bool)
_SYNC = np.zeros((ROWS, COLUMNS), dtype=bool)
_SYNC[:, :2], _SYNC[:, -2:] = _LEFT, ~_LEFT
_IS_SYNC = np.zeros((ROWS, COLUMNS), dtype=bool)
_IS_SYNC[:, :2] = _IS_SYNC[:, -2:] = True
_SHIFTS = sorted(product((0.0, -0.25, 0.25), (0.0, -0.25, 0.25)), key=lambda s: abs(s[0]) + abs(s[1]))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a barcode says: the frame's true UTC and the number of the camera (1 to 15)."""

    utc_us: Utc
    camera: int


def strip_height(height: int) -> int:
    """Rows of pixels that the barcode takes at the bottom of a picture of this height."""
    return round(height * SHARE)


def paint(image: Image, true_utc_us: Utc, camera: int) -> None:
    """Draw the barcode into the bottom of a picture (h×w×channels or h×w, uint8), in place. Raises ValueError for a
    time or a camera number that has no place in it."""
    cells = np.where(_cells(true_utc_us, camera), np.uint8(_WHITE), np.uint8(_BLACK))
    height, width = image.shape[:2]
    strip = strip_height(height)
    rows = np.arange(strip) * ROWS // strip
    columns = np.arange(width) * COLUMNS // width
    spread = cells[rows][:, columns]
    image[height - strip :] = spread if image.ndim == 2 else spread[:, :, None]


def read(image: NDArray[Any]) -> Reading | None:
    """What the barcode in a picture says, or None if there is none or it is damaged. `image` is exactly the painted
    picture: (h, w), (h, w, 3) or (h, w, 4) uint8 in any order of colours, at least 240×135."""
    height, width = image.shape[:2]
    if height < 2 * ROWS / SHARE or width < 2 * COLUMNS:
        return None
    strip = image[height - strip_height(height) - 2 :]
    grey = strip.astype(np.float32) if strip.ndim == 2 else strip[:, :, :3].mean(axis=2, dtype=np.float32)
    for dy, dx in _SHIFTS:  # a border or a rounded size may have moved the cells by part of one
        reading = _decode(_sample(grey, height, dy, dx))
        if reading is not None:
            return reading
    return None


def _cells(utc: Utc, camera: int) -> NDArray[np.bool_]:
    if not 0 <= utc < 1 << 52 or not 0 < camera < 16:
        raise ValueError(f"a barcode cannot hold the time {utc} and the camera {camera}")
    data = (utc << 4 | camera).to_bytes(7, "big")
    bits = np.unpackbits(np.frombuffer(data + _crc(data).to_bytes(2, "big"), dtype=np.uint8)).astype(bool)
    cells = _SYNC.copy()
    cells[~_IS_SYNC] = bits
    return cells


def _sample(grey: NDArray[np.float32], height: int, dy: float, dx: float) -> NDArray[np.float32]:
    """The mean grey of nine places around the middle of each cell: (2, 40)."""
    rows, width = grey.shape
    cell_h, cell_w = height * SHARE / ROWS, width / COLUMNS
    around = np.array([-0.2, 0.0, 0.2])
    ys = rows - height * SHARE + (np.arange(ROWS)[:, None] + 0.5 + dy + around) * cell_h
    xs = (np.arange(COLUMNS)[:, None] + 0.5 + dx + around) * cell_w
    y = np.clip(ys.astype(int), 0, rows - 1)
    x = np.clip(xs.astype(int), 0, width - 1)
    picked: NDArray[np.float32] = grey[y[:, None, :, None], x[None, :, None, :]].mean(axis=(2, 3))
    return picked


def _decode(cells: NDArray[np.float32]) -> Reading | None:
    white = float(cells[_IS_SYNC & _SYNC].mean())
    black = float(cells[_IS_SYNC & ~_SYNC].mean())
    if white - black < _CONTRAST:
        return None
    level = (cells - black) / (white - black)
    bits = level > 0.5
    if np.any((level > _UNSURE[0]) & (level < _UNSURE[1])) or np.any(bits[_IS_SYNC] != _SYNC[_IS_SYNC]):
        return None
    packed = np.packbits(bits[~_IS_SYNC]).tobytes()
    data, check = packed[:7], int.from_bytes(packed[7:], "big")
    value = int.from_bytes(data, "big")
    if _crc(data) != check or not value & 15:
        return None
    return Reading(Utc(value >> 4), value & 15)


def _crc(data: bytes) -> int:
    remainder = 0
    for byte in data:
        remainder ^= byte << 8
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x1021 if remainder & 0x8000 else 0)
            remainder &= 0xFFFF
    return remainder
