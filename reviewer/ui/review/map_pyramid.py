"""A track at every zoom: which of its points are worth drawing, and which of those are in view. No Qt.

Lines are thinned by Douglas and Peucker (1973), all pieces of one depth at once: each point gets the tolerance from
which on it is left out, so one pass over the track serves every zoom. Runs are what lies between two holes; nothing is
ever drawn across a hole by these.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.maps.mercator import MAX_LATITUDE, TILE

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Box = tuple[float, float, float, float]  # left, top, right, bottom in world units

_TOLERANCE = 0.6  # px that a drawn line may be off
_ALL_FROM = 17  # the zoom from which on every fix is drawn: few are in view
_FINEST = _TOLERANCE / (TILE * 2.0 ** (_ALL_FROM - 1))  # world units: what matters at no zoom before that
_BLOCK = 64  # points that share one box
_KEPT = 4  # levels
_DEEPEST = 64  # rounds of splitting; what is left then is kept at every zoom


def to_world(lat: Floats, lon: Floats) -> Floats:
    """Degrees to n x 2 world units (`maps.mercator.to_unit`, for arrays)."""
    bounded = np.radians(np.clip(lat, -MAX_LATITUDE, MAX_LATITUDE))
    return np.stack(((lon + 180) / 360, 0.5 - np.arcsinh(np.tan(bounded)) / (2 * np.pi)), axis=1)


def significance(points: Floats, first: NDArray[np.bool_]) -> Floats:
    """The tolerance from which on each point is left out, infinite for the ends of runs. `first` marks where a run
    begins."""
    count = len(points)
    found = np.zeros(count)
    if not count:
        return found
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], count) - 1
    found[starts] = found[ends] = np.inf
    long = ends - starts > 1
    starts, ends, limit = starts[long], ends[long], np.full(int(long.sum()), np.inf)
    for _ in range(_DEEPEST):
        if not len(starts):
            return found
        starts, ends, limit = _split(points, found, starts, ends, limit)
    for start, end, most in zip(starts.tolist(), ends.tolist(), limit.tolist(), strict=True):
        found[start + 1 : end] = most
    return found


def _split(points: Floats, found: Floats, starts: Whole, ends: Whole, limit: Floats) -> tuple[Whole, Whole, Floats]:
    """Split each piece at the point farthest from its chord; gives the pieces of the next depth that still matter."""
    sizes = ends - starts - 1
    heads = np.cumsum(sizes) - sizes
    inner = np.arange(int(sizes.sum())) - np.repeat(heads - starts - 1, sizes)
    origin = np.repeat(points[starts], sizes, axis=0)
    chord = points[ends] - points[starts]
    length = np.hypot(chord[:, 0], chord[:, 1])
    unit = np.divide(chord, length[:, None], out=np.zeros_like(chord), where=length[:, None] > 0)
    along_unit, long = np.repeat(unit, sizes, axis=0), np.repeat(length, sizes)
    offset = points[inner] - origin
    along = np.clip((offset * along_unit).sum(axis=1), 0, long)
    offset -= along_unit * along[:, None]
    away = np.hypot(offset[:, 0], offset[:, 1])
    farthest = np.maximum.reduceat(away, heads)
    hit = np.flatnonzero(away == np.repeat(farthest, sizes))
    piece = np.repeat(np.arange(len(sizes)), sizes)[hit]
    chosen = hit[np.unique(piece, return_index=True)[1]]
    middle = inner[chosen]
    worth = np.minimum(farthest, limit)
    found[middle] = worth
    matters = worth > _FINEST
    left, right = matters & (middle - starts > 1), matters & (ends - middle > 1)
    return (
        np.concatenate((starts[left], middle[right])),
        np.concatenate((middle[left], ends[right])),
        np.concatenate((worth[left], worth[right])),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The points drawn at one zoom: `index` into the track, `xy` in world units, `joined` where a point is joined to
    the next, `along` the length of the line up to each point (world units), `boxes` around each block."""

    index: Whole
    xy: Floats
    joined: NDArray[np.bool_]
    along: Floats
    boxes: Floats  # blocks x (left, top, right, bottom)

    def in_view(self, box: Box) -> Whole:
        """The points from which a joined line may pass through a box."""
        left, top, right, bottom = box
        edge = self.boxes
        near = (edge[:, 0] <= right) & (edge[:, 2] >= left) & (edge[:, 1] <= bottom) & (edge[:, 3] >= top)
        blocks = np.flatnonzero(near)
        at = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        at = at[at < len(self.index) - 1]
        at = at[self.joined[at]]
        a, b = self.xy[at], self.xy[at + 1]
        low, high = np.minimum(a, b), np.maximum(a, b)
        inside = (low[:, 0] <= right) & (high[:, 0] >= left) & (low[:, 1] <= bottom) & (high[:, 1] >= top)
        seen: Whole = at[inside]
        return seen


