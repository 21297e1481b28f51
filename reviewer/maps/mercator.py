"""Web Mercator (EPSG:3857) in unit coordinates: the world is the square [0, 1) x [0, 1), x east, y south.

At zoom z the world is 256·2^z px wide here (fractional zooms allowed), and tile (z, x, y) covers 1/2^z of each axis.
"""

from __future__ import annotations

import math

MAX_LATITUDE = 85.05112877980659
TILE = 256
EQUATOR = 40_075_016.68557849  # metres, WGS 84


def to_unit(lat: float, lon: float) -> tuple[float, float]:
    """Degrees WGS 84 to (x, y); latitudes beyond Mercator's reach are moved to its edge."""
    bounded = max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))
    return (lon + 180) / 360, 0.5 - math.asinh(math.tan(math.radians(bounded))) / (2 * math.pi)


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """(x, y) to degrees (lat, lon)."""
    return math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi))), x * 360 - 180


def world_px(zoom: float) -> float:
    """Width of the world in px."""
    return float(TILE * 2.0**zoom)


def metres_per_unit(lat: float) -> float:
    """Metres on the ground for one unit at this latitude."""
    return EQUATOR * math.cos(math.radians(lat))
