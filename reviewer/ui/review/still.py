"""From a key to a saved still, or one of every picture: asks the still service, and says where the files are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from reviewer.domain.errors import LogUnwritable, ReviewerError
from reviewer.media.camera import TilePicture
from reviewer.services.still import SavedStill, SavedStills
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import count
from reviewer.ui.widgets import short_path


class StillRequests(Protocol):
    """What can be asked for of pictures that are on the screen, by camera key. Each raises ReviewerError at once if a
    picture is not there any more."""

    def save(self, key: str, picture: TilePicture) -> Future[SavedStill]:
        """The original of what a camera shows, as a file."""

    def save_all(
        self, wanted: Sequence[tuple[str, TilePicture]], progress: Callable[[int], None], stop: threading.Event
    ) -> Future[SavedStills]:
        """The originals of all of these, a file each; `progress` is told how many are done, in another thread."""

    def original(self, key: str, picture: TilePicture) -> Future[TilePicture]:
        """The original of what a camera shows, to be held."""


class StillSaving(QObject):
    """`saved` carries words that say where the files are, `failed` a ReviewerError."""

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, requests: StillRequests, wall: VideoWall, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._requests, self._wall, self._bridge = requests, wall, bridge
        self._under_way = False
        self._stop: threading.Event | None = None
        self._total = 0
        self._why_not: tuple[str, bool] | None = None

    def refresh(self) -> None:
        """Show on the buttons whether there is something to save."""
        _picture, why_not = self._shown()
        some = bool(self._wall.painted()) or self._wall.painted_held() is not None
        if (why_not, some) != self._why_not:
            self._why_not = (why_not, some)
            self._wall.tools.set_still(why_not)
            self._wall.tools.set_stills("" if some else "No picture is shown.")

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
            future = self._requests.save(self._wall.focused, picture)
        except ReviewerError as error:
            self.failed.emit(error)
            return
        self._under_way = True
        self._bridge.watch(future, self._done, self._failed, self)

    def save_all(self) -> None:
        """Save every picture on the wall, the held one too. While that is under way: stop it, what is saved stays."""
        if self._stop is not None:
            self._stop.set()
            return
        held = self._wall.painted_held()
        wanted = [*self._wall.painted().items(), *([(held.key, held.picture)] if held is not None else [])]
        if self._under_way or not wanted:
            busy = ReviewerError("The still before this one is being saved.", "Save again in a moment.")
            self.failed.emit(
                busy if self._under_way else ReviewerError("No picture is shown.", "Go to a moment with one.")
            )
            return
        stop = threading.Event()
        try:
            future = self._requests.save_all(wanted, self._bridge.progress(self._progress, self), stop)
        except ReviewerError as error:
            self.failed.emit(error)
            return
        self._under_way, self._stop, self._total = True, stop, len(wanted)
        self._progress(0)
        self._bridge.watch(future, self._all_done, self._failed, self)

    def _progress(self, done: int) -> None:
        if self._stop is not None:
            self._wall.tools.show_saving(done, self._total)

    def _end(self) -> None:
        self._under_way, self._stop = False, None
        self._wall.tools.show_saving(0, 0)
        self._why_not = None

    def _done(self, still: SavedStill) -> None:
        self._end()
        self.saved.emit(f"Still saved: {still.path.name} in {short_path(still.path.parent)}")

    def _all_done(self, stills: SavedStills) -> None:
        self._end()
        log = next((wrong for _, wrong in stills.failed if isinstance(wrong, LogUnwritable)), None)
        if log is not None or (stills.failed and not stills.saved):
            wrong = log or stills.failed[0][1]
            self.failed.emit(ReviewerError(f"{all_words(stills)} {wrong.message}", wrong.next_step))
        else:
            self.saved.emit(all_words(stills))

    def _failed(self, error: ReviewerError) -> None:
        self._end()
        self.failed.emit(error)


def all_words(stills: SavedStills) -> str:
    """ "4 stills saved in ~/Pictures/Reviewer.", then what could not be, and what was not tried."""
    saved = stills.saved
    where = f" in {short_path(saved[0].path.parent)}" if saved else ""
    said = [f"{count(len(saved), 'still') if saved else 'No still'} saved{where}."]
    if stills.failed:
        names = ", ".join(manifest.officer for manifest, _ in stills.failed)
        said.append(f"Not saved: {names}.")
    if stills.left:
        said.append(f"Stopped; {stills.left} not tried.")
    return " ".join(said)
