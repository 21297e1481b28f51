"""Small pictures of released recordings and clips: footage, so each is an entry before it is made, and masked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.media.camera import DeckCamera, Image
from reviewer.media.masking import hide_image
from reviewer.services.filmstrip import Filmstrip, Pictures

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewer.app.case_reels import ReelRoom

_HIGH = 96
_WITHIN = 2 * SECOND


class ReelPictures(QObject):
    """On the GUI thread; one at a time is made. `clear` forgets what it gave: masks, clocks or the lock changed."""

    def __init__(self, room: ReelRoom, purpose: str) -> None:
        super().__init__(room)
        self._room = room
        desk = room.desk
        self._film = Filmstrip(
            self._camera,
            desk.session.journal.record,
            desk.pool,
            room.case,
            purpose,
            desk.witnesses.refusal,
            lambda: room.stage.clocks,
        )
        self._wanted: dict[str, tuple[str, Utc, Callable[[QImage], object]]] = {}
        self._given: dict[str, tuple[str, Utc]] = {}
        self._busy = self._over = False

    def _camera(self, key: str) -> DeckCamera | None:
        wall = self._room.room.wall
        found = wall.camera(key)
        return wall.footage.deck_camera(found) if found is not None and wall.footage is not None else None

    def want(self, what: str, recording: str, at: Utc, give: Callable[[QImage], object]) -> None:
        """A picture of `recording` at this wall time, given once; asked again for another time, another."""
        if self._given.get(what) != (recording, at):
            self._given[what] = (recording, at)
            self._wanted[what] = (recording, at, give)
            self._next()

    def clear(self) -> None:
        """What is asked for from now on is made anew."""
        self._given.clear()
        self._wanted.clear()

    def close(self) -> None:
        self._over = True
        self._film.close()

    def _next(self) -> None:
        if self._busy or self._over or not self._wanted:
            return
        what = next(iter(self._wanted))
        recording, at, give = self._wanted.pop(what)
        self._busy = True
        future = self._film.request(recording, TimeRange(at, Utc(at + _WITHIN)), 1, _HIGH)
        shown = partial(self._made, recording, give)
        self._room.desk.bridge.watch(future, shown, lambda _wrong: self._made(recording, give, []), self)

    def _made(self, recording: str, give: Callable[[QImage], object], pictures: Pictures) -> None:
        self._busy = False
        if pictures and not self._over and not self._room.locked:
            at, image = pictures[0]
            give(_picture(self._hidden(recording, at, image)))
        self._next()

    def _hidden(self, recording: str, at: Utc, image: Image) -> Image:
        regions = self._room.redaction.regions(recording, self._room.stage.stated(recording, at))
        return hide_image(image, regions, 0) if regions else image


def _picture(image: Image) -> QImage:
    high, wide = image.shape[:2]
    return QImage(image.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()
