"""A GPS track: fixes with their accuracy, and the times when there was none."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field

from reviewer.domain.timebase import Micros, TimeRange, Utc

_EARTH = 6_371_008.8  # metres
HOLE_AFTER = Micros(5_000_000)
"""A longer silence than this between two fixes is a hole."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One position. Degrees WGS 84 as floats (positions are no clocks); `accuracy` is one standard deviation in metres,
    `speed` m/s, `heading` degrees clockwise from north; None where the source does not say. `at` is UTC by the GPS;
    `stream` is the recording's own time of the fix where the source carries it (then it can set the clock)."""

    at: Utc
    lat: float
    lon: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    stream: Micros | None = None


@dataclass(frozen=True, slots=True)
class Polyline:
    """A way in a file that names no times: (latitude, longitude) in degrees WGS 84. It can be shown; it never says when
    anybody was there, so nothing moves along it and nothing is computed from it."""

    points: tuple[tuple[float, float], ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Points that were in the file and are not used, and why ("no fix", "jump", "outside the earth" …)."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """Which column of a table has what: `role` is a name that the reader of tables knows, `index` counts from 0."""

    role: str
    index: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a file that does not say it itself. `zone`: the IANA name ("Europe/Helsinki") or the offset
    ("+03:00") of times that name none, "" while nobody said; `columns` of a table; `day_first` for dates such as
    03/04/2026, None while nobody said."""

    zone: str = ""
    columns: tuple[Column, ...] = ()
    day_first: bool | None = None


NOTHING_TOLD = Told()


@dataclass(frozen=True, slots=True)
class Position:
    """Where somebody was at an instant. `age` is 0 between two fixes close together, else the time since the last fix:
    then this is only where they were last known to be."""

    lat: float
    lon: float
    accuracy: float | None
    heading: float | None
    speed: float | None
    age: Micros


@dataclass(frozen=True, slots=True)
class Track:
    """Fixes in order of time. `holes` are stretches without a usable fix longer than `hole_after`: never bridged.
    `paths` are ways without times: shown, and no part of anything that is asked of a time."""

    fixes: tuple[Fix, ...]
    source: str
    refused: tuple[Refused, ...] = ()
    hole_after: Micros = HOLE_AFTER
    paths: tuple[Polyline, ...] = ()
    _times: tuple[int, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_times", tuple(f.at for f in self.fixes))

    @property
    def holes(self) -> tuple[TimeRange, ...]:
        pairs = zip(self.fixes, self.fixes[1:], strict=False)
        return tuple(TimeRange(a.at, b.at) for a, b in pairs if b.at - a.at > self.hole_after)

    def last_fix(self, instant: Utc) -> Fix | None:
        """The newest fix at or before the instant, however old; None before the first."""
        i = bisect_right(self._times, instant)
        return self.fixes[i - 1] if i else None

    def next_fix(self, instant: Utc) -> Fix | None:
        """The oldest fix after the instant, or None."""
        i = bisect_right(self._times, instant)
        return self.fixes[i] if i < len(self.fixes) else None

    def position(self, instant: Utc) -> Position | None:
        """The position at an instant: on the line between two fixes, else the last known one with its age, else None.

        Nothing is said before the first fix, and nothing is guessed across a hole.
        """
        before, after = self.last_fix(instant), self.next_fix(instant)
        if before is None:
            return None
        gap = None if after is None else after.at - before.at
        if after is None or gap is None or gap > self.hole_after:
            age = Micros(instant - before.at)
            age = age if age > self.hole_after else Micros(0)
            return Position(before.lat, before.lon, before.accuracy, before.heading, before.speed, age)
        share = (instant - before.at) / gap if gap else 0.0
        heading = before.heading if before.heading is not None else bearing(before, after)
        return Position(
            before.lat + (after.lat - before.lat) * share,
            before.lon + (after.lon - before.lon) * share,
            before.accuracy,
            heading,
            before.speed,
            Micros(0),
        )


def distance(a: Fix, b: Fix) -> float:
    """Metres between two fixes (haversine on a sphere of the WGS 84 mean radius; 0.5 % at worst)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def bearing(a: Fix, b: Fix) -> float | None:
    """Degrees clockwise from north from one fix to another; None where it would be noise."""
    if distance(a, b) < max(0.5, (a.accuracy or 0.0) / 4):
        return None
    east = (b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.degrees(math.atan2(east, b.lat - a.lat)) % 360
