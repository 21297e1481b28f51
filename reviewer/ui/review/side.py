"""The right column: the map over the annotations, or one of them at a time where the window is small."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from reviewer.ui.buttons import Segmented
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.widgets import surface

WIDTH = 404
MAP_HEIGHT = 228
_LOW = 540  # below this height the two would be too low to use


class SideColumn(QWidget):
    """`narrow` (from the screen, by its width) or too little height: tabs."""

    def __init__(self, map_view: QWidget, annotations: AnnotationPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._map, self._annotations = map_view, annotations
        self._narrow = False
        self.setMinimumWidth(320)
        map_view.setMinimumHeight(140)
        self.tabs = Segmented((("map", "Map", "map"), ("marks", "Annotations", "bookmark")), name="Map or annotations")
        self.tabs.choose("marks")
        self.tabs.chosen.connect(lambda _which: self._arrange())
        self._bar = surface(1, "bottom")
        row = QVBoxLayout(self._bar)
        row.setContentsMargins(8, 6, 8, 6)
        row.addWidget(self.tabs)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(map_view)
        self.splitter.addWidget(annotations)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([MAP_HEIGHT, 1000])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self.splitter, 1)

    @property
    def tabbed(self) -> bool:
        return self._narrow or self.height() < _LOW

    def set_narrow(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def show_annotations(self) -> None:
        """Bring the editor into view, whichever tab was chosen."""
        self.tabs.choose("marks")
        self._arrange()

    def _arrange(self) -> None:
        tabbed, chosen = self.tabbed, self.tabs.value
        self._bar.setVisible(tabbed)
        self._map.setVisible(not tabbed or chosen == "map")
        self._annotations.setVisible(not tabbed or chosen == "marks")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)
