"""Time as this program knows it: integer microseconds, never a float and never a naive datetime.

`Utc` is an instant (microseconds since 1970-01-01T00:00:00Z), `Micros` a length or a place in a stream. A frame's own
time stays exact: its pts and the stream's time base (a `Fraction`); microseconds are derived by `pts_to_micros`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import NewType

Utc = NewType("Utc", int)
Micros = NewType("Micros", int)

SECOND = Micros(1_000_000)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_datetime(instant: Utc) -> datetime:
    """The aware datetime of an instant, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=instant)


def from_datetime(moment: datetime) -> Utc:
    """The instant of an aware datetime. Raises ValueError for a naive one: whose clock would it be?"""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone names no instant")
    return Utc((moment - _EPOCH) // _MICROSECOND)


def format_rfc3339(instant: Utc) -> str:
    """RFC 3339, UTC, always six decimals: `2026-06-13T19:42:17.480000Z`."""
    return to_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def parse_rfc3339(text: str) -> Utc:
    """Read an RFC 3339 time with any offset. Raises ValueError if it is not one or names no offset."""
    return from_datetime(datetime.fromisoformat(text))


def pts_to_micros(pts: int, time_base: Fraction) -> Micros:
    """A pts in microseconds, rounded down, so that no frame is ever due before its own time."""
    return Micros(pts * time_base.numerator * SECOND // time_base.denominator)


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """A half-open stretch [start, end) of UTC. Raises ValueError if it ends before it starts."""

    start: Utc
    end: Utc

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a range cannot end ({self.end}) before it starts ({self.start})")

    @property
    def duration(self) -> Micros:
        return Micros(self.end - self.start)

    def __contains__(self, instant: Utc) -> bool:
        return self.start <= instant < self.end

    def overlap(self, other: TimeRange) -> TimeRange | None:
        """What both cover, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeRange(start, end) if start < end else None

    def clamp(self, instant: Utc) -> Utc:
        """The nearest instant inside; the end itself counts as the last microsecond."""
        return Utc(max(self.start, min(instant, max(self.start, self.end - 1))))


def merge(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """The same stretches, sorted, with touching and overlapping ones joined."""
    joined: list[TimeRange] = []
    for each in sorted(ranges):
        if joined and each.start <= joined[-1].end:
            joined[-1] = TimeRange(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class TimeModel:
    """How one part's stream time becomes UTC: t_utc = start + t·(1 + drift), and how far that may be off.

    `start` is the UTC of stream time 0, `drift_ppb` the camera clock's drift in parts per 10^9 (0 until measured),
    `uncertainty` one standard deviation in microseconds. Conversions are integer and round down; they are inverse to
    each other within one microsecond.
    """

    start: Utc
    uncertainty: Micros
    drift_ppb: int = 0

    def to_utc(self, stream: Micros) -> Utc:
        return Utc(self.start + stream + stream * self.drift_ppb // 1_000_000_000)

    def to_stream(self, instant: Utc) -> Micros:
        return Micros((instant - self.start) * 1_000_000_000 // (1_000_000_000 + self.drift_ppb))
