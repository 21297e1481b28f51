"""Who was within so many metres of a place, and when: an index over the fixes of many tracks.

Fixes stand in blocks of `BLOCK` in order of time; of each block is known a point, how far its ways lead from there, its
worst accuracy and whether it has a hole. A block that is out for certain, or in for certain, is never opened: what a
question costs is the blocks at the place's edge. (The same bound holds for a way and for a block: `tracks.legs`.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.place import Area, Circle
from reviewer.domain.presence import UNSTATED, Distance, Presence
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.domain.track import HOLE_AFTER, Track
from reviewer.tracks.legs import STEP, Floats, Ints, Legs, Spans, spans
from reviewer.tracks.shape import METRES, Shape, shape, turned

BLOCK = 32
_WIDE = 50_000.0  # metres: beyond this the flat test of longitudes is left out
_SLACK = 1.02  # planes and spheres differ by less
_T = TypeVar("_T", bound=np.generic)
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """The fixes of one track: times in µs UTC in order, degrees WGS 84, accuracy as one standard deviation in m (NaN
    where the receiver did not say)."""

    times: Ints
    lats: Floats
    lons: Floats
    sigmas: Floats
    hole_after: Micros = HOLE_AFTER

    @property
    def bridged(self) -> Bools:
        """n: whether the way from this fix to the next is known. The last one leads nowhere."""
        found = np.zeros(len(self.times), dtype=bool)
        found[:-1] = np.diff(self.times) <= self.hole_after
        return found

    def known(self) -> tuple[TimeRange, ...]:
        """When there was a position: between fixes close together. A lone fix is a range of no length."""
        if not len(self.times):
            return ()
        breaks = np.flatnonzero(~self.bridged)
        first = np.concatenate([[0], breaks[:-1] + 1])
        pairs = zip(self.times[first].tolist(), self.times[breaks].tolist(), strict=True)
        return tuple(TimeRange(Utc(a), Utc(b)) for a, b in pairs)


def columns(track: Track) -> Columns:
    """A track's fixes as columns."""
    sigmas = [np.nan if f.accuracy is None else f.accuracy for f in track.fixes]
    return Columns(
        np.array([f.at for f in track.fixes], dtype=np.int64),
        np.array([f.lat for f in track.fixes], dtype=np.float64),
        np.array([f.lon for f in track.fixes], dtype=np.float64),
        np.array(sigmas, dtype=np.float64),
        track.hole_after,
    )


@dataclass(frozen=True, slots=True)
class Found:
    """One track near the place: its number in the index, and when."""

    track: int
    presences: tuple[Presence, ...]


