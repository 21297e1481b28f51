"""Two cameras against each other at the play-head: the residual view, the nudge, and the same event marked in both.

A nudge is seen in the waveforms only; the wall moves when it was taken as a marked event and the proposal that follows
from it was accepted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from math import hypot

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from reviewer.alignment.sound import UNKNOWN_WAY, way_sigma
from reviewer.alignment.sound_here import Lag, is_silent, lag_here
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.playback import WallPicture
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clock_pair import PairShown
from reviewer.ui.review.clock_panel import PAIR, ClockPanel
from reviewer.ui.review.clock_words import joint_words, short
from reviewer.ui.review.clocking import Clocking
from reviewer.ui.review.residual import SPANS, Overlay, Sound
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.times import Zone, plus_minus

RequestSound = Callable[[str, int, Micros, Micros], Future[NDArray[np.int16]]]
"""(camera, part, stream time, length) → 8 kHz samples."""
Apart = Callable[[str, str, Utc], float | None]
"""(camera, camera, wall time) → metres, what their fixes may be off included; None where GPS does not say."""

_SLOW = 6  # ticks: ten times a second
_AROUND = Micros(SPANS[-1] // 2 + SECOND // 2)  # what is needed on both sides of the play-head
_BEFORE, _LENGTH = Micros(4 * SECOND), Micros(16 * SECOND)  # what is read at once
_LOOKED = Micros(4 * SECOND)  # of sound that is compared here
_EAR = Micros(5_000)  # σ of laying two waveforms over each other by hand
_FRAME = Micros(40_000)
_READING = "Reading the sound …"
_FARTHEST = Micros(SECOND // 4)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A stretch of a part's sound, by stream time; `why` there is none."""

    part: int
    start: Micros
    samples: NDArray[np.int16]
    why: str = ""

    def covers(self, part: int, start: Micros, end: Micros) -> bool:
        return part == self.part and (self.start <= max(0, start)) and end <= self.start + _LENGTH


@dataclass(frozen=True, slots=True)
class _Marked:
    """The first half of a cue."""

    camera: ReviewCamera
    mark: Mark
    at: Utc


