"""The deck's clock: UTC that runs at a rate, from a monotonic counter that nobody can set.

Its course lies in shared memory, so that every decoder's process reads the same clock: the counter is the machine's
own, the same in all of them. One process sets the course (`DeckClock`), any reads it (`ClockView`).
"""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from reviewer.domain.timebase import TimeRange, Utc
from reviewer.media.shared import SharedBlock

NORMAL = 1000  # thousandths: 1x
_BILLION = 1_000_000_000
MOST_TRIM = 2_000_000  # ppb: sound devices run right to 0.02 %; what is farther off is no device's rate
_VERSION: Final = struct.Struct("<q")
_COURSE: Final = struct.Struct("<14q")  # version, the fields of _Course, the span, a hand's time, the version again


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at one moment. `rate` is in thousandths, negative for backwards, and stays what it was while the clock
    stands. `playing` is what was asked for; a playing clock that is `held` stands until what it needs is there.
    `direction` is where one is likely to go next: 1 or −1. `epoch` rises with every change of course; `changed` is the
    monotonic time (ns) of the last one that set another instant."""

    at: Utc
    rate: int
    playing: bool
    held: bool
    direction: int
    epoch: int
    changed: int = 0

    @property
    def rolling(self) -> bool:
        return self.playing and not self.held


@dataclass(frozen=True, slots=True)
class _Course:
    anchor: Utc
    since: int  # monotonic ns
    rate: int
    playing: bool
    held: bool
    direction: int
    epoch: int
    trim: int  # ppb by which the clock runs faster than the counter: the sound device's own rate
    changed: int  # monotonic ns of the last jump


class ClockView:
    """Reads the course out of a shared block."""

    def __init__(self, block: SharedBlock) -> None:
        self.block = block
        self._memory = block.memory

    def read(self) -> Reading:
        course, span, hand = self._get()
        return _reading(course, span, hand or time.monotonic_ns())

    def now(self) -> Utc:
        course, span, hand = self._get()
        return _place(course, span, hand or time.monotonic_ns())

    def ahead(self, seconds: float) -> Utc:
        """What the clock will say in so many seconds, if nothing changes its course."""
        course, span, hand = self._get()
        return _place(course, span, (hand or time.monotonic_ns()) + int(seconds * 1e9))

    def monotonic(self) -> int:
        return self._get()[2] or time.monotonic_ns()

    @property
    def span(self) -> TimeRange:
        return self._get()[1]

    def _get(self) -> tuple[_Course, TimeRange, int]:
        while True:  # from the end to the start, as the writer goes the other way: what lies between is of one writing
            (last,) = _VERSION.unpack_from(self._memory, _COURSE.size - _VERSION.size)
            found = _COURSE.unpack_from(self._memory)
            (first,) = _VERSION.unpack_from(self._memory)
            if first == last == found[-1]:
                break
        _, anchor, since, rate, playing, held, direction, epoch, trim, changed, start, end, hand, _ = found
        course = _Course(Utc(anchor), since, rate, bool(playing), bool(held), direction, epoch, trim, changed)
        return course, TimeRange(Utc(start), Utc(end)), hand


class DeckClock:
    """Sets the course. Read by any thread without waiting: the course is one immutable value, replaced whole."""

    def __init__(self, span: TimeRange, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic = monotonic
        self._by_hand = monotonic is not time.monotonic_ns
        self._span = span
        self._lock = threading.RLock()
        self._version = 0
        self.block = SharedBlock(_COURSE.size)
        self._memory = self.block.memory
        mono = monotonic()
        self._course = _Course(span.start, mono, NORMAL, False, False, 1, 0, 0, mono)
        self._publish()

    @property
    def span(self) -> TimeRange:
        return self._span

    def read(self) -> Reading:
        return _reading(self._course, self._span, self.monotonic())

    def now(self) -> Utc:
        return _place(self._course, self._span, self.monotonic())

    def ahead(self, seconds: float) -> Utc:
        """What the clock will say in so many seconds, if nothing changes its course."""
        return _place(self._course, self._span, self.monotonic() + int(seconds * 1e9))

    def monotonic(self) -> int:
        mono = self._monotonic()
        if self._by_hand:
            with self._lock:
                self._publish(mono)
        return mono

    def set_span(self, span: TimeRange, at: Utc | None = None) -> None:
        self._span = span
        self.change(at=at)

    def change(
        self,
        *,
        at: Utc | None = None,
        rate: int | None = None,
        playing: bool | None = None,
        held: bool | None = None,
        direction: int | None = None,
    ) -> Reading:
        """Set the course anew from this moment on; what is None stays."""
        with self._lock:
            old, mono = self._course, self._monotonic()
            self._course = _Course(
                anchor=self._span.clamp(_place(old, self._span, mono) if at is None else at),
                since=mono,
                rate=old.rate if rate is None else rate,
                playing=old.playing if playing is None else playing,
                held=old.held if held is None else held,
                direction=old.direction if direction is None else direction,
                epoch=old.epoch + 1,
                trim=old.trim,
                changed=old.changed if at is None else mono,
            )
            self._publish()
        return self.read()

    def trim(self, ppb: int) -> None:
        """Run so many parts in a billion faster than the machine's counter, so that the clock keeps the pace of the
        sound device. Not a change of course: nothing jumps."""
        with self._lock:
            mono = self._monotonic()
            here = _place(self._course, self._span, mono)
            within = max(-MOST_TRIM, min(MOST_TRIM, ppb))
            self._course = replace(self._course, anchor=here, since=mono, trim=within)
            self._publish()

    def close(self) -> None:
        self.block.close()

    def _publish(self, mono: int = 0) -> None:
        """Both versions are the same only when all between them was written."""
        course, span = self._course, self._span
        hand = (mono or self._monotonic()) if self._by_hand else 0
        self._version += 1
        _VERSION.pack_into(self._memory, 0, self._version)
        _COURSE.pack_into(
            self._memory, 0, self._version, course.anchor, course.since, course.rate, course.playing, course.held,
            course.direction, course.epoch, course.trim, course.changed, span.start, span.end, hand, self._version,
        )  # fmt: skip


def _reading(course: _Course, span: TimeRange, mono: int) -> Reading:
    here = _place(course, span, mono)
    return Reading(here, course.rate, course.playing, course.held, course.direction, course.epoch, course.changed)


def _place(course: _Course, span: TimeRange, mono: int) -> Utc:
    if course.held or not course.playing:
        return course.anchor
    run = (mono - course.since) * course.rate * (_BILLION + course.trim)
    return span.clamp(Utc(course.anchor + run // (1000 * NORMAL * _BILLION)))
