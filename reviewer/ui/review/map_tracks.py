"""Officers' tracks on the map: lines that differ by colour and dash, holes dotted, arrows that say which way and how
fast; and paths that carry no times."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from reviewer.domain.timebase import SECOND, Utc
from reviewer.domain.track import Track
from reviewer.ui.review.map_lines import arrow, dashed, draw_lines, joined, longer
from reviewer.ui.review.map_overlay import paint_label
from reviewer.ui.review.map_pyramid import Pyramid, to_world
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import Theme

WIDTH = 2.5  # px of a track; its casing is as wide again
PATH_WIDTH = 1.2  # of a path without times
# Beside the colour, so that no two of nine tracks differ by colour alone; in widths.
_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5, 2),
    (1, 1.8),
    (6, 2, 1, 2),
    (3, 1.5),
    (8, 2),
    (1, 3),
    (6, 2, 1, 2, 1, 2),
    (3, 3),
)
_HIT_PX = 10.0
_AT_ONCE = 600  # lines: about a millisecond
_ARROW_STEPS = tuple(s * SECOND for s in (5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200))
_ARROWS_APART = 80  # px, at the pace of those who move
_ARROWS_LEAST = 26  # px between two arrows of one track
_MOVES = 0.5  # m/s; below that a direction is GPS noise
_AROUND = 4 * SECOND  # a direction is taken over so long before and after
Floats = NDArray[np.float64]


def dash_of(number: int) -> tuple[float, ...]:
    """Dash and gap lengths of an officer's line, px; () is a whole line."""
    return tuple(each * WIDTH for each in _DASHES[(number - 1) % len(_DASHES)])


@dataclass(frozen=True, slots=True)
class MapTrack:
    """One officer's track: `number` is colour and key, `name` as tool tips have it. Making one of a long shift takes
    some 0.1 s: do it on a worker."""

    number: int
    name: str
    track: Track
    pyramid: Pyramid = field(init=False, repr=False, compare=False)
    paths: tuple[Floats, ...] = field(init=False, repr=False, compare=False)  # world units; they have no times

    def __post_init__(self) -> None:
        fixes = self.track.fixes
        degrees = np.array([(f.lat, f.lon) for f in fixes], dtype=np.float64).reshape(-1, 2)
        times = np.array([f.at for f in fixes], dtype=np.int64)
        made = Pyramid(to_world(degrees[:, 0], degrees[:, 1]), times, self.track.hole_after)
        object.__setattr__(self, "pyramid", made)
        lines = [np.array(each.points, dtype=np.float64) for each in self.track.paths]
        object.__setattr__(self, "paths", tuple(to_world(each[:, 0], each[:, 1]) for each in lines))

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom in world units; None without a place."""
        points = np.concatenate((self.pyramid.points, *self.paths))
        if not len(points):
            return None
        low, high = points.min(axis=0), points.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def pixels(self, view: MapView) -> Floats:
        """n x 2 px of every fix."""
        return to_px(self.pyramid.points, view)

    def time_at(self, view: MapView, px: float, py: float, now: Utc | None = None) -> tuple[float, Utc] | None:
        """Distance in px and time of the place on the line nearest to a point, if it is near enough to be meant. Where
        somebody passed more than once, the time nearest to `now`."""
        found = self.pyramid.near(view.zoom, *view.to_world(px, py), _HIT_PX / view.scale, now)
        return None if found is None else (found[0] * view.scale, Utc(found[1]))

    def speed_at(self, at: Utc) -> float | None:
        """Metres a second as the source says, else over the seconds around; None where there is no fix."""
        position = self.track.position(at)
        if position is None or position.age:
            return None
        if position.speed is not None:
            return position.speed
        times, points = self.pyramid.times, self.pyramid.points
        first, last = (int(np.searchsorted(times, at + by)) for by in (-_AROUND, _AROUND))
        last = min(last, len(times) - 1)
        if last <= first or np.any(np.diff(times[first : last + 1]) > self.track.hole_after):
            return None
        metres = float(np.hypot(*(points[last] - points[first]))) * _metres_a_unit(points[first])
        return metres * SECOND / float(times[last] - times[first])


def to_px(points: Floats, view: MapView) -> Floats:
    return np.asarray((points - (view.x, view.y)) * view.scale + (view.width / 2, view.height / 2))


def _metres_a_unit(point: Floats) -> float:
    lat = math.atan(math.sinh((0.5 - float(point[1])) * 2 * math.pi))
    return 40_075_016.7 * math.cos(lat)


def _box(view: MapView, margin: float) -> tuple[float, float, float, float]:
    left, top = view.to_world(-margin, -margin)
    right, bottom = view.to_world(view.width + margin, view.height + margin)
    return left, top, right, bottom


def paint_tracks(painter: QPainter, tracks: Sequence[MapTrack], view: MapView, theme: Theme) -> Iterator[None]:
    """Whole tracks, quiet, some of their lines a step; across each hole a thin dotted line: somewhere between, nobody
    knows where."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for each in tracks:
        for path, line in zip(each.paths, each.track.paths, strict=True):
            _paint_path(painter, each, path, line.name, view, theme)
            yield
    step = arrow_step(tracks, view)
    for each in tracks:
        if len(each.pyramid.points):
            yield from _paint_track(painter, each, view, theme)
    for each in tracks:
        _paint_arrows(painter, each, view, theme, step)
        yield


