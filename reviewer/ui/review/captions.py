"""Captions below the pictures: which camera has something to say at the play-head, shown ten times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from reviewer.domain.timebase import Utc
from reviewer.domain.transcript import Line
from reviewer.ui.review.caption_row import Caption
from reviewer.ui.review.video_wall import VideoWall

_EVERY = 6  # ticks

LineAt = Callable[[str, Utc], Line | None]
"""What is said on a camera at an instant of the wall; None where nothing is."""


class Captions(QObject):
    """`line_at` and `has` (whether a camera has a transcript) are asked while captions are on. `changed(bool)`: they
    were turned on or off."""

    changed = Signal(bool)

    def __init__(
        self, wall: VideoWall, line_at: LineAt, has: Callable[[str], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._wall, self._line_at, self._has = wall, line_at, has
        self._ticks = 0
        self.on = False

    def toggle(self) -> None:
        self.set_on(not self.on)

    def set_on(self, on: bool) -> None:
        """Whether every camera that has a transcript shows a row for it."""
        if on != self.on:
            self.on = on
            self._ticks = 0
            if not on:
                self.clear()
            self.changed.emit(on)

    def clear(self) -> None:
        """No row anywhere: the session locks, the case ends."""
        for camera in self._wall.every:
            tile = self._wall.tile(camera.key)
            if tile is not None:
                tile.set_caption(None)

    def tick(self, at: Utc) -> None:
        """The play-head stands here now."""
        if self.on and self._ticks % _EVERY == 0:
            for camera in self._wall.on_page:
                tile = self._wall.tile(camera.key)
                if tile is not None:
                    tile.set_caption(self._caption(camera.key, at))
        self._ticks += 1

    def _caption(self, key: str, at: Utc) -> Caption | None:
        if not self._has(key):
            return None
        line = self._line_at(key, at)
        return Caption(line.text, line.speaker) if line is not None else Caption()
