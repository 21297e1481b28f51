"""The right column: the map over tabs (annotations, clocks, …); in a small window the map is one of the tabs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from reviewer.ui.buttons import Segmented
from reviewer.ui.review.annotation_panel import AnnotationPanel
from reviewer.ui.widgets import surface

WIDTH = 404
MAP_HEIGHT = 228
MAP, MARKS = "map", "marks"
_LOW = 540  # below this height the two would be too low to use
_MARGIN = 8


class SideColumn(QWidget):
    """`narrow` (from the screen, by its width) or too little height: the map is a tab too.

    Signal: `shown(id)` when another tab comes into view.
    """

    shown = Signal(str)

    def __init__(self, map_view: QWidget, annotations: AnnotationPanel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._map, self._annotations = map_view, annotations
        self._narrow = False
        self._lent: list[int] | None = None  # while the map is elsewhere: how high it and the tabs were
        self._panels: dict[str, QWidget] = {}
        self._panel = self._said = MARKS
        self.setMinimumWidth(320)
        map_view.setMinimumHeight(140)
        self.tabs = Segmented(((MAP, "Map", "map"),), name="What is shown here")
        self.tabs.chosen.connect(lambda _which: self._arrange())
        self._bar = surface(1, "bottom")
        row = QVBoxLayout(self._bar)
        row.setContentsMargins(_MARGIN, 6, _MARGIN, 6)
        row.addWidget(self.tabs)
        self._stack = QStackedWidget()
        self._lower = QWidget()
        self._lower_column = _column(self._lower)
        self._lower_column.addWidget(self._stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(map_view)
        self.splitter.addWidget(self._lower)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([MAP_HEIGHT, 1000])
        self._whole = _column(self)
        self._whole.addWidget(self.splitter, 1)
        self.add_tab(MARKS, "Annotations", "bookmark", annotations)
        self.show_tab(MARKS)

    @property
    def tabbed(self) -> bool:
        """Whether the map is a tab too."""
        return self._lent is None and (self._narrow or self.height() < _LOW)

    def lend_map(self) -> None:
        """Somebody else shows the map, until `take_map_back`."""
        self._lent = self.splitter.sizes()
        self._arrange()

    def take_map_back(self) -> None:
        """It has its place again."""
        self.splitter.insertWidget(0, self._map)
        sizes, self._lent = self._lent, None
        self.splitter.setSizes(sizes if sizes and min(sizes) else [MAP_HEIGHT, 1000])  # 0: it was a tab
        self._arrange()

    @property
    def current(self) -> str:
        """The id of the tab that is in view."""
        return MAP if self.tabbed and self.tabs.value == MAP else self._panel

    def add_tab(self, id_: str, words: str, icon: str, widget: QWidget) -> None:
        """One more tab, at the end. `icon` is a name of resources/icons; the widget scrolls by itself if it must."""
        self._panels[id_] = widget
        self._stack.addWidget(widget)
        self.tabs.add(id_, words, icon)
        self._arrange()

    def show_tab(self, id_: str) -> None:
        """Bring a tab into view. Raises ValueError if there is none of that id."""
        self.tabs.choose(id_)
        self._arrange()

    def toggle_tab(self, id_: str) -> None:
        """What a tab's key does: show it, or the annotations again."""
        self.show_tab(MARKS if self.current == id_ else id_)

    def set_narrow(self, narrow: bool) -> None:
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def show_annotations(self) -> None:
        """Bring the editor into view, whichever tab was chosen."""
        self.show_tab(MARKS)

    def _arrange(self) -> None:
        tabbed, chosen = self.tabbed, str(self.tabs.value)
        if chosen in self._panels:
            self._panel = chosen
        elif not tabbed:  # the map has its own place again
            self.tabs.choose(self._panel)
        self.tabs.offer(MAP, offered=tabbed)
        self.tabs.fit(self.width() - 2 * _MARGIN)
        self._place_bar(above_all=tabbed)
        self._bar.setVisible(tabbed or len(self._panels) > 1)
        self._annotations.show_title(tabbed is False and len(self._panels) == 1)
        self._stack.setCurrentWidget(self._panels[self._panel])
        map_alone = self.current == MAP
        if self._lent is None:
            self._map.setVisible(not tabbed or map_alone)
        self._lower.setVisible(not map_alone)
        if self.current != self._said:
            self._said = self.current
            self.shown.emit(self._said)

    def _place_bar(self, *, above_all: bool) -> None:
        """Over everything where the map is one of the tabs, else between the map and what the tabs show."""
        column = self._whole if above_all else self._lower_column
        if column.indexOf(self._bar) < 0:
            column.insertWidget(0, self._bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)


def _column(of: QWidget) -> QVBoxLayout:
    made = QVBoxLayout(of)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(0)
    return made
