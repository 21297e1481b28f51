"""Filled shapes on a picture, antialiased, at parts of a pixel so that slow movement does not jump."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from reviewer.demo.street import Colour

Image = NDArray[np.uint8]
_SHIFT = 4
_ONE = 1 << _SHIFT
_FAR = 2**20  # pixels; beyond it a coordinate only has to be far outside


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint(np.clip(points, -_FAR, _FAR) * _ONE).astype(np.int32)


def polygon(image: Image, points: NDArray[np.float64], colour: Colour) -> None:
    """Fill one polygon (n×2 pixels)."""
    cv2.fillPoly(image, [_fixed(points)], colour, cv2.LINE_AA, _SHIFT)


def polygons(image: Image, quads: NDArray[np.float64], colour: Colour, smooth: bool = True) -> None:
    """Fill polygons that do not overlap (m×n×2 pixels), all in one colour."""
    if len(quads):
        cv2.fillPoly(image, list(_fixed(quads)), colour, cv2.LINE_AA if smooth else cv2.LINE_8, _SHIFT)


def line(image: Image, points: NDArray[np.float64], colour: Colour, thickness: float = 1.0) -> None:
    """A chain of lines with round ends (n×2 pixels)."""
    cv2.polylines(image, [_fixed(points)], False, colour, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)


def lines(image: Image, chains: NDArray[np.float64], colour: Colour, thickness: float = 1.0) -> None:
    """Chains of lines (m×n×2 pixels), all in one colour."""
    if len(chains):
        cv2.polylines(image, list(_fixed(chains)), False, colour, max(1, round(thickness)), cv2.LINE_AA, _SHIFT)


def limb(image: Image, points: NDArray[np.float64], colour: Colour, thickness: float) -> None:
    """A thick chain: a filled outline and round joints, its thickness exact to parts of a pixel."""
    radius = max(0.5, thickness / 2)
    for a, b in pairwise(points):
        along = b - a
        length = float(np.hypot(along[0], along[1]))
        if length > 0.01:
            side = np.array([-along[1], along[0]]) * (radius / length)
            polygon(image, np.array([a + side, b + side, b - side, a - side]), colour)
    for x, y in points.tolist():
        disc(image, x, y, radius, colour)


def disc(image: Image, x: float, y: float, radius: float, colour: Colour) -> None:
    """A filled circle."""
    if abs(x) < _FAR and abs(y) < _FAR:
        centre = (round(x * _ONE), round(y * _ONE))
        cv2.circle(image, centre, max(1, round(radius * _ONE)), colour, -1, cv2.LINE_AA, _SHIFT)


def ellipse(image: Image, x: float, y: float, across: float, high: float, colour: Colour) -> None:
    """A filled ellipse with level axes; `across` and `high` are its half axes."""
    if abs(x) < _FAR and abs(y) < _FAR:
        centre, axes = (round(x * _ONE), round(y * _ONE)), (max(1, round(across * _ONE)), max(1, round(high * _ONE)))
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)


@lru_cache(maxsize=32)
def _sprite(colour: Colour) -> Image:
    """A round light of one colour, fading to black at its edge."""
    place = np.linspace(-1, 1, 128)
    away = np.hypot(place[:, None], place[None, :])
    soft = np.clip(1 - away, 0, 1) ** 2
    light: Image = np.rint(soft[:, :, None] * np.array(colour)).astype(np.uint8)
    return light


def glow(image: Image, x: float, y: float, across: float, high: float, colour: Colour) -> None:
    """Add light around a place, fading to nothing at the half axes."""
    left, top = round(x - across), round(y - high)
    width, height = round(2 * across), round(2 * high)
    if not (4 <= width < 3 * image.shape[1] and 2 <= height < 3 * image.shape[0]):
        return
    x0, x1 = max(0, left), min(image.shape[1], left + width)
    y0, y1 = max(0, top), min(image.shape[0], top + height)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    light = cv2.resize(_sprite(colour), (width, height), interpolation=cv2.INTER_LINEAR)
    spot = image[y0:y1, x0:x1]
    cv2.add(spot, light[y0 - top : y1 - top, x0 - left : x1 - left], dst=spot)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """So much of `other` in `colour`."""
    return (
        round(colour[0] + (other[0] - colour[0]) * share),
        round(colour[1] + (other[1] - colour[1]) * share),
        round(colour[2] + (other[2] - colour[2]) * share),
    )
