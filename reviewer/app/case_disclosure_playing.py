"""The picture of the room of copies: played, stepped, with or without its masks, and the review pass."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.redaction import Redaction
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.playback import Playback, WallPicture
from reviewer.services.veil import sound_veil_of, veil_of
from reviewer.ui.disclosure_model import hidden_ranges, next_to_play, outside
from reviewer.ui.disclosure_page import ALL, HIDDEN, REST

if TYPE_CHECKING:
    from reviewer.app.case_disclosure import DisclosureRoom

_PASSES = (ALL, HIDDEN, REST)
_OVER = {HIDDEN: "Everything that is hidden was played.", REST: "Everything that is not hidden was played."}


class PlayingRoom(QObject):
    """Of the room of copies, on the GUI thread."""

    def __init__(self, room: DisclosureRoom) -> None:
        super().__init__(room)
        self._room = room
        self.masked, self.which = True, ALL
        self._heard = True
        self._veiled: Redaction | None = None
        self._voice = secrets.randbits(32)  # how a voice sounds here tells nothing of how a copy's will
        self._playing: bool | None = None
        page = room.screen.page
        page.masked_chosen.connect(self.show_masked)
        page.pass_chosen.connect(self.choose_pass)
        page.lanes.seek_asked.connect(self.seek)
        room.stage.view.ticked.connect(self._ticked)
        room.case.wall.retimed.connect(self._anew)
        room.read.connect(self._dress)

    def commands(self) -> dict[str, Callable[[], object]]:
        """What its keys do, by command."""
        return {
            "disclose.play": self.toggle,
            "disclose.back": partial(self.step, -1),
            "disclose.on": partial(self.step, 1),
            "disclose.earlier": partial(self.by, -1),
            "disclose.later": partial(self.by, 1),
            "disclose.much_earlier": partial(self.by, -5),
            "disclose.much_later": partial(self.by, 5),
            "disclose.hear": self.hear,
            "disclose.masks": lambda: self.show_masked(not self.masked),
            "disclose.pass": lambda: self.choose_pass(_PASSES[(_PASSES.index(self.which) + 1) % len(_PASSES)]),
        }

    @property
    def playback(self) -> Playback | None:
        return self._room.stage.playback

    def stand(self) -> None:
        """The recording of the room stands on the stage, at the begin of what was asked for."""
        room = self._room
        camera = next((c for c in room.recordings if c.key == room.recording), None)
        stretches = room.stretches() if camera is not None else ()
        at = stretches[0].start if stretches else camera.range.start if camera is not None else Utc(0)
        room.stage.load((camera,) if camera is not None else (), at)
        self._sound()

    # With masks, or as it was recorded

    def show_masked(self, masked: bool) -> None:
        """Whoever may make copies may see the original; every view of it is in the log."""
        self.masked = masked
        self._room.screen.page.masked.choose(masked)
        self._anew()

    def _anew(self) -> None:
        self._veiled = None
        self._dress()

    def _dress(self) -> None:
        """The veil of picture and sound, anew where what is hidden changed."""
        room = self._room
        wanted = room.redaction if self.masked else None
        if wanted == self._veiled and (room.stage.view.veil is not None) is self.masked:
            return
        self._veiled = wanted
        stage = room.stage
        stage.view.veil = veil_of(wanted, stage.stated) if wanted is not None else None
        stage.veil_sound(sound_veil_of(wanted, stage.wall_time, self._voice) if wanted is not None else None)

    # Playing

    def toggle(self) -> None:
        playback = self.playback
        if playback is None or not self._room.recording:
            return
        if playback.playing:
            playback.pause()
        else:
            self._sound()
            playback.play()

    def stop(self) -> None:
        if self.playback is not None and self.playback.playing:
            self.playback.pause()

    def seek(self, at: Utc) -> None:
        """Within the recording; wall time."""
        if self.playback is not None and self._room.recording:
            self.playback.seek(self.playback.range.clamp(at))

    def by(self, seconds: int) -> None:
        now = self._room.stage.now()
        if now is not None:
            self.seek(Utc(now + seconds * SECOND))

    def step(self, by: int) -> None:
        """One frame, by the recording's own times."""
        if self.playback is not None and self._room.recording:
            self.stop()
            self.playback.step(self._room.recording, by)

    def hear(self) -> None:
        self._heard = not self._heard
        self._sound()

    def _sound(self) -> None:
        """The recording is heard; while masks are shown, as the copy will be (`services/veil`)."""
        if self.playback is not None:
            key = self._room.recording
            heard = bool(key) and self._heard
            self.playback.set_levels({key: 1.0} if heard else {})
            self._room.stage.view.wall.set_heard([key] if heard else [])

    # The review pass

    def choose_pass(self, which: str) -> None:
        """ALL, only HIDDEN, only the REST: what is played from now on."""
        self.which = which
        self._room.screen.page.passes.choose(which)
        self._room.say("")

    def _to_play(self) -> tuple[TimeRange, ...]:
        stretches, hidden = self._room.stretches(), hidden_ranges(self._room.rows)
        rest = outside(stretches, hidden)
        return outside(stretches, rest) if self.which == HIDDEN else rest if self.which == REST else stretches

    def _ticked(self, picture: WallPicture) -> None:
        room = self._room
        page = room.screen.page
        playback = self.playback
        if playback is None or not room.recording:
            return
        room.hiding.editor.follow(picture)
        page.bar.show_time(picture.at)
        page.lanes.show_now(picture.at)
        if picture.playing is not self._playing:
            self._playing = picture.playing
            page.bar.show_playing(picture.playing)
        if picture.playing and self.which != ALL:
            at = next_to_play(self._to_play(), picture.at)
            if at is None:
                playback.pause()
                room.say(_OVER[self.which])
            elif at > picture.at:
                playback.seek(at)