class Near:
    """The index. 30 bytes of memory a fix, 0.2 s a million to make; asking is safe from several threads."""

    def __init__(self, tracks: Sequence[Columns]) -> None:
        self._times = _all(tracks, lambda t: t.times, np.int64)
        self._lats = _all(tracks, lambda t: t.lats, np.float64)
        self._lons = _all(tracks, lambda t: t.lons, np.float64)
        self._sigmas = _all(tracks, lambda t: t.sigmas, np.float32)
        self._bridged = _all(tracks, lambda t: t.bridged, np.bool_)
        self._firsts = np.cumsum([0, *(len(t.times) for t in tracks)])
        self._blocks = _blocks(self._lats, self._lons, self._sigmas, self._bridged)

    def __len__(self) -> int:
        """Fixes."""
        return len(self._times)

    def within(self, area: Area, metres: float = 0.0) -> tuple[Found, ...]:
        """Who was in the area, or within so many metres of it, and when; tracks that never were are left out."""
        where, b = shape(area), self._blocks
        blocks = self._not_far(where, metres)
        away, half, margin = where.distance(b.lon[blocks], b.lat[blocks]), b.half[blocks], COVERAGE * b.sigma[blocks]
        inside = b.whole[blocks] & (away + half <= metres - margin)
        edges = (away - half <= metres + margin) & ~inside
        sure, perhaps = self._of_edges(where, metres, blocks[edges])
        return self._told(self._with_blocks(sure, blocks[inside]), self._with_blocks(perhaps, blocks[inside]))

    def _not_far(self, where: Shape, metres: float) -> Ints:
        """Blocks by latitude, then by longitude: cheap, and most are gone."""
        b = self._blocks
        reach = where.reach + metres + b.half + COVERAGE * b.sigma
        near = np.flatnonzero(np.abs(b.lat - where.lat) * METRES <= reach)
        # Half a degree more to the pole: the place need not lie on the block's own latitude.
        narrow = np.cos(np.radians(np.minimum(89.9, np.abs(b.lat[near]) + 0.5))) * METRES
        across = np.abs(turned(b.lon[near] - where.lon)) * narrow
        return np.asarray(near[(across <= reach[near]) | (reach[near] > _WIDE)], dtype=np.int64)

    def _of_edges(self, where: Shape, metres: float, blocks: Ints) -> tuple[Spans, Spans]:
        """When on the ways of these blocks; the ways' numbers are those of their first fixes."""
        fixes = blocks[:, None] * BLOCK + np.arange(BLOCK + 1)
        x, y = self._lons.take(fixes, mode="clip"), self._lats.take(fixes, mode="clip")
        away = where.distance(x, y)
        known = self._bridged.take(fixes[:, :-1], mode="clip")
        legs = self._legs(where, metres, fixes, known, (x, y))
        ends = (away[:, :-1].ravel(), np.where(known, away[:, 1:], away[:, :-1]).ravel())
        number = fixes[:, :-1].ravel()
        sure, possible = spans(legs, ends, where.distance)
        return self._there(number, sure), self._there(number, possible)

    def _there(self, number: Ints, found: Spans) -> Spans:
        """By the numbers of ways; what stands beyond the last fix is only the last block's filling."""
        way = number[found.leg]
        there = way < len(self)
        return Spans(way[there], found.start[there], found.end[there])

    def _legs(self, where: Shape, metres: float, fixes: Ints, known: Bools, xy: tuple[Floats, Floats]) -> Legs:
        """The ways of whole blocks; one that is not known ends where it begins."""
        (x, east), (y, north) = ((each[:, :-1], np.diff(each, axis=1)) for each in xy)
        east, north = turned(east) * known, north * known
        times, sigmas = self._times.take(fixes, mode="clip"), self._sigmas.take(fixes, mode="clip")
        start = times[:, :-1]
        # As wide as at the place: who is far away is out, whatever the way's length.
        length = np.hypot(north, east * np.cos(np.radians(where.lat))) * (METRES * _SLACK)
        one = sigmas[:, :-1]
        sigma = np.where(known, np.maximum(one, sigmas[:, 1:]), one).astype(np.float64)  # NaN if one of them is
        unstated = np.isnan(sigma)
        margin = COVERAGE * np.where(unstated, UNSTATED, sigma)
        return Legs(
            start.ravel(),
            np.where(known, times[:, 1:], start).ravel(),
            (x.ravel(), (x + east).ravel()),
            (y.ravel(), (y + north).ravel()),
            length.ravel(),
            np.where(unstated, -np.inf, metres - margin).ravel(),
            (metres + margin).ravel(),
        )

    def _with_blocks(self, found: Spans, blocks: Ints) -> Spans:
        """The same, and all of these blocks."""
        first, last = blocks * BLOCK, np.minimum(blocks * BLOCK + BLOCK, len(self) - 1)
        leg = np.concatenate([found.leg, first])
        start = np.concatenate([found.start, self._times[first]])
        end = np.concatenate([found.end, self._times[last]])
        order = np.argsort(leg, kind="stable")
        return Spans(leg[order], start[order], end[order])

    def _told(self, sure: Spans, possible: Spans) -> tuple[Found, ...]:
        surely, found = self._stretches(sure), []
        for track, ranges in self._stretches(possible).items():
            found.append(Found(track, presences(ranges, surely.get(track, []))))
        return tuple(found)

    def _stretches(self, found: Spans) -> dict[int, list[TimeRange]]:
        """By track: spans that touch are one stretch."""
        if not len(found.leg):
            return {}
        track = np.searchsorted(self._firsts, found.leg, side="right") - 1
        new = np.ones(len(track), dtype=bool)
        new[1:] = (track[1:] != track[:-1]) | (found.start[1:] > found.end[:-1])
        first = np.flatnonzero(new)
        last = np.concatenate([first[1:], [len(new)]]) - 1
        ranges: dict[int, list[TimeRange]] = {}
        for k, a, b in zip(track[first].tolist(), found.start[first].tolist(), found.end[last].tolist(), strict=True):
            ranges.setdefault(k, []).append(TimeRange(Utc(a), Utc(b)))
        return ranges


