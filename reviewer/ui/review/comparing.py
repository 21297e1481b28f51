"""Two instants side by side: holds the original of what the focused camera shows, says how far the two lie apart."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from math import hypot

from PySide6.QtCore import QObject, Signal

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.errors import ReviewerError
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.media.camera import TilePicture
from reviewer.services.playback import HeldPicture, Playback, WallPicture
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import plus_minus

FetchOriginal = Callable[[str, TilePicture], Future[TilePicture]]
Joint = Callable[[str, str, Utc], Micros | None]
"""(one camera, another, wall time) → σ of the difference of their times; None where nothing joins them."""


class Comparing(QObject):
    """`failed` carries a ReviewerError; `went` the instant that the wall is to go to. `joint` says how sure the times
    of two cameras are against each other, where that is known better than from each alone."""

    failed = Signal(object)
    went = Signal(object)

    def __init__(
        self, fetch: FetchOriginal, playback: Playback, wall: VideoWall, bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._fetch, self._playback, self._wall, self._bridge = fetch, playback, wall, bridge
        self._asked: TilePicture | None = None
        self.joint: Joint = lambda _one, _other, _at: None
        wall.let_go_asked.connect(self.let_go)

    def toggle(self) -> None:
        """C: hold what the focused camera shows, or let go of what is held."""
        if self._playback.compared is not None:
            self.let_go()
        else:
            self.hold()

    def hold(self) -> None:
        """Hold what the focused camera shows now, instead of what is held. An original stands there at once; in any
        case the one of full size is fetched."""
        key = self._wall.focused
        picture = self._wall.painted().get(key or "")
        if key is None or picture is None:
            self.failed.emit(ReviewerError("The focused camera shows no picture.", "Go to a moment that it shows."))
            return
        try:
            future = self._fetch(key, picture)
        except ReviewerError as error:
            self.failed.emit(error)
            return
        self._asked = picture
        self._playback.compare(key, _meanwhile(picture))
        self._bridge.watch(future, partial(self._fetched, key, picture), partial(self._not_fetched, key, picture), self)

    def let_go(self) -> None:
        """The held picture is not wanted any more."""
        self._asked = None
        self._playback.end_compare()

    def swap(self) -> None:
        """Go to the held instant, and hold this one."""
        held = self._playback.compared
        if held is not None and held.picture.image is not None:
            self.hold()
            self.went.emit(held.picture.at)

    def _fetched(self, key: str, asked: TilePicture, picture: TilePicture) -> None:
        if self._asked is asked:
            self._playback.compare(key, picture)

    def _not_fetched(self, key: str, asked: TilePicture, error: ReviewerError) -> None:
        held = self._playback.compared
        if self._asked is not asked or held is None:
            return
        if held.picture.image is None:
            word = TilePicture(TileState.UNREADABLE, None, asked.part, 0, asked.at, asked.until, note=str(error))
            self._playback.compare(key, word)
        self.failed.emit(error)

    def show(self, wall: WallPicture, cameras: tuple[ReviewCamera, ...]) -> None:
        """Say how far the two lie apart. Ten times a second is enough."""
        now = wall.pictures.get(self._wall.focused or "")
        words = ""
        if wall.held is not None and wall.held.picture.image is not None and now is not None and now.image is not None:
            by_key = {c.key: c for c in cameras}
            place = self._wall.focused or "", now.at
            words = apart_words(by_key, wall.held, place, rolling=wall.playing, joint=self.joint)
        self._wall.tools.show_compared(wall.held is not None, words)


def _meanwhile(picture: TilePicture) -> TilePicture:
    """What stands there until the original of full size has come: a copy of an original, else that it is being fetched.
    A copy, as the decoder's memory is the next frame's."""
    plain = picture.fidelity is Fidelity.ORIGINAL and picture.image is not None
    state = TileState.STILL if picture.state is TileState.STILL else TileState.PLAYING
    image = picture.image.copy() if plain and picture.image is not None else None
    if image is None:
        return TilePicture(TileState.OPENING, None, picture.part, picture.pts, picture.at, picture.until)
    return TilePicture(state, image, picture.part, picture.pts, picture.at, picture.until, note=picture.note)


def apart_words(
    cameras: dict[str, ReviewCamera],
    held: HeldPicture,
    now: tuple[str, Utc],
    *,
    rolling: bool = False,
    joint: Joint = lambda _one, _other, _at: None,
) -> str:
    """How far the moving picture lies from the held one: to the millisecond on one camera's clock, while it rolls to
    what can be read; between two cameras no closer than their clocks together carry, and where these do not tell which
    came first, that."""
    apart = now[1] - held.picture.at
    way = "later" if apart >= 0 else "earlier"
    if held.key == now[0]:
        return f"{abs(apart) / SECOND:.{1 if rolling else 3}f} s {way}" if apart else "The same frame"
    known = joint(held.key, now[0], now[1])
    clocks = [cameras[key].manifest.clock.uncertainty for key in (held.key, now[0]) if key in cameras]
    doubt = COVERAGE * (round(hypot(*clocks)) if known is None else known)
    if abs(apart) <= doubt:
        return f"Which came first cannot be decided ({plus_minus(doubt)})"
    places = 2 if doubt < SECOND // 10 else 1 if doubt < SECOND else 0
    return f"{abs(apart) / SECOND:.{places}f} s {way} {plus_minus(doubt)}"
