"""What the mouse took of a mask: a corner of it, or all of it; and what the mask is once it was pulled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.redaction import MaskShape
from reviewer.ui.disclosure_sketch import HANDLE, box_of, corners, moved

_WHOLE = -1


@dataclass(frozen=True, slots=True)
class Grip:
    """Corner `corner` (of a box: 0 and 1 are its two points; of a polygon its corners), or all of it (−1); where the
    mouse took it, and how the mask lay then."""

    corner: int
    at: Spot
    points: tuple[Spot, ...]


def grip_at(
    on_screen: Sequence[QPointF], points: tuple[Spot, ...], shape: MaskShape, at: QPointF, spot: Spot
) -> Grip | None:
    """What lies under the pointer; None if the mask does not."""
    for n, handle in enumerate(corners(on_screen, shape)):
        if abs(handle.x() - at.x()) <= HANDLE and abs(handle.y() - at.y()) <= HANDLE:
            if shape is MaskShape.POLYGON:
                return Grip(n, spot, points)
            return _of_box(points, spot)
    outline = QPolygonF(list(on_screen))
    within = (
        outline.containsPoint(at, Qt.FillRule.OddEvenFill)
        if shape is MaskShape.POLYGON
        else box_of(on_screen).contains(at)
    )
    return Grip(_WHOLE, spot, points) if within else None


def _of_box(points: tuple[Spot, ...], spot: Spot) -> Grip:
    """The box by two opposite corners, of which the second is the one that was taken, however the picture is turned."""
    (left, right), (top, bottom) = sorted(p.x for p in points), sorted(p.y for p in points)
    x, other_x = (left, right) if abs(spot.x - left) < abs(spot.x - right) else (right, left)
    y, other_y = (top, bottom) if abs(spot.y - top) < abs(spot.y - bottom) else (bottom, top)
    return Grip(1, spot, (Spot(other_x, other_y), Spot(x, y)))


def pulled(grip: Grip, to: Spot, shape: MaskShape) -> tuple[Spot, ...]:
    """How the mask lies once it was pulled there."""
    if grip.corner == _WHOLE:
        return inside(moved(grip.points, to.x - grip.at.x, to.y - grip.at.y))
    points = list(grip.points)
    points[grip.corner] = to
    if shape is MaskShape.POLYGON:
        return tuple(points)
    (a, b) = points[0], points[1]
    return Spot(min(a.x, b.x), min(a.y, b.y)), Spot(max(a.x, b.x), max(a.y, b.y))


def inside(points: tuple[Spot, ...]) -> tuple[Spot, ...]:
    """The same shape with its middle on the picture."""
    xs, ys = [p.x for p in points], [p.y for p in points]
    x, y = (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2
    return moved(points, min(max(x, 0), ALL) - x, min(max(y, 0), ALL) - y)
