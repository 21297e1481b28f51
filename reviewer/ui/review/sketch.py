"""Shapes over a picture: where their points lie on the screen, and how they are drawn. Light on dark on whatever is
below, so that they are seen on every picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import atan2, cos, pi, sin

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from reviewer.domain.drawing import ALL, Form, Shape, Spot
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.review.framing import Framing

_INK, _CASING = QColor("#FFFFFF"), QColor("#0D1013")
_WIDTH, _CASED = 2.5, 5.0  # px of the line, and with its casing
_HEAD, _SPREAD = 14.0, pi / 7  # of an arrow: px and angle
_CROSS = 9


def to_screen(view: Framing, turn: int, spot: Spot) -> QPointF:
    """Where a point of the recorded picture lies, in the tile's px. `turn`: degrees clockwise that it is turned by."""
    x, y = _turned(spot.x / ALL, spot.y / ALL, turn)
    target = view.target
    across = (x - view.origin[0]) / max(view.seen[0], 1e-9)
    down = (y - view.origin[1]) / max(view.seen[1], 1e-9)
    return QPointF(target.left() + across * target.width(), target.top() + down * target.height())


def to_picture(view: Framing, turn: int, at: QPointF) -> Spot:
    """Which point of the recorded picture lies there; beyond its edges the edge."""
    x, y = _unturned(*view.point(at), turn)
    return Spot(round(x * ALL), round(y * ALL))


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return {90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}.get(turn, (x, y))


def _unturned(x: float, y: float, turn: int) -> tuple[float, float]:
    return {90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}.get(turn, (x, y))


@dataclass(frozen=True, slots=True)
class Sketch:
    """What lies over one picture: shapes, the one that is being drawn, and where the keys' cross stands."""

    shapes: tuple[Shape, ...] = ()
    pending: Shape | None = None
    cross: Spot | None = None

    def paint(self, painter: QPainter, view: Framing, turn: int, room: QRect) -> None:
        """Within the room of the picture."""
        painter.save()
        painter.setClipRect(QRectF(room) & view.target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for shape in (*self.shapes, *((self.pending,) if self.pending is not None else ())):
            _paint(painter, shape, [to_screen(view, turn, spot) for spot in shape.points])
        if self.cross is not None:
            _stroke(painter, _cross(to_screen(view, turn, self.cross)), 1.5, 3.5)
        painter.restore()


def _paint(painter: QPainter, shape: Shape, points: list[QPointF]) -> None:
    if shape.form is Form.TEXT and points:
        _words(painter, points[0], shape.text)
    elif len(points) > 1:
        _stroke(painter, _path(shape.form, points), _WIDTH, _CASED)


def _path(form: Form, points: list[QPointF]) -> QPainterPath:
    path, box = QPainterPath(), QRectF(points[0], points[-1]).normalized()
    if form is Form.BOX:
        path.addRect(box)
    elif form is Form.ELLIPSE:
        path.addEllipse(box)
    else:
        path.moveTo(points[0])
        for point in points[1:]:
            path.lineTo(point)
    if form is Form.ARROW:
        _arrow_head(path, points[0], points[-1])
    return path


def _arrow_head(path: QPainterPath, tail: QPointF, tip: QPointF) -> None:
    angle = atan2(tip.y() - tail.y(), tip.x() - tail.x())
    for side in (-_SPREAD, _SPREAD):
        path.moveTo(tip)
        path.lineTo(tip.x() - _HEAD * cos(angle + side), tip.y() - _HEAD * sin(angle + side))


def _cross(at: QPointF) -> QPainterPath:
    path = QPainterPath()
    for x, y in ((_CROSS, 0), (0, _CROSS)):
        path.moveTo(at.x() - x, at.y() - y)
        path.lineTo(at.x() + x, at.y() + y)
    return path


def _stroke(painter: QPainter, path: QPainterPath, width: float, cased: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wide in ((_CASING, cased), (_INK, width)):
        painter.setPen(QPen(color, wide, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)


def _words(painter: QPainter, at: QPointF, text: str) -> None:
    path = QPainterPath()
    path.addText(at, font(Type.SECTION, SEMIBOLD), text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_CASING, 4, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)
    painter.fillPath(path, _INK)


def on_frame(shapes: Iterable[Shape], recording: str, part: int, pts: int) -> tuple[Shape, ...]:
    """Those that belong to just this frame."""
    return tuple(each for each in shapes if (each.recording, each.part, each.pts) == (recording, part, pts))
