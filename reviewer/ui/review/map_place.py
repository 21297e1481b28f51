"""Drawing a place on the map by hand: a dragged circle, or clicked corners; every drag has its keys."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from reviewer.domain.place import Area, Polygon
from reviewer.maps.mercator import metres_per_unit, to_degrees
from reviewer.ui.review.map_overlay import circle_of, corner_at, corner_px, paint_area, paint_label
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import Theme

HINT = "Drag a circle or click corners; ↵ takes it, Esc ends"
_DRAG = 4.0  # px from a click to a drag
_CLOSE = 10.0  # px around the first corner: a click there closes the polygon
_RADII = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000)
_PAN = {
    Qt.Key.Key_Left: (20, 0),
    Qt.Key.Key_Right: (-20, 0),
    Qt.Key.Key_Up: (0, 20),
    Qt.Key.Key_Down: (0, -20),
}
_OWN = {
    Qt.Key.Key_Escape,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Plus,
    Qt.Key.Key_Equal,
    Qt.Key.Key_Minus,
    Qt.Key.Key_Space,
    Qt.Key.Key_Backspace,
    *_PAN,
}


def wants(key: int) -> bool:
    """Whether a key means something while a place is drawn."""
    return key in _OWN


class PlaceDrawing:
    """One place being drawn; `done` gets it once, or None. By keys: arrows move the map under a cross in its middle,
    Space sets a corner there, + and − change the circle around it, Enter takes what is shown."""

    def __init__(self, done: Callable[[Area | None], None]) -> None:
        self._done = done
        self._corners: list[tuple[int, int]] = []
        self._press: QPointF | None = None
        self._pointer: QPointF | None = None
        self._dragged = False
        self._radius = 4  # of _RADII, for the circle around the middle
        self._by_keys = False
        self.over = False

    def end(self, area: Area | None = None) -> None:
        """Finished with this place; None gives up."""
        if not self.over:
            self.over = True
            self._done(area)

    # Hands

    def press(self, at: QPointF) -> None:
        self._press, self._dragged, self._by_keys = at, False, False

    def move(self, at: QPointF) -> None:
        self._pointer = at
        if self._press is not None and not self._corners and _apart(at, self._press) > _DRAG:
            self._dragged = True

    def release(self, view: MapView, at: QPointF) -> None:
        """A circle, if it was dragged; else one corner more, or the last one."""
        if self._press is None:
            return
        middle, self._press = self._press, None
        if self._dragged:
            self.end(circle_of(view, middle, _apart(at, middle)))
        elif len(self._corners) >= 3 and _apart(at, corner_px(view, self._corners[0])) <= _CLOSE:
            self._close()
        else:
            self._corner(view, at)

    def double_click(self) -> None:
        """The first of the two clicks set the corner."""
        self._close()

    def key(self, key: int, view: MapView) -> MapView:
        """One of the keys that `wants` names; gives the view, moved if it was an arrow."""
        self._by_keys = True
        middle = QPointF(view.width / 2, view.height / 2)
        if key == Qt.Key.Key_Escape:
            self.end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._corners:
                self._close()
            else:
                self.end(circle_of(view, middle, self._radius_px(view)))
        elif key == Qt.Key.Key_Space:
            self._corner(view, middle)
        elif key == Qt.Key.Key_Backspace:
            del self._corners[-1:]
        elif key in _PAN:
            return view.moved(*_PAN[Qt.Key(key)])
        else:
            step = -1 if key == Qt.Key.Key_Minus else 1
            self._radius = min(len(_RADII) - 1, max(0, self._radius + step))
        return view

    def _corner(self, view: MapView, at: QPointF) -> None:
        corner = corner_at(view, at)
        if corner not in self._corners[-1:]:
            self._corners.append(corner)

    def _close(self) -> None:
        if len(self._corners) >= 3:
            self.end(Polygon(tuple(self._corners)))

    def _radius_px(self, view: MapView) -> float:
        lat, _ = to_degrees(view.x, view.y)
        return _RADII[self._radius] * view.scale / metres_per_unit(lat)

    # Painting

    def paint(self, painter: QPainter, view: MapView, theme: Theme) -> None:
        """What would be taken now."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(view.width / 2, view.height / 2)
        if self._press is not None and self._dragged and self._pointer is not None:
            self._paint_circle(painter, view, theme, self._press, _apart(self._pointer, self._press))
        elif self._corners:
            self._paint_corners(painter, view, theme, middle if self._by_keys else self._pointer)
        elif self._by_keys:
            self._paint_circle(painter, view, theme, middle, self._radius_px(view))
        if self._by_keys:
            for width, ink in ((3.0, theme.casing), (1.0, theme.color("ink"))):
                painter.setPen(QPen(ink, width))
                painter.drawLine(middle - QPointF(9, 0), middle + QPointF(9, 0))
                painter.drawLine(middle - QPointF(0, 9), middle + QPointF(0, 9))

    def _paint_circle(self, painter: QPainter, view: MapView, theme: Theme, middle: QPointF, radius: float) -> None:
        circle = circle_of(view, middle, radius)
        paint_area(painter, circle, view, theme)
        paint_label(painter, middle - QPointF(0, radius), f"{circle.metres} m", view, theme)

    def _paint_corners(self, painter: QPainter, view: MapView, theme: Theme, to: QPointF | None) -> None:
        line = [corner_px(view, each) for each in self._corners]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, ink in ((4.5, theme.casing), (2.0, theme.color("ink"))):
            painter.setPen(QPen(ink, width))
            painter.drawPolyline(QPolygonF([*line, to] if to is not None else line))
        painter.setPen(QPen(theme.casing, 1))
        painter.setBrush(theme.color("ink"))
        for each in line:
            painter.drawEllipse(each, 4, 4)


def _apart(a: QPointF, b: QPointF) -> float:
    return hypot(a.x() - b.x(), a.y() - b.y())
