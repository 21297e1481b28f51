"""A place to search, taken from the map: drawn on it, or all that the map shows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.place import UNIT, Area, Box
from reviewer.maps.mercator import to_degrees, to_unit
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fonts import Type
from reviewer.ui.review.map_canvas import MapCanvas
from reviewer.ui.review.map_overlay import Shape
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.widgets import label

_SEARCHED = "searched"
_ARROWS = {
    Qt.Key.Key_Left: (60, 0),
    Qt.Key.Key_Right: (-60, 0),
    Qt.Key.Key_Up: (0, 60),
    Qt.Key.Key_Down: (0, -60),
}


class _Canvas(MapCanvas):
    """Here plain arrows move the map: nothing plays."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.is_drawing:
            super().keyPressEvent(event)
        elif key in _ARROWS:
            self.look(self.view.moved(*_ARROWS[key]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(1.0 if key == Qt.Key.Key_Plus else -1.0)
        else:
            super().keyPressEvent(event)


class PlaceSheet(QWidget):
    """`searched` carries the area that was drawn, or the Box that the map shows; `back` nothing."""

    searched = Signal(object)
    back = Signal()

    def __init__(self, keys: KeyTable, tiles: TileProcess | None, bridge: Bridge) -> None:
        super().__init__()
        self._tiles = tiles
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(label("Search on the map", Type.PANEL))
        said = "Draw a place: a circle or corners. Or move the map with the arrows, + and −, and search all it shows."
        column.addWidget(label(said, Type.BODY, "text2", wrap=True))
        self.canvas = _Canvas(tiles, bridge)
        self.canvas.setAccessibleName("Map to search on")
        self.canvas.setMinimumHeight(300)
        self.draw = keys.wear(Button("Draw a place", icon="map", look=Look.DEFAULT), "recordings.draw")
        self.draw.clicked.connect(self.start_drawing)
        over = QHBoxLayout()
        over.addWidget(self.draw)
        over.addStretch()
        for said, icon, steps in (("Closer", "plus", 1.0), ("Farther", "minus", -1.0)):
            button = IconButton(said, icon, look=Look.DEFAULT, height=32)
            button.clicked.connect(lambda _on=False, by=steps: self.canvas.zoom(by))
            over.addWidget(button)
        column.addLayout(over)
        column.addWidget(self.canvas, 1)
        words = tiles.archive.attribution if tiles is not None else "No map here; degrees only"
        column.addWidget(label(words, Type.META, "text3"))
        row = QHBoxLayout()
        self.search = keys.wear(Button("Search here", icon="search", look=Look.PRIMARY, height=36), "recordings.sign")
        self.give_up = Button("Back", look=Look.QUIET, height=36)
        self.give_up.setToolTip(keys.shown("recordings.back"))
        self.search.clicked.connect(lambda: self.searched.emit(self.box))
        self.give_up.clicked.connect(self.back)
        row.addWidget(self.search)
        row.addStretch()
        row.addWidget(self.give_up)
        column.addLayout(row)

    @property
    def box(self) -> Box:
        """What the map shows."""
        view = self.canvas.view
        left, top = view.to_world(0, 0)
        right, bottom = view.to_world(view.width, view.height)
        north, west = to_degrees(max(0.0, left), max(0.0, top))
        south, east = to_degrees(min(1.0, right), min(1.0, bottom))
        return Box(*(round(each * UNIT) for each in (south, west, north, east)))

    def begin(self, area: Area | None) -> None:
        """Show the place that is searched now, if any is."""
        self.canvas.set_overlay(_SEARCHED, () if area is None else (Shape(area),))
        if area is not None:
            self.look_at(area.box)

    def start_drawing(self) -> None:
        """Let the person draw a place; it is searched when it is done."""
        self.canvas.draw_place(self._drawn)

    def _drawn(self, area: Area | None) -> None:
        if area is not None:
            self.canvas.set_overlay(_SEARCHED, (Shape(area),))
            self.searched.emit(area)

    def look_at(self, box: Box) -> None:
        """Show this box, if it is one on the map's side of the world."""
        left, top = to_unit(box.north / UNIT, box.west / UNIT)
        right, bottom = to_unit(box.south / UNIT, box.east / UNIT)
        if left <= right:
            self.canvas.look(self.canvas.view.fitted(left, top, right, bottom))

    def close_map(self) -> None:
        if self._tiles is not None:
            self._tiles.close()
