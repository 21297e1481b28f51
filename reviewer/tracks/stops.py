"""Where somebody stayed, and how long: stay points of a noisy track.

A receiver at rest wanders by its accuracy, throws a point now and then, and loses its fix indoors. So the fixes are
taken in bins of some seconds (their medians: a thrown point moves none), a stop is what stays within a radius of its
own middle, short excursions do not end it, and a hole belongs to it if the next position is there again: then the time
without one is said. The idea is that of Li et al., "Mining user similarity based on location history" (ACM GIS 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.presence import UNSTATED, Stop
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.tracks.legs import Floats, Ints
from reviewer.tracks.near import Columns
from reviewer.tracks.shape import METRES, turned

BIN = Micros(5 * SECOND)
EXCURSION = Micros(20 * SECOND)
"""Out of the radius for longer ends a stop, at the moment it was left."""
LONGEST_HOLE = Micros(3_600 * SECOND)
"""A longer time without a position ends a stop: somebody may have been anywhere and come back."""
RADIUS = 25.0
SHORTEST = Micros(120 * SECOND)


def stops(
    track: Columns, radius: float = RADIUS, shortest: Micros = SHORTEST, longest_hole: Micros = LONGEST_HOLE
) -> tuple[Stop, ...]:
    """Each stay within `radius` metres (and the receiver's own accuracy beyond) of at least `shortest`, in order."""
    bins = _bins(track)
    found: list[list[int]] = []
    first = 0
    while first < len(bins.start):
        stay = _trimmed(bins, _stay(bins, first, radius, longest_hole), radius)
        if stay and bins.end[stay[-1]] - bins.start[stay[0]] >= shortest:
            found.append(stay)
            first = stay[-1] + 1
        else:
            first += 1
    return tuple(_stop(track, bins, stay) for stay in found)


@dataclass(frozen=True, slots=True)
class _Bins:
    """Some seconds each: first and last fix in µs, median place in m from the first fix, median accuracy in m."""

    start: Ints
    end: Ints
    x: list[float]
    y: list[float]
    sigma: list[float]
    stated: bool


def _bins(track: Columns) -> _Bins:
    if not len(track.times):
        none = np.zeros(0, dtype=np.int64)
        return _Bins(none, none, [], [], [], stated=False)
    flat = np.cos(np.radians(track.lats[0]))
    x = turned(track.lons - track.lons[0]) * METRES * flat
    y = (track.lats - track.lats[0]) * METRES
    sigma = np.where(np.isnan(track.sigmas), UNSTATED, track.sigmas)
    number = (track.times - track.times[0]) // BIN
    first = np.flatnonzero(np.append(True, np.diff(number) > 0))
    last = np.append(first[1:], len(number)) - 1
    east, north, accuracy = (_medians(each, number, first, last).tolist() for each in (x, y, sigma))
    return _Bins(track.times[first], track.times[last], east, north, accuracy, not np.isnan(track.sigmas).any())


def _medians(values: Floats, number: Ints, first: Ints, last: Ints) -> Floats:
    """Of each bin the lower median: one of its own values."""
    order = np.lexsort((values, number))
    return np.asarray(values[order][(first + last) // 2])


def _stay(bins: _Bins, first: int, radius: float, longest_hole: Micros) -> list[int]:
    """The bins from `first` on that lie within the radius of their own middle, until it is left for good."""
    stay, x, y = [first], bins.x[first], bins.y[first]
    for n in range(first + 1, len(bins.start)):
        left = stay[-1] + 1  # the first bin seen elsewhere, if n is not it
        if bins.start[n] - bins.end[n - 1] > longest_hole or bins.start[n] - bins.start[left] > EXCURSION:
            break
        if np.hypot(bins.x[n] - x, bins.y[n] - y) <= radius + bins.sigma[n]:
            stay.append(n)
            x += (bins.x[n] - x) / len(stay)
            y += (bins.y[n] - y) / len(stay)
    return stay


def _trimmed(bins: _Bins, stay: list[int], radius: float) -> list[int]:
    """Without the ends that lie outside the radius of the whole stay's middle: who comes begins it on the way."""
    x, y = (float(np.median([each[n] for n in stay])) for each in (bins.x, bins.y))
    inside = [k for k, n in enumerate(stay) if np.hypot(bins.x[n] - x, bins.y[n] - y) <= radius + bins.sigma[n]]
    return stay[inside[0] : inside[-1] + 1] if inside else []


def _stop(track: Columns, bins: _Bins, stay: list[int]) -> Stop:
    start, end = int(bins.start[stay[0]]), int(bins.end[stay[-1]])
    inside = slice(*np.searchsorted(track.times, (start, end + 1)).tolist())
    times, lats = track.times[inside], track.lats[inside]
    lon0 = float(track.lons[inside][0])
    east = turned(track.lons[inside] - lon0)
    lat, lon = float(np.median(lats)), float(turned(np.float64(lon0 + np.median(east))))
    away = np.hypot((lats - lat) * METRES, turned(track.lons[inside] - lon) * METRES * np.cos(np.radians(lat)))
    gaps = np.diff(times)
    sigma = float(np.median([bins.sigma[n] for n in stay]))
    return Stop(
        TimeRange(Utc(start), Utc(end)),
        lat,
        lon,
        float(np.quantile(away, 0.95)),
        COVERAGE * sigma,
        bins.stated,
        Micros(int(gaps[gaps > track.hole_after].sum())),
    )
