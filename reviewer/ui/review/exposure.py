"""Whether what the tiles paint can be seen: what is painted under something else was not watched.

Known is what Qt says: the window minimised, or not exposed (unmapped, on another desktop where the system says so), and
this program's own windows, sheets and menus over a tile. Another program's window over ours is not known of.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication, QWidget

from reviewer.domain.events import Visible
from reviewer.ui.review.tile import Tile

ENOUGH = 0.9  # of a picture has to be free, or it counts as covered; `domain.coverage.PART` is the same for a crop


class Exposure:
    """`refresh` at every tick; it looks thoroughly ten times a second, and at once when a dialog, a menu or the
    window's own state changed."""

    def __init__(self, wall: QWidget) -> None:
        self._wall = wall
        self._state: tuple[object, ...] = ()
        self._all: Visible | None = None  # of every tile alike
        self._over: tuple[QRegion, ...] = ()
        self._known: dict[str, tuple[QRect, Visible]] = {}

    def refresh(self, *, thoroughly: bool) -> None:
        """See what lies over the wall now."""
        window = self._wall.window()
        handle = window.windowHandle()
        exposed = handle is not None and handle.isExposed()
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        state = (window.isMinimized(), exposed, popup, modal)
        if not thoroughly and state == self._state:
            return
        self._state = state
        self._all = Visible.MINIMISED if state[0] else None if exposed else Visible.COVERED
        self._over = tuple(self._lies_over(window))
        self._known.clear()

    def of(self, tile: Tile) -> Visible:
        """Whether a tile's picture can be seen, as it was at the last `refresh`."""
        if self._all is not None:
            return self._all
        if not self._over:
            return Visible.YES
        rect = QRect(tile.mapTo(self._wall, tile.picture_rect.topLeft()), tile.picture_rect.size())
        known = self._known.get(tile.key)
        if known is None or known[0] != rect:
            known = self._known[tile.key] = (rect, self._judged(rect))
        return known[1]

    def _judged(self, rect: QRect) -> Visible:
        free = QRegion(rect)
        for each in self._over:
            free -= each
        left = sum(part.width() * part.height() for part in cast("Iterable[QRect]", free))
        return Visible.YES if left >= ENOUGH * rect.width() * rect.height() else Visible.COVERED

    def _lies_over(self, window: QWidget) -> Iterable[QRegion]:
        """Whatever is to be seen over the wall, in the wall's own coordinates."""
        wall, origin = self._wall, self._wall.mapToGlobal(QPoint(0, 0))
        for each in wall.children():
            if isinstance(each, QWidget) and not isinstance(each, Tile) and each.isVisible():
                yield QRegion(each.geometry())
        node = wall
        while node is not window and (parent := node.parentWidget()) is not None:
            siblings = parent.children()
            for each in siblings[siblings.index(node) + 1 :]:
                if isinstance(each, QWidget) and each.isVisible() and not each.isWindow():
                    place = QRect(wall.mapFromGlobal(parent.mapToGlobal(each.pos())), each.size())
                    if place.intersects(wall.rect()):
                        yield QRegion(place)
            node = parent
        for top in QApplication.topLevelWidgets():
            if top is not window and top.isVisible() and not top.isMinimized():
                place = top.frameGeometry().translated(-origin)
                if place.intersects(wall.rect()):
                    yield QRegion(place)
