"""Which readings may stand on a map. What is refused is counted with its reason, and never used.

A receiver without a fix still writes numbers: the last place, 0/0, or garbage with a dilution of precision of 99.99.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import asin, cos, hypot, radians, sin, sqrt

from reviewer.domain.timebase import Utc
from reviewer.domain.track import Fix, Polyline, Refused, Track
from reviewer.tracks.readings import Reading

WORST_DOP = 99.0
FASTEST = 150.0  # m/s; a police helicopter makes 80
# One standard deviation of a civil receiver's range error, in metres, for files that state only a dilution.
METRES_PER_DOP = 5.0
# GPS began on 1980-01-06: a receiver that shows an earlier time has none. The upper end is 2100-01-01.
_FIRST, _LAST = 315_964_800_000_000, 4_102_444_800_000_000
_EARTH = 6_371_008.8  # mean radius, metres
_OPEN_CHAINS = 8


def track_from(
    source: str,
    readings: Iterable[Reading],
    damaged: int = 0,
    *,
    paths: Iterable[Polyline] = (),
    refused: Iterable[str] = (),
) -> Track:
    """The usable fixes of a file in order of time, and its ways without times. `damaged` counts what the reader could
    not even read, `refused` has a reason for each point that it would not."""
    counted: Counter[str] = Counter(refused)
    if damaged:
        counted["damaged"] += damaged
    fixes: list[Fix] = []
    for reading in readings:
        reason = objection(reading)
        if reason:
            counted[reason] += 1
        else:
            fixes.append(_fix(reading))
    fixes.sort(key=lambda f: f.at)
    kept = without_jumps(fixes)
    if len(kept) < len(fixes):
        counted["jump"] += len(fixes) - len(kept)
    why = tuple(Refused(reason, n) for reason, n in sorted(counted.items()))
    return Track(tuple(kept), source, why, paths=tuple(paths))


def polyline(points: Iterable[tuple[float | None, float | None]], name: str = "") -> tuple[Polyline | None, list[str]]:
    """A way without times from (latitude, longitude), and why points of it were left out. None for fewer than two."""
    kept: list[tuple[float, float]] = []
    refused: list[str] = []
    for lat, lon in points:
        reason = _misplaced(lat, lon)
        if reason is not None or lat is None or lon is None:
            refused.append(reason or "no fix")
        else:
            kept.append((lat, lon))
    if len(kept) < 2:
        return None, refused + ["no time"] * len(kept)
    return Polyline(tuple(kept), name), refused


def objection(reading: Reading) -> str | None:
    """Why a reading cannot be used by itself, or None."""
    lat, lon = reading.lat, reading.lon
    if not reading.has_fix or lat is None or lon is None:
        return "no fix"
    if reading.dop is not None and not reading.dop < WORST_DOP:
        return "no fix"
    if reading.at is None or not _FIRST <= reading.at < _LAST:
        return "no time"
    return _misplaced(lat, lon)


def _misplaced(lat: float | None, lon: float | None) -> str | None:
    """Why no receiver can have been there, or None."""
    if lat is None or lon is None:
        return "no fix"
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return "outside the earth"
    if abs(lat) < 1e-7 and abs(lon) < 1e-7:
        return "at 0, 0"
    return None


def _fix(reading: Reading) -> Fix:
    at, lat, lon, accuracy, speed, heading, stream, dop, _ = reading
    if accuracy is None and dop is not None:
        accuracy = dop * METRES_PER_DOP
    return Fix(
        at=at or Utc(0),
        lat=lat or 0.0,
        lon=lon or 0.0,
        accuracy=accuracy if accuracy is not None and accuracy >= 0 else None,
        speed=speed if speed is not None and speed >= 0 else None,
        heading=heading % 360 if heading is not None else None,
        stream=stream,
    )


def without_jumps(fixes: list[Fix]) -> list[Fix]:
    """The longest chain of fixes that a body moving at most `FASTEST` could have made.

    Points that cannot be reached from one chain begin another, so one wild point, even the first, costs only itself.
    Steps shorter than a second count as one second: noise of a few metres at 18 Hz is no jump.
    """
    chains: list[list[Fix]] = []
    for fix in fixes:
        home = next((c for c in chains if _reachable(c[-1], fix)), None)
        if home is not None:
            home.append(fix)
            continue
        if len(chains) == _OPEN_CHAINS:
            chains.remove(min(chains, key=len))
        chains.append([fix])
    return max(chains, key=len, default=[])


def _reachable(a: Fix, b: Fix) -> bool:
    reach = FASTEST * max(b.at - a.at, 1_000_000) / 1_000_000
    # The flat estimate is never shorter than the true way by more than a hair, and spares the trigonometry.
    flat = hypot(b.lat - a.lat, b.lon - a.lon) * 111_320
    return flat <= reach or metres(a, b) <= reach


def metres(a: Fix, b: Fix) -> float:
    """Great-circle distance (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(min(1.0, half)))
