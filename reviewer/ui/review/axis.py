"""Time on a line of pixels: the one mapping that the ruler, the lanes, the play-head and every click share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc

CLOSEST = Micros(SECOND // 2)  # a frame at 25 fps is then wide enough to hit
_ROOM = 4  # seconds shown before the first and after the last footage, at least
STEPS: tuple[int, ...] = tuple(
    round(s * SECOND)
    for s in (
        0.02,
        0.05,
        0.1,
        0.2,
        0.5,
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
        600,
        900,
        1800,
        3600,
        7200,
        14400,
        43200,
        86400,
    )
)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """`window` of UTC laid over `width` pixels, inside `whole` (the case's time with a little room around it).

    `utc` and `x` are inverse within one pixel at any zoom; `utc` counts in whole microseconds.
    """

    window: TimeRange
    whole: TimeRange
    width: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.window.duration < 1:
            raise ValueError("an axis needs at least one pixel and one microsecond")

    @classmethod
    def over(cls, whole: TimeRange, width: int) -> TimeAxis:
        """All of `whole`. A point in time is widened, so that there is something to see."""
        if whole.duration < CLOSEST:
            whole = TimeRange(whole.start, Utc(whole.start + CLOSEST))
        return cls(whole, whole, max(1, width))

    @property
    def per_pixel(self) -> float:
        """Microseconds in a pixel."""
        return self.window.duration / self.width

    def x(self, instant: Utc) -> float:
        return (instant - self.window.start) * self.width / self.window.duration

    def utc(self, x: float) -> Utc:
        """The instant under a pixel, kept inside the whole: a drag beyond the end stays at the end."""
        inside = self.window.start + round(x * self.window.duration / self.width)
        return self.whole.clamp(Utc(inside))

    def resized(self, width: int) -> TimeAxis:
        return TimeAxis(self.window, self.whole, max(1, width))

    def zoomed(self, factor: float, at_x: float) -> TimeAxis:
        """`factor` > 1 comes closer. The instant under `at_x` stays there, unless an end of the whole is in the way."""
        length = self.window.duration / factor
        length = round(min(max(length, CLOSEST), self.whole.duration))
        anchor = self.window.start + at_x * self.window.duration / self.width
        return self._window(round(anchor - at_x * length / self.width), length)

    def panned(self, pixels: float) -> TimeAxis:
        """`pixels` > 0 shows later times."""
        return self._window(round(self.window.start + pixels * self.per_pixel), self.window.duration)

    def showing(self, instant: Utc) -> TimeAxis:
        """The same zoom with the instant in view: pages on, so that a playing head needs no redraw at every tick."""
        if instant in self.window:
            return self
        return self._window(round(instant - self.window.duration * 0.08), self.window.duration)

    def framed(self, stretch: TimeRange) -> TimeAxis:
        """A stretch with a fifth of its length around it."""
        room = max(stretch.duration // 5, CLOSEST // 4)
        length = min(max(stretch.duration + 2 * room, CLOSEST), self.whole.duration)
        return self._window((stretch.start + stretch.end - length) // 2, length)

    def _window(self, start: int, length: int) -> TimeAxis:
        start = max(self.whole.start, min(start, self.whole.end - length))
        return TimeAxis(TimeRange(Utc(start), Utc(start + length)), self.whole, self.width)

    def step(self, least_pixels: int) -> int:
        """The finest round step (µs) whose labels are at least so many pixels apart."""
        wanted = least_pixels * self.per_pixel
        return next((s for s in STEPS if s >= wanted), STEPS[-1])

    def ticks(self, step: int, offset: Micros) -> Iterator[Utc]:
        """Instants in view whose local time (UTC + offset) is a multiple of the step."""
        first = -(-(self.window.start + offset) // step) * step
        for local in range(first, self.window.end + offset + 1, step):
            yield Utc(local - offset)


def with_room(whole: TimeRange) -> TimeRange:
    """A little time around the footage, so that its ends and their ± can be seen."""
    room = max(_ROOM * SECOND, whole.duration // 40)
    return TimeRange(Utc(whole.start - room), Utc(whole.end + room))
