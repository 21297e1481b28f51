"""The still part of the map as one picture, larger than the view: while the map is dragged it is shifted, while it is
zoomed it is scaled, and it is drawn anew beside that, a few milliseconds at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap

from reviewer.ui.review.map_view import MapView

_MARGIN = 256  # px around the view, at most
_SLICE = 0.003  # s of drawing between two looks at what else is to do
_FAR, _NEAR = 5.0, 3.5  # levels out and in: beyond them a picture stands in for nothing
_BLURRED = 2.5  # levels: what is drawn so much larger is worse than tiles without tracks
Draw = Callable[[QPainter, MapView], Iterator[None]]


@dataclass(slots=True)
class _Drawing:
    """A picture being made: of this view, as the content was at `version`."""

    view: MapView
    version: int
    pixmap: QPixmap
    painter: QPainter
    steps: Iterator[None]


class Layer:
    """`draw(painter, view)` draws into a view with its margin, a yield between pieces of a few milliseconds."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._version = 0
        self._shown: tuple[MapView, int, QPixmap] | None = None
        self._overview: tuple[MapView, int, QPixmap] | None = None  # the one from farthest off, for zooming out
        self._made: _Drawing | None = None

    def change(self) -> None:
        """What is drawn is no longer what there is; it stands in until the next is done."""
        self._version += 1

    def drop(self) -> None:
        """What is drawn is not to be seen any more."""
        self._version += 1
        self._shown = self._overview = None
        self._stop()

    def is_current(self, view: MapView) -> bool:
        """Whether the picture is of this zoom, reaches beyond the view on all sides, and has what there is."""
        return self._shown is not None and self._shown[1] == self._version and self.shows(view)

    def shows(self, view: MapView) -> bool:
        """Whether the picture is of this zoom and reaches beyond the view on all sides."""
        if self._shown is None or self._shown[0].zoom != view.zoom:
            return False
        wide = self._shown[0]
        dx, dy = _shift(wide, view)
        spare_x, spare_y = (wide.width - view.width) / 2, (wide.height - view.height) / 2
        return abs(dx) <= spare_x / 2 and abs(dy) <= spare_y / 2

    def stands_in(self, view: MapView) -> bool:
        """Whether some of this view can be shown now, not too coarse nor too fine."""
        return any(_meets(each[0], view) for each in (self._shown, self._overview) if each is not None)

    def covers(self, view: MapView) -> bool:
        """Whether there is a picture that reaches over the whole view and is not too coarse."""
        whole = QRectF(0, 0, view.width, view.height)
        return any(
            view.zoom - each[0].zoom <= _BLURRED and _place(each[0], view).contains(whole)
            for each in (self._shown, self._overview)
            if each is not None
        )

    def paint(self, painter: QPainter, view: MapView, part: QRectF) -> None:
        """What of the picture lies in a part of the view; around it what lies in the overview."""
        whole = QRectF(0, 0, view.width, view.height)
        if self._overview is not None and not (self._shown and _place(self._shown[0], view).contains(whole)):
            wide, _, pixmap = self._overview
            if view.zoom - wide.zoom <= _BLURRED:
                painter.drawPixmap(_place(wide, view), pixmap, QRectF(pixmap.rect()))
        if self._shown is None:
            return
        wide, _, pixmap = self._shown
        place, ratio = _place(wide, view), pixmap.devicePixelRatio()
        if wide.zoom == view.zoom:
            source = part.translated(-place.topLeft())
            painter.drawPixmap(part, pixmap, QRectF(source.topLeft() * ratio, source.size() * ratio))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))

    def work(self, view: MapView, ratio: float) -> bool:
        """Draw for a few milliseconds what is needed. True when there is a newer picture to show."""
        if self._made is None:
            if self.is_current(view):
                return False
            self._begin(view, ratio)
        return self._go_on(time.perf_counter() + _SLICE)

    def finish(self, view: MapView, ratio: float) -> None:
        """Draw it all now."""
        self._stop()
        self._begin(view, ratio)
        self._go_on(float("inf"))

    def _begin(self, view: MapView, ratio: float) -> None:
        margin = min(_MARGIN, max(view.width, view.height) // 3)
        wide = replace(view, width=view.width + 2 * margin, height=view.height + 2 * margin)
        pixmap = QPixmap(round(wide.width * ratio), round(wide.height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        painter = QPainter(pixmap)
        self._made = _Drawing(wide, self._version, pixmap, painter, self._draw(painter, wide))

    def _go_on(self, until: float) -> bool:
        made = self._made
        if made is None:
            return False
        for _ in made.steps:
            if time.perf_counter() >= until:
                return False
        made.painter.end()
        self._made, self._shown = None, (made.view, made.version, made.pixmap)
        if self._overview is None or made.view.zoom <= self._overview[0].zoom:
            self._overview = self._shown
        return True

    def _stop(self) -> None:
        if self._made is not None:
            self._made.painter.end()
            self._made = None


def _meets(wide: MapView, view: MapView) -> bool:
    near = wide.zoom - _FAR <= view.zoom <= wide.zoom + _NEAR
    return near and _place(wide, view).intersects(QRectF(0, 0, view.width, view.height))


def _shift(wide: MapView, view: MapView) -> tuple[float, float]:
    """How far the view's middle lies from the picture's, px of the picture."""
    return (view.x - wide.x) * wide.scale, (view.y - wide.y) * wide.scale


def _place(wide: MapView, view: MapView) -> QRectF:
    """Where a picture lies in the view; on whole px, so that shifting it does not blur it."""
    factor = view.scale / wide.scale
    x, y = view.to_px(wide.x, wide.y)
    width, height = wide.width * factor, wide.height * factor
    left, top = x - width / 2, y - height / 2
    if factor == 1:
        left, top = round(left), round(top)
    return QRectF(QPointF(left, top), QPointF(left + width, top + height))
