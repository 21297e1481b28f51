"""What the keys of the review do: play, step, seek, loop, marks. Knows the clock and the wall, draws nothing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.playback import Playback
from reviewer.ui.review.transport import RATES

_LADDER = (*(-rate for rate in reversed(RATES)), *RATES)
_HERE = SECOND // 3  # a mark this close behind the play-head is where one is, not the one before


class Controls(QObject):
    """`changed`: the speed, the loop or the range is another one. Seeks stay inside the footage."""

    changed = Signal()

    def __init__(self, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._rate = 1000
        self._in: Utc | None = None
        self._range: TimeRange | None = None

    # Playing

    @property
    def rate(self) -> int:
        """What is, or will be, played at: 1000 is 1×, negative is backwards."""
        return self._rate

    def toggle(self) -> None:
        """Space: stop, or play forward at the speed that is set."""
        if self._playback.playing:
            self.stop()
        else:
            self._play(abs(self._rate))

    def stop(self) -> None:
        self._playback.pause()
        self.changed.emit()

    def faster(self) -> None:
        """L: forward at 1× from rest; one step faster (or less backwards) while playing."""
        self._play(self._step(1) if self._playback.playing else 1000)

    def slower(self) -> None:
        """J: backwards at 1× from rest; one step slower, and then back, while playing."""
        self._play(self._step(-1) if self._playback.playing else -1000)

    def set_rate(self, rate: int) -> None:
        """A speed was chosen: forward, from now on or at the next play."""
        self._rate = rate
        if self._playback.playing:
            self._playback.play(rate / 1000)
        self.changed.emit()

    def _step(self, by: int) -> int:
        at = _LADDER.index(self._rate) + by
        return _LADDER[max(0, min(at, len(_LADDER) - 1))]

    def _play(self, rate: int) -> None:
        self._rate = rate
        self._playback.play(rate / 1000)
        self.changed.emit()

    # Going somewhere

    def seek(self, at: Utc) -> None:
        self._playback.seek(self._playback.range.clamp(at))

    def seek_by(self, seconds: int) -> None:
        self.seek(Utc(self._playback.now() + seconds * SECOND))

    def frame(self, camera: str | None, by: int) -> None:
        """One frame of the focused camera."""
        if camera is not None:
            self._playback.step(camera, by)
            self.changed.emit()

    def to_mark(self, marks: Iterable[Utc], by: int) -> Utc | None:
        """The mark before or after the play-head. Returns where it went, None if there is none."""
        return self._to(sorted(set(marks)), by)

    def to_unwatched(self, stretches: Iterable[TimeRange], by: int) -> Utc | None:
        return self._to(sorted({s.start for s in stretches}), by)

    def _to(self, places: list[Utc], by: int) -> Utc | None:
        now = self._playback.now()
        index = bisect_right(places, now) if by > 0 else bisect_left(places, now - _HERE) - 1
        if not 0 <= index < len(places):
            return None
        self.seek(places[index])
        return places[index]

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

    def range_in(self) -> None:
        """I: a range begins here; an out point that lies later is kept."""
        now, before = self._playback.now(), self._range
        self._set_range(TimeRange(now, before.end) if before is not None and before.end > now else None)
        self._in = None if self._range else now
        self.changed.emit()

    def range_out(self) -> None:
        """O: the range ends here. Without an in point before it nothing changes."""
        now = self._playback.now()
        start = self._in if self._in is not None else self._range.start if self._range else None
        if start is not None and start < now:
            self._in = None
            self._set_range(TimeRange(start, now))
            self.changed.emit()

    def clear_range(self) -> None:
        self._in = None
        self._set_range(None)
        self.changed.emit()

    def loop_toggle(self) -> None:
        """R: loop the range, or stop looping it."""
        self._playback.set_loop(None if self.looping else self._range)
        self.changed.emit()

    def _set_range(self, stretch: TimeRange | None) -> None:
        self._range = stretch
        if self.looping:
            self._playback.set_loop(stretch)

    def place(self) -> TimeRange:
        """Where a mark would be now: the range that was just set and is not looped, else the moment."""
        if self._range is not None and not self.looping:
            return self._range
        now = self._playback.now()
        return TimeRange(now, now)
