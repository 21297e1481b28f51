"""What keys and buttons do with the map, and the large map: over the wall, and back to its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.side import SideColumn
from reviewer.ui.review.video_wall import VideoWall


class MapTools(QObject):
    """The large map lies on the wall as a child of it, so that pictures below it count as covered (`exposure`)."""

    def __init__(self, shown: ReviewMap, wall: VideoWall, side: SideColumn, keys: KeyTable, screen: QWidget) -> None:
        super().__init__(screen)
        self._map, self._wall, self._side = shown, wall, side
        shown.large.clicked.connect(self.turn)
        wall.layout_changed.connect(lambda _layout: self.shrink())
        wall.installEventFilter(self)
        screen.installEventFilter(self)
        for button, command in (
            (shown.follow, "map.follow"),
            (shown.trail, "map.trail"),
            (shown.closer, "map.closer"),
            (shown.farther, "map.all"),
            (shown.large, "map.large"),
        ):
            said = button.toolTip()
            button.setToolTip(f"{said} ({keys.shown(command)})" if keys.shown(command) else said)

    @property
    def is_large(self) -> bool:
        return self._map.parentWidget() is self._wall

    def commands(self) -> dict[str, Callable[[], object]]:
        """Command id → what it does."""
        shown = self._map
        return {
            "map.large": self.turn,
            "map.follow": shown.follow.toggle,
            "map.trail": shown.next_trail,
            "map.closer": lambda: shown.canvas.zoom(1.0),
            "map.farther": lambda: shown.canvas.zoom(-1.0),
            "map.all": shown.canvas.fit,
        }

    def turn(self) -> None:
        """Large, or back."""
        if self.is_large:
            self.shrink()
        else:
            self._grow()

    def _grow(self) -> None:
        self._side.lend_map()
        self._map.setParent(self._wall)
        self._map.legend.show()
        self._map.setGeometry(self._wall.rect())
        self._map.show()
        self._map.raise_()
        self._map.large.setChecked(True)
        self._map.refresh()

    def shrink(self) -> None:
        """Back to its place, if it is large."""
        if self.is_large:
            self._map.legend.hide()
            self._side.take_map_back()
            self._map.large.setChecked(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self.is_large and watched is self._wall and event.type() == QEvent.Type.Resize:
            self._map.setGeometry(self._wall.rect())
        elif self.is_large and watched is not self._wall and _is_escape(event):
            self.shrink()
            return True
        return super().eventFilter(watched, event)


def _is_escape(event: QEvent) -> bool:
    pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
    return pressed and cast("QKeyEvent", event).key() == Qt.Key.Key_Escape
