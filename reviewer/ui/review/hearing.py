"""Whose sound is heard: one camera, or a mix of several with a level each. Shown on tiles, lanes and the panel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from reviewer.services.playback import Playback
from reviewer.services.preferences import SoundLevel
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.review.video_wall import VideoWall

LOUDEST = 200  # percent
FULL = 100
_STEP = 10


def decibels(percent: int) -> str:
    """ "+6.0 dB", "0 dB", "−6.0 dB"; "silent" for 0."""
    if percent <= 0:
        return "silent"
    if percent == FULL:
        return "0 dB"
    level = 20 * math.log10(percent / FULL)
    return f"{'+' if level > 0 else '−'}{abs(level):.1f} dB"


class Hearing(QObject):
    """`changed`: who is heard, or how loud, is another. `said` carries words about what was just done by key."""

    changed = Signal()
    said = Signal(str)

    def __init__(self, playback: Playback, wall: VideoWall, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback, self._wall, self._timeline = playback, wall, timeline
        self._levels: dict[str, SoundLevel] = {}
        self._numbers: dict[str, int] = {}
        self._muted = False
        wall.hear_asked.connect(self._asked)
        timeline.hear_asked.connect(self._asked)

    # What there is

    @property
    def levels(self) -> tuple[SoundLevel, ...]:
        """Every camera that was ever touched, to be remembered."""
        return tuple(self._levels.values())

    @property
    def muted(self) -> bool:
        return self._muted

    @property
    def heard(self) -> tuple[str, ...]:
        """The cameras that are audible now, in the order of their numbers."""
        return tuple(self.audible())

    @property
    def numbers(self) -> tuple[int, ...]:
        """Their numbers."""
        return tuple(self._numbers[key] for key in self.heard)

    def silence(self, chosen_rate: int) -> str:
        """Why nothing is heard though somebody is chosen. What the shuttle's speed made silent ended with it."""
        playback = self._playback
        passed = not playback.playing and round(playback.rate * 1000) != chosen_rate
        return playback.sound_state.note if self.audible() and not passed else ""

    def level(self, key: str) -> SoundLevel:
        return self._levels.get(key, SoundLevel(key))

    def audible(self) -> Mapping[str, float]:
        """Camera → gain, of those that are heard."""
        chosen = [self.level(key) for key in sorted(self._numbers, key=self._numbers.__getitem__)]
        chosen = [each for each in chosen if each.on]
        alone = [each for each in chosen if each.solo]
        heard = [] if self._muted else alone or chosen
        return {each.recording: each.percent / FULL for each in heard if each.percent > 0}

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        """The cameras on the wall that may be heard. One that left it falls silent, and is heard again when it is
        back."""
        self._numbers = {c.key: c.number for c in cameras if c.assigned}
        self._apply()

    def restore(self, levels: Iterable[SoundLevel]) -> None:
        """As it was left."""
        self._levels = {each.recording: each for each in levels}
        self._muted = False
        self._apply()

    # What can be asked

    def hear(self, key: str) -> None:
        """Hear this camera and no other; the only one that is heard falls silent."""
        on = self.heard != (key,)
        for each in self.levels:
            self._levels[each.recording] = replace(each, on=False, solo=False)
        self._levels[key] = replace(self.level(key), on=on, percent=self.level(key).percent or FULL)
        self._muted = False
        self._apply()

    def mix(self, key: str) -> None:
        """Hear this camera beside the others, or no more."""
        on = key not in self.heard
        for each in self.levels:
            self._levels[each.recording] = replace(each, solo=False, on=each.on and not (self._muted and on))
        self._levels[key] = replace(self.level(key), on=on, percent=self.level(key).percent or FULL)
        self._muted = False
        self._apply()

    def hear_number(self, number: int) -> None:
        camera = self._wall.numbered(number)
        if camera is not None and camera.assigned:
            self.hear(camera.key)

    def mix_number(self, number: int) -> None:
        camera = self._wall.numbered(number)
        if camera is not None and camera.assigned:
            self.mix(camera.key)

    def mute(self) -> None:
        """M: silence, and then the same cameras again; the focused one if none was."""
        if not any(each.on for each in self.levels):
            if self._wall.focused in self._numbers:
                self.hear(self._wall.focused)
            return
        self._muted = not self._muted
        self._apply()

    def solo(self, key: str | None) -> None:
        """Only this camera of the mix (and others that are alone too), or all again."""
        if key not in self._numbers:
            return
        before = self.level(key)
        self._levels[key] = replace(before, on=True, solo=not before.solo)
        self._muted = False
        self._apply()
        self.said.emit(f"Camera {self._numbers[key]} {'alone' if not before.solo else 'not alone any more'}")

    def louder(self, key: str | None, by: int) -> None:
        """A step louder (1) or softer (−1)."""
        if key in self._numbers:
            percent = self.set_percent(key, self.level(key).percent + by * _STEP)
            silent = "" if key in self.heard else ", not heard now"
            self.said.emit(f"Camera {self._numbers[key]}: {percent} %, {decibels(percent)}{silent}")

    def set_percent(self, key: str, percent: int) -> int:
        """0 to 200; gives what it became."""
        percent = max(0, min(LOUDEST, percent))
        self._levels[key] = replace(self.level(key), percent=percent)
        self._apply()
        return percent

    def _asked(self, key: str) -> None:
        """A press on a speaker; with Ctrl beside the others."""
        held = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        (self.mix if held else self.hear)(key)

    def _apply(self) -> None:
        audible = self.audible()
        if dict(self._playback.levels) != audible:
            self._playback.set_levels(audible)
        self._wall.set_heard(audible)
        self._timeline.set_heard(audible)
        self.changed.emit()


def heard_words(hearing: Hearing) -> str:
    """For a button: "1", "1 + 3", "4 cameras", "Muted", "None"."""
    numbers = hearing.numbers
    if not numbers:
        return "Muted" if hearing.muted else "None"
    return " + ".join(str(n) for n in numbers) if len(numbers) <= 3 else f"{len(numbers)} cameras"
