"""Who was within 50 m of here, asked of ten million fixes: `near` of the bench of time and place.

Shifts of ten hours at one fix a second in a town of 3 x 3 km: people stand, walk and drive between points, a tenth of
them the station's yard, where all shifts begin. Asked are places where somebody was at a random time, and the yard,
which is the worst there is. The seed is here; nothing was tuned on these places.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from reviewer.domain.place import UNIT, Circle
from reviewer.domain.timebase import SECOND
from reviewer.tracks.near import Columns, Near

SEED = 2026
LAT, LON = 60.17, 24.94
_METRES = 111_195.0
_TOWN = 1_500.0
_SHIFT = 36_000
_METRES_ASKED = 50


def run(fixes: int, asked: int) -> dict[str, Any]:
    """`fixes` in all, `asked` places. The answers of the first ten are held against every fix, one by one."""
    rng = np.random.default_rng(SEED)
    tracks = [_shift(rng, n, min(_SHIFT, fixes)) for n in range(-(-fixes // _SHIFT))]
    began = time.perf_counter()
    index = Near(tracks)
    made = time.perf_counter() - began
    places = [(LAT, LON)]
    for _ in range(asked):
        track = tracks[int(rng.integers(len(tracks)))]
        n = int(rng.integers(len(track.times)))
        places.append((float(track.lats[n]), float(track.lons[n])))
    took, wrong, found = [], 0, 0
    for n, (lat, lon) in enumerate(places):
        where = Circle(round(lat * UNIT), round(lon * UNIT), _METRES_ASKED)
        began = time.perf_counter()
        answer = index.within(where)
        took.append((time.perf_counter() - began) * 1000)
        found += sum(len(each.presences) for each in answer)
        if n < 10:
            wrong += {each.track for each in answer} != _by_hand(tracks, where)
    if wrong:
        raise RuntimeError(f"{wrong} answers differ from asking every fix")
    return {
        "proximity_ms": round(float(np.quantile(took, 0.95)), 1),
        "proximity_worst_ms": round(max(took), 1),
        "proximity_median_ms": round(float(np.median(took)), 1),
        "proximity": {
            "fixes": len(index),
            "places": len(places),
            "stretches_found": found,
            "yard_ms": round(took[0], 1),
            "index_s": round(made, 2),
        },
    }


def _shift(rng: np.random.Generator, number: int, seconds: int) -> Columns:
    way, here, at = np.zeros((seconds, 2)), np.zeros(2), 0
    while at < seconds:
        stays = 60 + int(rng.exponential(400))
        way[at : at + stays] = here
        at += stays
        there = np.zeros(2) if rng.random() < 0.1 else rng.uniform(-_TOWN, _TOWN, 2)
        many = max(1, int(np.hypot(*(there - here)) / rng.choice([1.3, 8.0, 14.0])))
        steps = max(0, min(many, seconds - at))
        way[at : at + steps] = here + (there - here) * (np.arange(steps) / many)[:, None]
        at, here = at + many, there
    way += rng.normal(0, 2, way.shape)
    there_is = rng.random(seconds) > 0.002
    there_is[int(rng.integers(seconds)) :][:300] = False
    way = way[there_is]
    times = 1_781_379_600_000_000 + (number * 86_400 + np.flatnonzero(there_is).astype(np.int64)) * SECOND
    lons = LON + way[:, 0] / (_METRES * np.cos(np.radians(LAT)))
    return Columns(times, LAT + way[:, 1] / _METRES, lons, rng.uniform(2, 8, len(times)))


def _by_hand(tracks: list[Columns], where: Circle) -> set[int]:
    """The tracks with a fix or a known way that may lie within: flat distances, ways in ten pieces."""
    found = set()
    for n, track in enumerate(tracks):
        x = (track.lons - where.lon / UNIT) * _METRES * np.cos(np.radians(where.lat / UNIT))
        y = (track.lats - where.lat / UNIT) * _METRES
        sigma = track.sigmas.copy()
        known = track.bridged[:-1]
        sigma[:-1][known] = np.maximum(track.sigmas[:-1], track.sigmas[1:])[known]
        near = np.hypot(x, y) <= where.metres + 2 * sigma
        for share in np.arange(11) / 10:
            between = np.hypot(x[:-1] + np.diff(x) * share, y[:-1] + np.diff(y) * share)
            near[:-1] |= known & (between <= where.metres + 2 * sigma[:-1])
        if near.any():
            found.add(n)
    return found
