"""The stills of one open case: which manifest a camera has, and the folder that the person chose for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from reviewer.domain.recording import Manifest
from reviewer.media.camera import TilePicture
from reviewer.services.still import SavedStill, SavedStills, Stills


class CaseStills:
    """What the review screen asks for (`StillRequests`), camera by key."""

    def __init__(self, stills: Stills, manifest_of: Callable[[str], Manifest], folder: Callable[[], Path]) -> None:
        self._stills, self._manifest_of, self._folder = stills, manifest_of, folder

    def save(self, key: str, picture: TilePicture) -> Future[SavedStill]:
        """The original of what a camera shows, as a file."""
        return self._stills.save(self._manifest_of(key), picture, self._folder())

    def save_all(
        self, wanted: Sequence[tuple[str, TilePicture]], progress: Callable[[int], None], stop: threading.Event
    ) -> Future[SavedStills]:
        """The originals of all of these, a file each."""
        pictures = [(self._manifest_of(key), picture) for key, picture in wanted]
        return self._stills.save_all(pictures, self._folder(), progress, stop)

    def original(self, key: str, picture: TilePicture) -> Future[TilePicture]:
        """The original of what a camera shows, to be held."""
        return self._stills.original(key, picture)