class Pairing(QObject):
    """`told` carries a sentence for the status line, `failed` a ReviewerError. `asked` that its page be shown."""

    told = Signal(str)
    failed = Signal(object)
    asked = Signal()

    def __init__(
        self,
        clocking: Clocking,
        panel: ClockPanel,
        wall: VideoWall,
        request: RequestSound,
        bridge: Bridge,
        zone: Zone,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clocking, self._panel, self._wall = clocking, panel, wall
        self._request, self._bridge, self._zone = request, bridge, zone
        self._against: str | None = None
        self._nudge = Micros(0)
        self._nudged: tuple[str, str] | None = None  # the pair that was nudged
        self._marked: _Marked | None = None
        self._pieces: dict[str, _Piece] = {}
        self._awaited: dict[str, tuple[int, Micros]] = {}
        self._ticks = 0
        self._now: WallPicture | None = None
        self._here: tuple[object, str] = (None, "")
        self.apart: Apart = lambda *_: None
        clocking.changed.connect(self._moved)

    # The pair

    def _rolling(self) -> list[ReviewCamera]:
        return [c for c in self._wall.cameras if c.assigned and not c.shut]

    def pair(self) -> tuple[ReviewCamera | None, ReviewCamera | None]:
        """The camera that is compared with, and the focused one."""
        cameras = self._rolling()
        focused = next((c for c in cameras if c.key == self._wall.focused), None)
        others = [c for c in cameras if c is not focused]
        one = next((c for c in others if c.key == self._against), others[0] if others else None)
        return one, focused

    def next_other(self) -> None:
        """Compare the focused camera with the next one."""
        one, focused = self.pair()
        others = [c for c in self._rolling() if c is not focused]
        if one is None or len(others) < 2:
            self.told.emit("There is no other camera on the wall.")
            return
        self._against = others[(others.index(one) + 1) % len(others)].key
        self.show()

    # Sixty times a second, ten times of these

    def tick(self, picture: WallPicture) -> None:
        self._now = picture
        if self._ticks % _SLOW == 0 and self._panel.isVisible() and self._panel.page == PAIR:
            self.show()
        self._ticks += 1

    def show(self) -> None:
        """The pair as it stands at the play-head."""
        one, other = self.pair()
        if (one is None or other is None) or self._nudged not in (None, (one.key, other.key)):
            self._nudge, self._nudged = Micros(0), None
        waiting = self._waiting_words()
        if one is None or other is None or self._now is None:
            words = "Two cameras on the wall are needed." if self._now is not None else ""
            self._panel.pair.show_pair(PairShown(one, other, Overlay(words=words), waiting=waiting))
            return
        at = self._now.at
        carry, limit = joint_words(self._clocking.standing, one, other, at)
        overlay = self._overlay(one, other, at, limit)
        here = self._here_words(overlay, playing=self._now.playing)
        self._panel.pair.show_pair(
            PairShown(one, other, overlay, carry, limit >= SECOND // 10, here, self._nudge_words(), waiting)
        )

    def _overlay(self, one: ReviewCamera, other: ReviewCamera, at: Utc, limit: int) -> Overlay:
        first, second = self._sound(one, at), self._sound(other, Utc(at - self._nudge))
        said = [each for each in (first, second) if isinstance(each, str)]
        words = min(said, key=lambda each: each == _READING, default="")  # what will not come goes first
        sounds = (first if isinstance(first, Sound) else None, second if isinstance(second, Sound) else None)
        return Overlay((one.number, other.number), sounds, at, self._nudge, limit, words)

    def _sound(self, camera: ReviewCamera, at: Utc) -> Sound | str:
        """What is here of a camera's sound around an instant, or why there is none. What is missing is asked for."""
        part = camera.part_at(at)
        if part is None:
            return f"Camera {camera.number} does not roll here."
        model = camera.manifest.model(camera.manifest.parts[part])
        stream = model.to_stream(at)
        piece = self._pieces.get(camera.key)
        if piece is None or not piece.covers(part, Micros(stream - _AROUND), Micros(stream + _AROUND)):
            self._ask(camera, part, Micros(max(0, stream - _BEFORE)))
            if piece is None or piece.part != part or piece.why:
                return _READING
        if piece.why:
            return piece.why
        return Sound(model.to_utc(piece.start), piece.samples)

    def _ask(self, camera: ReviewCamera, part: int, start: Micros) -> None:
        if camera.key in self._awaited:
            return
        self._awaited[camera.key] = part, start
        try:
            future = self._request(camera.key, part, start, _LENGTH)
        except ReviewerError as wrong:
            self._failed(camera.key, wrong)
            return
        self._bridge.watch(future, partial(self._came, camera.key), partial(self._failed, camera.key), self)

    def _came(self, key: str, samples: NDArray[np.int16]) -> None:
        part, start = self._awaited.pop(key)
        if self._panel.isVisible():
            self._pieces[key] = _Piece(part, start, samples)

    def _failed(self, key: str, wrong: ReviewerError) -> None:
        part, start = self._awaited.pop(key)
        if not isinstance(wrong, Cancelled):
            self._pieces[key] = _Piece(part, start, np.zeros(0, np.int16), str(wrong))

    def forget(self) -> None:
        """Nothing that was read of the footage is kept."""
        self._pieces.clear()
        self._here = None, ""
        self._panel.pair.show_pair(PairShown())

    def _moved(self) -> None:
        """Other clocks stand: what was nudged against the former ones is past."""
        self._nudge, self._nudged = Micros(0), None
        self.show()

    def _here_words(self, overlay: Overlay, *, playing: bool) -> str:
        """What the sound at the play-head says of the pair; looked at again only at another place, at rest."""
        one, other = overlay.sounds
        if one is None or other is None or overlay.numbers is None:
            return ""
        place = (overlay.numbers, overlay.at // _FRAME, overlay.nudge, id(one.samples), id(other.samples))
        if playing:
            return self._here[1] if self._here[0] is not None else ""
        if place != self._here[0]:
            start = Utc(overlay.at - _LOOKED // 2)
            most = Micros(min(_LOOKED // 4, max(_FARTHEST, overlay.limit)))
            heard = one.cut(start, _LOOKED), other.cut(Utc(start - overlay.nudge), _LOOKED)
            silent = next((n for n, each in zip(overlay.numbers, heard, strict=True) if is_silent(each)), None)
            if silent is not None:
                self._here = place, f"Camera {silent} has no sound here."
            else:
                self._here = place, _lag_words(overlay.numbers, lag_here(*heard, most), overlay.limit)
        return self._here[1]

    # The nudge

    def nudge_frames(self, by: int) -> None:
        self._nudge_by(Micros(by * self._frame()))

    def nudge_ms(self, by: int) -> None:
        self._nudge_by(Micros(by * 1_000))

    def _frame(self) -> Micros:
        """How long a frame of the focused camera is here."""
        picture = self._wall.painted().get(self._wall.focused or "")
        length = picture.until - picture.at if picture is not None else 0
        return Micros(length) if 0 < length < SECOND else _FRAME

    def _nudge_by(self, by: Micros) -> None:
        one, other = self.pair()
        if one is None or other is None:
            self.failed.emit(ReviewerError("A nudge needs two cameras.", "Put another camera on the wall."))
            return
        self.asked.emit()
        self._nudge, self._nudged = Micros(self._nudge + by), (one.key, other.key)
        self.show()

    def _nudge_words(self) -> str:
        if not self._nudge:
            return ""
        way = "later" if self._nudge > 0 else "earlier"
        return f"{abs(self._nudge) / 1000:.0f} ms {way}"

    def take_nudge(self) -> None:
        """What is laid over each other now is the same event: a cue, as sure as the ear and the way of sound allow."""
        one, other = self.pair()
        if not self._nudge or self._now is None or one is None or other is None:
            self.told.emit("Nothing was nudged.")
            return
        marks = mark_at(one, self._now.at), mark_at(other, Utc(self._now.at - self._nudge))
        if marks[0] is None or marks[1] is None:
            self.failed.emit(ReviewerError("One of the two does not roll here.", "Go to where both do."))
            return
        metres = self.apart(one.key, other.key, self._now.at)
        way = way_sigma(UNKNOWN_WAY if metres is None else metres)
        where = "" if metres is None else f", {metres:.0f} m apart by GPS"
        sigma = Micros(round(hypot(_EAR, way)))
        self._clocking.cue(marks[0], marks[1], sigma, f"Nudged by hand, {self._nudge_words()}{where}")
        self._nudge, self._nudged = Micros(0), None
        self.show()

    # The same event

    def cue(self) -> None:
        """P: the frame that the focused camera shows is the event; then the same in another camera."""
        camera = next((c for c in self._rolling() if c.key == self._wall.focused), None)
        picture = self._wall.painted().get(self._wall.focused or "")
        if camera is None or picture is None or picture.image is None:
            self.failed.emit(ReviewerError("The focused camera shows no picture.", "Go to a moment that it shows."))
            return
        model = camera.manifest.model(camera.manifest.parts[picture.part])
        until = min(picture.until, picture.at + SECOND)
        mark = Mark(camera.key, picture.part, model.to_stream(picture.at), model.to_stream(Utc(until)))
        before = self._marked
        self.asked.emit()
        if before is None or before.camera.key == camera.key:
            again = before is not None and before.mark == mark
            self._marked = None if again else _Marked(camera, mark, picture.at)
            self.told.emit(self._waiting_words() or "The mark was forgotten.")
        else:
            self._marked = None
            self._clocking.cue(before.mark, mark)
        self.show()

    def _waiting_words(self) -> str:
        if self._marked is None:
            return ""
        number, at = self._marked.camera.number, self._zone.clock(self._marked.at, 2)
        return f"Marked in camera {number} at {at}. Find the same event in another camera and press P there."

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Command id → what it does."""
        return {
            "clocks.against": self.next_other,
            "clocks.cue": self.cue,
            "clocks.frame_back": lambda: self.nudge_frames(-1),
            "clocks.frame_on": lambda: self.nudge_frames(1),
            "clocks.ms_back": lambda: self.nudge_ms(-1),
            "clocks.ms_on": lambda: self.nudge_ms(1),
            "clocks.nudged": self.take_nudge,
        }


def mark_at(camera: ReviewCamera, at: Utc) -> Mark | None:
    """An instant of wall time on a camera's own footage; None in a gap."""
    part = camera.part_at(at)
    if part is None:
        return None
    stream = camera.manifest.model(camera.manifest.parts[part]).to_stream(at)
    return Mark(camera.key, part, stream, stream)


def _lag_words(numbers: tuple[int, int], lag: Lag | None, limit: int) -> str:
    """What the sound at one place says, and whether the clocks' ± (`limit`) allows it."""
    if lag is None:
        return "Sound here: nothing that both hear stands out."
    off, sure = abs(lag.later), plus_minus(lag.limit)
    if off <= lag.limit:
        said = f"cameras {numbers[0]} and {numbers[1]} agree {sure}"
    else:
        way = "later" if lag.later > 0 else "earlier"
        said = f"camera {numbers[1]} lies {short(lag.later)} {sure} {way} than {numbers[0]}"
    judged = "within" if off <= limit else "more than" if off - lag.limit > limit else "perhaps more than"
    return f"Sound here: {said}; {judged} the clocks’ ±."
