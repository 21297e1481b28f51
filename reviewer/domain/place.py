"""Where a recording was made, roughly: enough to find it by place, small enough to stand in a manifest or an index.

Integers only, as signed documents have no floats: degrees WGS 84 times 10^5 (about 1 m). The path is coarse on purpose:
every fix lies within `reach` metres of one of its points, so a search by place may find a recording that passed by at a
little more than was asked, and never misses one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.domain.track import Fix

UNIT = 100_000  # of a degree
MOST = 64  # points a path
_NEAR = 50  # metres between points, unless that makes too many
_METRES = 111_195.0  # a degree of latitude on the sphere that domain/track measures on
_BEYOND = 180 * UNIT


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees × UNIT, its edges included. A box over the 180th meridian has `west` > `east`.
    Raises ValueError for what is no place on earth."""

    south: int
    west: int
    north: int
    east: int

    def __post_init__(self) -> None:
        high = 90 * UNIT
        if not (-high <= self.south <= self.north <= high and max(abs(self.west), abs(self.east)) <= _BEYOND):
            raise ValueError(f"no place on earth: {self.south}, {self.west}, {self.north}, {self.east}")

    def has(self, lat: int, lon: int) -> bool:
        return self.south <= lat <= self.north and self._across(lon)

    def _across(self, lon: int) -> bool:
        if self.west <= self.east:
            return self.west <= lon <= self.east
        return lon >= self.west or lon <= self.east

    @property
    def box(self) -> Box:
        return self

    def meets(self, other: Box) -> bool:
        """Whether both have a point in common."""
        if self.south > other.north or other.south > self.north:
            return False
        return self._across(other.west) or self._across(other.east) or other._across(self.west)

    def wider(self, metres: float) -> Box:
        """The same with so many metres around it."""
        up = math.ceil(metres / _METRES * UNIT)
        farthest = min(89.0, max(abs(self.south), abs(self.north)) / UNIT + metres / _METRES)
        side = math.ceil(up / math.cos(math.radians(farthest)))
        high = 90 * UNIT
        south, north = max(-high, self.south - up), min(high, self.north + up)
        width = (self.east - self.west) % (2 * _BEYOND)
        if width + 2 * side >= 2 * _BEYOND:
            return Box(south, -_BEYOND, north, _BEYOND)
        return Box(south, _turned(self.west - side), north, _turned(self.east + side))


@dataclass(frozen=True, slots=True)
class Circle:
    """A point in degrees × UNIT, and so many metres around it."""

    lat: int
    lon: int
    metres: int

    @property
    def box(self) -> Box:
        return Box(self.lat, self.lon, self.lat, self.lon).wider(self.metres)


@dataclass(frozen=True, slots=True)
class Polygon:
    """Corners (lat, lon) in degrees × UNIT, in order, not closed; not over the 180th meridian. Raises ValueError for
    fewer than three, or for what is no place on earth."""

    corners: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3 or not self.box:
            raise ValueError("a polygon has three corners at least")

    @property
    def box(self) -> Box:
        lats, lons = zip(*self.corners, strict=True)
        return Box(min(lats), min(lons), max(lats), max(lons))

    def has(self, lat: float, lon: float) -> bool:
        """Whether a point lies inside (even-odd rule, degrees × UNIT taken as a plane)."""
        inside = False
        for (lat_a, lon_a), (lat_b, lon_b) in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True):
            if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a):
                inside = not inside
        return inside


Area = Box | Circle | Polygon


@dataclass(frozen=True, slots=True)
class Place:
    """`path` is lat, lon, lat, lon … in degrees × UNIT; `reach` in metres. Raises ValueError if it is no path."""

    path: tuple[int, ...]
    reach: int

    def __post_init__(self) -> None:
        if not self.path or len(self.path) % 2 or self.reach < 0:
            raise ValueError("a path is pairs of latitude and longitude")
        if max(map(abs, self.path[::2])) > 90 * UNIT or max(map(abs, self.path[1::2])) > _BEYOND:
            raise ValueError("a path lies on earth")

    @property
    def points(self) -> Iterable[tuple[int, int]]:
        return zip(self.path[::2], self.path[1::2], strict=True)

    @property
    def box(self) -> Box:
        """Around all fixes. A path over the 180th meridian gets the narrower of the two boxes."""
        lats, lons = self.path[::2], self.path[1::2]
        west, east = min(lons), max(lons)
        if east - west > _BEYOND:
            west, east = min(x for x in lons if x >= 0), max(x for x in lons if x < 0)
        return Box(min(lats), west, max(lats), east).wider(self.reach)

    def meets(self, area: Area) -> bool:
        """Whether a fix may lie in the area: never False for one that has a fix there."""
        if isinstance(area, Circle):
            reach = area.metres + self.reach
            return any(metres(lat, lon, area.lat, area.lon) <= reach for lat, lon in self.points)
        wide = area.box.wider(self.reach)
        return any(wide.has(lat, lon) for lat, lon in self.points)


def place_of(fixes: Sequence[Fix]) -> Place | None:
    """The coarse path of a track; None without a fix."""
    if not fixes:
        return None
    points = [(round(f.lat * UNIT), _turned(round(f.lon * UNIT))) for f in fixes]
    apart = _NEAR
    while True:
        kept = _thinned(points, apart)
        if len(kept) <= MOST:
            # One metre more than the distance kept: points are rounded to about one.
            return Place(tuple(x for point in kept for x in point), apart + 1)
        apart *= 2


def _thinned(points: Sequence[tuple[int, int]], apart: int) -> list[tuple[int, int]]:
    """Points at least so many metres after the one before; each that is left out lies nearer than that to one kept."""
    kept = [points[0]]
    for lat, lon in points:
        if metres(lat, lon, *kept[-1]) > apart:
            kept.append((lat, lon))
    return kept


def metres(lat_a: int, lon_a: int, lat_b: int, lon_b: int) -> float:
    """Metres between two points in degrees × UNIT (haversine, like domain/track)."""
    a, b = math.radians(lat_a / UNIT), math.radians(lat_b / UNIT)
    turn = math.radians((lon_b - lon_a) / UNIT)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn / 2) ** 2
    return 2 * math.degrees(1.0) * _METRES * math.asin(min(1.0, math.sqrt(half)))


def _turned(lon: int) -> int:
    """The same meridian, from −180° to 180°."""
    return lon if -_BEYOND <= lon <= _BEYOND else (lon + _BEYOND) % (2 * _BEYOND) - _BEYOND
