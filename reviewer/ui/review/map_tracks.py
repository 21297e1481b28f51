"""Officers' tracks and positions on the map: lines that differ by colour and dash, markers that say their age."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from reviewer.domain.timebase import SECOND, Utc
from reviewer.domain.track import Position, Track
from reviewer.maps import mercator
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import Theme
from reviewer.ui.widgets import chip_size, paint_chip

# Beside the colour, so that no two of nine tracks differ by colour alone; in pen widths.
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
_TRAIL = 60 * SECOND
_HIT_PX = 10.0


@dataclass(frozen=True, slots=True)
class MapTrack:
    """One officer's track: `number` is colour and key, `name` as tool tips have it."""

    number: int
    name: str
    track: Track
    _world: np.ndarray = field(init=False, repr=False, compare=False)  # n x 2, world units
    _times: np.ndarray = field(init=False, repr=False, compare=False)  # n, µs

    def __post_init__(self) -> None:
        world = np.array([mercator.to_unit(f.lat, f.lon) for f in self.track.fixes], dtype=np.float64).reshape(-1, 2)
        object.__setattr__(self, "_world", world)
        object.__setattr__(self, "_times", np.array([f.at for f in self.track.fixes], dtype=np.int64))

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom in world units; None without fixes."""
        if not len(self._world):
            return None
        low, high = self._world.min(axis=0), self._world.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def pixels(self, view: MapView) -> np.ndarray:
        """n x 2 px of every fix."""
        return (self._world - (view.x, view.y)) * view.scale + (view.width / 2, view.height / 2)

    def runs(self, view: MapView) -> list[np.ndarray]:
        """Polylines between holes, at most one point a pixel."""
        if len(self._world) < 2:
            return []
        points = self.pixels(view)
        breaks = np.flatnonzero(np.diff(self._times) > self.track.hole_after) + 1
        return [_thinned(run) for run in np.split(points, breaks) if len(run) > 1]

    def trail(self, view: MapView, at: Utc) -> np.ndarray:
        """The last minute before an instant, one run."""
        first, last = np.searchsorted(self._times, (at - _TRAIL, at), side="right")
        holes = np.flatnonzero(np.diff(self._times[first:last]) > self.track.hole_after)
        return self.pixels(view)[first + (int(holes[-1]) + 1 if len(holes) else 0) : last]

    def time_at(self, view: MapView, px: float, py: float) -> tuple[float, Utc] | None:
        """Distance in px and time of the fix nearest to a point, if it is near enough to be meant."""
        if not len(self._world):
            return None
        away = np.hypot(*(self.pixels(view) - (px, py)).T)
        nearest = int(np.argmin(away))
        return (float(away[nearest]), Utc(int(self._times[nearest]))) if away[nearest] <= _HIT_PX else None


def _thinned(points: np.ndarray) -> np.ndarray:
    whole = np.rint(points)
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.any(whole[1:] != whole[:-1], axis=1)
    keep[-1] = True
    return points[keep]


def _polygon(points: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def paint_tracks(painter: QPainter, tracks: tuple[MapTrack, ...], view: MapView, theme: Theme) -> None:
    """Whole tracks, quiet; and across each hole a thin dotted line: somewhere between, nobody knows where."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for each in tracks:
        runs = each.runs(view)
        color = QColor(theme.officer(each.number))
        for run in runs:
            _line(painter, run, theme.casing, 5.0)
            _line(painter, run, color, 2.5, _DASHES[(each.number - 1) % len(_DASHES)])
        color.setAlphaF(0.6)
        for before, after in pairwise(runs):
            _line(painter, np.array([before[-1], after[0]]), color, 1.0, (1, 4))


def _line(painter: QPainter, points: np.ndarray, color: QColor, width: float, dash: tuple[float, ...] = ()) -> None:
    pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern(list(dash))
    painter.setPen(pen)
    painter.drawPolyline(_polygon(points))


def paint_positions(painter: QPainter, tracks: tuple[MapTrack, ...], view: MapView, theme: Theme, at: Utc) -> None:
    """Where everybody is at an instant: the last minute's trail, the accuracy to scale, the heading, the number."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    placed = [(each, each.track.position(at)) for each in tracks]
    for each, position in placed:
        if position is not None and not position.age:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            trail = each.trail(view, at)
            if len(trail) > 1:
                _line(painter, trail, theme.officer(each.number), 4.0)
            _accuracy(painter, _px(view, position), position, each.number, view, theme)
    for each, position in reversed(placed):
        if position is not None:
            _marker(painter, _px(view, position), position, each.number, theme)


def _px(view: MapView, position: Position) -> QPointF:
    return QPointF(*view.to_px(*mercator.to_unit(position.lat, position.lon)))


def _accuracy(painter: QPainter, at: QPointF, position: Position, number: int, view: MapView, theme: Theme) -> None:
    if position.accuracy is None:
        return
    radius = position.accuracy * view.px_per_metre()
    fill = QColor(theme.officer(number))
    fill.setAlphaF(0.16)
    painter.setBrush(fill)
    painter.setPen(QPen(theme.officer(number), 1))
    painter.drawEllipse(at, radius, radius)


def _marker(painter: QPainter, at: QPointF, position: Position, number: int, theme: Theme) -> None:
    size = chip_size(number, 20)
    box = QRectF(at.x() - size.width() / 2, at.y() - size.height() / 2, size.width(), size.height())
    if position.heading is not None and not position.age:
        _heading(painter, at, position.heading, number, theme)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.casing)
    painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 6, 6)
    if not position.age:
        paint_chip(painter, box, number, theme)
        return
    pen = QPen(theme.officer(number), 1.5)
    pen.setDashPattern([2, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))


def _heading(painter: QPainter, at: QPointF, heading: float, number: int, theme: Theme) -> None:
    painter.save()
    painter.translate(at)
    painter.rotate(heading)
    arrow = QPainterPath()
    arrow.moveTo(0, -23)
    arrow.lineTo(6.5, -12)
    arrow.lineTo(-6.5, -12)
    arrow.closeSubpath()
    painter.setPen(QPen(theme.casing, 2))
    painter.setBrush(theme.officer(number))
    painter.drawPath(arrow)
    painter.restore()
