"""The stage of a screen that plays footage beside the review: its own deck and gate, there while it is in view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_wall import stands_as
from reviewer.domain.timebase import Utc
from reviewer.domain.wall_time import WallTime
from reviewer.media.camera import DeckCamera
from reviewer.media.deck import Deck
from reviewer.media.sound_veil import SoundVeil
from reviewer.services.footage import CaseCamera
from reviewer.services.playback import Playback
from reviewer.services.viewing import Viewing
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.stage import StageView

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom


class Stage(QObject):
    """Of one screen of an open case, on the GUI thread. Times are wall time, as on the review's wall; `stated` and
    `wall_time` lead to and from the signed manifest's. Its processes run while its view is to be seen, no longer.

    Nothing of it is shown unlogged: it has a gate of its own (`services/viewing`), with the reason of the case.
    """

    def __init__(self, room: CaseFileRoom, purpose: str) -> None:
        super().__init__(room)
        self._room, self._purpose = room, purpose
        self.view = StageView(room.desk.zone())
        self.view.wanted.connect(self._wanted)
        room.wall.retimed.connect(self._retimed)
        self.playback: Playback | None = None
        """None while the stage is not in view."""
        self._viewing: Viewing | None = None
        self._undo = ExitStack()
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._made: dict[str, tuple[CaseCamera, DeckCamera]] = {}
        self._at: Utc | None = None
        self._sound: Callable[[DeckCamera], SoundVeil] | None = None
        self._over = False

    @property
    def clocks(self) -> WallTime:
        return self._room.wall.clocks

    def stated(self, recording: str, at: Utc) -> Utc:
        """The signed manifest's time of a recording at this instant of wall time."""
        return self.clocks.to_stated(recording, at)

    def wall_time(self, recording: str, at: Utc) -> Utc:
        return self.clocks.to_wall(recording, at)

    # What stands on it

    def load(self, cameras: Iterable[ReviewCamera], at: Utc, *, onward: bool = False) -> None:
        """Exactly these cameras (four at most) from now on, standing at this instant. Those that stay go on. `onward`:
        they will be played on from there."""
        self._cameras = tuple(cameras)[:4]
        self._at = at
        self.view.wall.set_cameras(self._cameras)
        self.view.wall.choose({camera.key for camera in self._cameras})
        if self.playback is not None:
            self.playback.set_cameras(self._decks())
            if self._cameras:
                self.playback.seek(at, onward=onward)

    @property
    def cameras(self) -> tuple[ReviewCamera, ...]:
        return self._cameras

    def now(self) -> Utc | None:
        """Where it stands; None while nothing is loaded."""
        if self.playback is not None and self._cameras:
            return self.playback.now()
        return self._at

    def _decks(self, *, anew: bool = False) -> tuple[DeckCamera, ...]:
        """Of what stands on it. A camera that did not change is the same object, and goes on undisturbed, unless
        `anew`: by other clocks."""
        footage, wall = self._room.wall.footage, self._room.wall
        for camera in (wall.camera(each.key) for each in self._cameras):
            if camera is None or footage is None:
                continue
            known = self._made.get(camera.key)
            if known is None or anew or not stands_as(known[0], camera):
                self._made[camera.key] = (camera, footage.deck_camera(camera))
        self._made = {c.key: self._made[c.key] for c in self._cameras if c.key in self._made}
        return tuple(deck for _camera, deck in self._made.values())

    def veil_sound(self, veil: Callable[[DeckCamera], SoundVeil] | None) -> None:
        """What of its sound is hidden from this call on, by the clocks as they are now; None: nothing. Set it anew
        where clocks change."""
        self._sound = veil
        if self.playback is not None:
            self.playback.veil_sound(veil)

    # While it is in view

    def _wanted(self, wanted: bool) -> None:
        if wanted and not self._over:
            self._enter()
        else:
            self._leave()

    def _enter(self) -> None:
        if self.playback is not None:
            return
        desk, room = self._room.desk, self._room
        deck = Deck()
        self._undo.callback(desk.end, deck.close)  # its processes are waited for
        viewing = Viewing(desk.session.journal, room.case, self._purpose, permit=desk.witnesses.refusal)
        self._undo.callback(lambda: [entry.exception() for entry in viewing.close()])
        viewing.set_clocks(self.clocks)
        self._viewing = viewing
        playback = self.playback = Playback(deck, viewing)
        playback.veil_sound(self._sound)
        playback.retime((), self.clocks, self._at or Utc(0))
        playback.set_cameras(self._decks())
        if self._at is not None and self._cameras:
            playback.seek(self._at)
        self.view.set_playback(playback)

    def _leave(self) -> None:
        if self.playback is None:
            return
        self._at = self.now()
        self.view.set_playback(None)
        self.playback = self._viewing = None
        self._made = {}
        self._undo.close()

    def retry(self) -> None:
        """Try the log again after it could not be written."""
        if self._viewing is not None:
            self._viewing.retry()

    def _retimed(self) -> None:
        if self.playback is not None and self._cameras:
            self.playback.retime(self._decks(anew=True), self.clocks, self.playback.now())

    def lock(self) -> None:
        self.view.lock()

    def unlock(self) -> None:
        self.view.unlock()

    def close(self) -> None:
        """The case ends: what was shown is in the log when this returns."""
        self._over = True
        self._leave()
