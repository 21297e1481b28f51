"""The deck's clock: UTC that runs at a rate, from a monotonic counter that nobody can set."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from reviewer.domain.timebase import TimeRange, Utc

NORMAL = 1000  # thousandths: 1x


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at one moment. `rate` is in thousandths, negative for backwards, and stays what it was while the clock
    stands. `playing` is what was asked for; a playing clock that is `held` stands until what it needs is there.
    `direction` is where one is likely to go next: 1 or −1. `epoch` rises with every change of course."""

    at: Utc
    rate: int
    playing: bool
    held: bool
    direction: int
    epoch: int

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


class DeckClock:
    """Read by any thread without waiting: the course is one immutable value, replaced whole."""

    def __init__(self, span: TimeRange, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic = monotonic
        self._span = span
        self._lock = threading.Lock()
        self._course = _Course(span.start, monotonic(), NORMAL, playing=False, held=False, direction=1, epoch=0)

    @property
    def span(self) -> TimeRange:
        return self._span

    def read(self) -> Reading:
        course = self._course
        here = self._place(course, self._monotonic())
        return Reading(here, course.rate, course.playing, course.held, course.direction, course.epoch)

    def now(self) -> Utc:
        return self._place(self._course, self._monotonic())

    def ahead(self, seconds: float) -> Utc:
        """What the clock will say in so many seconds, if nothing changes its course."""
        return self._place(self._course, self._monotonic() + int(seconds * 1e9))

    def monotonic(self) -> int:
        return self._monotonic()

    def _place(self, course: _Course, mono: int) -> Utc:
        if course.held or not course.playing:
            return course.anchor
        return self._span.clamp(Utc(course.anchor + (mono - course.since) * course.rate // (1000 * NORMAL)))

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
                anchor=self._span.clamp(self._place(old, mono) if at is None else at),
                since=mono,
                rate=old.rate if rate is None else rate,
                playing=old.playing if playing is None else playing,
                held=old.held if held is None else held,
                direction=old.direction if direction is None else direction,
                epoch=old.epoch + 1,
            )
        return self.read()
