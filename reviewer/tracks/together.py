"""Who was near whom: two tracks, and when their positions were within so many metres of each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.presence import UNSTATED, Distance, Presence
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.tracks.legs import Floats, Ints, Legs, Spans, spans
from reviewer.tracks.near import Bools, Columns, presences
from reviewer.tracks.shape import METRES, turned


def together(one: Columns, other: Columns, metres: float) -> tuple[Presence, ...]:
    """When the two were within so many metres, while both positions are known; each with the closest they came at an
    instant that has a fix. The accuracies of the two add as independent errors do."""
    met = _met(one, other)
    if met is None:
        return ()
    margin = COVERAGE * met.sigma
    x, y = met.x, met.y
    long = np.hypot(x[1] - x[0], y[1] - y[0])
    sure = np.where(met.stated, metres - margin, -np.inf)
    legs = Legs(met.start, met.end, x, y, long, sure, metres + margin)
    ends = (np.hypot(x[0], y[0]), np.hypot(x[1], y[1]))
    surely, possible = spans(legs, ends, lambda east, north: np.asarray(np.hypot(east, north)))
    found = presences(_stretches(possible), _stretches(surely))
    return tuple(replace(each, closest=_closest(met, ends[0], margin, each.range)) for each in found)


def both_known(one: Columns, other: Columns) -> tuple[TimeRange, ...]:
    """When the positions of both are known."""
    pairs = ((a, b) for a in one.known() for b in other.known() if a.start <= b.end and b.start <= a.end)
    return tuple(TimeRange(max(a.start, b.start), min(a.end, b.end)) for a, b in pairs)


@dataclass(frozen=True, slots=True)
class _Met:
    """The way of the one as the other sees it, between any two fixes of either: times in µs, `x` east and `y` north of
    both ends in m, the joint `sigma` in m, and whether both state theirs."""

    start: Ints
    end: Ints
    x: tuple[Floats, Floats]
    y: tuple[Floats, Floats]
    sigma: Floats
    stated: Bools


def _met(one: Columns, other: Columns) -> _Met | None:
    if not len(one.times) or not len(other.times):
        return None
    low, high = max(one.times[0], other.times[0]), min(one.times[-1], other.times[-1])
    times = np.union1d(one.times, other.times)
    times = times[(times >= low) & (times <= high)]
    if not len(times):
        return None
    a, b = _at(one, times), _at(other, times)
    east, north = _between(a, b)
    # Between two instants the way is known where both go on; else the instant stands alone.
    on = a.goes_on & b.goes_on
    to = np.minimum(np.arange(len(times)) + on, len(times) - 1)
    known = a.known & b.known
    sigma = np.hypot(a.sigma, b.sigma)
    return _Met(
        times[known],
        times[to][known],
        (east[known], east[to][known]),
        (north[known], north[to][known]),
        sigma[known],
        (a.stated & b.stated)[known],
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Where one track is at many instants; `goes_on`: until the next of them too."""

    lat: Floats
    lon: Floats
    sigma: Floats
    stated: Bools
    known: Bools
    goes_on: Bools


def _at(track: Columns, times: Ints) -> _Places:
    way = np.searchsorted(track.times, times, side="right") - 1
    bridged = track.bridged[way]
    to = np.where(bridged, way + 1, way)
    span = np.maximum(1, track.times[to] - track.times[way])
    share = np.where(bridged, (times - track.times[way]) / span, 0.0)
    sigma = np.maximum(track.sigmas[way], track.sigmas[to])  # NaN if one of them is
    stated = ~np.isnan(sigma)
    return _Places(
        track.lats[way] + (track.lats[to] - track.lats[way]) * share,
        track.lons[way] + turned(track.lons[to] - track.lons[way]) * share,
        np.where(stated, sigma, UNSTATED),
        stated,
        bridged | (times == track.times[way]),
        bridged,
    )


def _between(a: _Places, b: _Places) -> tuple[Floats, Floats]:
    """Metres east and north from one to the other, in the plane between them."""
    flat = np.cos(np.radians((a.lat + b.lat) / 2))
    return turned(b.lon - a.lon) * flat * METRES, (b.lat - a.lat) * METRES


def _stretches(found: Spans) -> list[TimeRange]:
    if not len(found.leg):
        return []
    first = np.flatnonzero(np.append(True, found.start[1:] > found.end[:-1]))
    last = np.append(first[1:], len(found.leg)) - 1
    pairs = zip(found.start[first].tolist(), found.end[last].tolist(), strict=True)
    return [TimeRange(Utc(a), Utc(b)) for a, b in pairs]


def _closest(met: _Met, away: Floats, margin: Floats, stretch: TimeRange) -> Distance | None:
    inside = np.flatnonzero((met.start >= stretch.start) & (met.start <= stretch.end))
    if not len(inside):
        return None
    n = inside[int(np.argmin(away[inside]))]
    return Distance(Utc(int(met.start[n])), float(away[n]), float(margin[n]), bool(met.stated[n]))
