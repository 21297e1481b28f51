"""Where everybody is at the play-head: trail, accuracy to scale, heading, number. Drawn over the cached map at each
tick, and only where something moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QRegion

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.domain.track import Position
from reviewer.maps import mercator
from reviewer.ui import fonts
from reviewer.ui.review.map_lines import joined, path_of
from reviewer.ui.review.map_tracks import MapTrack, to_px
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import DARK, LIGHT, Theme, ThemeName
from reviewer.ui.widgets import chip_size, paint_chip

TRAILS: tuple[tuple[Micros | None, str], ...] = (
    (Micros(60 * SECOND), "1 min"),
    (Micros(300 * SECOND), "5 min"),
    (Micros(1800 * SECOND), "30 min"),
    (None, "all"),
    (Micros(0), "off"),
)
"""How much of the way here is drawn strongly, with its word; None is all of it."""
_TRAIL_PX = 4.0
_REACH = 26  # px around a marker that its chip and its arrow take
_FINE = 4  # places in a px that are told apart
_TURN = 4  # degrees that are told apart


@dataclass(frozen=True, slots=True)
class Placed:
    """One officer in the view: `x`, `y`, `radius` (accuracy) in quarters of a px, so that what moves less is not drawn
    again; `heading` in steps of 4°, −1 for none; `trail` names the first and last fix of the trail."""

    number: int
    x: int
    y: int
    radius: int
    heading: int
    old: bool
    trail: tuple[int, int]

    @property
    def at(self) -> QPointF:
        return QPointF(self.x / _FINE, self.y / _FINE)


class Positions:
    """Works out what stands where; `moved` says what has to be painted again."""

    def __init__(self) -> None:
        self.trail: Micros | None = TRAILS[0][0]
        self._tracks: tuple[MapTrack, ...] = ()
        self._view: MapView | None = None
        self._made_for: MapView | None = (
            None  # what the trails were made for: while it is dragged they are only shifted
        )
        self._placed: tuple[Placed, ...] = ()
        self._trails: dict[int, tuple[tuple[int, int], QPainterPath, QRectF, QPointF]] = {}

    def set_tracks(self, tracks: Sequence[MapTrack]) -> None:
        self._tracks = tuple(tracks)
        self.forget()

    def forget(self) -> None:
        """Everything is worked out anew."""
        self._trails.clear()
        self._placed, self._view, self._made_for = (), None, None

    @property
    def placed(self) -> tuple[Placed, ...]:
        return self._placed

    def moved(self, at: Utc, view: MapView) -> QRegion:
        """Go to an instant; what has to be painted again since the last one."""
        self._view = view
        made, shift = self._made_for, self._shift
        alike = made is not None and (made.zoom, made.width, made.height) == (view.zoom, view.width, view.height)
        if not alike or abs(shift.x()) > view.width or abs(shift.y()) > view.height:
            self._trails.clear()
            self._made_for = view
        before = {each.number: (each, self._area(each)) for each in self._placed}
        found = []
        changed = QRegion()
        for track in self._tracks:
            position = track.track.position(at)
            was = before.pop(track.number, None)
            if position is None:
                changed |= was[1] if was else QRegion()
                continue
            placed = self._place(track, position, at, view)
            found.append(placed)
            if was is None or was[0] != placed:
                changed |= was[1] if was else QRegion()
                changed |= self._area(placed)
        for _, area in before.values():
            changed |= area
        self._placed = tuple(found)
        return changed

    def _place(self, track: MapTrack, position: Position, at: Utc, view: MapView) -> Placed:
        x, y = view.to_px(*mercator.to_unit(position.lat, position.lon))
        known = position.accuracy if position.accuracy is not None and not position.age else 0.0
        radius = COVERAGE * known * view.px_per_metre() * _FINE  # as wide as the ± that is said in words
        heading = -1 if position.heading is None or position.age else round(position.heading / _TURN) * _TURN % 360
        trail = (0, 0) if position.age or self.trail == 0 else self._trail(track, at, view)
        return Placed(
            track.number, round(x * _FINE), round(y * _FINE), round(radius), heading, bool(position.age), trail
        )

    def _trail(self, track: MapTrack, at: Utc, view: MapView) -> tuple[int, int]:
        """Make the trail's line, unless it is the one that is here; its first and last fix."""
        pyramid = track.pyramid
        since = int(pyramid.times[0]) if self.trail is None else at - self.trail
        ends = (int(np.searchsorted(pyramid.times, since)), int(np.searchsorted(pyramid.times, at, side="right")))
        known = self._trails.get(track.number)
        if known is None or known[0] != ends:
            made = self._made_for or view
            points = to_px(pyramid.stretch(view.zoom, since, at), made)
            self._trails[track.number] = (ends, *_trail_path(points, made))
        return ends

    @property
    def _shift(self) -> QPointF:
        """How far the trails lie from where they were made."""
        made, view = self._made_for, self._view
        if made is None or view is None:
            return QPointF()
        return QPointF((made.x - view.x) * view.scale, (made.y - view.y) * view.scale)

    def _area(self, placed: Placed) -> QRegion:
        middle, reach = placed.at.toPoint(), max(_REACH, placed.radius // _FINE + 3)
        area = QRegion(QRect(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach))
        trail = self._trails.get(placed.number)
        if trail is not None and not trail[2].isEmpty() and placed.trail == trail[0]:
            box = trail[2].translated(self._shift).toAlignedRect()
            area |= box.united(QRect(middle, middle)).adjusted(-4, -4, 4, 4)
        return area

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Trails, accuracy, markers, the first officer's on top."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ratio, shift = painter.device().devicePixelRatioF(), self._shift
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for each in self._placed:
            trail = self._trails.get(each.number)
            if trail is not None and each.trail != (0, 0):
                painter.setPen(_pen(theme.name, each.number))
                painter.translate(shift)
                painter.drawPath(trail[1])
                painter.drawLine(trail[3], each.at - shift)
                painter.translate(-shift)
        for each in self._placed:
            if each.radius:
                fill = QColor(theme.officer(each.number))
                fill.setAlphaF(0.16)
                painter.setBrush(fill)
                painter.setPen(QPen(theme.officer(each.number), 1))
                painter.drawEllipse(each.at, each.radius / _FINE, each.radius / _FINE)
        for each in reversed(self._placed):
            drawn = _marker(each.number, each.heading, each.old, theme.name, ratio)
            painter.drawPixmap(each.at - QPointF(_REACH, _REACH), drawn)


def _trail_path(points: NDArray[np.float64], view: MapView) -> tuple[QPainterPath, QRectF, QPointF]:
    """The line through points, what it covers of the view and as much again around it, and where it ends."""
    last = QPointF(*points[-1].tolist())
    lines = joined(points)
    low, high = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
    size = np.array((view.width, view.height))
    near = np.all((low <= 2 * size) & (high >= -size), axis=1)
    if not near.any():
        return QPainterPath(), QRectF(), last
    box = QRectF(QPointF(*low[near].min(axis=0).tolist()), QPointF(*high[near].max(axis=0).tolist()))
    return path_of(lines[near]), box.adjusted(-1, -1, 1, 1), last


@lru_cache(maxsize=64)
def _pen(theme: ThemeName, number: int) -> QPen:
    color = _theme(theme).officer(number)
    return QPen(color, _TRAIL_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.BevelJoin)


def _theme(name: ThemeName) -> Theme:
    return DARK if name is ThemeName.DARK else LIGHT


@lru_cache(maxsize=1024)
def _marker(number: int, heading: int, old: bool, theme_name: ThemeName, ratio: float) -> QPixmap:
    """Chip, casing and arrow, drawn once for each direction. Hollow and dashed where the last fix is old."""
    theme = _theme(theme_name)
    made = QPixmap(round(2 * _REACH * ratio), round(2 * _REACH * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(_REACH, _REACH)
    if heading >= 0:
        _heading(painter, heading, theme.officer(number), theme.casing)
    size = chip_size(number, 20)
    box = QRectF(-size.width() / 2, -size.height() / 2, size.width(), size.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.casing)
    painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 6, 6)
    if not old:
        paint_chip(painter, box, number, theme)
    else:
        pen = QPen(theme.officer(number), 1.5)
        pen.setDashPattern([2, 2])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.color("text"))
        painter.setFont(fonts.font(fonts.Type.META_STRONG))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.end()
    return made


def _heading(painter: QPainter, heading: int, color: QColor, casing: QColor) -> None:
    painter.save()
    painter.rotate(heading)
    shape = QPainterPath()
    shape.moveTo(0, -23)
    shape.lineTo(6.5, -12)
    shape.lineTo(-6.5, -12)
    shape.closeSubpath()
    painter.setPen(QPen(casing, 2))
    painter.setBrush(color)
    painter.drawPath(shape)
    painter.restore()
