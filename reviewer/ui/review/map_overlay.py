"""Places laid over the map: circles, boxes and polygons in degrees, each with a label. Drawn above the tracks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from reviewer.domain.place import UNIT, Area, Box, Circle, Polygon
from reviewer.maps.mercator import metres_per_unit, to_degrees, to_unit
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import Theme

_LABEL = 18
_TOP = 42.0  # px below the map's buttons


@dataclass(frozen=True, slots=True)
class Shape:
    """`area` as domain/place has it; `label` stands at its upper edge. `number` gives it an officer's colour; 0 is
    nobody's."""

    area: Area
    label: str = ""
    number: int = 0


def circle_px(view: MapView, circle: Circle) -> tuple[QPointF, float]:
    """Middle and radius of a circle, px."""
    middle = QPointF(*view.to_px(*to_unit(circle.lat / UNIT, circle.lon / UNIT)))
    return middle, circle.metres * view.scale / metres_per_unit(circle.lat / UNIT)


def circle_of(view: MapView, middle: QPointF, radius: float) -> Circle:
    """The circle around a point of the view, with a radius in px; a metre at least."""
    lat, lon = to_degrees(*view.to_world(middle.x(), middle.y()))
    return Circle(round(lat * UNIT), _lon(lon), max(1, round(radius * metres_per_unit(lat) / view.scale)))


def corner_at(view: MapView, at: QPointF) -> tuple[int, int]:
    """The place under a point of the view: (lat, lon) in degrees × UNIT."""
    lat, lon = to_degrees(*view.to_world(at.x(), at.y()))
    return round(lat * UNIT), _lon(lon)


def corner_px(view: MapView, corner: tuple[int, int]) -> QPointF:
    """Where (lat, lon) in degrees × UNIT lies in the view."""
    return QPointF(*view.to_px(*to_unit(corner[0] / UNIT, corner[1] / UNIT)))


def _lon(degrees: float) -> int:
    return round(max(-180.0, min(180.0, degrees)) * UNIT)


def bounds(area: Area) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in world units."""
    left, top = to_unit(area.box.north / UNIT, area.box.west / UNIT)
    right, bottom = to_unit(area.box.south / UNIT, area.box.east / UNIT)
    return left, top, right, bottom


def paint_shapes(painter: QPainter, shapes: Iterable[Shape], view: MapView, theme: Theme) -> None:
    """All of them; then their labels, so that none is covered by another shape."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    screen = QRectF(0, 0, view.width, view.height)
    tops: list[tuple[QPointF, str]] = []
    for each in shapes:
        outline = paint_area(painter, each.area, view, theme, theme.officer(each.number) if each.number else None)
        if each.label and outline.intersects(screen):
            tops.append((QPointF(outline.center().x(), outline.top()), each.label))
    taken: list[QRectF] = []
    for at, words in tops:
        taken.append(paint_label(painter, at, words, view, theme, taken))


def paint_area(painter: QPainter, area: Area, view: MapView, theme: Theme, color: QColor | None = None) -> QRectF:
    """A veil and a cased outline; gives what it covers, px."""
    edge = color or theme.color("ink")
    veil = QColor(edge)
    veil.setAlphaF(0.14)
    painter.setBrush(veil)
    painter.setPen(Qt.PenStyle.NoPen)
    outline = _draw(painter, area, view)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, ink in ((4.5, theme.casing), (2.0, edge)):
        painter.setPen(QPen(ink, width))
        _draw(painter, area, view)
    return outline


def _draw(painter: QPainter, area: Area, view: MapView) -> QRectF:
    if isinstance(area, Circle):
        middle, radius = circle_px(view, area)
        painter.drawEllipse(middle, radius, radius)
        return QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius)
    polygon = QPolygonF([corner_px(view, each) for each in _corners(area)])
    painter.drawPolygon(polygon)
    return polygon.boundingRect()


def _corners(area: Box | Polygon) -> tuple[tuple[int, int], ...]:
    if isinstance(area, Polygon):
        return area.corners
    return ((area.north, area.west), (area.north, area.east), (area.south, area.east), (area.south, area.west))


def paint_label(
    painter: QPainter, at: QPointF, words: str, view: MapView, theme: Theme, taken: Sequence[QRectF] = ()
) -> QRectF:
    """Words on their own ground, over a point, inside the view and off the places that are taken; where they stand."""
    painter.setFont(font(Type.META_STRONG))
    width = math.ceil(QFontMetricsF(painter.font()).horizontalAdvance(words)) + 10.0
    left = min(max(4.0, at.x() - width / 2), max(4.0, view.width - width - 4))
    top = min(max(_TOP, at.y() - _LABEL - 3), view.height - _LABEL - 4.0)
    box = QRectF(round(left), round(top), width, _LABEL)
    for _ in taken:
        below = [each.bottom() for each in taken if each.intersects(box)]
        box.moveTop(max(below) + 2 if below else box.top())
    painter.setPen(QPen(theme.color("edge"), 1))
    painter.setBrush(theme.color("bg1"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    return box
