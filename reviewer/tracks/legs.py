"""The straight ways between two fixes, and when on them somebody is within a distance: numpy over many at once.

How far something is from a place changes by no more than one moves (the distance is 1-Lipschitz), so the distances at
both ends and the way's length already decide most ways; the few others are looked at every `STEP` metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DistanceTo = Callable[[Floats, Floats], Floats]
"""Metres to the place for points (x, y); negative inside. Never changes by more than the way between two points."""
STEP = 2.0  # metres
_MOST = 1_000  # steps a way: a way is 750 m at most (the fastest body for the longest time that is bridged)


@dataclass(frozen=True, slots=True)
class Legs:
    """n ways, in order. Times in µs, ends not before starts; `x`, `y` of both ends as `DistanceTo` takes them; `length`
    in m; `sure` and `possible`: the distances (m) at which it is surely and perhaps so (sure −inf: never)."""

    start: Ints
    end: Ints
    x: tuple[Floats, Floats]
    y: tuple[Floats, Floats]
    length: Floats
    sure: Floats
    possible: Floats


@dataclass(frozen=True, slots=True)
class Spans:
    """Stretches of time, each on one way: index of the way, start and end in µs (inclusive), in order."""

    leg: Ints
    start: Ints
    end: Ints


def spans(legs: Legs, ends: tuple[Floats, Floats], distance: DistanceTo) -> tuple[Spans, Spans]:
    """When it is surely so, and when perhaps (surely included). `ends` are the distances of both ends, m."""
    middle, half = (ends[0] + ends[1]) / 2, legs.length / 2
    nearest, farthest = middle - half, middle + half
    sure_all, possible_all = farthest <= legs.sure, farthest <= legs.possible
    open_ = ((nearest <= legs.possible) & ~possible_all) | ((nearest <= legs.sure) & ~sure_all)
    chosen = np.flatnonzero(open_)
    parts = _parts(legs, chosen, distance)
    return (
        _joined(legs, np.flatnonzero(sure_all & ~open_), _below(parts, legs.sure)),
        _joined(legs, np.flatnonzero(possible_all & ~open_), _below(parts, legs.possible)),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Short pieces of some ways: the way, times and distances of both ends."""

    leg: Ints
    start: Ints
    end: Ints
    near: Floats
    far: Floats


def _parts(legs: Legs, chosen: Ints, distance: DistanceTo) -> _Parts:
    pieces = np.clip(np.ceil(legs.length[chosen] / STEP), 1, _MOST).astype(np.int64)
    leg = np.repeat(chosen, pieces)
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    n, many = np.arange(len(leg), dtype=np.int64) - first, np.repeat(pieces, pieces)

    def at(step: Ints) -> tuple[Ints, Floats]:
        share = step / many
        x = legs.x[0][leg] + (legs.x[1][leg] - legs.x[0][leg]) * share
        y = legs.y[0][leg] + (legs.y[1][leg] - legs.y[0][leg]) * share
        return legs.start[leg] + (legs.end[leg] - legs.start[leg]) * step // many, distance(x, y)

    (start, near), (end, far) = at(n), at(n + 1)
    return _Parts(leg, start, end, near, far)


def _below(parts: _Parts, reach: Floats) -> Spans:
    """The pieces, or the parts of them, on which the distance is at most the way's reach."""
    limit = reach[parts.leg]
    near_in, far_in = parts.near <= limit, parts.far <= limit
    keep = near_in | far_in
    rise = parts.far - parts.near
    # Only where one end is in and the other is not: there the two differ, and the limit lies between them.
    share = np.divide(limit - parts.near, rise, out=np.zeros_like(rise), where=near_in != far_in)
    crossing = parts.start + np.rint((parts.end - parts.start) * share).astype(np.int64)
    start = np.where(near_in, parts.start, crossing)
    end = np.where(far_in, parts.end, crossing)
    return Spans(parts.leg[keep], start[keep], end[keep])


def _joined(legs: Legs, whole: Ints, some: Spans) -> Spans:
    leg = np.concatenate([whole, some.leg])
    start = np.concatenate([legs.start[whole], some.start])
    end = np.concatenate([legs.end[whole], some.end])
    order = np.argsort(leg, kind="stable")  # two runs in order already, and no way is in both
    return Spans(leg[order], start[order], end[order])
