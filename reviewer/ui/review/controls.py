"""What the keys of the review do: play, step, seek, loop, marks. Knows the clock, draws nothing.

Two speeds: the one that is set (`chosen`), at which Space plays, and the shuttle's (J, L, the strip), which lasts until
the next stop.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services.playback import Playback
from reviewer.ui.review.speeds import CREEP, NORMAL, beside, shuttled

_HERE = SECOND // 3  # a mark this close behind the play-head is where one is, not the one before
_LEAST = 2  # frames in a range
_FRAME = Micros(40_000)  # until a picture says how long its frame is


class Controls(QObject):
    """`changed`: the speed, the loop or the range is another one. `went`: the clock was sent elsewhere, by whomever.
    `refused` carries a ReviewerError: why a range was not taken. Seeks stay inside the footage."""

    changed = Signal()
    went = Signal()
    refused = Signal(object)

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._chosen = self._rate = NORMAL
        self._before: tuple[bool, int] | None = None  # playing, rate: before the shuttle strip was taken
        self._in: Utc | None = None
        self._range: TimeRange | None = None
        self.frame_length = _FRAME

    # Playing

    @property
    def rate(self) -> int:
        """What is played at, or would be: 1000 is 1×, negative is backwards."""
        return self._rate if self._playback.playing else self._chosen

    @property
    def chosen(self) -> int:
        """The speed that is set, the shuttle's aside."""
        return self._chosen

    def toggle(self) -> None:
        """Space: stop, or play at the speed that is set."""
        if self._playback.playing:
            self.stop()
        else:
            self._play(self._chosen)

    def turn(self) -> None:
        """The other way round at the same speed, playing."""
        self._chosen = -self.rate
        self._play(self._chosen)

    def stop(self) -> None:
        self._playback.pause()
        self.changed.emit()

    def faster(self) -> None:
        """L: forwards at 1× from rest, doubled at each press; less backwards while backwards."""
        self._play(shuttled(self._rate, 1) if self._playback.playing else NORMAL)

    def slower(self) -> None:
        """J: the same backwards."""
        self._play(shuttled(self._rate, -1) if self._playback.playing else -NORMAL)

    def creep(self, way: int) -> None:
        """K held with L or J: slowly on, slowly back."""
        self._play(way * CREEP)

    def speed(self, by: int) -> None:
        """The next faster (1) or slower (−1) speed, in the same direction."""
        self.set_rate(beside(self.rate, by))

    def set_rate(self, rate: int) -> None:
        """This speed from now on, or at the next play. Negative is backwards."""
        self._chosen = rate
        if self._playback.playing:
            self._play(rate)
        else:
            self.changed.emit()

    def pull(self, rate: int) -> None:
        """The shuttle strip is held at this speed; 0 stands still."""
        if self._before is None:
            self._before = (self._playback.playing, self._rate)
        if rate:
            self._play(rate)
        elif self._playback.playing:
            self.stop()

    def let_go(self) -> None:
        """The strip sprang back: on as before it was taken."""
        if self._before is None:
            return
        (was_playing, rate), self._before = self._before, None
        if was_playing:
            self._play(rate)
        elif self._playback.playing:
            self.stop()

    def _play(self, rate: int) -> None:
        self._rate = rate
        self._playback.play(rate / 1000)
        self.changed.emit()

    # Going somewhere

    def seek(self, at: Utc) -> None:
        self._playback.seek(self._playback.range.clamp(at))
        self.went.emit()

    def seek_by(self, seconds: int) -> None:
        self.seek(Utc(self._playback.now() + seconds * SECOND))

    def frame(self, camera: str | None, by: int) -> None:
        """So many frames of the focused camera, by its own pts; near an end as many as there are."""
        if camera is None:
            return
        before = self._playback.now()
        if self._playback.step(camera, by) == before and abs(by) > 1:
            one = 1 if by > 0 else -1
            while self._playback.step(camera, one) != before:
                before = self._playback.now()
        self.went.emit()
        self.changed.emit()

    def to_place(self, places: Iterable[Utc], by: int) -> Utc | None:
        """The mark, the stretch or the edge before or after the play-head. Returns where it went, None if there is
        none."""
        found, now = sorted(set(places)), self._playback.now()
        index = bisect_right(found, now) if by > 0 else bisect_left(found, now - _HERE) - 1
        if not 0 <= index < len(found):
            return None
        self.seek(found[index])
        return found[index]

    # A range, and its loop

    @property
    def mark_in(self) -> Utc | None:
        """The in point while the out point is still to come."""
        return self._in

    @property
    def range(self) -> TimeRange | None:
        """What lies between I and O."""
        return self._range

    @property
    def looping(self) -> bool:
        return self._playback.loop is not None

    @property
    def least(self) -> Micros:
        """The shortest range there can be: two frames of the focused camera."""
        return Micros(_LEAST * self.frame_length)

    def range_in(self) -> None:
        """I: a range begins here; an out point that lies later is kept."""
        now, before = self._playback.now(), self._range
        if before is not None and before.end > now:
            self.set_range(TimeRange(now, before.end))
            return
        self._take(None)
        self._in = now
        self.changed.emit()

    def range_out(self) -> None:
        """O: the range ends here."""
        now = self._playback.now()
        start = self._in if self._in is not None else self._range.start if self._range else None
        if start is None:
            self.refused.emit(ReviewerError("The range has no in point yet.", "Press I where it begins, then O."))
        elif start > now:
            self.refused.emit(ReviewerError("The out point would lie before the in point.", "Go on, or press I here."))
        else:
            self.set_range(TimeRange(start, now))

    def set_range(self, stretch: TimeRange) -> None:
        """This range, from keys or from dragging its edges. Less than two frames is refused, and nothing changes."""
        if stretch.duration < self.least:
            self.refused.emit(
                ReviewerError("A range of less than two frames shows nothing.", "Set in and out further apart.")
            )
        else:
            self._in = None
            self._take(stretch)
        self.changed.emit()

    def clear_range(self) -> None:
        self._in = None
        self._take(None)
        self.changed.emit()

    def to_end(self, of_range: int) -> None:
        """To the in point (−1) or to the last moment before the out point (1)."""
        if self._range is not None:
            self.seek(self._range.start if of_range < 0 else self._range.clamp(self._range.end))
        elif self._in is not None and of_range < 0:
            self.seek(self._in)

    def loop_toggle(self) -> None:
        """R: loop the range, or stop looping it."""
        if self._range is None and not self.looping:
            self.refused.emit(ReviewerError("There is no range to loop.", "Press I where it begins, then O."))
            return
        self._playback.set_loop(None if self.looping else self._range)
        self.changed.emit()

    def restore(self, rate: int, stretch: TimeRange | None, *, looping: bool) -> None:
        """Speed, range and loop as they were left."""
        self._chosen = rate
        self._in, self._range = None, stretch
        self._playback.set_loop(stretch if looping else None)
        self.changed.emit()

    def retime(self, moved: Callable[[TimeRange], TimeRange]) -> None:
        """By other clocks now: in and out, and the loop between them, stay on the footage of the focused camera."""
        if self._in is not None:
            self._in = moved(TimeRange(self._in, self._in)).start
        if self._range is not None:
            looped = self.looping
            self._range = moved(self._range)
            self._playback.set_loop(self._range if looped else None)
        self.changed.emit()

    def _take(self, stretch: TimeRange | None) -> None:
        self._range = stretch
        if self.looping:
            self._playback.set_loop(stretch)

    def place(self) -> TimeRange:
        """Where a mark would be now: the range that was just set and is not looped, else the moment."""
        if self._range is not None and not self.looping:
            return self._range
        now = self._playback.now()
        return TimeRange(now, now)
