"""A GPS track: fixes with their accuracy, and the times when there was none."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from reviewer.domain.timebase import Micros, TimeRange, Utc

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
class Refused:
    """Points that were in the file and are not used, and why ("no fix", "jump", "outside the earth" …)."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Track:
    """Fixes in order of time. `holes` are stretches without a usable fix longer than `hole_after`: never bridged."""

    fixes: tuple[Fix, ...]
    source: str
    refused: tuple[Refused, ...] = ()
    hole_after: Micros = HOLE_AFTER
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
