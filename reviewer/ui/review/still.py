"""From a key to a saved still: hands what the focused tile shows to the still service, and says where the file is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal

from reviewer.domain.errors import ReviewerError
from reviewer.media.camera import TilePicture
from reviewer.services.still import SavedStill
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.widgets import short_path

SaveStill = Callable[[str, TilePicture], Future[SavedStill]]


class StillSaving(QObject):
    """`saved` carries words that say where the file is, `failed` a ReviewerError."""

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, save: SaveStill, wall: VideoWall, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._save, self._wall, self._bridge = save, wall, bridge
        self._under_way = False
        self._why_not: str | None = None
        wall.tools.still_asked.connect(self.save)

    def refresh(self) -> None:
        """Show on the button whether there is something to save."""
        _picture, why_not = self._shown()
        if why_not != self._why_not:
            self._why_not = why_not
            self._wall.tools.set_still(why_not)

    def _shown(self) -> tuple[TilePicture | None, str]:
        """What the focused camera's tile shows, and why that is nothing."""
        key = self._wall.focused
        tile = self._wall.tile(key) if key is not None else None
        if key is None or tile is None:
            return None, "No camera is focused."
        picture = self._wall.painted().get(key)
        said = f": {tile.words}" if tile.words else ""
        return picture, "" if picture is not None else f"Camera {tile.camera.number} shows no picture{said}."

    def save(self) -> None:
        """Save what stands in the focused tile. One at a time: the next one once this is on the disk."""
        picture, why_not = self._shown()
        if self._under_way:
            self.failed.emit(ReviewerError("The still before this one is being saved.", "Save again in a moment."))
            return
        if picture is None or self._wall.focused is None:
            self.failed.emit(ReviewerError(why_not, "Go to a moment that it shows."))
            return
        try:
            future = self._save(self._wall.focused, picture)
        except ReviewerError as error:
            self.failed.emit(error)
            return
        self._under_way = True
        self._bridge.watch(future, self._done, self._failed, self)

    def _done(self, still: SavedStill) -> None:
        self._under_way = False
        self.saved.emit(f"Still saved: {still.path.name} in {short_path(still.path.parent)}")

    def _failed(self, error: ReviewerError) -> None:
        self._under_way = False
        self.failed.emit(error)
