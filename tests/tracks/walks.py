"""Tracks made at random for tests: walks with turns, noise, holes, lone fixes, and accuracies that are not stated."""

from __future__ import annotations

import numpy as np

from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import HOLE_AFTER, Fix, Track
from reviewer.tracks.near import Columns
from reviewer.tracks.shape import METRES

START = 1_781_379_600_000_000


def walk(
    seed: int,
    fixes: int = 200,
    *,
    lat: float = 60.17,
    lon: float = 24.94,
    spread: float = 120.0,
    speed: float = 2.0,
    holes: float = 0.05,
    unstated: float = 0.0,
) -> Columns:
    """A walk within about `spread` metres of a point, at up to `speed` m/s; a share of `holes`, and of accuracies that
    are `unstated`. Steps are of 0.2 to 5 s, so each is bridged unless it is a hole."""
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.2, 5.0, fixes)
    steps[rng.random(fixes) < holes] += 30.0
    times = START + (np.cumsum(steps) * SECOND).astype(np.int64)
    turns = np.cumsum(rng.normal(0, 0.5, fixes)) + rng.uniform(0, 6.28)
    way = (np.stack([np.cos(turns), np.sin(turns)], axis=1) * (speed * np.minimum(steps, 5.0))[:, None]).cumsum(axis=0)
    way += rng.uniform(-spread, spread, 2)
    lats = lat + way[:, 1] / METRES
    lons = lon + way[:, 0] / (METRES * np.cos(np.radians(lat)))
    lons = (lons + 180.0) % 360.0 - 180.0
    sigmas = rng.uniform(0.5, 12.0, fixes)
    sigmas[rng.random(fixes) < unstated] = np.nan
    return Columns(times, lats, lons, sigmas, HOLE_AFTER)


def rest(seed: int, plan: list[tuple[float, float, float]], *, sigma: float = 5.0, thrown: float = 0.01) -> Columns:
    """One fix a second along a plan of (seconds, east, north): who stands is at that point for so long, and goes to the
    next at 1.4 m/s. Errors hang together over some seconds, as a receiver's do; a share is thrown 60 m away."""
    rng = np.random.default_rng(seed)
    points: list[np.ndarray] = []
    for n, (seconds, east, north) in enumerate(plan):
        here = np.array([east, north])
        points.append(np.tile(here, (round(seconds), 1)))
        if n + 1 < len(plan):
            there = np.array(plan[n + 1][1:])
            many = max(1, round(float(np.hypot(*(there - here))) / 1.4))
            points.append(here + (there - here) * (np.arange(many) / many)[:, None])
    way = np.concatenate(points)
    errors = rng.normal(0, 1, way.shape)
    for n in range(1, len(errors)):
        errors[n] = 0.9 * errors[n - 1] + np.sqrt(1 - 0.81) * errors[n]
    way = way + errors * sigma / np.sqrt(2)
    way[rng.random(len(way)) < thrown] += 60.0
    times = START + np.arange(len(way), dtype=np.int64) * SECOND
    lats = 60.17 + way[:, 1] / METRES
    lons = 24.94 + way[:, 0] / (METRES * np.cos(np.radians(60.17)))
    return Columns(times, lats, lons, np.full(len(way), sigma), HOLE_AFTER)


def track(columns: Columns) -> Track:
    """The same as a track of the domain; beyond the 180th meridian its degrees go on, so that it can be gone along."""
    lons = np.where(columns.lons < -90, columns.lons + 360, columns.lons)
    rows = zip(*(c.tolist() for c in (columns.times, columns.lats, lons, columns.sigmas)), strict=True)
    fixes = tuple(Fix(Utc(at), lat, lon, None if np.isnan(sigma) else sigma) for at, lat, lon, sigma in rows)
    return Track(fixes, "made", hole_after=Micros(columns.hole_after))
