"""Byte ranges of a file: which are here, which are missing, how far it is whole from its start. Arithmetic only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

Range = tuple[int, int]
"""[start, stop) in bytes."""


class Ranges:
    """A set of bytes, kept as ranges in order that neither touch nor overlap."""

    __slots__ = ("_starts", "_stops")

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        for start, stop in ranges:
            self.add(start, stop)

    def __iter__(self) -> Iterator[Range]:
        return iter(tuple(zip(self._starts, self._stops, strict=True)))

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def total(self) -> int:
        """How many bytes."""
        return sum(self._stops) - sum(self._starts)

    @property
    def front(self) -> int:
        """How far it is whole from byte 0 on."""
        return self._stops[0] if self._starts and self._starts[0] == 0 else 0

    def add(self, start: int, stop: int) -> None:
        """These bytes too."""
        if start >= stop:
            return
        first = bisect_left(self._stops, start)  # the first range that touches from the left
        last = bisect_right(self._starts, stop)  # the first one that does not touch from the right any more
        if first < last:
            start, stop = min(start, self._starts[first]), max(stop, self._stops[last - 1])
        self._starts[first:last] = [start]
        self._stops[first:last] = [stop]

    def remove(self, start: int, stop: int) -> None:
        """These bytes no more."""
        if start >= stop:
            return
        kept = [(a, min(b, start)) for a, b in self] + [(max(a, stop), b) for a, b in self]
        left = sorted((a, b) for a, b in kept if a < b)
        self._starts, self._stops = [a for a, _ in left], [b for _, b in left]

    def gap(self, end: int) -> Range | None:
        """The first bytes before `end` that are missing, up to where the next range begins."""
        start = self.front
        if start >= end:
            return None
        later = self._starts[1] if start and len(self) > 1 else self._starts[0] if not start and len(self) else end
        return start, min(later, end)

    def within(self, end: int) -> Ranges:
        """What of it lies before `end`."""
        return Ranges((start, min(stop, end)) for start, stop in self if start < end)
