"""The map beside the pictures: offline, drawn by the app, with everybody's track and place at the play-head."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.place import Area
from reviewer.domain.timebase import SECOND, Utc
from reviewer.maps.mercator import to_unit
from reviewer.ui import fonts
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.review.map_canvas import MapCanvas
from reviewer.ui.review.map_legend import MapLegend
from reviewer.ui.review.map_overlay import Shape
from reviewer.ui.review.map_positions import TRAILS
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.map_view import MapView, round_metres
from reviewer.ui.review.map_words import notes
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label


class ReviewMap(QWidget):
    """Canvas, its buttons, and the line below: scale, old fixes, attribution.

    `went_to` (Utc) asks to go to a time. Call `set_tracks`, then `show_at` each tick. `close_map` ends its process.
    """

    went_to = Signal(object)

    def __init__(self, tiles: TileProcess | None, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")  # it may lie over the wall
        self._tiles = tiles
        self._tracks: tuple[MapTrack, ...] = ()
        self._at: Utc | None = None
        self.canvas = MapCanvas(tiles, bridge, self)
        self.follow = Button("Follow", icon="focus-2", height=28)
        self.follow.setCheckable(True)
        self.follow.setToolTip("Keep the officers in view while it plays")
        self.trail = Button(TRAILS[0][1], icon="history", height=28)
        self.trail.setToolTip("How much of the way behind is drawn strongly")
        self.closer = IconButton("Closer", "plus", look=Look.DEFAULT)
        self.farther = IconButton("Show all tracks", "zoom-out", look=Look.DEFAULT)
        self.beside = IconButton("Tracks of the case: add one from a file", "satellite", look=Look.DEFAULT)
        self.large = IconButton("Large map", "map", look=Look.DEFAULT)
        self.large.setCheckable(True)
        self.legend = MapLegend()
        self.legend.hide()
        self._footer()
        self._lay_out()
        self.canvas.went_to.connect(self.went_to)
        self.canvas.dragged.connect(lambda: self.follow.setChecked(False))
        self.canvas.view_changed.connect(self._scale.update)
        self.closer.clicked.connect(lambda: self.canvas.zoom(1.0))
        self.farther.clicked.connect(self.canvas.fit)
        self.follow.toggled.connect(lambda _on: self._keep_in_view())
        self.trail.clicked.connect(self.next_trail)

    def _footer(self) -> None:
        self._scale = _ScaleBar(self.canvas)
        words = self._tiles.archive.attribution if self._tiles else "No map here; tracks only"
        self._attribution = label(words, fonts.Type.META, "text3")
        self._attribution.setToolTip(self._tiles.archive.credits if self._tiles else "")

    def _lay_out(self) -> None:
        over = QHBoxLayout(self.canvas)
        over.setContentsMargins(8, 8, 8, 8)
        over.setSpacing(4)
        for each in (self.follow, self.trail, self.closer, self.farther, self.beside, self.large):
            over.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        over.addStretch()
        over.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignTop)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.setSpacing(8)
        foot.addWidget(self._scale)
        foot.addStretch()
        foot.addWidget(self._attribution)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.canvas, 1)
        whole.addLayout(foot)

    def set_zone(self, zone: Zone) -> None:
        self.canvas.zone = zone

    @property
    def tracks(self) -> tuple[MapTrack, ...]:
        """What is on the map."""
        return self._tracks

    def set_tracks(self, tracks: Iterable[MapTrack]) -> None:
        """Show these tracks, all of them in view."""
        self._tracks = tuple(tracks)
        self.canvas.set_tracks(self._tracks)
        self.canvas.fit()
        self._say()

    def show_at(self, at: Utc) -> None:
        """The play-head's instant. Cheap: called every tick."""
        second_before = None if self._at is None else self._at // SECOND
        self._at = at
        self.canvas.show_at(at)
        if second_before != at // SECOND:
            self._say()
        self._keep_in_view()

    def next_trail(self) -> None:
        """A longer trail, then all of the way, none, and the shortest again."""
        words = [each for _, each in TRAILS]
        length, said = TRAILS[(words.index(self.trail.text()) + 1) % len(TRAILS)]
        self.trail.setText(said)
        self.trail.setAccessibleName(f"Trail: {said}")
        self.trail.updateGeometry()
        self.canvas.set_trail(length)

    def set_overlay(self, id_: str, shapes: Iterable[Shape]) -> None:
        """Lay these places over the tracks, instead of those that had this id; none takes them away."""
        self.canvas.set_overlay(id_, shapes)

    def draw_place(self, done: Callable[[Area | None], None]) -> None:
        """Let a person draw a place: drag a circle, or click corners. `done` gets it once; None after Esc, or when
        another drawing begins. The map does not follow meanwhile."""
        self.follow.setChecked(False)
        self.canvas.draw_place(done)

    def close_map(self) -> None:
        if self._tiles is not None:
            self._tiles.close()

    def refresh(self) -> None:
        """Say again what is known, after what says it was hidden."""
        self._say()

    def _say(self) -> None:
        """Who cannot be placed now, and how old what is shown is."""
        trouble = self.canvas.trouble
        self.canvas.set_notes((*notes(self._tracks, self._at), *((trouble,) if trouble else ())))
        self.legend.show_at(self._tracks, self._at, self.canvas.view)

    def _keep_in_view(self) -> None:
        """With Follow on: keep the officers' middle in view, moving the map only when they near its edge."""
        if not self.follow.isChecked() or self._at is None:
            return
        found = [p for p in (t.track.position(self._at) for t in self._tracks) if p is not None and not p.age]
        if not found:
            return
        points = [to_unit(p.lat, p.lon) for p in found]
        x, y = (sum(p[i] for p in points) / len(points) for i in (0, 1))
        view = self.canvas.view
        if not view.contains(x, y, 0.35):
            self.canvas.look(MapView(x, y, view.zoom, view.width, view.height))


class _ScaleBar(QWidget):
    """A length on the ground and its bar."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self.setFixedSize(124, 24)
        self.setAccessibleName("Scale")

    def paintEvent(self, _event: QPaintEvent) -> None:
        per_metre = self._canvas.view.px_per_metre()
        metres = round_metres(76 / per_metre)
        width = round(metres * per_metre)
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setPen(theme.color("text2"))
        middle = self.height() // 2
        painter.drawLine(QPoint(0, middle + 3), QPoint(width, middle + 3))
        for x in (0, width):
            painter.drawLine(QPoint(x, middle - 1), QPoint(x, middle + 3))
        painter.setFont(fonts.font(fonts.Type.META))
        words = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
        box = QRect(width + 6, 0, self.width() - width, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