class Pyramid:
    """One track. `points` n x 2 world units, `times` n µs; a silence longer than `hole_after` µs ends a run."""

    def __init__(self, points: Floats, times: Whole, hole_after: int) -> None:
        self.points, self.times = points, times
        self.breaks: Whole = np.flatnonzero(np.diff(times) > hole_after)  # the last point before each hole
        self._first = np.zeros(len(points), dtype=bool)
        self._first[:1] = True
        self._first[self.breaks + 1] = True
        self._worth = significance(points, self._first)
        self._levels: OrderedDict[int, Level] = OrderedDict()

    def level(self, zoom: float) -> Level:
        """What is drawn at a zoom: thinned to less than a pixel."""
        step = min(_ALL_FROM, max(0, int(np.ceil(zoom))))
        found = self._levels.get(step)
        if found is None:
            tolerance = _TOLERANCE / (TILE * 2.0**step) if step < _ALL_FROM else 0.0
            found = self._levels[step] = self._made(tolerance)
            while len(self._levels) > _KEPT:
                self._levels.popitem(last=False)
        self._levels.move_to_end(step)
        return found

    def _made(self, tolerance: float) -> Level:
        index = np.flatnonzero(self._worth >= tolerance)
        xy = self.points[index]
        joined = ~self._first[index][1:] if len(index) else np.zeros(0, dtype=bool)
        steps = np.diff(xy, axis=0)
        along = np.concatenate(([0.0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1])))) if len(xy) else np.zeros(0)
        # A block's box has the first point of the next one in it: the line between them belongs to this block.
        starts = np.arange(0, len(index), _BLOCK)
        if not len(starts):
            return Level(index, xy, joined, along, np.zeros((0, 4)))
        after = xy[np.minimum(starts + _BLOCK, len(xy) - 1)]
        low = np.minimum(np.minimum.reduceat(xy, starts), after)
        high = np.maximum(np.maximum.reduceat(xy, starts), after)
        return Level(index, xy, joined, along, np.concatenate((low, high), axis=1))

    def stretch(self, zoom: float, start: int, end: int) -> Floats:
        """The line between two times (µs, both inclusive), n x 2; only its last run. Ends at fixes."""
        first = int(np.searchsorted(self.times, start, side="left"))
        last = int(np.searchsorted(self.times, end, side="right")) - 1
        first = min(first, max(last, 0))  # where fixes are far apart the last one may be before `start`
        hole = int(np.searchsorted(self.breaks, last, side="left"))
        if hole:
            first = max(first, int(self.breaks[hole - 1]) + 1)
        if last < first:
            return np.zeros((0, 2))
        index = self.level(zoom).index
        low, high = np.searchsorted(index, (first, last + 1))
        inner = index[low:high]
        line: Floats = self.points[np.unique(np.concatenate(([first], inner, [last])))]
        return line

    def near(self, zoom: float, x: float, y: float, reach: float, now: int | None) -> tuple[float, int] | None:
        """Distance (world units) and time of the place on the line nearest to a point, if it is within `reach`. Of
        places that are about as near, the one nearest to the time `now`."""
        level = self.level(zoom)
        at = level.in_view((x - reach, y - reach, x + reach, y + reach))
        if not len(at):
            return self._near_point(x, y, reach)
        firsts, lasts = level.index[at], level.index[at + 1]
        sizes = lasts - firsts
        heads = np.cumsum(sizes) - sizes
        fixes = np.arange(int(sizes.sum())) - np.repeat(heads - firsts, sizes)
        a, step = self.points[fixes], self.points[fixes + 1] - self.points[fixes]
        square = (step**2).sum(axis=1)
        along = (((x, y) - a) * step).sum(axis=1)
        share = np.clip(np.divide(along, square, out=np.zeros(len(a)), where=square > 0), 0, 1)
        off = a + step * share[:, None] - (x, y)
        away = np.hypot(off[:, 0], off[:, 1])
        if away.min() > reach:
            return None
        times = self.times[fixes] + share * (self.times[fixes + 1] - self.times[fixes])
        alike = np.flatnonzero(away <= min(reach, away.min() + reach * 0.3))
        nearest = alike[np.argmin(away[alike] if now is None else np.abs(times[alike] - now))]
        return float(away[nearest]), int(times[nearest])

    def _near_point(self, x: float, y: float, reach: float) -> tuple[float, int] | None:
        """A fix alone between two holes has no line."""
        alone = np.flatnonzero(self._first & np.append(self._first[1:], True))
        if not len(alone):
            return None
        off = self.points[alone] - (x, y)
        away = np.hypot(off[:, 0], off[:, 1])
        nearest = int(np.argmin(away))
        return (float(away[nearest]), int(self.times[alone[nearest]])) if away[nearest] <= reach else None
