"""Bars for numbers that people compare (pyqtgraph), in the theme's colours; who cannot see them hears the values."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import Card, label

_WIDE = 0.62  # of the room that a bar has
_APART = 6  # px between the names that stand below the bars
_HEIGHT = 168
_LEAST = 4  # bars that there is room for: one alone is no wall


class Bars(Card):
    """A card with a heading and a bar for each name. `warn` names have the colour of a warning."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._title = title
        self.values: Sequence[tuple[str, int]] = ()
        self._warn: frozenset[str] = frozenset()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(4)
        column.addWidget(label(title, Type.SECTION))
        self.plot = pyqtgraph.PlotWidget(background=None)
        self.plot.setFixedHeight(_HEIGHT)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setStyleSheet("background: transparent")
        column.addWidget(self.plot)

    def show_values(self, values: Sequence[tuple[str, int]], warn: Sequence[str] = ()) -> None:
        """Other numbers; they stand over their bars."""
        self.values, self._warn = tuple(values), frozenset(warn)
        said = ", ".join(f"{name}: {number}" for name, number in values) or "nothing"
        self.setAccessibleName(f"{self._title}. {said}")
        self.plot.setAccessibleName(f"{self._title}. {said}")
        self.plot.setToolTip("\n".join(f"{name}: {number:,}" for name, number in values))  # no name is cut there
        self._draw()

    def _draw(self) -> None:
        theme, item = theme_of(self), self.plot.getPlotItem()
        item.clear()
        edge, words = theme.color("line"), theme.color("text2")
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(edge)
            axis.setTextPen(words)
            axis.setStyle(tickFont=font(Type.META), tickLength=0, tickAlpha=0)
        item.hideAxis("left")
        most = max((number for _, number in self.values), default=0)
        item.setXRange(-0.5, max(_LEAST, len(self.values)) - 0.5, padding=0)
        item.setYRange(0, max(1, most) * 1.18, padding=0)
        self._name_bars()
        for n, (name, number) in enumerate(self.values):
            color = theme.color("warn" if name in self._warn and number else "ink")
            bar = pyqtgraph.BarGraphItem(x=[n], height=[number], width=_WIDE, brush=color, pen=color)
            item.addItem(bar)
            over = pyqtgraph.TextItem(f"{number:,}", color=theme.color("text"), anchor=(0.5, 1))
            over.setFont(font(Type.DETAIL))
            over.setPos(n, number)
            item.addItem(over)

    def _name_bars(self) -> None:
        """As much of each name as there is room for below its bar."""
        room = self.plot.width() / max(_LEAST, len(self.values)) - _APART
        measure, cut = QFontMetricsF(font(Type.META)), Qt.TextElideMode.ElideRight
        ticks = [(n, measure.elidedText(name, cut, room)) for n, (name, _) in enumerate(self.values)]
        self.plot.getPlotItem().getAxis("bottom").setTicks([ticks])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name_bars()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.PaletteChange) and self.values:
            self._draw()
