"""Training reels of an open assignment: what was released, the strip, the stage, and the way to a file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.app.case_reels_edit import ReelEditor
from reviewer.app.case_reels_faces import ReelFaces
from reviewer.app.case_reels_hiding import ReelHiding
from reviewer.app.case_reels_pictures import ReelPictures
from reviewer.app.case_reels_play import LONG, SHORT, ReelPlayer
from reviewer.app.case_reels_present import ReelPresenting
from reviewer.app.case_reels_render import ReelRendering
from reviewer.app.case_reels_show import ReelShowing
from reviewer.app.case_stage import Stage
from reviewer.app.later import Later
from reviewer.domain.case_acts import ClipSet, MaskPathSet, MaskSet, ReelSet, SoundEditSet, WithheldSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.redaction import TRAINING, Redaction
from reviewer.domain.reel import Clip, Reel
from reviewer.domain.roles import REEL_MAKERS
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.services.case import CaseFile
from reviewer.services.redaction import Redactions
from reviewer.services.reel import Reels, Undecided, undecided
from reviewer.services.veil import sound_veil_of, veil_of
from reviewer.ui import reels_words as words
from reviewer.ui.reels import ReelScreen
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.theme import ThemeName

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_SHUT = "Open a training assignment from the queue first."
_WORDS_MS = 150  # after a clip came: what is said of it
_KINDS = (ReelSet, ClipSet, MaskSet, MaskPathSet, SoundEditSet, WithheldSet)


class ReelRoom(QObject):
    """Of one open training assignment, on the GUI thread. `reel` is open, `clips` its clips in order; `chosen` the clip
    whose words are written; `released` what may be in a reel now, by recording in stated time."""

    def __init__(self, room: CaseFileRoom, purpose: str) -> None:
        super().__init__(room)
        self.room, self.desk, self.case = room, room.desk, room.case
        desk = room.desk
        me, record = desk.session.user.id, desk.session.journal.record
        self.file = CaseFile(record, room.queries, room.case, lambda: room.complaint.rights.refusal(me, REEL_MAKERS))
        self.stages = (Stage(room, purpose), Stage(room, purpose))
        self.screen = ReelScreen(desk.keys, (self.stages[0].view, self.stages[1].view))
        self.manifests = self._manifests()
        self.letters = {key: manifest.officer for key, manifest in self.manifests.items()}
        """Of a training assignment a manifest has no other names (`services/letters`)."""
        self.released = {key: manifest.range for key, manifest in self.manifests.items()}
        self.reels = Reels(self.file, lambda: self.released)
        self.redactions = Redactions(self.file)
        self.redaction = Redaction()
        """With what is only proposed."""
        self.reel: Reel | None = None
        self.clips: tuple[Clip, ...] = ()
        self.waiting: tuple[Undecided, ...] = ()
        self.locked = False
        self._voice = secrets.randbits(32)  # how a voice sounds in the preview tells nothing of how a file's will
        self._soon = Later(self, self.refresh)
        self._passed = Later(self, self._pass_on, _WORDS_MS)
        self.player = ReelPlayer(self.stages, self.screen.stage, self.cameras)
        self.pictures = ReelPictures(self, purpose)
        self.showing = ReelShowing(self)
        self.editor = ReelEditor(self)
        self.faces = ReelFaces(self)
        self.hiding = ReelHiding(self, self.screen.pad)
        self.rendering = ReelRendering(self)
        self.presenting = ReelPresenting(self, purpose)
        self._connect()
        desk.window.add_screen(
            "reels", self.screen, words="Reels", icon="movie", theme=ThemeName.DARK, picture=True, of_case=True
        )
        desk.window.set_door("reels", True)
        desk.window.set_status("reels", (), room.times)
        self._go = desk.keys.bind(desk.window.shell, "go.copies", lambda: desk.window.show_screen("reels"))
        self.refresh()
        self.ask_released()

    def _manifests(self) -> dict[str, Manifest]:
        """What was assigned, in its order: moving pictures only."""
        footage = self.room.wall.footage
        known = {m.recording_id: m for m in footage.manifests} if footage is not None else {}
        order = [each.recording_id for each in self.room.assignment.recordings]
        return {key: known[key] for key in order if key in known and known[key].kind is Kind.VIDEO}

    def _connect(self) -> None:
        screen, keys = self.screen, self.desk.keys
        screen.library.picked.connect(self._look_at)
        screen.library.opened.connect(self.editor.add)
        screen.strip.picked.connect(self.player.show_clip)
        screen.strip.picked.connect(lambda _id: self.showing.show_chosen())
        screen.head.picked.connect(lambda reel: self.open_reel(reel) if reel else self.editor.new())
        screen.empty.pressed.connect(self.editor.new)
        screen.transport.bar.sought.connect(self._seek_share)
        screen.clip.faces.connect(self.faces.toggle)
        screen.card.clicked.connect(self.editor.add_card)
        self.player.moved.connect(self.showing.show_place)
        self.player.came.connect(self._came)
        self.room.changed.connect(self._changed)
        self.room.wall.retimed.connect(self._retimed)
        self.stages[0].view.wanted.connect(lambda wanted: self.showing.ask_pictures() if wanted else None)
        commands = self._commands()
        for command, act in commands.items():
            keys.bind(screen, command, act)
        for buttons in (screen.transport.buttons, screen.head.buttons, screen.faces.buttons):
            for command, button in buttons.items():
                if command in commands:
                    button.clicked.connect(lambda _on=False, act=commands[command]: act())

    def _commands(self) -> dict[str, Callable[[], object]]:
        player = self.player
        return {
            "reel.play": player.toggle,
            "reel.play_all": self.play_all,
            "reel.previous": lambda: self._beside(-1),
            "reel.next": lambda: self._beside(1),
            "reel.back": lambda: player.seek(Micros(-SHORT)),
            "reel.on": lambda: player.seek(SHORT),
            "reel.far_back": lambda: player.seek(Micros(-LONG)),
            "reel.far_on": lambda: player.seek(LONG),
            "reel.frame_back": lambda: player.step(-1),
            "reel.frame_on": lambda: player.step(1),
            "reel.mute": self._mute,
            "reel.write": lambda: self.screen.clip.go("title"),
            "reel.faces": self.faces.toggle,
            "reel.take": lambda: self.faces.decide(taken=True),
            "reel.refuse": lambda: self.faces.decide(taken=False),
            "reel.hide": lambda: self.hiding.draw(whole=False),
            "reel.hide_whole": lambda: self.hiding.draw(whole=True),
            "reel.unhide": self.hiding.remove,
            "reel.render": self.rendering.ask,
            "reel.choose": self.choose_reel,
            "reel.rename": self.screen.head.rename,
            "list.find": self.screen.library.search.focus,
            **self.faces.commands(),
            **self.editor.commands(),
            **{f"reel.camera_{n}": partial(self.editor.toggle_numbered, n) for n in range(1, 10)},
        }

    # What there is

    @property
    def stage(self) -> Stage:
        """The one in sight."""
        return self.player.stage

    @property
    def chosen(self) -> Clip | None:
        """The clip that is shown, as it stands now."""
        shown = self.player.clip
        return next((clip for clip in self.clips if shown is not None and clip.id == shown.id), None)

    def cameras(self, recordings: Iterable[str]) -> tuple[ReviewCamera, ...]:
        """As tiles show them: numbered as they stand in the clip, with letters for names."""
        every = {camera.key: camera for camera in self.room.review.wall.every}
        return tuple(every[key] for key in recordings if key in every and every[key].assigned)

    def wall_range(self, recording: str) -> TimeRange:
        """When a released recording rolled, in wall time."""
        return self.stage.clocks.range_to_wall(recording, self.manifests[recording].range)

    def after(self) -> str | None:
        """Behind which clip a new one goes: the chosen one, None for the end."""
        return self.screen.strip.chosen or None

    def ask_released(self) -> None:
        """Ask the store what is released now: on a worker."""
        trust, keys = self.desk.session.trust, tuple(self.manifests)

        def read() -> frozenset[str]:
            return frozenset(key for key in keys if trust.released(key))

        def known(released: frozenset[str]) -> None:
            self.released = {key: m.range for key, m in self.manifests.items() if key in released}
            self.refresh()

        self.desk.bridge.watch(self.desk.pool.submit(read), known, self.say, self)

    def _changed(self, kinds: frozenset[type]) -> None:
        if not kinds:
            self.ask_released()
        if not kinds or kinds & set(_KINDS):
            self._soon.ask()

    def _retimed(self) -> None:
        self.pictures.clear()
        self.refresh()

    def refresh(self) -> None:
        """Read the reels anew, and show them."""
        reels, redactions = self.reels.reels(), self.redactions
        self.redaction = Redaction(
            redactions.masks(TRAINING), redactions.sounds(TRAINING), redactions.withheld(TRAINING)
        )
        known = {reel.id: reel for reel in reels}
        newest = reels[-1] if reels else None
        self.reel = known.get(self.reel.id, newest) if self.reel is not None else newest
        self.clips = self.reels.clips(self.reel.id) if self.reel is not None else ()
        self.waiting = ()
        if self.reel is not None:
            searched = self.reels.searched()
            self.waiting = undecided(self.reel, self.clips, self.stage.clocks, self.redaction, searched)
        self.player.set_clips(self.clips)
        self.veil()
        self.showing.show(reels)
        if self.player.clip is None and not self.player.source and self.clips:
            self.choose_clip(self.clips[0].id)
        self.showing.show_chosen()
        self.faces.refresh()
        self.presenting.refresh()

    def veil(self) -> None:
        """What the stages hide from now on, of the picture and of the sound."""
        bare = self.reel is not None and self.reel.plain
        veil = None if bare else veil_of(self.redaction, self.stage.stated)
        voices = self.reel is not None and self.reel.voices
        hidden = Redaction() if bare else self.redaction
        sound = sound_veil_of(hidden, self.stage.wall_time, self._voice, voices=voices)
        for stage in self.stages:
            stage.view.veil = self.faces.over(veil)
            stage.veil_sound(sound)

    # What is asked of it

    def open_reel(self, reel: str) -> None:
        """This one from now on."""
        found = self.reels.reel(reel)
        if found is not None:
            self.player.stop()
            self.reel = found
            self.refresh()

    def choose_reel(self) -> None:
        """Which one, or a new one."""
        if self.reel is None:
            self.editor.new()
        else:
            self.screen.head.choose()

    def choose_clip(self, clip: str) -> None:
        """Stand on it; "" on none."""
        self._soon.ask()
        self.refresh_clips()
        self.screen.library.release()
        self.player.show_clip(clip)
        self.showing.show_chosen()

    def refresh_clips(self) -> None:
        """The strip as it stands now, before anything else is read."""
        if self.reel is not None:
            self.clips = self.reels.clips(self.reel.id)
            self.player.set_clips(self.clips)
            self.showing.show(self.reels.reels())

    def play_all(self) -> None:
        self.screen.library.release()
        self.player.play_all()
        self.showing.show_chosen()

    def _look_at(self, recordings: tuple[str, ...]) -> None:
        if recordings:
            self.editor.marks = (None, None)
            self.player.show_source(recordings[:4])
            self.showing.show_chosen()

    def _came(self, _clip: str) -> None:
        self._passed.ask()  # its first pictures come first

    def _pass_on(self) -> None:
        if not self.faces.deciding:
            self.showing.show_chosen()

    def _beside(self, by: int) -> None:
        place = self.player.place
        n = 0 if place is None else place.n + by
        if 0 <= n < len(self.clips):
            self.choose_clip(self.clips[n].id)

    def _seek_share(self, share: float) -> None:
        if self.player.source:
            whole = self.wall_range(self.player.source[0])
            playback = self.player.playback
            if playback is not None:
                playback.seek(Utc(whole.start + round(share * whole.duration)))
                self.showing.show_place()
            return
        at = share * words.whole(self.clips)
        for clip in self.clips:
            if at < clip.lasts or clip is self.clips[-1]:
                self.player.show_clip(clip.id, since=Micros(round(min(at, clip.lasts))))
                self.showing.show_chosen()
                return
            at -= clip.lasts

    def _mute(self) -> None:
        self.player.muted = not self.player.muted
        self.player.hear()

    def say(self, error: ReviewerError) -> None:
        """What could not be done, where the eye is."""
        self.screen.error.say(error)

    # Its end

    def lock(self) -> None:
        self.locked = True
        self.player.stop()
        for stage in self.stages:
            stage.lock()
        self.pictures.clear()
        self.presenting.lock()
        self.screen.lock()

    def unlock(self) -> None:
        self.locked = False
        for stage in self.stages:
            stage.unlock()
        self.presenting.unlock()
        self.showing.ask_pictures()

    def close(self) -> None:
        """The case ends; what was shown is in the log when this returns."""
        self._soon.end()
        self._passed.end()
        self.player.stop()
        self.faces.close()
        self.pictures.close()
        self.presenting.close()
        self.rendering.close()
        self._go.setParent(None)  # at once
        self._go.deleteLater()
        for stage in self.stages:
            stage.close()
        self.desk.window.set_door("reels", False, _SHUT)
