"""How far points are from a drawn place: metres, negative inside, over many points at once.

A circle is measured along the parallel halfway between its middle and the point, which within 50 km is the distance on
the sphere of domain/track to 2 in 100,000 (60° N). A box and a polygon lie in the plane round their middle: what is
inside is exact, and distances to an edge are good to 0.2 % within 5 km of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer.domain.place import UNIT, Area, Box, Circle
from reviewer.tracks.legs import DistanceTo, Floats

EARTH = 6_371_008.8  # metres, the mean radius (domain/track)
METRES = EARTH * np.pi / 180  # a degree of latitude


@dataclass(frozen=True, slots=True)
class Shape:
    """`distance` takes longitudes and latitudes in degrees. Nothing of it lies farther than `reach` metres from the
    point (`lat`, `lon`)."""

    lat: float
    lon: float
    reach: float
    distance: DistanceTo


def shape(area: Area) -> Shape:
    """The shape of a drawn place."""
    if isinstance(area, Circle):
        return around(area.lat / UNIT, area.lon / UNIT, float(area.metres))
    box = area if isinstance(area, Box) else area.box
    width = (box.east - box.west) % (360 * UNIT) if isinstance(area, Box) else box.east - box.west
    lat, lon = (box.south + box.north) / 2 / UNIT, turned(np.float64(box.west / UNIT + width / 2 / UNIT))
    if isinstance(area, Box):
        corners = [
            (y, x) for y, x in zip((box.south, box.south, box.north, box.north), (0, width, width, 0), strict=True)
        ]
        points = [((x - width / 2) / UNIT, y / UNIT - lat) for y, x in corners]
    else:
        points = [(float(x / UNIT - lon), y / UNIT - lat) for y, x in area.corners]
    return _polygon(lat, float(lon), np.array(points, dtype=np.float64))


def around(lat: float, lon: float, metres: float) -> Shape:
    """A circle."""
    across, turns = METRES * np.cos(np.radians(lat)), METRES * np.sin(np.radians(lat)) * np.pi / 360

    def distance(lons: Floats, lats: Floats) -> Floats:
        north = lats - lat
        east = turned(lons - lon) * (across - turns * north)  # the cosine halfway, to the first order
        north *= METRES
        return np.asarray(np.sqrt(east * east + north * north) - metres)

    return Shape(lat, lon, metres, distance)


def turned(degrees: Floats | np.float64) -> Floats:
    """The same angles, from −180 to 180."""
    return np.asarray(degrees - 360.0 * np.rint(degrees / 360.0), dtype=np.float64)


def _polygon(lat: float, lon: float, corners: Floats) -> Shape:
    """`corners`: n x 2, degrees east and north of the middle."""
    scale = np.array([METRES * np.cos(np.radians(lat)), METRES])
    xy = corners * scale
    edges = [(a, b) for a, b in zip(xy, np.roll(xy, -1, axis=0), strict=True)]

    def distance(lons: Floats, lats: Floats) -> Floats:
        x, y = turned(np.asarray(lons - lon)) * scale[0], (lats - lat) * scale[1]
        nearest = np.full(np.shape(x), np.inf)
        inside = np.zeros(np.shape(x), dtype=bool)
        for (ax, ay), (bx, by) in edges:
            long = (bx - ax) ** 2 + (by - ay) ** 2
            share = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long, 0, 1) if long else 0.0
            nearest = np.minimum(nearest, (x - ax - share * (bx - ax)) ** 2 + (y - ay - share * (by - ay)) ** 2)
            if ay != by:
                inside ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        return np.where(inside, -np.sqrt(nearest), np.sqrt(nearest))

    return Shape(lat, lon, float(np.hypot(*xy.T).max()), distance)
