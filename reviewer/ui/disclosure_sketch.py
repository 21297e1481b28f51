"""Masks over the picture: what is hidden shows its edge (dashed), the picked one its handles and its name above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from reviewer.domain.drawing import Spot
from reviewer.domain.redaction import MaskShape, Region
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.framing import Framing
from reviewer.ui.review.sketch import Sketch, to_screen

INK, CASING, OPEN = QColor("#FFFFFF"), QColor("#0D1013"), QColor("#93BEF5")
HANDLE = 8.0  # px
_TAG = 20


@dataclass(frozen=True, slots=True)
class Edge:
    """The edge of one region. `picked`: with handles and its words; `open_`: a proposal that nobody decided."""

    region: Region
    words: str = ""
    picked: bool = False
    open_: bool = False


@dataclass(frozen=True, slots=True)
class MaskSketch(Sketch):
    """What lies over one picture while copies are made."""

    edges: tuple[Edge, ...] = ()

    def paint(self, painter: QPainter, view: Framing, turn: int, room: QRect) -> None:
        """Within the room of the picture, the picked one on top."""
        painter.save()
        painter.setClipRect(QRectF(room) & view.target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for edge in sorted(self.edges, key=lambda each: each.picked):
            points = [to_screen(view, turn, spot) for spot in edge.region.points]
            _outline(painter, edge, points)
            if edge.picked:
                _handles(painter, points, edge.region.shape)
                _name(painter, points, edge.words, view.target)
        painter.restore()


def box_of(points: Sequence[QPointF]) -> QRectF:
    """The rectangle around some points."""
    xs, ys = [p.x() for p in points], [p.y() for p in points]
    return QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))


def corners(points: Sequence[QPointF], shape: MaskShape) -> tuple[QPointF, ...]:
    """Where the handles stand: the four corners, or those of the polygon."""
    if shape is MaskShape.POLYGON:
        return tuple(points)
    box = box_of(points)
    return box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()


def _outline(painter: QPainter, edge: Edge, points: Sequence[QPointF]) -> None:
    ink = OPEN if edge.open_ else INK
    style = Qt.PenStyle.SolidLine if edge.picked else Qt.PenStyle.DashLine
    for pen in (QPen(CASING, 3.5), QPen(ink, 1.75, style)):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if edge.region.shape is MaskShape.ELLIPSE:
            painter.drawEllipse(box_of(points))
        elif edge.region.shape is MaskShape.BOX:
            painter.drawRect(box_of(points))
        elif len(points) > 2:
            painter.drawPolygon(QPolygonF(list(points)))
        else:
            painter.drawPolyline(QPolygonF(list(points)))


def _handles(painter: QPainter, points: Sequence[QPointF], shape: MaskShape) -> None:
    painter.setPen(QPen(CASING, 1))
    painter.setBrush(INK)
    for at in corners(points, shape):
        painter.drawRect(QRectF(at.x() - HANDLE / 2, at.y() - HANDLE / 2, HANDLE, HANDLE))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _name(painter: QPainter, points: Sequence[QPointF], words: str, target: QRectF) -> None:
    if not words:
        return
    box = box_of(points)
    painter.setFont(font(Type.DETAIL_STRONG))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 14
    top = box.top() - _TAG - 5
    tag = QRectF(min(max(box.left() - 4, target.left()), target.right() - width), top, width, _TAG)
    if tag.top() < target.top():
        tag.moveTop(min(box.bottom() + 5, target.bottom() - _TAG))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(INK)
    painter.drawRoundedRect(tag, 2, 2)
    painter.setPen(CASING)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, words)


def moved(points: Sequence[Spot], across: int, down: int) -> tuple[Spot, ...]:
    """The same shape elsewhere."""
    return tuple(Spot(p.x + across, p.y + down) for p in points)


def sized(points: Sequence[Spot], across: int, down: int, least: int) -> tuple[Spot, ...]:
    """The same shape, so much wider and higher around its middle, at least `least` each way."""
    xs, ys = [p.x for p in points], [p.y for p in points]
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    wide, high = max(max(xs) - min(xs), 1), max(max(ys) - min(ys), 1)
    by_x, by_y = max(wide + across, least) / wide, max(high + down, least) / high
    return tuple(
        Spot(round(middle[0] + (p.x - middle[0]) * by_x), round(middle[1] + (p.y - middle[1]) * by_y)) for p in points
    )
