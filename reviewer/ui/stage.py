"""A stage: one to four cameras of a case in sync, without the review's tools. Reels and copies are looked at on one.

It decides nothing about footage: pictures come from `Playback.tick`, changed by `veil` before they are painted.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.media.camera import TilePicture
from reviewer.services.playback import Playback
from reviewer.ui.review.exposure import Exposure
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import Zone

_TICK_MS = 16
_SLOW = 6  # ticks between two thorough looks at what lies over the tiles
_HIDDEN = "Another screen is open."
_LOCKED = "The session is locked."

Veil = Callable[[str, TilePicture], TilePicture]
"""What a camera's picture looks like with everything hidden that is to be; a new picture, the given one is shared."""


class StageView(QWidget):
    """`wanted(bool)`: it came into view, or went. `ticked(WallPicture)`: after each tick, once its tiles are painted.
    `covered(str)`: why nothing is shown, "" once it is again."""

    wanted = Signal(bool)
    ticked = Signal(object)
    covered = Signal(str)

    def __init__(self, zone: Zone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wall = VideoWall(zone, self, bare=True)
        self.exposure = Exposure(self.wall)
        self.veil: Veil | None = None
        self._playback: Playback | None = None
        self._locked, self._ticks, self._why = False, 0, ""
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.wall.sizes_changed.connect(lambda _sizes: self._tell_sizes())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.wall)

    def set_playback(self, playback: Playback | None) -> None:
        """From now on this is shown; None: nothing."""
        self._timer.stop()
        self._playback = playback
        if playback is None:
            self.wall.cover(_HIDDEN)
        elif self.isVisible():
            self._uncover()

    def tick(self) -> None:
        """Ask what may be shown now, paint it, and tell what was really painted."""
        if self._playback is None:
            return
        picture = self._playback.tick()
        if picture.covered is not None:
            self.wall.cover("Playing has stopped")
        else:
            veil = self.veil
            shown = picture.pictures if veil is None else {k: veil(k, p) for k, p in picture.pictures.items()}
            self.wall.show_pictures(shown, picture.at, picture.playing, None)
            self.exposure.refresh(thoroughly=self._ticks % _SLOW == 0)
            self._playback.painted(self.wall.as_painted(picture, self.exposure))
        if (picture.covered or "") != self._why:
            self._why = picture.covered or ""
            self.covered.emit(self._why)
        self._ticks += 1
        self.ticked.emit(picture)

    def lock(self) -> None:
        """Cover everything in this very call."""
        self._locked = True
        self._cover(_LOCKED)

    def unlock(self) -> None:
        self._locked = False
        if self.isVisible():
            self._uncover()

    def _cover(self, why: str) -> None:
        self._timer.stop()
        self.wall.cover(why)
        if self._playback is not None:
            self._playback.cover(why)
        self._tell_sizes()

    def _uncover(self) -> None:
        if self._playback is not None and not self._locked:
            self._playback.cover(None)
            self._tell_sizes()
            self._timer.start()

    def _tell_sizes(self) -> None:
        if self._playback is None:
            return
        seen = self.wall.sizes() if self.isVisible() and not self._locked else {}
        for camera in self.wall.every:
            size = seen.get(camera.key, QSize(0, 0))
            self._playback.set_tile_size(camera.key, size.width(), size.height())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.wanted.emit(True)
        self._uncover()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._cover(_LOCKED if self._locked else _HIDDEN)
        self.wanted.emit(False)
