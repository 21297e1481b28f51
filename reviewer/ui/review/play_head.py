"""The play-head: one bar through all lanes, with a handle in the ruler."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter, QPolygonF

from reviewer.ui.review.scene import RULER, Layout
from reviewer.ui.theme import Theme

_TOP, _WIDE = RULER - 17, 6.5  # of the handle


def paint_head(painter: QPainter, plan: Layout, x: int, theme: Theme) -> None:
    """At a pixel of the timeline; nothing where that lies outside of the lanes."""
    width, height = plan.size.width(), plan.size.height()
    if x < plan.header or x > width:
        return
    painter.setClipRect(QRect(plan.header, 0, width - plan.header, height))
    painter.fillRect(x - 2, RULER, 4, height - RULER, theme.color("bg0"))
    painter.fillRect(x - 1, RULER - 8, 2, height - RULER + 8, theme.color("ink"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.color("bg0"))
    painter.setBrush(theme.color("ink"))
    corners = ((-_WIDE, _TOP), (_WIDE, _TOP), (_WIDE, _TOP + 9), (0, _TOP + 15), (-_WIDE, _TOP + 9))
    painter.drawPolygon(QPolygonF([QPointF(x + dx, y + 0.5) for dx, y in corners]))
