"""Where the names of a tile stand: streets along their longest nearly straight run, places at their point.

A street comes in pieces, one from crossing to crossing; pieces of one name that go on into each other are one street.
What is asked for is a part of the tile, so that a long street keeps its name however close one looks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reviewer.maps.schema import Name, Naming

Point = tuple[float, float]
_BEND = 12.0  # degrees within which a run still counts as straight
_GOES_ON = 35.0  # degrees within which one piece goes on into another
_FROM_ZOOM = {Naming.SMALL_STREET: 15, Naming.PATH: 16, Naming.WATER: 11, Naming.HOUSE: 17}
_MOST = 80  # names of a tile


@dataclass(frozen=True, slots=True)
class Placed:
    """A name set at (x, y) of the tile, `angle` degrees from level, along `length` of it (0: a point)."""

    text: str
    naming: Naming
    x: float
    y: float
    angle: float
    length: float


@dataclass(frozen=True, slots=True)
class Runs:
    """Straight runs of all names: (n, 4) of x0, y0, x1, y1; a point begins where it ends."""

    ends: NDArray[np.float64]
    names: tuple[Name, ...]


def runs(names: Iterable[Name]) -> Runs:
    """What can bear a name."""
    together: dict[tuple[str, bool], list[Name]] = {}
    for name in names:  # a street that is a path for a part of its way is one street
        together.setdefault((name.text, any(len(line) > 1 for line in name.lines)), []).append(name)
    ends: list[tuple[float, float, float, float]] = []
    whose: list[Name] = []
    for (text, _), same in together.items():
        one = Name(text, min(each.naming for each in same), ())
        lines = [line for each in same for line in each.lines]
        for line in _streets([[(x, y) for x, y in each.tolist()] for each in lines]):
            found = _straight(line)
            ends += found
            whose += [one] * len(found)
    return Runs(np.asarray(ends, float).reshape(-1, 4), tuple(whose))


def placed(found: Runs, window: tuple[float, float, float], zoom: int) -> tuple[Placed, ...]:
    """The names of the part of the tile at (left, top) with this side, each once, the important ones first; `zoom`
    is that of the part."""
    if not len(found.ends):
        return ()
    shown = np.asarray([zoom >= _FROM_ZOOM.get(name.naming, 0) for name in found.names], bool)
    cut, inside = _clipped(found.ends, window)
    best: dict[str, Placed] = {}
    for at in np.flatnonzero(inside & shown).tolist():
        name, (x0, y0, x1, y1) = found.names[at], cut[at].tolist()
        length = math.hypot(x1 - x0, y1 - y0)
        known = best.get(name.text)
        if known is None or (name.naming, -length) < (known.naming, -known.length):
            best[name.text] = Placed(
                name.text, name.naming, (x0 + x1) / 2, (y0 + y1) / 2, _angle(x0, y0, x1, y1), length
            )
    return tuple(sorted(best.values(), key=lambda each: (each.naming, -each.length))[:_MOST])


def _clipped(
    ends: NDArray[np.float64], window: tuple[float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Runs cut to a square (Liang and Barsky, 1984), and which of them have any part in it. A point on the right or
    lower edge belongs to the neighbour."""
    left, top, side = window
    start, step = ends[:, :2], ends[:, 2:] - ends[:, :2]
    low, high = np.asarray((left, top)), np.asarray((left + side, top + side))
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - start) / step, (high - start) / step
    beside = (start < low) | (start >= high)
    enters = np.where(step == 0, np.where(beside, np.inf, -np.inf), np.minimum(one, other)).max(axis=1)
    leaves = np.where(step == 0, np.inf, np.maximum(one, other)).min(axis=1)
    enters, leaves = np.maximum(enters, 0.0), np.minimum(leaves, 1.0)
    inside = enters <= leaves
    t0, t1 = np.where(inside, enters, 0.0)[:, None], np.where(inside, leaves, 0.0)[:, None]
    return np.concatenate((start + step * t0, start + step * t1), axis=1), inside


def _straight(line: list[Point]) -> list[tuple[float, float, float, float]]:
    """The nearly straight runs of a line; a point is a run of no length."""
    if len(line) == 1:
        return [(*line[0], *line[0])]
    found, start = [], line[0]
    for i in range(1, len(line)):
        ahead = line[i + 1] if i + 1 < len(line) else None
        if ahead is None or _turn(start, line[i], ahead) > _BEND:
            found.append((*start, *line[i]))
            start = line[i]
    return found


def _streets(lines: list[list[Point]]) -> list[list[Point]]:
    """Pieces put together where one goes on into another."""
    if len(lines) == 1 or len(lines) > 2_000:
        return lines
    at: dict[Point, list[int]] = {}
    for i, line in enumerate(lines):
        for end in {line[0], line[-1]}:
            at.setdefault(end, []).append(i)
    used: set[int] = set()
    made = []
    for i, line in enumerate(lines):
        if i not in used:
            used.add(i)
            onward = _grown(line, lines, at, used)
            made.append(_grown(onward[::-1], lines, at, used))
    return made


def _grown(line: list[Point], lines: list[list[Point]], at: dict[Point, list[int]], used: set[int]) -> list[Point]:
    """A line with what goes on from its end."""
    line = list(line)
    while len(line) > 1:
        found = None
        for i in at.get(line[-1], ()):
            if i in used or len(lines[i]) < 2:
                continue
            piece = lines[i] if lines[i][0] == line[-1] else lines[i][::-1]
            if _turn(line[-2], line[-1], piece[1]) < _GOES_ON:
                found = i, piece
                break
        if found is None:
            break
        used.add(found[0])
        line += found[1][1:]
    return line


def _turn(a: Point, b: Point, c: Point) -> float:
    one = math.atan2(b[1] - a[1], b[0] - a[0])
    other = math.atan2(c[1] - b[1], c[0] - b[0])
    return abs(math.degrees((other - one + math.pi) % (2 * math.pi) - math.pi))


def _angle(x0: float, y0: float, x1: float, y1: float) -> float:
    """Degrees from level, upright to read."""
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle
