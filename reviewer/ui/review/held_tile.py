"""The tile of a held instant: the same camera, its own clock, standing still beside the wall that goes on."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.services.playback import HeldPicture
from reviewer.ui.buttons import IconButton
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.faces import Face, HeadWords, Mark, face_of, mark_of
from reviewer.ui.review.tile import Tile
from reviewer.ui.review.tile_chrome import HEAD
from reviewer.ui.times import Zone

_FETCHING = "Its original frame is being fetched"


class HeldTile(Tile):
    """`let_go_asked`: the person has seen enough of it."""

    let_go_asked = Signal()

    def __init__(self, camera: ReviewCamera, zone: Zone, parent: QWidget | None = None) -> None:
        self._close: IconButton | None = None
        super().__init__(camera, zone, parent)
        self._sound.hide()
        self._close = IconButton("Let the held picture go", "x", parent=self)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # C and Esc are its keys
        self._close.clicked.connect(self.let_go_asked)
        self._place_corner()

    def show_held(self, picture: TilePicture) -> bool:
        """Show what is held, or the word that stands for it. True if there is a new frame."""
        return self.show_picture(picture, picture.at, playing=False)

    def _said(self, picture: TilePicture, at: Utc, playing: bool) -> tuple[Face | None, HeadWords | None, Mark | None]:
        if picture.state is TileState.OPENING and not picture.note:
            return face_of(self._camera, picture.state, at, self._zone, _FETCHING), None, None
        face = face_of(self._camera, picture.state, at, self._zone, picture.note)
        return face, HeadWords("pinned", f"Held {self._zone.clock(at, 3)}") if face is None else None, mark_of(picture)

    def _show_corner(self) -> None:
        self._place_corner()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_corner()

    def _show_sound(self) -> None:
        """What is held makes no sound."""

    def _place_corner(self) -> None:
        if self._close is not None:
            head = self._rects.head
            self._close.setGeometry(head.right() - HEAD + 1, head.top(), HEAD, HEAD)

    def _corner_width(self) -> int:
        return HEAD

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole picture again."""
        if self.lens.zoomed:
            super().mouseDoubleClickEvent(event)


class HeldPlace(QObject):
    """Where a held instant stands on the wall: its tile comes and goes with what is held. `made` carries a new tile;
    `let_go_asked`: the person has seen enough."""

    made = Signal(object)
    let_go_asked = Signal()

    def __init__(self, zone: Zone, wall: QWidget) -> None:
        super().__init__(wall)
        self._zone, self._wall = zone, wall
        self.tile: HeldTile | None = None

    def hold(self, held: HeldPicture | None, cameras: Iterable[ReviewCamera]) -> None:
        """A tile for it, or none any more."""
        self.drop()
        camera = next((c for c in cameras if held is not None and c.key == held.key), None)
        if camera is not None:
            self.tile = HeldTile(camera, self._zone, self._wall)
            self.tile.let_go_asked.connect(self.let_go_asked)
            self.made.emit(self.tile)

    def show(self, held: HeldPicture | None, cameras: Iterable[ReviewCamera]) -> HeldTile | None:
        """Show what is held; the tile, if there is a new frame in it."""
        if held is not None and self.tile is not None and self.tile.key != held.key:
            room = self.tile.geometry() if not self.tile.isHidden() else None
            self.hold(held, cameras)
            self.put(room)
        if held is None or self.tile is None or self.tile.isHidden():
            return None
        return self.tile if self.tile.show_held(held.picture) else None

    def put(self, room: QRect | None) -> None:
        """Where it lies; None hides it, and then it keeps no picture."""
        if self.tile is not None and room is not None:
            self.tile.setGeometry(room)
            self.tile.show()
        elif self.tile is not None:
            self.tile.hide()
            self.tile.cover()

    def drop(self) -> None:
        """No tile any more, and nothing in it."""
        if self.tile is not None:
            self.put(None)
            self.tile.deleteLater()
            self.tile = None

    def cover(self, why: str) -> None:
        """No picture."""
        if self.tile is not None:
            self.tile.cover(why)

    def size(self) -> QSize:
        """The room of its picture in device pixels; nothing while it cannot be seen."""
        return self.tile.device_size() if self.tile is not None and not self.tile.isHidden() else QSize(0, 0)

    @property
    def painted(self) -> HeldPicture | None:
        """What is held, if it really stands on the screen now."""
        picture = self.tile.painted if self.tile is not None else None
        return HeldPicture(self.tile.key, picture) if self.tile is not None and picture is not None else None
