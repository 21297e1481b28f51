"""Several stretches of footage played in a row: the exhibits of an allegation, or what of the required footage is left.

It does with the controls what a person would (seek, play, pause), so every view of it is asked for and logged like any
other. Whoever goes elsewhere, by key or by mouse, ends it; pausing and other speeds do not. Where the picture fell so
far behind that something was not shown, it goes back there: what was played in a row was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.playback import Playback, WallPicture
from reviewer.services.preferences import SoundLevel
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import Type
from reviewer.ui.review.speeds import NORMAL, speed_words
from reviewer.ui.review.unbroken import Unbroken
from reviewer.ui.review.wall_layout import WallLayout
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import Tag, label, set_tone

if TYPE_CHECKING:
    from reviewer.ui.review.screen import ReviewScreen

_ELSEWHERE = 2 * SECOND  # beyond a stretch: a person went there, the clock did not
_AT_END = SECOND // 5
_PICTURES = (TileState.PLAYING, TileState.LATE, TileState.STILL, TileState.OPENING, TileState.COVERED)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stretch (wall time) of one camera; `words` says what it is ("E3 · for · “Arm behind back”")."""

    key: str
    range: TimeRange
    words: str = ""


class InARow(QObject):
    """Of one review. `changed()`: another stretch, pause, words; `ended(words)`: through, or given up."""

    changed = Signal()
    ended = Signal(str)

    def __init__(self, screen: ReviewScreen, playback: Callable[[], Playback]) -> None:
        super().__init__(screen)
        self._screen, self._playback = screen, playback
        self.name = ""
        self.stops: tuple[Stop, ...] = ()
        self.n = 0
        self.warning = ""
        self._fastest = 0
        self._notice = ""  # what was done about a picture that fell behind
        self._seen, self._sent = Unbroken(Utc(0)), False  # … and whether somebody went elsewhere since the last tick
        self._heard: tuple[SoundLevel, ...] = ()  # the mix before, to be given back
        screen.ticked.connect(self._tick)
        screen.controls.went.connect(self._went)

    @property
    def active(self) -> bool:
        return bool(self.stops)

    @property
    def stop(self) -> Stop | None:
        """What is played now."""
        return self.stops[self.n] if self.active else None

    def start(self, name: str, stops: Sequence[Stop], *, fastest_milli: int = 0) -> None:
        """Play these, at 1×, each with its camera's sound. With `fastest_milli` it is said when a speed does not count,
        and the picture is made large enough to count."""
        if not self.active:
            self._heard = self._screen.hearing.levels
        self.name, self.stops, self._fastest = name, tuple(stops), fastest_milli
        if not self.stops:
            return
        self._screen.controls.clear_range()
        if fastest_milli and self._screen.wall.layout_now is not WallLayout.FOCUS:
            self._screen.wall.set_layout(WallLayout.FOCUS)
        self._screen.controls.set_rate(NORMAL)
        self._go(0)

    def next(self) -> None:
        """The next stretch; after the last one it is over."""
        if self.n + 1 < len(self.stops):
            self._go(self.n + 1)
        elif self.active:
            self._over(f"{self.name}: all {len(self.stops)} were played.")

    def previous(self) -> None:
        """The stretch before, or this one from its beginning."""
        if self.active:
            self._go(max(0, self.n - 1))

    def end(self) -> None:
        """Enough."""
        if self.active:
            self._over(f"{self.name}: ended at {self.n + 1} of {len(self.stops)}.")

    def forget(self) -> None:
        """The case ends: nothing is played any more, nothing is said."""
        self.stops = ()

    def _over(self, words: str, *, pause: bool = True) -> None:
        self.stops = ()
        if pause:
            self._screen.controls.stop()
        if not self._screen.hearing.muted:
            self._screen.hearing.restore(self._heard)
        self.changed.emit()
        self.ended.emit(words)

    def _go(self, n: int) -> None:
        self.n, self.warning, self._notice = n, "", ""
        stop, controls, wall = self.stops[n], self._screen.controls, self._screen.wall
        if all(camera.key != stop.key for camera in wall.cameras):
            wall.choose({camera.key for camera in wall.cameras} | {stop.key})
        wall.focus(stop.key)
        hearing = self._screen.hearing
        if not hearing.muted and hearing.heard != (stop.key,):
            hearing.hear(stop.key)
        controls.seek(stop.range.start)
        self._sent = False
        if not self._playback().playing:
            controls.toggle()
        self.changed.emit()

    def _tick(self, picture: WallPicture) -> None:
        stop = self.stop
        if stop is None:
            return
        sent, self._sent = self._sent, self._playback().follows and self._sent
        before, behind = picture.at < stop.range.start - _ELSEWHERE, picture.at >= stop.range.end
        far = behind and picture.at >= stop.range.end + max(1, self._pace) * _ELSEWHERE
        at_end = not picture.playing and picture.at >= self._playback().range.end - _AT_END
        if before or (far and sent):
            self._over(f"{self.name}: you went elsewhere at {self.n + 1} of {len(self.stops)}.", pause=False)
        elif self._goes_back(picture, stop, at_end=at_end):
            return
        elif behind or at_end:
            self.next()
        else:
            self._warn(picture, stop)

    def _went(self) -> None:
        """What lies between was not to be seen."""
        if self.active:
            self._sent = True
            self._seen = Unbroken(self._playback().now())

    def _goes_back(self, picture: WallPicture, stop: Stop, *, at_end: bool) -> bool:
        """Back to where the picture fell behind, at a speed at which it should have been seen; at 1× from then on."""
        controls, at = self._screen.controls, picture.at
        rate = controls.chosen if at_end else controls.rate
        if not (picture.playing or at_end) or not 0 < rate <= max(NORMAL, self._fastest):
            self._seen = Unbroken(at)
            return False
        if self._seen.see(at, picture.pictures.get(stop.key), stop.range.end) or not self._seen.again(at):
            return False
        if rate > NORMAL:
            controls.set_rate(NORMAL)
            self._notice = f"The picture fell behind at {speed_words(rate)}: from there once more, at 1×."
        else:
            self._notice = "The picture fell behind: from there once more."
        seen = self._seen
        controls.seek(seen.to)
        self._seen, self._sent = seen, False  # with how often that was tried
        if at_end:
            controls.toggle()
        return True

    @property
    def _pace(self) -> int:
        return abs(self._screen.controls.rate) // NORMAL

    def _warn(self, picture: WallPicture, stop: Stop) -> None:
        rate, tile = self._screen.controls.rate, picture.pictures.get(stop.key)
        warning = self._notice
        if self._fastest and not 0 < rate <= self._fastest:
            warning = f"This does not count: play forwards, at {speed_words(self._fastest)} or slower."
        elif tile is None or tile.state not in _PICTURES:
            warning = "No picture of this camera is here now: this is not watched."
        if warning != self.warning:
            self.warning = warning
            self.changed.emit()


