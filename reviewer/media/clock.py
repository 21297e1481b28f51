"""The deck's clock: UTC that runs at a rate, from a monotonic counter that nobody can set."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from reviewer.domain.timebase import TimeRange, Utc

NORMAL = 1000  # thousandths: 1x


@dataclass(frozen=True, slots=True)
class Reading:
    """The clock at one moment. `rate` is in thousandths, negative for backwards, and stays what it was while the clock
    stands. `epoch` rises with every jump or change of course, not by running."""

    at: Utc
    rate: int
    rolling: bool
    epoch: int

    @property
    def direction(self) -> int:
        return -1 if self.rate < 0 else 1


@dataclass(frozen=True, slots=True)
class _Course:
    anchor: Utc
    since: int  # monotonic ns
    rate: int
    rolling: bool
    epoch: int


class DeckClock:
    """Read by any thread without waiting: the course is one immutable value, replaced whole."""

    def __init__(self, span: TimeRange, monotonic: Callable[[], int] = time.monotonic_ns) -> None:
        self._monotonic = monotonic
        self._span = span
        self._lock = threading.Lock()
        self._course = _Course(span.start, monotonic(), NORMAL, False, 0)

    @property
    def span(self) -> TimeRange:
        return self._span

    def read(self) -> Reading:
        course = self._course
        return Reading(self._place(course, self._monotonic()), course.rate, course.rolling, course.epoch)

    def now(self) -> Utc:
        return self._place(self._course, self._monotonic())

    def ahead(self, seconds: float) -> Utc:
        """What the clock will say in so many seconds, if nothing changes its course."""
        return self._place(self._course, self._monotonic() + int(seconds * 1e9))

    def monotonic(self) -> int:
        return self._monotonic()

    def _place(self, course: _Course, mono: int) -> Utc:
        if not course.rolling:
            return course.anchor
        return self._span.clamp(Utc(course.anchor + (mono - course.since) * course.rate // (1000 * NORMAL)))

    def set_span(self, span: TimeRange) -> None:
        self._span = span
        self.change()

    def change(self, *, at: Utc | None = None, rate: int | None = None, rolling: bool | None = None) -> Reading:
        """Set the course anew from this moment on; what is None stays."""
        with self._lock:
            old, mono = self._course, self._monotonic()
            here = self._place(old, mono) if at is None else at
            course = replace(old, anchor=self._span.clamp(here), since=mono, epoch=old.epoch + 1)
            if rate is not None:
                course = replace(course, rate=rate)
            if rolling is not None:
                course = replace(course, rolling=rolling)
            self._course = course
        return self.read()