def presences(possible: Sequence[TimeRange], sure: Sequence[TimeRange]) -> tuple[Presence, ...]:
    """Each possible stretch with the sure ones in it; both in order."""
    found, n = [], 0
    for each in possible:
        first = n
        while n < len(sure) and sure[n].start <= each.end:
            n += 1
        found.append(Presence(each, tuple(sure[first:n])))
    return tuple(found)


def closest(track: Columns, area: Area, stretch: TimeRange) -> Distance | None:
    """The nearest that a track came to the middle of a circle, or to the edge of another area (negative inside), in a
    stretch; None without a position in it."""
    where = shape(area)
    beyond = area.metres if isinstance(area, Circle) else 0
    first = max(0, int(np.searchsorted(track.times, stretch.start, side="right")) - 1)
    last = min(len(track.times), int(np.searchsorted(track.times, stretch.end, side="left")) + 1)
    if first >= last:
        return None
    times, lats, lons = _denser(track, first, last, stretch)
    if not len(times):
        return None
    away = where.distance(lons, lats) + beyond
    n = int(np.argmin(away))
    sigma = track.sigmas[max(first, int(np.searchsorted(track.times, times[n], side="right")) - 1)]
    stated = not np.isnan(sigma)
    return Distance(Utc(int(times[n])), float(away[n]), COVERAGE * float(sigma if stated else UNSTATED), stated)


def _denser(track: Columns, first: int, last: int, stretch: TimeRange) -> tuple[Ints, Floats, Floats]:
    """Fixes first to last, and points every `STEP` metres on the known ways between them, inside the stretch."""
    lats, lons, times = track.lats[first:last], track.lons[first:last], track.times[first:last]
    east = turned(np.diff(lons, append=lons[-1:]))
    north = np.diff(lats, append=lats[-1:])
    long = np.hypot(north, east * np.cos(np.radians(lats))) * METRES
    pieces = np.where(track.bridged[first:last], np.clip(np.ceil(long / STEP), 1, 500), 1).astype(np.int64)
    pieces[-1] = 1
    way = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(way)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    share = step / pieces[way]
    span = np.diff(times, append=times[-1:])
    at = times[way] + (span[way] * share).astype(np.int64)
    kept = (at >= stretch.start) & (at <= stretch.end)
    return at[kept], (lats[way] + north[way] * share)[kept], (lons[way] + east[way] * share)[kept]


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Of each block: its middle in degrees, no point of its ways farther from there than `half` m; the worst `sigma`,
    m; `whole`: no hole in it, and every accuracy stated."""

    lat: Floats
    lon: Floats
    half: Floats
    sigma: Floats
    whole: Bools


def _blocks(lats: Floats, lons: Floats, sigmas: NDArray[np.float32], bridged: Bools) -> _Blocks:
    many = -(-len(lats) // BLOCK)
    if not many:
        none = np.zeros(0)
        return _Blocks(none, none, none, none, np.zeros(0, dtype=bool))
    lat, lon = _rows(lats, many), _rows(lons, many)
    east = turned(lon - lon[:, :1])
    low, high = east.min(axis=1), east.max(axis=1)
    south, north = lat.min(axis=1), lat.max(axis=1)
    flat = np.cos(np.radians(np.where(south * north < 0, 0.0, np.minimum(np.abs(south), np.abs(north)))))
    half = np.hypot((north - south) / 2, (high - low) / 2 * flat) * METRES * _SLACK + 1.0
    known = _rows(bridged, many)[:, :-1]
    sigma = _rows(sigmas, many)
    worst = np.where(np.isnan(sigma), np.float32(UNSTATED), sigma).max(axis=1).astype(np.float64)
    whole = np.asarray(known.all(axis=1) & ~np.isnan(sigma).any(axis=1))
    return _Blocks((south + north) / 2, turned(lon[:, 0] + (low + high) / 2), half, worst, whole)


def _rows(each: NDArray[_T], many: int) -> NDArray[_T]:
    """many x BLOCK + 1: each block's fixes and the first of the next, where its last way leads."""
    short = many * BLOCK + 1 - len(each)
    long = np.concatenate([each, np.repeat(each[-1:], short)])
    return np.concatenate([long[:-1].reshape(many, BLOCK), long[BLOCK::BLOCK, None]], axis=1)


def _all(tracks: Sequence[Columns], of: Callable[[Columns], NDArray[Any]], kind: type[_T]) -> NDArray[_T]:
    return np.concatenate([np.zeros(0, dtype=kind), *(of(t).astype(kind, copy=False) for t in tracks)])
