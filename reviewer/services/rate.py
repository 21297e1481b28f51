"""How fast something goes: bytes a second over the last few seconds, so that a figure on a screen stands still enough
to be read and follows what changes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_OVER = 5.0  # seconds


class Rate:
    """Tell it how much is done, as often as you like. `seconds` is the clock."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._told: deque[tuple[float, int]] = deque()

    def told(self, done: int) -> float:
        """Bytes a second; 0 before two moments are known. Less done than before begins anew."""
        now = self._seconds()
        if self._told and done < self._told[-1][1]:
            self._told.clear()
        self._told.append((now, done))
        while len(self._told) > 2 and now - self._told[0][0] > _OVER:
            self._told.popleft()
        first, before = self._told[0]
        return (done - before) / (now - first) if now > first else 0.0