class InARowBar(QWidget):
    """Over the wall while something is played in a row: which of how many, what it is, and the ways on and out."""

    def __init__(self, sequence: InARow, keys: KeyTable) -> None:
        super().__init__()
        self._sequence = sequence
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "2")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(8)
        self._which = Tag("", Tone.INFO, "player-play")
        row.addWidget(self._which)
        self._words = label("", Type.BODY)
        self._words.setMinimumWidth(80)
        row.addWidget(self._words, 1)
        asked: Mapping[str, tuple[str, Callable[[], None]]] = {
            "sequence.previous": ("Back", sequence.previous),
            "sequence.next": ("Next", sequence.next),
            "sequence.end": ("End", sequence.end),
        }
        for command, (words, act) in asked.items():
            button = keys.wear(Button(words, height=28), command)
            button.clicked.connect(act)
            row.addWidget(button)
        sequence.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """As the sequence stands now."""
        stop = self._sequence.stop
        self.setVisible(stop is not None)
        if stop is not None:
            which = f"{self._sequence.name}: {self._sequence.n + 1} of {len(self._sequence.stops)}"
            self._which.say(which, Tone.INFO, "player-play")
            self._words.setText(self._sequence.warning or stop.words)
            set_tone(self._words, "warn" if self._sequence.warning else "text")