def _paint_track(painter: QPainter, each: MapTrack, view: MapView, theme: Theme) -> Iterator[None]:
    level = each.pyramid.level(view.zoom)
    at = level.in_view(_box(view, 8))
    lines = np.concatenate((to_px(level.xy[at], view), to_px(level.xy[at + 1], view)), axis=1)
    along = level.along[at] * view.scale
    color, pattern = theme.officer(each.number), dash_of(each.number)
    pieces = [slice(i, i + _AT_ONCE) for i in range(0, len(lines), _AT_ONCE)]
    for few in pieces:  # all of the casing first: it would cut into the line beside it
        draw_lines(painter, longer(lines[few], WIDTH * 0.8), theme.casing, 2 * WIDTH)
        yield
    for few in pieces:
        inked = dashed(lines[few], along[few], pattern) if pattern else longer(lines[few], WIDTH * 0.4)
        draw_lines(painter, inked, color, WIDTH)
        yield
    breaks = each.pyramid.breaks
    if len(breaks):
        faint = QColor(color)
        faint.setAlphaF(0.75)
        ends = each.pyramid.points[breaks], each.pyramid.points[breaks + 1]
        across = np.concatenate([to_px(end, view) for end in ends], axis=1)
        seen = _meets(across, view)
        draw_lines(painter, dashed(across[seen], np.zeros(int(seen.sum())), (2.0, 5.0)), faint, 1.2)


def _meets(lines: Floats, view: MapView) -> NDArray[np.bool_]:
    """Which may be seen; those that are too long to be cut into dashes are not (a hole across half the world)."""
    low, high = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
    inside = np.all((low <= (view.width, view.height)) & (high >= 0), axis=1)
    return np.asarray(inside & np.all(high - low < 20_000, axis=1))


def arrow_step(tracks: Sequence[MapTrack], view: MapView) -> int:
    """µs from one arrow to the next, the same for all tracks: who moves faster has them farther apart."""
    lengths = seconds = 0.0
    for each in tracks:
        level = each.pyramid.level(min(view.zoom, 15.0))  # of finer levels much of the length is noise
        if len(level.xy):
            lengths += float(level.along[-1]) * view.scale
            seconds += float(each.pyramid.times[-1] - each.pyramid.times[0]) / SECOND
    pace = lengths / seconds if seconds else 0.0
    return next((s for s in _ARROW_STEPS if s / SECOND * pace >= _ARROWS_APART), _ARROW_STEPS[-1])


def _paint_arrows(painter: QPainter, each: MapTrack, view: MapView, theme: Theme, step: int) -> None:
    times, points = each.pyramid.times, each.pyramid.points
    if len(times) < 2:
        return
    at = np.arange(-(-int(times[0]) // step) * step, int(times[-1]), step)
    after = np.searchsorted(times, at, side="right")
    at = at[(times[np.minimum(after, len(times) - 1)] - times[after - 1]) <= each.track.hole_after]
    x, y = (np.interp(at, times, points[:, i]) for i in (0, 1))
    left, top, right, bottom = _box(view, 0)
    seen = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    at, here = at[seen], to_px(np.stack((x[seen], y[seen]), axis=1), view)
    before, behind = (
        np.stack([np.interp(at + by, times, points[:, i]) for i in (0, 1)], axis=1) for by in (-_AROUND, _AROUND)
    )
    way = behind - before
    least = _MOVES * 2 * _AROUND / SECOND / _metres_a_unit(points[0])
    moves = np.hypot(way[:, 0], way[:, 1]) >= least
    painter.setPen(QPen(theme.casing, 2))
    painter.setBrush(theme.officer(each.number))
    last = (-1e9, -1e9)
    for (px, py), (dx, dy) in zip(here[moves].tolist(), way[moves].tolist(), strict=True):
        if math.hypot(px - last[0], py - last[1]) >= _ARROWS_LEAST:
            last = (px, py)
            painter.drawPolygon(arrow(QPointF(px, py), math.atan2(dy, dx), 7.0))


def _paint_path(painter: QPainter, each: MapTrack, path: Floats, name: str, view: MapView, theme: Theme) -> None:
    """Thin, with words at its beginning: it has no times, so nobody moves on it."""
    points = to_px(path, view)
    lines = joined(points)
    lines = lines[_meets(lines, view)]
    draw_lines(painter, longer(lines, 1.6), theme.casing, 4.0)
    draw_lines(painter, longer(lines, 0.5), theme.officer(each.number), PATH_WIDTH)
    x, y = points[0].tolist()
    if 0 <= x <= view.width and 0 <= y <= view.height:
        paint_label(painter, QPointF(x, y), f"{each.number}: {name or 'path'}, no times", view, theme)
