"""Going from place to place: a path with times, eased so that nobody starts or stops with a jerk."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Step:
    """Where a walker is at an instant: metres in the street frame, m/s, direction of going (radians), metres gone."""

    x: float
    y: float
    speed: float
    direction: float
    gone: float


class Walk:
    """A path through waypoints (seconds since the event's start, x, y), in order of time."""

    def __init__(self, waypoints: list[tuple[float, float, float]]) -> None:
        self._points = waypoints
        self._times = [t for t, _, _ in waypoints]
        pairs = list(pairwise(waypoints))
        self._lengths = [math.hypot(b[1] - a[1], b[2] - a[2]) for a, b in pairs]
        self._gone = [0.0]
        self._directions: list[float] = []
        direction = 0.0
        for (a, b), length in zip(pairs, self._lengths, strict=True):
            direction = math.atan2(b[2] - a[2], b[1] - a[1]) if length > 0.01 else direction
            self._directions.append(direction)
            self._gone.append(self._gone[-1] + length)

    def at(self, t: float) -> Step:
        """Before the first waypoint and after the last one the walker stands there."""
        i = bisect_right(self._times, t) - 1
        if i < 0 or i >= len(self._lengths):
            last = self._points[0 if i < 0 else -1]
            direction = self._directions[0 if i < 0 else -1] if self._directions else 0.0
            return Step(last[1], last[2], 0.0, direction, self._gone[0 if i < 0 else -1])
        (t0, x0, y0), (t1, x1, y1) = self._points[i], self._points[i + 1]
        u = (t - t0) / (t1 - t0)
        share = u * u * (3 - 2 * u)
        speed = 6 * u * (1 - u) * self._lengths[i] / (t1 - t0)
        x, y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
        return Step(x, y, speed, self._directions[i], self._gone[i] + self._lengths[i] * share)
